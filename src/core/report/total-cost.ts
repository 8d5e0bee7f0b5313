/** Where the money of a feature went: the whole bill in exact parts that add up to it. */
import { toDecimalUsd } from '../ledger/money.ts';
import type { SumName, Sums } from '../cells/cell.ts';

/** What an intent's money is spent on; every dollar is in exactly one part. */
export const COST_PARTS = ['first', 'later-turns', 'retry', 'cascade', 'judge', 'failure'] as const;

/**
 * - `first`: the first try of each intent's first request: the price that a token price list shows.
 * - `later-turns`: the first try of every further request (the multi-turn tax).
 * - `retry`: asked again because the transport failed or the reply could not be used.
 * - `cascade`: a dearer model asked because a reply was rejected.
 * - `judge`: models asked to judge replies.
 * - `failure`: what failed intents cost the business, the human ticket: recorded where it was, configured otherwise.
 */
export type CostPart = (typeof COST_PARTS)[number];

/** One part in words, for people. */
export const COST_PART_NAMES: Readonly<Record<CostPart, string>> = Object.freeze({
  first: 'First tries',
  'later-turns': 'Later turns',
  retry: 'Retries',
  cascade: 'Climbing',
  judge: 'Judges',
  failure: 'Failures (people)',
});

export interface CostLine {
  readonly part: CostPart;
  /** Exact decimal USD. */
  readonly usd: string;
  /** Of the whole bill, 0 to 1. */
  readonly fraction: number;
}

/** Exact totals, decimal USD. */
export interface TotalCost {
  /** Models and failures together. */
  readonly totalUsd: string;
  /** What the providers charge. */
  readonly spendUsd: string;
  /** The part of it that rests on estimated usage (streams that broke off). */
  readonly estimatedUsd: string;
  /** What failed intents cost: recorded where it was, configured otherwise. */
  readonly failureUsd: string;
  /** Every part, in the order of {@link COST_PARTS}; they add up to the total. */
  readonly lines: readonly CostLine[];
}

/** The bill from the sums of `plan` cells. */
export function totalCostOf(sums: Sums): TotalCost {
  const get = (name: SumName): bigint => sums[name] ?? 0n;
  const spend = get('cost');
  const later = get('laterTurnsCost');
  const retry = get('retryCost');
  const cascade = get('escalationCost');
  const judge = get('judgeCost');
  const failure = get('failureCost');
  const total = spend + failure;
  const amounts: Readonly<Record<CostPart, bigint>> = {
    first: spend - later - retry - cascade - judge,
    'later-turns': later,
    retry,
    cascade,
    judge,
    failure,
  };
  return {
    totalUsd: toDecimalUsd(total),
    spendUsd: toDecimalUsd(spend),
    estimatedUsd: toDecimalUsd(get('estimatedCost')),
    failureUsd: toDecimalUsd(failure),
    lines: COST_PARTS.map(part => ({
      part,
      usd: toDecimalUsd(amounts[part]),
      fraction: total === 0n ? 0 : Number(amounts[part]) / Number(total),
    })),
  };
}
