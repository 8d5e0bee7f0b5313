/** Contributions of intents that were written lately: most get their outcome soon, and it changes the cells by the difference. */
import type { Cell } from '../../core/cells/cell.ts';
import { contribution } from '../../core/cells/contribution.ts';
import type { Intent } from '../../core/ledger/records.ts';

/** Contributions kept; about a kilobyte each. */
const CAPACITY = 1_024;

/** The function {@link contribution}, which remembers what it computed last. */
export function recentContributions(): (intent: Intent) => readonly Cell[] {
  const known = new Map<Intent, readonly Cell[]>();
  return intent => {
    let cells = known.get(intent);
    if (cells !== undefined) return cells;
    cells = contribution(intent);
    if (known.size >= CAPACITY) known.clear();
    known.set(intent, cells);
    return cells;
  };
}
