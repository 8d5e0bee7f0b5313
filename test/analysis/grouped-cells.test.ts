import { beforeAll, describe, expect, test } from 'vitest';
import { groupedCells } from '../../src/analysis/grouped-cells.ts';
import type { Sums } from '../../src/core/cells/cell.ts';
import { isIn } from '../../src/core/cells/period.ts';
import { sumOf } from '../../src/core/cells/sums.ts';
import type { CellGroup } from '../../src/core/report/breakdown.ts';
import { GROUPINGS } from '../../src/core/report/breakdown.ts';
import type { Period } from '../../src/core/cells/period.ts';
import { memory } from '../../src/stores/memory.ts';
import { tenantHistories } from '../cli/tenant-ledger.ts';
import { attempted, commitAll, decided, evidence, history, HOUR, NOON } from '../stores/histories.ts';

const histories = tenantHistories(NOON);
const store = memory();
beforeAll(async () => {
  await commitAll(store, histories);
  // A quarter of the intents have no records any more: only their contribution to the statistics is left.
  await store.prune(NOON - 72 * HOUR);
});

/** Counted from the records as they were written, before anything was pruned. */
function recorded(period: Period = {}, only: (one: (typeof histories)[number]) => boolean = () => true) {
  let [intents, cost, failures] = [0n, 0n, 0n];
  for (const one of histories.filter(only)) {
    const [first] = one.records;
    if (first === undefined || !isIn(period, Math.floor(first.atMs / HOUR))) continue;
    intents++;
    for (const record of one.records) {
      if (record.kind === 'attempted') cost += BigInt(record.attempt.costNanoUsd);
      if (record.kind === 'labelled' && record.evidence.success === false) failures++;
    }
  }
  return { intents, cost, failures };
}

const counted = (sums: Sums) => ({
  intents: sums.n ?? 0n,
  cost: sums.cost ?? 0n,
  failures: (sums.labelled ?? 0n) - (sums.successes ?? 0n),
});
const sumsOf = (groups: readonly CellGroup[]) => sumOf(groups.flatMap(({ cells }) => cells.map(cell => cell.sums)));
/** Names of the groups that are not of removed intents, sorted. */
const names = (groups: readonly CellGroup[]) =>
  groups
    .filter(({ isRemoved }) => isRemoved !== true)
    .map(({ group, feature }) => (feature === undefined ? String(group) : `${feature} ${group}`))
    .toSorted((a, b) => a.localeCompare(b));

describe.each([...GROUPINGS, 'tenant', 'context.length'])('by %s', by => {
  test('the groups add up to every intent and every nano-dollar of the ledger, pruned ones included', async () => {
    expect(counted(sumsOf(await groupedCells(store, { by })))).toEqual(recorded());
  });

  test('the groups of a period add up to the intents that were decided in it', async () => {
    const period = { fromMs: NOON - 80 * HOUR, toMs: NOON - 20 * HOUR };
    expect(counted(sumsOf(await groupedCells(store, { by, period })))).toEqual(recorded(period));
  });
});

test('intents are grouped by their number of turns with all their figures, and a judge’s call is not a turn', async () => {
  const own = memory();
  const turnsOf = (i: number): number => [1, 2, 3, 4, 8, 9][i % 6] ?? 1;
  await commitAll(
    own,
    Array.from({ length: 24 }, (_, i) =>
      history(`i${i}`, 'agent', [
        decided(NOON, ['mini']),
        ...Array.from({ length: turnsOf(i) }, (__, turn) =>
          attempted(NOON + turn, { requestId: `r${turn}`, turn: turn + 1, costNanoUsd: 10 * (i + 1) }),
        ),
        attempted(NOON + 99, { requestId: 'judged', kind: 'judge', costNanoUsd: 1 }),
        evidence(NOON + 100, { source: 'explicit', success: i < 12 }),
      ]),
    ),
  );
  const groups = await groupedCells(own, { by: 'turns' });
  const found = Object.fromEntries(groups.map(({ group, cells }) => [group, sumOf(cells.map(({ sums }) => sums))]));
  expect(Object.keys(found).toSorted()).toEqual(['1', '2', '3–4', '5–8', '9 and more']);
  const recount = (least: number, most: number) => {
    const intents = Array.from({ length: 24 }, (_, i) => i).filter(i => turnsOf(i) >= least && turnsOf(i) <= most);
    const failed = intents.filter(i => i >= 12);
    const cost = (i: number): number => turnsOf(i) * 10 * (i + 1) + 1;
    const total = (list: readonly number[]): bigint => BigInt(list.reduce((sum, i) => sum + cost(i), 0));
    return { n: BigInt(intents.length), cost: total(intents), costOfFailures: total(failed) };
  };
  expect(found['1']).toMatchObject(recount(1, 1));
  expect(found['3–4']).toMatchObject(recount(3, 4));
  expect(found['9 and more']).toMatchObject(recount(9, 9));
});

test('each tenant has its own intents, and together they have all intents', async () => {
  const groups = await groupedCells(store, { by: 'tenant' });
  expect(names(groups)).toEqual(['acme', 'globex', 'initech']);
  const acme = recorded({}, ({ intentId }) => Number(intentId.slice('intent-'.length)) % 3 === 0);
  expect(counted(sumsOf(groups.filter(({ group }) => group === 'acme')))).toEqual(acme);
});

test('only intents with records left are grouped by session or prompt version; removed intents form a group of their own', async () => {
  const sessions = await groupedCells(store, { by: 'session' });
  expect(names(sessions)).toEqual(['null', 'user-0', 'user-1', 'user-2', 'user-3', 'user-4']);
  expect(counted(sumsOf(sessions.filter(({ isRemoved }) => isRemoved))).intents).toBe(23n);
  const versions = await groupedCells(store, { by: 'prompt-version' });
  expect(names(versions)).toEqual(['search v1', 'search v2', 'support v1', 'support v2']);
});

test('a model has the spend of its own attempts, and the outcome belongs to the model that answered last', async () => {
  const groups = await groupedCells(store, { by: 'model', period: { fromMs: NOON - 71 * HOUR } });
  const inPeriod = histories.slice(-72);
  const spent = (model: string) =>
    inPeriod
      .flatMap(({ records }) => records)
      .reduce((sum, r) => sum + (r.kind === 'attempted' && r.attempt.model === model ? r.attempt.costNanoUsd : 0), 0);
  const of = (model: string) => counted(sumsOf(groups.filter(({ group }) => group === model)));
  expect(of('mini').cost).toBe(BigInt(spent('mini')));
  expect(of('premium')).toEqual({ cost: BigInt(spent('premium')), intents: 18n, failures: 0n });
});

test('days are UTC days, and a day without intents has no group', async () => {
  expect(names(await groupedCells(store, { by: 'day' }))).toEqual([
    '2026-11-16',
    '2026-11-17',
    '2026-11-18',
    '2026-11-19',
    '2026-11-20',
  ]);
});

test('grouping by a property that no intent has is refused with those that intents have', async () => {
  await expect(groupedCells(store, { by: 'tenent' })).rejects.toThrow(
    'by: the ledger\'s intents have no "tenent" to be grouped by, did you mean "tenant"?',
  );
});
