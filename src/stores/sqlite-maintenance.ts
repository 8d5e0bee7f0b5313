/**
 * What the SQLite store does in the background: older buckets become coarser, empty cells and old sessions are forgotten, and the cells
 * that decisions are made from are packed for processes that start.
 */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { MaintainedSlice, StoreView } from '../contracts/store.ts';
import type { Grains } from '../core/cells/grains.ts';
import { grainsAt } from '../core/cells/grains.ts';
import { packCells } from './cell-bytes.ts';
import { PACK_EVERY_MS, packTotals } from './packed-cells.ts';
import { coarsen } from './sqlite-cell-sums.ts';
import type { Connection } from './sqlite-connection.ts';
import { forgetSessions, hasOldSessions } from './sqlite-sessions.ts';
import type { Statements } from './sqlite-statements.ts';

/** Rows of one table that a slice merges at most: it holds the write lock, and the event loop, for some 20 ms. */
const MAX_ROWS = 300;

const DAY_MS = 86_400_000;

/** The store's identity, and the boundaries of its older buckets. */
export function storeOf(statements: Statements): { readonly id: string; readonly grains: Grains } {
  const row = statements.store.get() as { id: string; day_before: number; week_before: number };
  return { id: row.id, grains: { dayBefore: row.day_before, weekBefore: row.week_before } };
}

export interface SqliteMaintenance {
  readonly read: <T>(step: (connection: Connection) => T) => Promise<T>;
  readonly write: <T>(step: (connection: Connection) => T) => Promise<T>;
  readonly cellsSince: StoreView['cellsSince'];
}

/** One slice. Most of the time there is nothing to do, so it looks first without the write lock. */
export async function maintainSlice(context: SqliteMaintenance, nowMs: number): Promise<MaintainedSlice> {
  // Between two slices the event loop gets to other work.
  await yieldToEventLoop();
  const isDue = await context.read(({ statements }) => isMaintenanceDue(statements, nowMs));
  if (!isDue) return { more: await packOne(context, nowMs) };
  await context.write(({ statements }) => maintain(statements, nowMs));
  return { more: true };
}

/** Packs one feature that was packed long enough ago and has changed since; `false`: there is none. */
async function packOne({ read, write, cellsSince }: SqliteMaintenance, nowMs: number): Promise<boolean> {
  const packedBeforeMs = nowMs - PACK_EVERY_MS;
  const row = await read(({ statements }) => statements.toPack.get({ packedBeforeMs }));
  if (row === undefined) return false;
  const feature = row['feature'] as string;
  let isDamaged = false;
  const found = await cellsSince(feature, undefined, () => (isDamaged = true));
  // A starting process then reads the cells, and gets the error of the damage.
  const body = isDamaged ? new Uint8Array() : await packCells(found);
  const totals = packTotals(found.cells);
  await write(({ statements }) => statements.setPacked.run(feature, found.next, nowMs, totals, body));
  return true;
}

/** Whether buckets are to become coarser, or empty cells and old sessions are to be removed. Takes no lock. */
export function isMaintenanceDue(statements: Statements, nowMs: number): boolean {
  const { dayBefore, weekBefore } = storeOf(statements).grains;
  const due = grainsAt(nowMs);
  if (due.dayBefore > dayBefore || due.weekBefore > weekBefore || hasOldSessions(statements, nowMs)) return true;
  return toMaintain(statements, nowMs) !== undefined;
}

function toMaintain(statements: Statements, nowMs: number): string | undefined {
  const { grains } = storeOf(statements);
  const row = statements.unmaintained.get({ ...grains, markedBeforeMs: nowMs - DAY_MS });
  return (row as { feature: string } | undefined)?.feature;
}

/** Does a slice of the work in the caller's transaction. Returns `true` if there is more to do. */
export function maintain(statements: Statements, nowMs: number): boolean {
  forgetSessions(statements, nowMs, MAX_ROWS);
  const due = grainsAt(nowMs);
  statements.setGrains.run(due.dayBefore, due.weekBefore);
  const feature = toMaintain(statements, nowMs);
  if (feature === undefined) return false;
  const { grains } = storeOf(statements);
  for (const table of [statements.cells, statements.prunedCells]) coarsen(table, feature, { grains, limit: MAX_ROWS });
  // Empty cells are removed once readers have had a day to notice them; those of today are marked for tomorrow.
  const markedBeforeMs = nowMs - DAY_MS;
  statements.removeEmpty.run({ feature, markedBeforeMs });
  statements.mark.run({ feature, nowMs, markedBeforeMs });
  return toMaintain(statements, nowMs) !== undefined;
}
