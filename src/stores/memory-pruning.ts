/** Prunes the memory store: removes the oldest closed intents, and adds their contributions to the pruned base. */
import type { Intent, LedgerRecord } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';
import { AnsweredIntent } from '../core/ledger/answered-intent.ts';
import { answeredCells } from '../core/cells/answered-cells.ts';
import type { Cell } from '../core/cells/cell.ts';
import { contribution } from '../core/cells/contribution.ts';
import type { KeptIntent, MemoryLedger } from './memory-ledger.ts';
import { recordsOf } from './memory-ledger.ts';

export interface MemoryPruning {
  /** Removes the closed intents that changed longest ago while there are more than are kept. */
  removeOldest(atMost: number): void;
  /** Removes the closed intents all of whose records are older. Returns them. */
  removeBefore(beforeMs: number): readonly KeptIntent[];
  /** Call before the pruned base is read, and before a view begins. */
  settle(): void;
}

/**
 * Removed intents whose contributions are computed together: their code and the base are in the processor's caches then. More
 * would take longer at once.
 */
const SETTLED_AT_ONCE = 64;

export interface MemoryPruningOptions {
  readonly keepIntents: number;
  /** Adds the contributions of a number of intents to the pruned base. */
  addToBase(cells: readonly Cell[], intents: number): void;
}

export function memoryPruning(ledger: MemoryLedger, { keepIntents, addToBase }: MemoryPruningOptions): MemoryPruning {
  /** Removed intents whose contributions are not in the pruned base yet. */
  const removed: KeptIntent[] = [];

  function remove(intent: KeptIntent): void {
    ledger.remove(intent);
    removed.push(intent);
  }

  function settle(): void {
    const all = removed.splice(0);
    if (all.length === 0) return;
    const answered = all.filter(each => each instanceof AnsweredIntent);
    const grown = all.flatMap(each =>
      each instanceof AnsweredIntent ? [] : contribution(foldIntent(each.records) as Intent),
    );
    addToBase([...answeredCells(answered), ...grown], all.length);
  }

  return {
    removeOldest(atMost) {
      for (let count = 0; count < atMost && ledger.intents.size > keepIntents; count++) {
        const oldest = ledger.oldestClosed();
        if (oldest === undefined) break;
        remove(oldest);
      }
      if (removed.length >= SETTLED_AT_ONCE) settle();
    },
    removeBefore(beforeMs) {
      const isOld = ({ atMs }: LedgerRecord): boolean => atMs < beforeMs;
      const old = Array.from(ledger.closed()).filter(intent => recordsOf(intent).every(isOld));
      for (const intent of old) remove(intent);
      settle();
      return old;
    },
    settle,
  };
}
