/**
 * Cells: mergeable sufficient statistics. Every sum is an integer (`bigint`), so merging in any order and grouping
 * gives identical numbers, and a correction retracts exactly what it replaces.
 */
import type { NodeKey, PlanKey } from '../ledger/vocabulary.ts';

/**
 * Width of a cell's time bucket, unless it is an older one ({@link Grain}). Narrower buckets mean more cells to read; wider
 * ones mean periods and changes that are known less exactly. Stored keys number these buckets, so a store cannot be read with
 * another width.
 */
export const BUCKET_MS = 3_600_000;

/**
 * Routing decisions are made from `node` cells: spend and verdicts at one node, labels of the intents that ended there.
 * Reports are made from `plan` cells: the total cost of the intents decided for a plan.
 */
export type CellScope = 'node' | 'plan';

/** Width of an older bucket: a day (UTC), or a fifth of a calendar month ("week": days 1–7, 8–14, 15–21, 22–28 and the rest). */
export type Grain = 'day' | 'week';

export interface CellKey {
  readonly scope: CellScope;
  readonly feature: string;
  readonly segment: string;
  /** A node for scope `node`, a plan for scope `plan`. */
  readonly subject: NodeKey | PlanKey;
  /** Model, price and prompt version; `''` for plan cells. */
  readonly version: string;
  /** floor(decision time / BUCKET_MS); of an older bucket, its first hour. */
  readonly bucket: number;
  /** Absent: an hour. */
  readonly grain?: Grain;
}

/** The time fields of a cell, from which its width and its place in a series follow. */
export type Bucket = Pick<CellKey, 'bucket' | 'grain'>;

/** Sums of a cell. Money in nano-dollars; `cost2`, `cost3`, `failureCost2` … in its powers. Absent = 0. */
export const SUM_NAMES = [
  /** Node: intents that got an answer here. Plan: intents with an attempt. `cost` is the sum of their model spend. */
  'n',
  'cost',
  'cost2',
  'cost3',
  /** Node: of `n`, intents that went on to another node, for any reason, or whose last reply was rejected. */
  'rejected',
  /** Node: of `n`, intents whose last answer came from here, labelled or not. */
  'ended',
  /** Labelled intents that ended here (plan: all labelled), and the successes among them. */
  'labelled',
  'successes',
  /** Node: the part of `labelled` and `successes` whose last reply was rejected, because no candidate was left. */
  'labelledRejected',
  'successesRejected',
  /** Model spend of labelled intents, and of the failures among them, for the correlation of cost and failure. */
  'costOfLabelled',
  'costOfFailures',
  /**
   * Of `labelled` (node: with an accepted reply), intents with both an audit and evidence from another source: how
   * many, and the successes by the audit, by the other source, and by both. Prediction-powered inference corrects a
   * biased source with these.
   */
  'audited',
  'auditedSuccesses',
  'auditedProxySuccesses',
  'auditedBothSuccesses',
  /** Labelled failures: Σ milliseconds from the decision to the evidence of failure. */
  'failureDelayMs',
  /**
   * Plan: Σ failure cost of failed intents, recorded or else configured. Of the failures with a recorded cost: how
   * many, Σ as recorded, and Σ as configured.
   */
  'failureCost',
  'recordedFailures',
  'recordedFailureCost',
  'configuredOfRecorded',
  /**
   * Plan, for failures that differ in cost: Σ H² and Σ c·H of failed intents, the number of failures in these two sums
   * (older cells lack all three), and Σ H, Σ H² of all labelled intents as configured.
   */
  'failureCost2',
  'costTimesFailureCost',
  'weighedFailures',
  'labelledFailureCost',
  'labelledFailureCost2',
  'escalated',
  /**
   * Plan: model spend by purpose, in parts that do not overlap (`estimatedCost` overlaps them). The rest of `cost` is
   * the first attempt of each intent; `laterTurnsCost` is the first attempt of every later request. Node: the part of `cost`
   * that other models cost in place of this one, whose reply broke the schema; it is in their own cells too.
   */
  'retryCost',
  'escalationCost',
  'judgeCost',
  'laterTurnsCost',
  'estimatedCost',
  /** Plan: attempts and requests; intents of several turns, with the moments of their cost, labels and failure cost. */
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
  /**
   * Of `n`, intents whose session's prefix was known. Of these: the cost of reading the prefix, the rest of the cost (net), and the square
   * of the net cost. Node: also their requests here beyond the first of each intent.
   */
  'withPrefix',
  'prefixCost',
  'netCost',
  'netCost2',
  'laterRequests',
  /**
   * Plan: Σ tokens of the prefix; the part sent after more than 5 minutes without a reply, and after more than an hour.
   */
  'prefixTokens',
  'prefixTokensAfter5m',
  'prefixTokensAfter1h',
  /** Plan: Σ tokens of prefixes, by request, that the model's cache should have had, and of these, read from it. */
  'expectedTokens',
  'readTokens',
] as const;
export type SumName = (typeof SUM_NAMES)[number];
export type Sums = Readonly<Partial<Record<SumName, bigint>>>;

