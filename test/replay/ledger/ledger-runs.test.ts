import { expect, test } from 'vitest';
import { fixed } from '../../../src/policies/fixed.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import { runsOf } from '../../../src/replay/ledger/ledger-runs.ts';
import { recordColumns } from '../../../src/replay/ledger/record-columns.ts';
import { attempt } from '../../core/support/intents.ts';
import { decided } from './decided.ts';

function columnsOf(ids: readonly string[], atMs: (id: string) => number) {
  const columns = recordColumns();
  for (const id of ids) {
    const fact = { intentId: id, feature: 'f', atMs: atMs(id) };
    columns.add({ ...decided(id, 'mini', ['mini', 'premium'], 0.5), atMs: fact.atMs });
    columns.add({ ...fact, kind: 'attempted', revision: 1, attempt: attempt('mini', 1000 * Number(id)) });
    columns.add({
      ...fact,
      kind: 'labelled',
      revision: 2,
      evidence: { source: 'explicit', success: Number(id) % 2 === 0 },
    });
  }
  return columns;
}

test('decisions count in the order of time, and decisions of one moment in the order of their ids, in whichever order they were appended', async () => {
  const spendOf = async (ids: readonly string[]) => {
    const runs = await runsOf(
      columnsOf(ids, id => (id < '5' ? 20 : 10)),
      fixed('premium'),
      {},
    );
    return [...runs.endedRun('f').kept.view().spendUsd].map(usd => Math.round(usd * 1e6));
  };
  expect(await spendOf(['1', '7', '3', '9', '8'])).toEqual([7, 8, 9, 1, 3]);
  expect(await spendOf(['8', '9', '3', '7', '1'])).toEqual([7, 8, 9, 1, 3]);
});

test('columns can be replayed repeatedly, with one policy after another', async () => {
  const columns = columnsOf(['1', '2', '3'], Number);
  const kept = async (policy: ReturnType<typeof fixed>) =>
    (await runsOf(columns, policy, {})).endedRun('f').kept.view();
  const first = await kept(fixed('premium'));
  expect((await kept(randomMix())).targetShare).toHaveLength(6);
  expect(await kept(fixed('premium'))).toEqual(first);
});

test('decisions outside the period are left out, with their outcomes', async () => {
  const runs = await runsOf(columnsOf(['1', '2', '3'], Number), fixed('mini'), { fromMs: 2, toMs: 3 });
  expect(runs.features).toEqual(['f']);
  expect(runs.endedRun('f')).toMatchObject({ decisions: 1, kept: { length: 1 } });
});
