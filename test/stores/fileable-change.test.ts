import { expect, test } from 'vitest';
import type { Change } from '../../src/contracts/store.ts';
import { isFileable } from '../../src/stores/fileable-change.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { anIntent, attempted, changesOf, decided, history, must, NOON } from './histories.ts';
import { sqliteFiles } from './sqlite-files.ts';

const { newPath } = sqliteFiles();
const keyed = history('a', 'support', [decided(NOON), attempted(NOON, { replyKeys: ['key'], unpriced: ['tier'] })]);
const [first, second] = changesOf(keyed) as [Change, Change];
const [record] = second.records;
const [cell] = second.delta;

/** As plain JavaScript may give it. */
const loosely = (change: object): Change => ({ ...second, ...change });
const withAttempt = (attempt: unknown): Change => loosely({ records: [{ ...record, attempt }] });
const own = record?.kind === 'attempted' ? record.attempt : undefined;

const WRONG: readonly (readonly [string, Change])[] = [
  ['an intent id that is not a text', loosely({ intentId: undefined, records: [{ ...record, intentId: undefined }] })],
  ['a feature that is not a text', loosely({ feature: 7, records: [{ ...record, feature: 7 }] })],
  ['a record without a kind', loosely({ records: [{ ...record, kind: undefined }] })],
  ['a record without its attempt', withAttempt(undefined)],
  ['an attempt without a model', withAttempt({ ...own, model: undefined })],
  ['reply keys that are not texts', withAttempt({ ...own, replyKeys: [null] })],
  ['reply keys that are not a list', withAttempt({ ...own, replyKeys: 7 })],
  ['unpriced parts that are not a list', withAttempt({ ...own, unpriced: 7 })],
  ['a cell without its bucket', loosely({ delta: [{ ...cell, key: { ...cell?.key, bucket: undefined } }] })],
  ['a cell without its feature', loosely({ delta: [{ ...cell, key: { ...cell?.key, feature: undefined } }] })],
  ['a sum that is a float', loosely({ delta: [{ ...cell, sums: { n: 1.5 } }] })],
];

test('the changes of an intent are fileable', () => {
  expect([first, second, ...changesOf(anIntent('b'))].every(isFileable)).toBe(true);
});

test.each(WRONG)('a change with %s is not fileable', (_, change) => {
  expect(isFileable(change)).toBe(false);
});

test('a change that is not fileable is refused alone, and all other changes are filed and can be read', async () => {
  const store = sqlite(newPath());
  await store.commitAll([first]);
  for (const [, change] of WRONG)
    expect(await store.commitAll([change])).toMatchObject([{ kind: 'refused', error: { code: 'invalid-value' } }]);
  const wrong = must(WRONG[2])[1];
  expect(await store.commitAll([second, wrong])).toMatchObject([{ kind: 'committed' }, { kind: 'refused' }]);
  expect(await store.load('a')).toEqual(keyed.records);
  expect(await store.setAside?.()).toEqual([]);
  await store.close();
});
