/** A feature's total cost, in exact parts that add up to it. */
import { toDecimalUsd } from '../ledger/money.ts';
import type { SumName, Sums } from '../cells/cell.ts';

/** The parts of an intent's cost; every dollar is in exactly one part. */
export const COST_PARTS = ['first', 'later-turns', 'retry', 'cascade', 'judge', 'failure'] as const;

/**
 * - `first`: the first attempt of each intent's first request, which is what a token price list shows.
 * - `later-turns`: the first attempt of every later request (the multi-turn tax).
 * - `retry`: attempts repeated because the transport failed or the reply could not be used.
 * - `cascade`: attempts with a more expensive model because a reply was rejected.
 * - `judge`: calls to models that grade replies.
 * - `failure`: what failed intents cost the business (a human handoff): as recorded, otherwise as configured.
 */
export type CostPart = (typeof COST_PARTS)[number];

/** Names of the parts, for display. */
export const COST_PART_NAMES: Readonly<Record<CostPart, string>> = Object.freeze({
  first: 'First attempts',
  'later-turns': 'Later turns',
  retry: 'Retries',
  cascade: 'Next model (reply rejected)',
  judge: 'Judges',
  failure: 'Failure cost',
});

export interface CostLine {
  readonly part: CostPart;
  /** Exact decimal USD. */
  readonly usd: string;
  /** Fraction of the total cost, 0 to 1. */
  readonly fraction: number;
}

/** Exact totals, decimal USD. */
export interface TotalCost {
  /** Model spend + failure cost. */
  readonly totalUsd: string;
  /** Model spend: what the providers charge. */
  readonly spendUsd: string;
  /** The part of the model spend that is computed from estimated usage (of streams that ended early). */
  readonly estimatedUsd: string;
  /** Failure cost: what failed intents cost, as recorded, otherwise as configured. */
  readonly failureUsd: string;
  /** Every part, from `first` to `failure`; they add up to the total. */
  readonly lines: readonly CostLine[];
}

/** The total cost from the sums of `plan` cells. */
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
