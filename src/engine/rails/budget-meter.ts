/**
 * A budget's spend in the current period, from the exact sums of plan cells, and the weight of further spend that follows from
 * it.
 */
import type { BudgetEvent } from '../../config/budget-config.ts';
import type { ResolvedBudget } from '../../config/resolved.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { Pacing } from '../../core/choice/pacing.ts';
import { costMultiplier, pace, startPacing } from '../../core/choice/pacing.ts';
import type { Cell, RoundedCell } from '../../core/cells/cell.ts';
import { BUCKET_MS } from '../../core/cells/cell.ts';

export interface BudgetMeter {
  /** Adds the delta of a commit of this process, and reports the thresholds that are reached. */
  apply(delta: readonly Cell[], nowMs: number): void;
  /**
   * Adds spend from before this process started, or by other processes; call {@link BudgetMeter.tell} after the last part.
   */
  add(cells: readonly RoundedCell[], nowMs: number): void;
  /** Reports the thresholds that are reached, each once. */
  tell(): void;
  readonly pacing: (nowMs: number) => Pacing;
  /**
   * Current weight of a dollar of spend relative to a dollar of failure cost. A new period begins with the weight at the end of
   * the last one.
   */
  readonly costMultiplier: () => number;
}

/** Fractions of the budget at which an event is reported. */
const THRESHOLDS = [0.8, 1];

/**
 * Lower bound on the expected intents per period when the application configures none. A higher bound means less budget
 * per intent, so pacing throttles earlier.
 */
const MIN_EXPECTED_INTENTS = 1_000;

interface Spent {
  nanoUsd: bigint;
  intents: bigint;
}

export function budgetMeter(
  settings: ResolvedBudget,
  onThreshold: (event: Omit<BudgetEvent, 'feature'>) => void,
): BudgetMeter {
  let periodStartMs = Number.NEGATIVE_INFINITY;
  /** Spend by the first hour of its time bucket. Buckets from clocks that are ahead may belong to the next period. */
  let spent = new Map<number, Spent>();
  let total: Spent = { nanoUsd: 0n, intents: 0n };
  let pacing = startPacing({
    budgetUsd: settings.budgetUsd,
    expectedIntents: settings.expectedIntents ?? MIN_EXPECTED_INTENTS,
  });
  let thresholdsReported = 0;

  /** A new period starts with no spend and with the weight that the last one ended with. */
  function startPeriodIfDue(nowMs: number): void {
    const startMs = periodStart(settings.per, nowMs);
    if (startMs === periodStartMs) return;
    const expectedIntents = settings.expectedIntents ?? Math.max(MIN_EXPECTED_INTENTS, pacing.intents);
    periodStartMs = startMs;
    spent = new Map([...spent].filter(([hour]) => hour * BUCKET_MS >= startMs));
    total = { nanoUsd: 0n, intents: 0n };
    for (const part of spent.values()) addTo(total, part);
    thresholdsReported = 0;
    pacing = startPacing({ budgetUsd: settings.budgetUsd, expectedIntents }, pacing.lambda);
  }

  /** The pacing keeps its weight lambda and takes over the exact totals, because its own totals are sums of floats. */
  function applyExactTotals(): void {
    pacing = { ...pacing, spentUsd: Number(total.nanoUsd) / NANO_PER_USD, intents: Number(total.intents) };
  }

  function tell(): void {
    const reached = THRESHOLDS.filter(threshold => pacing.spentUsd >= threshold * settings.budgetUsd);
    for (const threshold of reached.slice(thresholdsReported)) {
      onThreshold({
        threshold,
        spentUsd: pacing.spentUsd,
        budgetUsd: settings.budgetUsd,
        per: settings.per,
        periodStartMs,
      });
    }
    thresholdsReported = Math.max(thresholdsReported, reached.length);
  }

  function add(cells: readonly RoundedCell[]): void {
    for (const { key, sums } of cells) {
      if (key.scope !== 'plan' || key.bucket * BUCKET_MS < periodStartMs) continue;
      let part = spent.get(key.bucket);
      if (part === undefined) spent.set(key.bucket, (part = { nanoUsd: 0n, intents: 0n }));
      const more = { nanoUsd: BigInt(sums.cost ?? 0n), intents: BigInt(sums.n ?? 0n) };
      addTo(part, more);
      addTo(total, more);
    }
    applyExactTotals();
  }

  return {
    apply(delta, nowMs) {
      startPeriodIfDue(nowMs);
      for (const { key, sums } of delta) {
        if (key.scope === 'plan' && (sums.n ?? 0n) > 0n) pacing = pace(pacing, Number(sums.cost ?? 0n) / NANO_PER_USD);
      }
      add(delta);
      tell();
    },
    add(cells, nowMs) {
      startPeriodIfDue(nowMs);
      add(cells);
    },
    tell,
    pacing(nowMs) {
      startPeriodIfDue(nowMs);
      return pacing;
    },
    costMultiplier: () => costMultiplier(pacing),
  };
}

function addTo(total: Spent, part: Spent): void {
  total.nanoUsd += part.nanoUsd;
  total.intents += part.intents;
}

/** Start of the UTC day or month. */
function periodStart(per: ResolvedBudget['per'], nowMs: number): number {
  const now = new Date(nowMs);
  return per === 'day'
    ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
    : Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
}
