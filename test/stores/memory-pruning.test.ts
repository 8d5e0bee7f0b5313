import { expect, test } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import type { CellMap } from '../../src/core/cells/sums.ts';
import { addCell } from '../../src/core/cells/sums.ts';
import { memoryLedger } from '../../src/stores/memory-ledger.ts';
import { memoryPruning } from '../../src/stores/memory-pruning.ts';
import type { History } from './histories.ts';
import { anIntent, answeredIntent, HOUR, independentSum, NOON, sorted } from './histories.ts';

/** A ledger that keeps this many intents, and what pruning has added to the pruned base. */
function pruned(keepIntents: number) {
  const ledger = memoryLedger();
  const base: { readonly cells: readonly Cell[]; readonly intents: number }[] = [];
  const pruning = memoryPruning(ledger, {
    keepIntents,
    addToBase: (cells, intents) => void base.push({ cells, intents }),
  });
  let serial = 0;

  function add({ intentId, records }: History): void {
    ledger.append(intentId, records, { serial: serial++, isClosed: true });
    pruning.removeOldest(2);
  }

  return { ledger, pruning, base, add, answer: (id: string) => ledger.appendAnswered(answeredIntent(id), serial++) };
}

const named = (index: number, atMs = NOON): History => anIntent(`i${index}`, 'support', atMs);

function total(cells: readonly Cell[]): readonly Cell[] {
  const sums: CellMap = new Map();
  for (const cell of cells) addCell(sums, cell);
  return sorted([...sums.values()]);
}

test('the intents above the limit are removed at once, and what 64 of them contributed is computed together', () => {
  const { ledger, base, add } = pruned(10);
  for (let i = 0; i < 73; i++) add(named(i));
  expect({ kept: ledger.intents.size, base }).toEqual({ kept: 10, base: [] });
  add(named(73));
  expect(base.map(({ intents }) => intents)).toEqual([64]);
  const removed = Array.from({ length: 64 }, (_, i) => named(i));
  expect(total(base.flatMap(({ cells }) => cells))).toEqual(sorted(independentSum(removed, 'support')));
});

test('a reader of the pruned base gets the contributions of all removed intents, and none twice', () => {
  const { pruning, base, add } = pruned(2);
  for (let i = 0; i < 7; i++) add(named(i));
  pruning.settle();
  pruning.settle();
  expect(base.map(({ intents }) => intents)).toEqual([5]);
  const removed = Array.from({ length: 5 }, (_, i) => named(i));
  expect(total(base.flatMap(({ cells }) => cells))).toEqual(sorted(independentSum(removed, 'support')));
});

test('intents that are older than a time are removed and settled at once, answered ones too', () => {
  const { ledger, pruning, base, add, answer } = pruned(100);
  add(named(0));
  answer('answered');
  add(named(1, NOON + 2 * HOUR));
  expect(pruning.removeBefore(NOON + HOUR)).toHaveLength(2);
  expect({ kept: ledger.intents.size, settled: base.map(({ intents }) => intents) }).toEqual({ kept: 1, settled: [2] });
  expect(base.flatMap(({ cells }) => cells).some(({ sums }) => (sums.n ?? 0n) > 0n)).toBe(true);
});
