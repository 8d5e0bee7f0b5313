/** What a budget's period has spent so far, from the exact sums of plan cells, and the price that spending has because of it. */
import type { BudgetEvent } from '../../config/application.ts';
import type { ResolvedBudget } from '../../config/resolved.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { Pacing } from '../../core/choice/pacing.ts';
import { costMultiplier, pace, startPacing } from '../../core/choice/pacing.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { BUCKET_MS } from '../../core/cells/cell.ts';

export interface BudgetMeter {
  /** Starts again from the store's cells of one feature. */
  replace(feature: string, cells: readonly Cell[], nowMs: number): void;
  /** Adds the delta of a commit. */
  apply(delta: readonly Cell[], nowMs: number): void;
  readonly pacing: (nowMs: number) => Pacing;
  /** What a dollar of spend weighs against a dollar of failure cost now. */
  costMultiplier(nowMs: number): number;
}

const THRESHOLDS = [0.8, 1];
const LEAST_EXPECTED = 1_000;

interface Spent {
  nanoUsd: bigint;
  intents: bigint;
}

export function budgetMeter(
  settings: ResolvedBudget,
  crossed: (event: Omit<BudgetEvent, 'feature'>) => void,
): BudgetMeter {
  let periodStartMs = Number.NEGATIVE_INFINITY;
  let spent = new Map<string, Spent>();
  let pacing = startPacing({
    budgetUsd: settings.budgetUsd,
    expectedIntents: settings.expectedIntents ?? LEAST_EXPECTED,
  });
  let told = 0;

  /** A new period starts with nothing spent and with the price at which the last one ended. */
  function turnTo(nowMs: number): void {
    const startMs = periodStart(settings.per, nowMs);
    if (startMs === periodStartMs) return;
    const isFirst = periodStartMs === Number.NEGATIVE_INFINITY;
    const expectedIntents = settings.expectedIntents ?? Math.max(LEAST_EXPECTED, pacing.intents);
    periodStartMs = startMs;
    spent = new Map();
    told = 0;
    pacing = startPacing({ budgetUsd: settings.budgetUsd, expectedIntents }, isFirst ? 0 : pacing.lambda);
  }

  /** The exact totals; pacing keeps its price and takes them over. */
  function takeOver(): void {
    let nanoUsd = 0n;
    let intents = 0n;
    for (const part of spent.values()) {
      nanoUsd += part.nanoUsd;
      intents += part.intents;
    }
    pacing = { ...pacing, spentUsd: Number(nanoUsd) / NANO_PER_USD, intents: Number(intents) };
    const reached = THRESHOLDS.filter(threshold => pacing.spentUsd >= threshold * settings.budgetUsd);
    for (const threshold of reached.slice(told)) {
      crossed({
        threshold,
        spentUsd: pacing.spentUsd,
        budgetUsd: settings.budgetUsd,
        per: settings.per,
        periodStartMs,
      });
    }
    told = Math.max(told, reached.length);
  }

  function add(cells: readonly Cell[]): void {
    for (const { key, sums } of cells) {
      if (key.scope !== 'plan' || key.bucket * BUCKET_MS < periodStartMs) continue;
      let part = spent.get(key.feature);
      if (part === undefined) spent.set(key.feature, (part = { nanoUsd: 0n, intents: 0n }));
      part.nanoUsd += sums.cost ?? 0n;
      part.intents += sums.n ?? 0n;
    }
  }

  return {
    replace(feature, cells, nowMs) {
      turnTo(nowMs);
      spent.delete(feature);
      add(cells);
      takeOver();
    },
    apply(delta, nowMs) {
      turnTo(nowMs);
      for (const { key, sums } of delta) {
        if (key.scope === 'plan' && (sums.n ?? 0n) > 0n) pacing = pace(pacing, Number(sums.cost ?? 0n) / NANO_PER_USD);
      }
      add(delta);
      takeOver();
    },
    pacing(nowMs) {
      turnTo(nowMs);
      return pacing;
    },
    costMultiplier(nowMs) {
      turnTo(nowMs);
      return costMultiplier(pacing);
    },
  };
}

/** Start of the UTC day or month. */
function periodStart(per: ResolvedBudget['per'], nowMs: number): number {
  const now = new Date(nowMs);
  return per === 'day'
    ? Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate())
    : Date.UTC(now.getUTCFullYear(), now.getUTCMonth());
}
