/** What the SQLite store does in the background: older buckets become coarser, and empty cells are forgotten. */
import type { Grains } from '../core/cells/grains.ts';
import { grainsAt } from '../core/cells/grains.ts';
import { coarsen } from './sqlite-cells.ts';
import type { Statements } from './sqlite-statements.ts';

/** Rows of one table that a slice merges at most: it holds the write lock, and the event loop, for some 20 ms. */
const MAX_ROWS = 300;

const DAY_MS = 86_400_000;

/** What tells this store apart from others, and the boundaries of its older buckets. */
export function storeOf(statements: Statements): { readonly id: string; readonly grains: Grains } {
  const row = statements.store.get() as { id: string; day_before: number; week_before: number };
  return { id: row.id, grains: { dayBefore: row.day_before, weekBefore: row.week_before } };
}

/** Whether there is something to do. Takes no lock. */
export function isMaintenanceDue(statements: Statements, nowMs: number): boolean {
  const { dayBefore, weekBefore } = storeOf(statements).grains;
  const due = grainsAt(nowMs);
  return due.dayBefore > dayBefore || due.weekBefore > weekBefore || toMaintain(statements, nowMs) !== undefined;
}

function toMaintain(statements: Statements, nowMs: number): string | undefined {
  const { grains } = storeOf(statements);
  const row = statements.unmaintained.get({ ...grains, markedBeforeMs: nowMs - DAY_MS });
  return (row as { feature: string } | undefined)?.feature;
}

/** One slice, in the caller's transaction; `true`: there is more to do. */
export function maintain(statements: Statements, nowMs: number): boolean {
  const due = grainsAt(nowMs);
  statements.setGrains.run(due.dayBefore, due.weekBefore);
  const feature = toMaintain(statements, nowMs);
  if (feature === undefined) return false;
  const { grains } = storeOf(statements);
  for (const table of [statements.cells, statements.prunedCells]) coarsen(table, feature, { grains, limit: MAX_ROWS });
  // Empty cells go once a reader has had a day to hear of them; those of today are marked for tomorrow.
  const markedBeforeMs = nowMs - DAY_MS;
  statements.removeEmpty.run({ feature, markedBeforeMs });
  statements.mark.run({ feature, nowMs, markedBeforeMs });
  return toMaintain(statements, nowMs) !== undefined;
}
