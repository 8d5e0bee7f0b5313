import { expect, test } from 'vitest';
import { dividedAt } from '../../src/analysis/divided-cells.ts';
import type { Period } from '../../src/core/cells/period.ts';
import { isIn, wholeBuckets } from '../../src/core/cells/period.ts';
import { sumOf } from '../../src/core/cells/sums.ts';
import { memory } from '../../src/stores/memory.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import type { Store } from '../../src/contracts/store.ts';
import { tenantHistories } from '../cli/tenant-ledger.ts';
import { commitAll, HOUR, NOON } from '../stores/histories.ts';

const DAY = 24 * HOUR;
const FEATURE = 'support';
/** An intent an hour for 150 days: hours, days and weeks. */
const histories = tenantHistories(NOON, 150 * 24);

async function ledger(store: Store): Promise<Store> {
  await commitAll(store, histories);
  while ((await store.maintain(NOON)).more);
  return store;
}

function recorded(period: Period) {
  let [intents, cost] = [0n, 0n];
  for (const { feature, records } of histories) {
    const [first] = records;
    if (feature !== FEATURE || first === undefined || !isIn(period, Math.floor(first.atMs / HOUR))) continue;
    intents++;
    for (const record of records) if (record.kind === 'attempted') cost += BigInt(record.attempt.costNanoUsd);
  }
  return { n: intents, cost };
}

async function counted(view: Pick<Store, 'cells'>, period: Period) {
  const cells = await view.cells(FEATURE);
  const covered = wholeBuckets(period, cells);
  const own = cells.filter(({ key }) => key.scope === 'plan' && isIn(covered, key.bucket));
  const { n = 0n, cost = 0n } = sumOf(own.map(({ sums }) => sums));
  return { n, cost };
}

const PERIODS: readonly (readonly [string, Period])[] = [
  ['begins inside a day', { fromMs: NOON - 30 * DAY }],
  ['begins and ends inside one day', { fromMs: NOON - 30 * DAY, toMs: NOON - 30 * DAY + 5 * HOUR }],
  ['begins inside a week', { fromMs: NOON - 120 * DAY - 7 * HOUR, toMs: NOON - 3 * DAY }],
  ['begins and ends inside weeks', { fromMs: NOON - 130 * DAY, toMs: NOON - 111 * DAY + HOUR }],
  ['begins before all intents', { fromMs: 0, toMs: NOON - 40 * DAY }],
  ['divides nothing', { fromMs: NOON - 2 * DAY }],
];

test.each(PERIODS)('a period that %s counts the intents that were decided in it, and no others', async (_, period) => {
  const store = await ledger(memory());
  expect(await counted(dividedAt(store, period), period)).toEqual(recorded(period));
});

test('without dividing old statistics, a period counts more intents than it has, because these statistics hold whole days and weeks', async () => {
  const store = await ledger(memory());
  const off = PERIODS.slice(0, 5).map(async ([, period]) => (await counted(store, period)).n > recorded(period).n);
  expect(await Promise.all(off)).toEqual([true, true, true, true, true]);
});

test('a bucket whose intents were pruned stays whole', async () => {
  const store = await ledger(sqlite(':memory:'));
  const period = { fromMs: NOON - 30 * DAY };
  await store.prune(NOON - 30 * DAY + 3 * HOUR);
  expect(await dividedAt(store, period).cells(FEATURE)).toEqual(await store.cells(FEATURE));
  await store.close();
});
