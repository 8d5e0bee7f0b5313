import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import { reportOf } from '../../src/analysis/report.ts';
import { changesIn, overviewPartOf } from '../../src/dashboard/overview-part.ts';
import { memory } from '../../src/stores/memory.ts';

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 27);

async function setUp() {
  const store = memory();
  await writeLedger(store, { intents: 15_000, seed: 1, fromMs: NOW - 60 * DAY_MS, toMs: NOW });
  return { store, cells: await store.cells('code.review') };
}

test('the part for the overview has the sums of the earlier period, for exactly the time that it states', async () => {
  const { store } = await setUp();
  const period = { fromMs: NOW - 30 * DAY_MS };
  const before = { fromMs: NOW - 60 * DAY_MS, toMs: NOW - 30 * DAY_MS };
  const part = await overviewPartOf(store, 'code.review', { nowMs: NOW, period, before });
  const earlier = await reportOf(store, { nowMs: NOW, period: part.before?.covered ?? {}, features: ['code.review'] });
  expect(part.before?.sums.n).toBe(BigInt(earlier.features[0]?.intents ?? -1));
  expect(part.trend?.intents.before).toBe(Number(part.before?.sums.n));
});

test('a change in the period is found with the help of the outcomes before it, and traffic is compared across the change', async () => {
  const { cells } = await setUp();
  const changed = changesIn(cells, { covered: {}, earlier: undefined });
  expect(changed.changes.map(({ kind }) => kind)).toEqual(['success']);
  expect(changed.shift?.to).toBe('frontier');
  const atMs = changed.changes[0]?.atMs ?? 0;
  // The change belongs to the period that it lies in, even if the period begins with it, and to no other.
  expect(changesIn(cells, { covered: { fromMs: atMs }, earlier: [] }).changes).toHaveLength(1);
  expect(changesIn(cells, { covered: { fromMs: atMs + DAY_MS }, earlier: [] }).changes).toEqual([]);
  expect(changesIn(cells, { covered: { toMs: atMs }, earlier: undefined }).changes).toEqual([]);
});
