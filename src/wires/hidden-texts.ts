/**
 * Finds secrets in a text in any spelling: JSON, pages and addresses have several ways to write one character, and a header may
 * be quoted in base64.
 */
import { base64, base64Text } from '../bytes.ts';
import { recentlyUsed } from '../recently-used.ts';

/** Shorter texts may be ordinary words. */
const MIN_SECRET_CHARS = 8;

/**
 * A character in an escaped form: after backslashes (several where JSON quotes JSON), percent-encoded, or as an HTML character reference.
 * The character after a backslash is taken for the escaped one: this is wrong for `\n`, but no secret contains a line feed.
 */
const SPELLED = /\\+(?:u([\da-f]{4})|([^]?))|%(?:25)*([\da-f]{2})|&(?:amp;)*#(?:x0*([\da-f]{1,4})|0*(\d{1,5}));/gi;

function spelledChar([, unicode, escaped, percent, hex, decimal]: readonly (string | undefined)[]): string {
  if (escaped !== undefined) return escaped;
  return String.fromCharCode(
    decimal === undefined ? Number.parseInt(unicode ?? percent ?? hex ?? '', 16) : Number(decimal),
  );
}

function plainOf(text: string): string {
  return text.replaceAll(SPELLED, (...match) => spelledChar(match));
}

/** A header's value, without its scheme (`Bearer sk-…`), and the name and the password of `Basic …`. */
function secretsIn(header: string): readonly string[] {
  const value = header.replace(/^[\w-]+ +/, '');
  const pair = /^basic /i.test(header) ? base64Text(value) : '';
  return [header, value, pair, ...(/^([^:]*):(.*)/s.exec(pair) ?? [])];
}

/**
 * The base64 characters that are the same wherever a secret is in a text: a group of four characters encodes three bytes.
 * Characters that also have bits of the neighboring text are left out.
 */
function inBase64(secret: string): readonly string[] {
  return [0, 1, 2].flatMap(before => {
    const encoded = base64(' '.repeat(before) + secret);
    // The character before padding has unused bits.
    const inner = encoded.slice(
      before === 0 ? 0 : before + 1,
      encoded.endsWith('=') ? encoded.indexOf('=') - 1 : undefined,
    );
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

/** Most requests have the same headers as the one before. */
const hiders = recentlyUsed<string, (text: string) => string>(64);

/** A function that replaces every secret in a text by an ellipsis. @param headers values of headers that are secret */
export function hiderOf(headers: readonly string[]): (text: string) => string {
  const key = JSON.stringify(headers);
  const hider = hiders.get(key) ?? newHider(headers);
  hiders.set(key, hider);
  return hider;
}

function newHider(headers: readonly string[]): (text: string) => string {
  const secrets = headers.flatMap(secretsIn).filter(secret => secret.length >= MIN_SECRET_CHARS);
  // In a URL, a letter beyond ASCII is written as several bytes.
  const spelled = secrets.flatMap(secret => [
    plainOf(secret),
    plainOf(encodeURIComponent(secret)),
    ...inBase64(secret),
  ]);
  const hidden = [...new Set(spelled)];
  if (hidden.length === 0) return text => text;
  return text => {
    const plain = plainOf(text);
    const found = hidden.filter(secret => plain.includes(secret));
    return found.length === 0 ? text : without(found, text, plain);
  };
}

function without(secrets: readonly string[], text: string, plain: string): string {
  const isSecret = new Uint8Array(plain.length);
  for (const secret of secrets) {
    for (let at = plain.indexOf(secret); at >= 0; at = plain.indexOf(secret, at + secret.length))
      isSecret.fill(1, at, at + secret.length);
  }
  let shown = '';
  let at = 0;
  const show = (part: string, chars: number): void => {
    const hides = chars > 0 && isSecret[at] === 1;
    at += chars;
    if (!hides) shown += part;
    else if (!shown.endsWith('…')) shown += '…';
  };
  const showPlain = (part: string): void => {
    for (const char of part.split('')) show(char, 1);
  };
  let end = 0;
  for (const match of text.matchAll(SPELLED)) {
    showPlain(text.slice(end, match.index));
    show(match[0], spelledChar(match).length);
    end = match.index + match[0].length;
  }
  showPlain(text.slice(end));
  return shown;
}
