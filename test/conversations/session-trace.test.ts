import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSessionTraces } from '../../src/conversations/session-trace.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const directory = temporaryFolder();

const INTENT = {
  session: 's1',
  feature: 'chat',
  atMs: 2000,
  answers: { mini: { success: 0.5, requests: [{ inputTokens: 250, outputTokens: 40 }] } },
};

async function read(...lines: readonly unknown[]) {
  const file = join(directory, 'sessions.jsonl');
  writeFileSync(file, lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return readSessionTraces(file);
}

test('every line is an intent, in the order of their times; empty lines and unknown members are ignored', async () => {
  const early = { ...INTENT, atMs: 1000, note: 'more' };
  expect((await read(INTENT, '', early)).map(({ atMs }) => atMs)).toEqual([1000, 2000]);
});

test('a file may begin with a byte order mark', async () => {
  expect(await read(`\uFEFF${JSON.stringify(INTENT)}`)).toEqual([INTENT]);
});

test.each([
  ['{"session":', 'this line is not JSON'],
  [[], 'intent: a list is not accepted'],
  [{ ...INTENT, session: '' }, 'intent.session: "" is not accepted'],
  [{ ...INTENT, atMs: '2026-11-01' }, 'intent.atMs: "2026-11-01" is not accepted'],
  [{ ...INTENT, answers: {} }, 'intent.answers: '],
  [{ ...INTENT, answers: { mini: { success: 2, requests: [] } } }, 'intent.answers["mini"].success: 2 is not accepted'],
  [{ ...INTENT, answers: { mini: { success: 1, requests: [] } } }, 'intent.answers["mini"].requests: '],
  [
    { ...INTENT, answers: { mini: { success: 1, requests: [{ inputTokens: -1, outputTokens: 0 }] } } },
    'intent.answers["mini"].requests[0].inputTokens: -1 is not accepted',
  ],
])('line %# is refused with its number, the member and what would be accepted, each once', async (line, said) => {
  const error = await read(INTENT, line).then(
    () => undefined,
    (reason: unknown) => reason as Error & { readonly path?: string },
  );
  expect(error).toMatchObject({ code: 'invalid-data', path: expect.stringMatching(/ line 2$/) });
  expect(error?.message).toContain(` line 2: ${said}`);
  expect(error?.message.split('(accepted: ')).toHaveLength(2);
});

test('a file without an intent is refused', async () => {
  await expect(read('')).rejects.toMatchObject({ code: 'invalid-data' });
});