export interface Cell {
  readonly key: CellKey;
  readonly sums: Sums;
}

/** Sums for a reader that works with floats: exact, or floats already, which may name a 0 explicitly. */
export type RoundedSums = Readonly<Partial<Record<SumName, bigint | number>>>;

export interface RoundedCell {
  readonly key: CellKey;
  readonly sums: RoundedSums;
}

/** The cell in canonical form, with integers: above 2^53 they have the precision that floats kept. */
export function integerCell({ key, sums }: RoundedCell): Cell {
  const integers: Partial<Record<SumName, bigint>> = {};
  for (const name in sums) {
    const sum = sums[name as SumName] ?? 0n;
    const integer = typeof sum === 'bigint' ? sum : BigInt(sum);
    if (integer !== 0n) integers[name as SumName] = integer;
  }
  return { key, sums: integers };
}

/** The key as one string, for maps and stores; {@link parseCellKey} is the inverse. Names never contain a tab. */
export function cellKeyString(key: CellKey): string {
  const grain = key.grain === undefined ? '' : key.grain === 'day' ? 'd' : 'w';
  return `${key.scope}\t${key.feature}\t${key.segment}\t${key.subject}\t${key.version}\t${key.bucket}${grain}`;
}

/** Whether a text has the format of {@link cellKeyString}. */
export function isCellKey(text: string): boolean {
  return /^(?:node|plan)(?:\t[^\t]*){4}\t-?\d+[dw]?$/.test(text);
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
  const key = { scope, feature, segment, subject, version, bucket: Number.parseInt(bucket, 10) };
  if (bucket.endsWith('d')) return { ...key, grain: 'day' };
  return bucket.endsWith('w') ? { ...key, grain: 'week' } : key;
}

/** Sums as JSON text with decimal strings, for stores and exports. */
export function encodeSums(sums: Sums): string {
  // The text is built by hand, because every commit writes sums: JSON.stringify, which calls a function for each value, takes twice the
  // time.
  let text = '';
  for (const name in sums) text += `${text === '' ? '' : ','}${JSON.stringify(name)}:"${sums[name as SumName]}"`;
  return `{${text}}`;
}

/** Puts the numbers into the object that was parsed: another one for each of a year's cells would take twice the time. */
export function decodeSums(text: string): Sums {
  const sums = JSON.parse(text) as Partial<Record<SumName, string | bigint>> | null;
  if (typeof sums !== 'object' || sums === null) throw new TypeError(`the sums of a cell are ${text}`);
  for (const name in sums) sums[name as SumName] = BigInt(sums[name as SumName] as string);
  return sums as Partial<Record<SumName, bigint>>;
}
