/**
 * Limits how many tables a policy makes: thousands of busy features with few outcomes, each of which changes what is believed,
 * would spend most of a call's time on new tables.
 */
import { MAX_ROWS_PER_SECOND, SHORT_TABLE_ROWS, TABLE_ROWS } from '../core/choice/constants.ts';

export interface TableBudget {
  /** True while more tables were made than the time allows. */
  isSpent(nowMs: number): boolean;
  /** True while tables are made so fast that those of features with few outcomes should be short. */
  isScarce(nowMs: number): boolean;
  /** Counts one more table. One that is made although the budget is spent costs nothing later. */
  spend(): void;
}

/** On the clock of the views, so that what a policy decides depends on nothing else. It begins with the rows of a second. */
export function tableBudget(): TableBudget {
  let left = MAX_ROWS_PER_SECOND;
  let lastMs = Number.POSITIVE_INFINITY;

  function leftAt(nowMs: number): number {
    // A clock that was set back earns nothing until it runs on.
    const earned = (Math.max(0, nowMs - lastMs) / 1000) * MAX_ROWS_PER_SECOND;
    left = Math.min(MAX_ROWS_PER_SECOND, left + earned);
    lastMs = nowMs;
    return left;
  }

  const isScarce = (rows: number): boolean => rows < MAX_ROWS_PER_SECOND / 2;
  return {
    isSpent: nowMs => leftAt(nowMs) < SHORT_TABLE_ROWS,
    isScarce: nowMs => isScarce(leftAt(nowMs)),
    spend() {
      left = Math.max(0, left - (isScarce(left) ? SHORT_TABLE_ROWS : TABLE_ROWS));
    },
  };
}
