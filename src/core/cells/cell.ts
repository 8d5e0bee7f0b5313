/**
 * Cells: mergeable sufficient statistics. Every sum is an integer (`bigint`), so merging in any order and grouping
 * gives identical numbers, and a correction retracts exactly what it replaces.
 */
import type { NodeKey, PlanKey } from '../ledger/vocabulary.ts';

/** Width of a cell's time bucket. Wider windows (half-life / 32) are made by merging these on reading. */
export const BUCKET_MS = 3_600_000;

/**
 * `node` cells steer (spend and verdicts at one position, labels of intents that ended there);
 * `plan` cells report (the whole bill of intents decided for a plan).
 */
export type CellScope = 'node' | 'plan';

export interface CellKey {
  readonly scope: CellScope;
  readonly feature: string;
  readonly segment: string;
  /** A node for scope `node`, a plan for scope `plan`. */
  readonly subject: NodeKey | PlanKey;
  /** Model, price and prompt version; `''` for plan cells. */
  readonly version: string;
  /** floor(decision time / BUCKET_MS). */
  readonly bucket: number;
}

/** Sums of a cell. Money in nano-dollars; `cost2`, `cost3`, `failureCost2` … in its powers. Absent = 0. */
export const SUM_NAMES = [
  /** Intents that spent here (their cost is in `cost`). */
  'n',
  'cost',
  'cost2',
  'cost3',
  /** Node: of `n`, those whose reply here was rejected by the verdict. */
  'rejected',
  /** Node: of `n`, intents whose last reply came from here, labelled or not. */
  'ended',
  /** Labelled intents that ended here (plan: all labelled), and successes among them. */
  'labelled',
  'successes',
  /** Node: the part of `labelled` / `successes` whose last reply here had been rejected (no candidate was left). */
  'labelledRejected',
  'successesRejected',
  /** Spend of labelled intents, and of labelled failures: Σc and Σc·fail for their correlation. */
  'costOfLabelled',
  'costOfFailures',
  /**
   * Of `labelled` (node: with an accepted reply), those that have both an audit and another source's word: how many, and
   * successes by the audit, by the other word, by both. What prediction-powered inference corrects a biased judge with.
   */
  'audited',
  'auditedSuccesses',
  'auditedProxySuccesses',
  'auditedBothSuccesses',
  /** Labelled failures: Σ milliseconds from the decision to the word that made them failures. */
  'failureDelayMs',
  /** Plan: Σ failure cost of failed intents as configured (expected), and as recorded where it was. */
  'failureCost',
  'recordedFailures',
  'recordedFailureCost',
  'configuredOfRecorded',
  /**
   * Plan, where failures may differ in cost: Σ H² and Σ c·H of failed intents, how many failures are in these two (older
   * cells have none of them), and Σ H, Σ H² of all labelled intents as configured.
   */
  'failureCost2',
  'costTimesFailureCost',
  'weighedFailures',
  'labelledFailureCost',
  'labelledFailureCost2',
  'escalated',
  /**
   * Plan: the spend by what it was for, in parts that do not overlap. What is left of `cost` was each intent's first
   * try; `laterTurnsCost` is the first try of every later request.
   */
  'retryCost',
  'escalationCost',
  'judgeCost',
  'laterTurnsCost',
  'estimatedCost',
  /** Plan: attempts, requests, intents of several turns with the moments of their cost, labels, successes and failure cost. */
  'attempts',
  'requests',
  'multiTurn',
  'multiTurnCost',
  'multiTurnCost2',
  'multiTurnCost3',
  'multiTurnLabelled',
  'multiTurnSuccesses',
  'multiTurnFailureCost',
  'unknown',
] as const;
export type SumName = (typeof SUM_NAMES)[number];
export type Sums = Readonly<Partial<Record<SumName, bigint>>>;

export interface Cell {
  readonly key: CellKey;
  readonly sums: Sums;
}

/** The cell's place as one string; the inverse is {@link parseCellKey}. Names never hold a tab. */
export function cellKeyString(key: CellKey): string {
  return `${key.scope}\t${key.feature}\t${key.segment}\t${key.subject}\t${key.version}\t${key.bucket}`;
}

export function parseCellKey(text: string): CellKey {
  const [scope, feature, segment, subject, version, bucket] = text.split('\t') as [
    CellScope,
    string,
    string,
    string,
    string,
    string,
  ];
  return { scope, feature, segment, subject, version, bucket: Number(bucket) };
}

/** Sums as JSON text with decimal strings, for stores and exports. */
export function encodeSums(sums: Sums): string {
  return JSON.stringify(sums, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}

export function decodeSums(text: string): Sums {
  const sums: Partial<Record<SumName, bigint>> = {};
  for (const [name, value] of Object.entries(JSON.parse(text) as Record<SumName, string>))
    sums[name as SumName] = BigInt(value);
  return sums;
}
