import { expect, test } from 'vitest';
import { fixed } from '../../../src/policies/fixed.ts';
import { intentsByFeature } from '../../../src/replay/ledger/ledger-ends.ts';
import { runsOf } from '../../../src/replay/ledger/ledger-runs.ts';
import { recordColumns } from '../../../src/replay/ledger/record-columns.ts';
import { attempt } from '../../core/support/intents.ts';
import { decided } from './decided.ts';

test('each intent belongs to the feature of its last decision, in the given order', () => {
  const columns = recordColumns();
  for (const [id, feature] of [
    ['0', 'g'],
    ['1', 'f'],
    ['2', 'g'],
    ['3', 'f'],
  ] as const)
    columns.add({ ...decided(id, 'mini', ['mini']), feature });
  columns.add({ ...decided('2', 'mini', ['mini']), feature: 'f', revision: 1 });
  const sorted = intentsByFeature(columns, Uint32Array.from([3, 2, 1, 0]));
  expect([...sorted].map(([name, intents]) => [name, [...intents]])).toEqual([
    ['g', [0]],
    ['f', [3, 2, 1]],
  ]);
  expect([...intentsByFeature(columns, new Uint32Array()).values()].map(({ length }) => length)).toEqual([0, 0]);
});

test('an intent that was answered twice has the cost of both answers, and one that was answered once has its own cost', async () => {
  const columns = recordColumns();
  for (const [id, answers] of [
    ['0', 1],
    ['1', 2],
  ] as const) {
    columns.add({ ...decided(id, 'mini', ['mini']), atMs: 1 });
    for (let revision = 1; revision <= answers; revision++)
      columns.add({
        kind: 'attempted',
        intentId: id,
        feature: 'f',
        atMs: 1,
        revision,
        attempt: attempt('mini', 1_000_000, { requestId: `r${revision}` }),
      });
    const evidence = { source: 'explicit', success: false } as const;
    columns.add({ kind: 'labelled', intentId: id, feature: 'f', atMs: 5, revision: answers + 1, evidence });
    columns.add({ kind: 'corrected', intentId: id, feature: 'f', atMs: 9, revision: answers + 2, evidence });
  }
  const run = (await runsOf(columns, fixed('mini'), {})).endedRun('f');
  const { spendUsd, failed } = run.kept.view();
  expect([[...spendUsd], [...failed], [...run.delaysMs.view()]]).toEqual([
    [0.001, 0.002],
    [1, 1],
    [4, 4],
  ]);
});
