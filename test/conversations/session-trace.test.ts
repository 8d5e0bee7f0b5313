import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSessionTraces } from '../../src/conversations/session-trace.ts';

const directory = mkdtempSync(join(tmpdir(), 'outcome-router-traces-'));
afterAll(() => rmSync(directory, { recursive: true }));

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

test('every line is an intent; they are in the order of their times, and empty lines and further members mean nothing', async () => {
  const early = { ...INTENT, atMs: 1000, note: 'more' };
  expect((await read(INTENT, '', early)).map(({ atMs }) => atMs)).toEqual([1000, 2000]);
});

test.each([
  ['{"session":', ' line 2', 'is not JSON'],
  [[], ' line 2', 'not accepted'],
  [{ ...INTENT, session: '' }, ' line 2.session', 'not accepted'],
  [{ ...INTENT, atMs: '2026-11-01' }, ' line 2.atMs', 'not accepted'],
  [{ ...INTENT, answers: {} }, ' line 2.answers', 'not accepted'],
  [{ ...INTENT, answers: { mini: { success: 2, requests: [] } } }, ' line 2.answers["mini"].success', 'not accepted'],
  [{ ...INTENT, answers: { mini: { success: 1, requests: [] } } }, ' line 2.answers["mini"].requests', 'at least one'],
  [
    { ...INTENT, answers: { mini: { success: 1, requests: [{ inputTokens: -1, outputTokens: 0 }] } } },
    ' line 2.answers["mini"].requests[0].inputTokens',
    'not accepted',
  ],
])('line %# is refused with its number, the member and what would be accepted', async (line, path, message) => {
  const error: unknown = await read(INTENT, line).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'invalid-data', path: expect.stringContaining(path) });
  expect((error as Error).message).toContain(message);
});

test('a file without an intent is refused', async () => {
  await expect(read('')).rejects.toMatchObject({ code: 'invalid-data' });
});
