import { describe, expect, test } from 'vitest';
import { hiderOf } from '../../src/wires/hidden-texts.ts';

const KEY = 'ABSKQmVk+cm9ja/0FQ"Ul<N&leQ==';
const hide = hiderOf([`Bearer ${KEY}`]);
const each = (spell: (char: string) => string): string => KEY.replaceAll(/[^]/g, spell);
const hex = (char: string, digits: number): string => char.charCodeAt(0).toString(16).padStart(digits, '0');
const json = JSON.stringify(KEY).slice(1, -1);

describe('a secret is found', () => {
  test.each([
    ['as it is', KEY],
    ['in JSON', json],
    ['in JSON as .NET writes it', json.replace('+', String.raw`\u002B`).replace('"', String.raw`\u0022`)],
    ['in JSON as PHP writes it', json.replace('/', String.raw`\/`)],
    ['in JSON as Go writes it', json.replace('<', String.raw`\u003c`).replace('&', String.raw`\u0026`)],
    ['in JSON with every character escaped', each(char => String.raw`\u${hex(char, 4)}`)],
    [
      'in JSON with every other character escaped',
      each(char => (/\w/.test(char) ? char : String.raw`\u${hex(char, 4)}`)),
    ],
    ['in JSON that quotes JSON', JSON.stringify(json.replace('+', String.raw`\u002B`)).slice(1, -1)],
    ['in an address', encodeURIComponent(KEY)],
    ['in an address of an address', encodeURIComponent(encodeURIComponent(KEY))],
    ['in an address with every character in percent', each(char => `%${hex(char, 2)}`)],
    ['in a page', each(char => (/\w/.test(char) ? char : `&#x${hex(char, 2).toUpperCase()};`))],
    ['in a page with decimal numbers', each(char => `&#${char.charCodeAt(0)};`)],
  ])('a secret is found %s', (_, spelled) => {
    expect(hide(`{"message":"bad key\\n${spelled}\\", and ${spelled}."}`)).toBe(
      String.raw`{"message":"bad key\n…\", and …."}`,
    );
  });
});

describe('a secret is found in base64, at any position of a text', () => {
  const key = 'sk-or-v1-0123456789abcdef~~~???>>>';

  test.each(['', 'k', 'us', 'me:', ':', 'Bearer ', 'name@example.org:'])('a secret behind %j is found', before => {
    for (const encoding of ['base64', 'base64url'] as const)
      for (const behind of ['', '\n', ' and more']) {
        const quoted = Buffer.from(before + key + behind).toString(encoding);
        const shown = hiderOf([`Bearer ${key}`])(`{"authorization":"Basic ${quoted}"}`);
        const left = /Basic ([\w+/=-]*)…([\w+/=-]*)"/.exec(shown);
        // The parts that are left contain only a few characters of the text before and behind the key.
        expect(
          left?.slice(1).map(part => part.length <= 4 * Math.ceil((before.length + behind.length) / 3) + 3),
        ).toEqual([true, true]);
        for (const part of left?.slice(1) ?? [])
          expect(Buffer.from(part, encoding).toString()).not.toMatch(/sk-|[0-9a-f]{3}|>>/);
      }
  });

  test('a secret is found in the escapes of an address or of JSON', () => {
    const quoted = Buffer.from(key).toString('base64');
    expect(hiderOf([key])(`${encodeURIComponent(quoted)} ${quoted.replaceAll('/', String.raw`\/`)}`)).toMatch(
      /^…\S{0,8} …\S{0,8}$/,
    );
  });
});

test('the name and the password of `Basic` are hidden as secrets, too', () => {
  const header = `Basic ${Buffer.from('account-17:the password').toString('base64')}`;
  const hideBasic = hiderOf([header]);
  expect(hideBasic(`${header} the password account-17 account-17:the password`)).toBe('… … … …');
});

test('hiding a secret leaves the JSON around it valid, wherever the secret begins and ends', () => {
  const texts = [KEY, `"${KEY}"`, `\\${KEY}\\`, `\n${KEY}\n`, `a${KEY}${KEY}b`];
  const read = JSON.parse(hide(JSON.stringify(texts))) as readonly string[];
  expect(read).toEqual(['…', '"…"', expect.stringMatching(/^\\?…\\$/), '\n…\n', 'a…b']);
});

test('a secret with non-ASCII letters is found in the escaped forms of an address and of JSON', () => {
  const name = 'équipe-de-Zoé';
  expect(hiderOf([name])(`${name} ${encodeURIComponent(name)} \\u00e9quipe-de-Zo\\u00E9`)).toBe('… … …');
});

test('a text without the secret is not changed, whatever escapes it has', () => {
  const text = String.raw`{"a":"\u00e9\\\"100%25 &#x2B; \/ %zz \uZZ"} ` + '\\';
  expect(hide(text)).toBe(text);
  expect(hiderOf(['short', 'Bearer x'])('short Bearer x')).toBe('short …');
});
