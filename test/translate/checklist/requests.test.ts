/** Each request of the checklist, from a client of each API for the vendors of the others. */
import { describe, expect, test } from 'vitest';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { translatorOf, unableFor } from '../../../src/translate/translate.ts';
import { APIS } from '../streams/rooms.ts';
import { ELSEWHERE, LINES } from './lines.ts';
import { REPLY_CASES } from './reply-cases.ts';
import { REQUEST_CASES } from './request-cases.ts';

const ROUTES = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => [from, to] as const));
const MODEL = { model: 'm', maxOutputTokens: 64_000, takesMidTurnSystem: true, takesCacheBreakpoints: true };

/** What the API needs in every request, or that its vendor stores nothing. */
const NEEDED: Readonly<Record<Api, object>> = {
  'openai-chat': {},
  'openai-responses': { store: false },
  'anthropic-messages': { max_tokens: 50_000 },
};

/** A list of one bare text is the same as that text. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    const [only] = value as { readonly type?: string; readonly text?: unknown }[];
    const isBare = value.length === 1 && only?.type?.endsWith('text') === true && Object.keys(only ?? {}).length === 2;
    return isBare ? only?.text : value.map(plain);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}

describe.each(ROUTES)('a request of %s for %s', (from, to) => {
  const cases = REQUEST_CASES.filter(({ notBy = [] }) => !notBy.includes(from));

  test.each(cases)(
    'a translated request has $name in the format of the vendor’s own client',
    ({ words, sent = {}, notFor = [] }) => {
      const text = JSON.stringify({ model: 'm', ...NEEDED[from], ...words[from] });
      const conversation = translatorOf(from).readRequest(text);
      const findings = unableFor(conversation, { api: to, model: MODEL });
      if (notFor.includes(to)) {
        expect(findings).not.toStrictEqual([]);
        return;
      }
      expect(findings).toStrictEqual([]);
      const written = JSON.parse(translatorOf(to).writeRequest(conversation, MODEL)) as object;
      expect(plain(written)).toMatchObject(plain(sent[to] ?? words[to]) as object);
    },
  );
});

test('every line of the checklist has tests', () => {
  const covered = new Set([...REPLY_CASES, ...REQUEST_CASES].map(({ line }) => line));
  expect(LINES.filter(line => !covered.has(line) && ELSEWHERE[line] === undefined)).toStrictEqual([]);
});
