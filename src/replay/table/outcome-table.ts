/**
 * An outcome table in memory: the answers of several models to the same requests, stored as columns. A million rows take some
 * tens of megabytes. docs/outcome-table.md describes the file format.
 */
import { accepting, objectWith } from '../../argument-checks.ts';

/** One answer of one model to one request. */
export interface OutcomeRow {
  /** The request. Rows with the same id and trial are answers to the same intent. */
  readonly id: string;
  readonly feature: string;
  readonly model: string;
  /** Number of a repetition of the request; each repetition is an intent of its own. Default `0`. */
  readonly trial?: string;
  /** 0 to 1. A fraction, such as a judge's score, counts as the probability of success. */
  readonly success: number;
  /** USD spent on this answer. */
  readonly costUsd: number;
  /** Time of the request, milliseconds since the epoch. */
  readonly atMs?: number;
  /**
   * Facts known before the request was sent: its length in characters, the number of user messages and of tools, a declared
   * context, and a difficulty from 0 to 1.
   */
  readonly promptChars?: number;
  readonly promptTurns?: number;
  readonly promptTools?: number;
  readonly context?: string;
  readonly difficulty?: number;
}

/** Columns per intent and per answer. The answers of intent i are those from `first[i]` to before `first[i + 1]`. */
export interface OutcomeTable {
  readonly features: readonly string[];
  readonly models: readonly string[];
  readonly contexts: readonly string[];
  readonly ids: readonly string[];
  /** Index into `features`, and into `contexts`. */
  readonly feature: Uint32Array;
  readonly context: Uint32Array;
  /** Time of each intent; NaN where it is not known. */
  readonly atMs: Float64Array;
  readonly promptChars: Float64Array;
  readonly promptTurns: Float64Array;
  readonly promptTools: Float64Array;
  readonly difficulty: Float64Array;
  readonly first: Uint32Array;
  /** Per answer: index into `models`, success from 0 to 1, cost in nano-dollars. */
  readonly model: Uint32Array;
  readonly success: Float64Array;
  readonly costNanoUsd: Float64Array;
}

const names = accepting('a list of names', Array.isArray);
const column = accepting('a column: a typed array', ArrayBuffer.isView);

/** @throws RouterError `invalid-value` unless the value has all columns */
export const checkTable = objectWith<OutcomeTable>({
  features: names,
  models: names,
  contexts: names,
  ids: names,
  feature: column,
  context: column,
  atMs: column,
  promptChars: column,
  promptTurns: column,
  promptTools: column,
  difficulty: column,
  first: column,
  model: column,
  success: column,
  costNanoUsd: column,
});

/** The problem with a row, and its column. */
export interface RowProblem {
  readonly column: string;
  readonly problem: string;
  /** The values that the column accepts, if the value itself is wrong. */
  readonly accepted?: string;
}

/** Index of a model's answer to an intent, or −1. */
export function answerOf(table: OutcomeTable, intent: number, model: number): number {
  const end = table.first[intent + 1] as number;
  for (let answer = table.first[intent] as number; answer < end; answer++) {
    if (table.model[answer] === model) return answer;
  }
  return -1;
}
