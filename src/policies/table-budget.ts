/**
 * Limits how many tables a policy makes: thousands of busy features with few outcomes, each of which changes what is believed,
 * would spend most of a call's time on new tables.
 */
import { MAX_ROWS_AT_ONCE, ROWS_PER_SECOND, SHORT_TABLE_ROWS, TABLE_ROWS } from '../core/choice/constants.ts';

export interface TableBudget {
  /** True while less than half is left: a table that will not serve for long should be short. */
  isLow(nowMs: number): boolean;
  /** True while not even a short table is left: one that was made before should serve on. */
  isSpent(nowMs: number): boolean;
  /**
   * Counts one more table: whole, or short while the budget is low, whatever its length. One that is made although the budget
   * is spent costs nothing later.
   */
  spend(): void;
}

/** On the clock of the views, so that what a policy decides depends on nothing else. It begins with all that it can hold. */
export function tableBudget(): TableBudget {
  let left = MAX_ROWS_AT_ONCE;
  let lastMs = Number.POSITIVE_INFINITY;

  function leftAt(nowMs: number): number {
    // A clock that was set back earns nothing until it runs on.
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
