import { expect, test } from 'vitest';
import { crc32 } from 'node:zlib';
import type { SpooledChange } from '../../src/stores/replay-change.ts';
import { decodeLine, encodeLine } from '../../src/stores/spool-line.ts';
import { attempted, changesOf, decided, evidence, history, NOON } from './histories.ts';

const changes: readonly SpooledChange[] = changesOf(
  history('a', 'support', [
    decided(NOON),
    attempted(NOON + 1),
    evidence(NOON + 2, { source: 'explicit', success: true }),
    evidence(NOON + 3, { source: 'explicit', success: false }),
  ]),
).map(({ delta: _, ...change }) => change);

function lineOf(body: unknown): string {
  const json = typeof body === 'string' ? body : JSON.stringify(body);
  return `${crc32(json).toString(16)} ${json}`;
}

test('a change of any kind of record is read as it was written', () => {
  expect(changes.map(change => decodeLine(encodeLine(change).trimEnd()))).toEqual(changes);
});

const [first] = changes as [SpooledChange];

test.each<[string, unknown, string]>([
  ['is text', '"text"', 'not a change of an intent'],
  ['is null', 'null', 'not a change of an intent'],
  ['is not JSON', '{"intentId":', 'JSON'],
  ['has an intent only', { intentId: 'q' }, 'not a change of an intent'],
  ['has no records', { intentId: 'q', feature: 'f' }, 'no records'],
  ['has records that are null', { ...first, records: [null] }, 'kind of record'],
  [
    'has a kind of record from a later version',
    { ...first, records: [{ ...first.records[0], kind: 'forgotten' }] },
    'kind of record',
  ],
  [
    'has a decision without its body',
    { ...first, records: [{ ...first.records[0], decision: undefined }] },
    'kind of record',
  ],
  ['has records of another intent', { ...first, intentId: 'other' }, 'does not continue'],
  ['expects a revision that is not a number', { ...first, expectedRevision: 'none' }, 'expects revision'],
  ['is due at a text that is not a time', { ...first, dueAtMs: 'soon' }, 'not a time'],
])('a line with a valid checksum that %s gives no change, and the reason is reported', (_, body, reason) => {
  expect(decodeLine(lineOf(body))).toContain(reason);
});

test('a line with a wrong checksum gives no change, and the reason is reported', () => {
  expect(decodeLine(encodeLine(first).slice(0, -9))).toContain('checksum');
});
