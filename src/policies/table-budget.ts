/**
 * Limits how many tables a policy makes: thousands of busy features with few outcomes, where each outcome changes the beliefs, would spend
 * most of a call's time on new tables.
 */
import { MAX_ROWS_AT_ONCE, ROWS_PER_SECOND, SHORT_TABLE_ROWS, TABLE_ROWS } from '../core/choice/constants.ts';

export interface TableBudget {
  /** True while less than half of the budget is left: a table that will soon be replaced should be short. */
  isLow(nowMs: number): boolean;
  /** True while the budget is not enough even for a short table: an existing one should stay in use. */
  isSpent(nowMs: number): boolean;
  /**
   * Counts one more table: as a full one, or while the budget is low as a short one, whatever its length. A table that is made although the
   * budget is spent is not charged later.
   */
  spend(): void;
}

/** Uses the clock of the views, so that a policy's decisions depend on nothing else. The budget begins full. */
export function tableBudget(): TableBudget {
  let left = MAX_ROWS_AT_ONCE;
  let lastMs = Number.POSITIVE_INFINITY;

  function leftAt(nowMs: number): number {
    // After a clock was set back, the budget does not grow until the clock has caught up.
    const earned = (Math.max(0, nowMs - lastMs) / 1000) * ROWS_PER_SECOND;
    left = Math.min(MAX_ROWS_AT_ONCE, left + earned);
    lastMs = nowMs;
    return left;
  }

  const isLow = (rows: number): boolean => rows < MAX_ROWS_AT_ONCE / 2;
  return {
    isLow: nowMs => isLow(leftAt(nowMs)),
    isSpent: nowMs => leftAt(nowMs) < SHORT_TABLE_ROWS,
    spend() {
      left = Math.max(0, left - (isLow(left) ? SHORT_TABLE_ROWS : TABLE_ROWS));
    },
  };
}
