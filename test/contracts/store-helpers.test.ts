import { describe, expect, test } from 'vitest';
import * as helpers from '../../src/contracts/store-helpers.ts';
import type { Change } from '../../src/contracts/store.ts';
import { memory } from '../../src/stores/memory.ts';
import { commitAll } from '../stores/histories.ts';
import { someHistories } from '../exports/bill/bills.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const loose = helpers as unknown as Readonly<Record<string, Loose>>;
const key = { scope: 'plan', feature: 'a', segment: '', subject: 'mini', version: '', bucket: 1 } as const;

test('the helpers accept every change that a router commits, and every record and cell that it reads back', async () => {
  const store = memory();
  const list = someHistories();
  const checked = async (changes: readonly Change[]) => {
    for (const change of changes) helpers.checkChange(change);
    return store.commitAll(changes);
  };
  await commitAll({ ...store, commitAll: checked }, list);
  const cells = new Map();
  for (const { intentId } of list) {
    const intent = helpers.foldIntent(await store.load(intentId));
    for (const cell of intent === undefined ? [] : helpers.contribution(intent)) helpers.addCell(cells, cell);
  }
  expect(cells.size).toBeGreaterThan(0);
  for (const { key: cellKey, sums } of cells.values()) {
    expect(helpers.parseCellKey(helpers.cellKeyString(cellKey))).toEqual(cellKey);
    expect(helpers.decodeSums(helpers.encodeSums(sums))).toEqual(sums);
  }
});

describe('arguments', () => {
  test.each<[string, readonly unknown[], string]>([
    ['cellKeyString', [{ ...key, scope: 'plans' }], 'cellKeyString.key.scope'],
    ['parseCellKey', ['plan\ta'], 'parseCellKey.text'],
    ['encodeSums', [{ n: 1 }], 'encodeSums.sums["n"]'],
    ['addCell', [{}, { key, sums: {} }], 'addCell.cells'],
    ['checkChange', [{ intentId: 'a' }], 'checkChange.change.feature'],
    ['contribution', [undefined], 'contribution.intent'],
    ['toNanoUsd', [-1], 'toNanoUsd.usd'],
    ['toNanoUsd', ['1'], 'toNanoUsd.usd'],
    ['toUsd', [Number.NaN], 'toUsd.nanoUsd'],
    ['foldIntent', [Promise.resolve([])], 'foldIntent.records'],
  ])('%s refuses a wrong argument and names it', (name, given, path) => {
    expect(refusal(() => loose[name]?.(...given))).toMatchObject({ code: 'invalid-value', path });
  });

  test('damaged sums, and records that do not begin with a decision, are invalid data', () => {
    expect(refusal(() => helpers.decodeSums('{"n":"x"}'))).toMatchObject({
      code: 'invalid-data',
      path: 'decodeSums.text',
    });
    const labelled = { kind: 'labelled', intentId: 'a', feature: 'b', revision: 0, atMs: 0 };
    expect(refusal(() => loose.foldIntent?.([labelled]))).toMatchObject({
      code: 'invalid-data',
      path: 'foldIntent.records',
    });
  });
});
