/** Ledgers of some months for the archive's tests, with everything that is hard to add up. */
import fc from 'fast-check';
import type { Store } from '../../../src/contracts/store.ts';
import { foldCells } from '../../../src/core/cells/grains.ts';
import { cellKeyString, encodeSums, type Cell } from '../../../src/core/cells/cell.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import type { History } from '../../stores/histories.ts';
import { attempted, changesOf, decided, evidence, histories, history, HOUR, must } from '../../stores/histories.ts';

export const DAY = 24 * HOUR;
export const MARCH = Date.UTC(2026, 2, 30);
/** Intents before this time are old enough to be archived; some intents are later. */
export const LATER = MARCH + 3 * DAY;

/** Costs of which the cube, or already the square, is more than 64 or 128 bits. */
const LARGE = [5_500_000_000_001, 123_456_789_012_345, 8_999_999_999_999_999];

/** Days with decisions, in March and in April. */
const DAYS = 4;

/** Intents of some days, in the order in which they were decided. */
export function someIntents({ seed = 1, count = 60 } = {}): readonly History[] {
  const lists = fc.sample(histories(), { seed, numRuns: count });
  const plain = lists.map((list, index) =>
    moved(must(list[0]), `intent-${index}`, MARCH + (index / count) * DAYS * DAY),
  );
  const large = LARGE.map((costNanoUsd, index) => {
    const atMs = MARCH + index * DAY + 12 * HOUR;
    return history(`large-${index}`, 'support', [
      decided(atMs, ['mini', 'premium'], 'long'),
      attempted(atMs + 1, { costNanoUsd }),
      attempted(atMs + 2, { costNanoUsd: 3, turn: 2, requestId: 'request-2' }),
      evidence(atMs + 3, { source: 'explicit', success: false, costNanoUsd: must(LARGE[2]) }),
    ]);
  });
  return [...plain, ...large].sort((a, b) => startOf(a) - startOf(b));
}

const startOf = ({ records }: History): number => must(records[0]).atMs;

/** The same intent under another id and at another time. */
function moved(one: History, intentId: string, atMs: number): History {
  const byMs = Math.round(atMs) - startOf(one);
  return { ...one, intentId, records: one.records.map(record => ({ ...record, intentId, atMs: record.atMs + byMs })) };
}

/** Commits in the order of time, some intents beside each other, as an application does. */
export async function fill(store: Store, list: readonly History[]): Promise<void> {
  const changes = list.flatMap(changesOf).sort((a, b) => (a.records[0]?.atMs ?? 0) - (b.records[0]?.atMs ?? 0));
  for (const change of changes) await store.commitAll([change]);
}

export async function filledFile(path: string, list = someIntents()): Promise<Store> {
  const store = sqlite(path);
  await fill(store, list);
  return store;
}

/** Cells in an order of their own, to compare. */
export function inOrder(cells: readonly Cell[]): readonly string[] {
  return cells.map(({ key, sums }) => `${cellKeyString(key)} ${encodeSums(sorted(sums))}`).sort();
}

function sorted(sums: Cell['sums']): Cell['sums'] {
  return Object.fromEntries(Object.entries(sums).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The pruned base and the cells of a feature, in the buckets of the store. */
export async function baseOf(
  store: Store,
  feature: string,
  recounted: readonly Cell[],
): Promise<readonly [unknown, unknown]> {
  const { grains } = await store.cellsSince(feature);
  const own = recounted.filter(({ key }) => key.feature === feature);
  return [inOrder(await store.prunedCells(feature)), inOrder(foldCells(own, grains))];
}
