/** What the models cost by feature and UTC day, and what the month will come to. From cells alone. */
import { studentT95 } from '../math/distributions.ts';
import type { Figure } from '../math/interval.ts';
import { toDecimalUsd, toUsd } from '../ledger/money.ts';
import type { Cell } from '../cells/cell.ts';
import { BUCKET_MS } from '../cells/cell.ts';

const DAY_MS = 86_400_000;

/** Full days that a projection looks back on: whole weeks, because weekends differ. */
const LOOKBACK_DAYS = 28;

export interface DaySpend {
  /** `2026-11-20`, UTC. An intent's whole spend is on the day it was decided. */
  readonly day: string;
  readonly intents: number;
  /** Exact decimal USD. */
  readonly usd: string;
}

export interface Spend {
  /** The last days that were asked for, oldest first; days without spend included. */
  readonly days: readonly DaySpend[];
  readonly todayUsd: string;
  /** Since the month began. */
  readonly monthUsd: string;
  readonly monthIntents: number;
  /** What the whole month will come to, with its 95 % limits; `null` before there were two full days to go by. */
  readonly projectedMonthUsd: Figure | null;
}

export interface FeatureSpend extends Spend {
  readonly feature: string;
}

/** JSON of it is what `outcome-router spend --json` prints. */
export interface SpendReport {
  readonly version: 1;
  readonly atMs: number;
  /** The dearest month first. */
  readonly features: readonly FeatureSpend[];
  readonly total: Spend;
}

export interface SpendOptions {
  readonly nowMs: number;
  /** Days listed, today included. */
  readonly days: number;
}

interface Sum {
  nanoUsd: bigint;
  intents: bigint;
}

/**
 * Spend by feature and day. The projection is the month so far plus the mean of the last full days (up to 28, from the first
 * with spend on) for the time that is left; its limits take days to be independent, so a trend or a launch is outside them.
 *
 * @param cells every feature's cells, as the store has them
 */
export function spendReport(cells: ReadonlyMap<string, readonly Cell[]>, options: SpendOptions): SpendReport {
  const whole = new Map<number, Sum>();
  const features = [...cells].map(([feature, own]) => {
    const byDay = new Map<number, Sum>();
    for (const { key, sums } of own) {
      if (key.scope !== 'plan') continue;
      const day = Math.floor((key.bucket * BUCKET_MS) / DAY_MS);
      for (const days of [byDay, whole]) {
        let sum = days.get(day);
        if (sum === undefined) days.set(day, (sum = { nanoUsd: 0n, intents: 0n }));
        sum.nanoUsd += sums.cost ?? 0n;
        sum.intents += sums.n ?? 0n;
      }
    }
    return { feature, month: since(byDay, monthOf(options.nowMs).startMs), spend: spendOf(byDay, options) };
  });
  features.sort((a, b) => Number(b.month.nanoUsd - a.month.nanoUsd) || a.feature.localeCompare(b.feature));
  return {
    version: 1,
    atMs: options.nowMs,
    features: features.map(({ feature, spend }) => ({ feature, ...spend })),
    total: spendOf(whole, options),
  };
}

function spendOf(byDay: ReadonlyMap<number, Sum>, { nowMs, days }: SpendOptions): Spend {
  const today = Math.floor(nowMs / DAY_MS);
  const month = since(byDay, monthOf(nowMs).startMs);
  return {
    days: Array.from({ length: days }, (_, i) => {
      const day = today - days + 1 + i;
      const { nanoUsd = 0n, intents = 0n } = byDay.get(day) ?? {};
      return { day: dayText(day), intents: Number(intents), usd: toDecimalUsd(nanoUsd) };
    }),
    todayUsd: toDecimalUsd(byDay.get(today)?.nanoUsd ?? 0n),
    monthUsd: toDecimalUsd(month.nanoUsd),
    monthIntents: Number(month.intents),
    projectedMonthUsd: projected(byDay, nowMs, toUsd(month.nanoUsd)),
  };
}

function projected(byDay: ReadonlyMap<number, Sum>, nowMs: number, spentUsd: number): Figure | null {
  const today = Math.floor(nowMs / DAY_MS);
  const first = Math.max(Math.min(...byDay.keys()), today - LOOKBACK_DAYS);
  const count = today - first;
  if (!(count >= 2)) return null;
  const daily = Array.from({ length: count }, (_, i) => toUsd(byDay.get(first + i)?.nanoUsd ?? 0n));
  const mean = daily.reduce((sum, usd) => sum + usd, 0) / count;
  const variance = daily.reduce((sum, usd) => sum + (usd - mean) ** 2, 0) / (count - 1);
  const left = (monthOf(nowMs).endMs - nowMs) / DAY_MS;
  const value = spentUsd + mean * left;
  // What is left is a sum of days to come, around a mean that is itself only estimated.
  const half = studentT95(count - 1) * Math.sqrt(variance * (left + left ** 2 / count));
  return { value, low: Math.max(spentUsd, value - half), high: value + half };
}

function since(byDay: ReadonlyMap<number, Sum>, startMs: number): Sum {
  const sum = { nanoUsd: 0n, intents: 0n };
  for (const [day, { nanoUsd, intents }] of byDay) {
    if (day * DAY_MS < startMs) continue;
    sum.nanoUsd += nanoUsd;
    sum.intents += intents;
  }
  return sum;
}

/** The UTC month of a moment. */
function monthOf(atMs: number): { readonly startMs: number; readonly endMs: number } {
  const at = new Date(atMs);
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()];
  return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** A budget as it is configured. */
export interface BudgetTerms {
  readonly budgetUsd: number;
  readonly per: 'day' | 'month';
  readonly onLimit: 'refuse' | 'cheapest' | 'alert';
}

export interface BudgetState extends BudgetTerms {
  /** Exact decimal USD in the present period. */
  readonly spentUsd: string;
  /** Of the budget; above 1 when it is overspent. */
  readonly spentFraction: number;
  /** What the month will come to; `null` for a day's budget, and before there is anything to go by. */
  readonly projectedUsd: Figure | null;
}

/** How much of a budget is spent. */
export function budgetState({ budgetUsd, per, onLimit }: BudgetTerms, spend: Spend): BudgetState {
  const spentUsd = per === 'day' ? spend.todayUsd : spend.monthUsd;
  const projectedUsd = per === 'day' ? null : spend.projectedMonthUsd;
  return { budgetUsd, per, onLimit, spentUsd, spentFraction: Number(spentUsd) / budgetUsd, projectedUsd };
}
