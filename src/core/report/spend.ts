/** Model spend by feature and UTC day, with a projection of the month, from cells alone. */
import { studentT95 } from '../math/distributions.ts';
import type { Figure } from '../math/interval.ts';
import { unseenUsd } from '../math/interval.ts';
import { toDecimalUsd, toUsd } from '../ledger/money.ts';
import type { Cell } from '../cells/cell.ts';
import type { Period } from '../cells/period.ts';
import { BUCKET_MS } from '../cells/cell.ts';
import { hoursIn } from '../cells/grains.ts';
import { LOOKBACK_DAYS, MIN_PROJECTION_DAYS } from './constants.ts';

const DAY_MS = 86_400_000;

export interface DaySpend {
  /** `2026-11-20`, UTC. An intent's whole spend counts on the day it was decided. */
  readonly day: string;
  /** For several days whose spend is only known in sum, because older statistics are kept by week: the last day. */
  readonly lastDay?: string;
  readonly intents: number;
  /** Exact decimal USD. */
  readonly usd: string;
}

export interface Spend {
  /** The requested days, oldest first, days without spend included. The same days for every feature. */
  readonly days: readonly DaySpend[];
  /** The sum of these days. */
  readonly periodUsd: string;
  readonly periodIntents: number;
  readonly todayUsd: string;
  /** Spend since the UTC month began. */
  readonly monthUsd: string;
  /** The estimated part of `monthUsd`. */
  readonly monthEstimatedUsd: string;
  readonly monthIntents: number;
  /** Projected spend of the whole month with its 95 % limits; `null` until two full days have data. */
  readonly projectedMonthUsd: Figure | null;
}

export interface FeatureSpend extends Spend {
  readonly feature: string;
}

/** The JSON that `outcome-router spend --json` prints. */
export interface SpendReport {
  readonly version: 1;
  readonly atMs: number;
  /** The listed days: whole days, UTC, even if a part of one was asked for. */
  readonly period: Required<Period>;
  /** The meaning of `feature` where it is not a feature: `tenant`. */
  readonly by?: string;
  /** The feature with the highest spend this month first. */
  readonly features: readonly FeatureSpend[];
  readonly total: Spend;
}

export interface SpendOptions {
  readonly nowMs: number;
  /** Days listed, today included. */
  readonly days: number;
  /** Lists the days of this period instead; one without a start begins with the first spend. */
  readonly period?: Period;
}

interface Sum {
  nanoUsd: bigint;
  estimated: bigint;
  intents: bigint;
}

/**
 * Spend by feature and day. The projection is the month so far, plus the mean of the last full days (up to 28, starting at
 * the first day with spend) for the remaining time. Its limits assume independent days, so they do not cover a trend or a
 * launch; the upper one leaves room for bursts that few intents do not show.
 *
 * @param cells every feature's cells, as the store returns them
 */
export function spendReport(cells: ReadonlyMap<string, readonly Cell[]>, options: SpendOptions): SpendReport {
  const allFeatures = new Map<number, Sum>();
  const rows = rowsOf([...cells.values()], options);
  const features = [...cells].map(([feature, own]) => {
    const byDay = new Map<number, Sum>();
    for (const { key, sums } of own) {
      if (key.scope !== 'plan') continue;
      const day = dayOf(key.bucket);
      for (const days of [byDay, allFeatures]) {
        let sum = days.get(day);
        if (sum === undefined) days.set(day, (sum = { nanoUsd: 0n, estimated: 0n, intents: 0n }));
        sum.nanoUsd += sums.cost ?? 0n;
        sum.estimated += sums.estimatedCost ?? 0n;
        sum.intents += sums.n ?? 0n;
      }
    }
    return { feature, month: since(byDay, monthOf(options.nowMs).startMs), spend: spendOf(byDay, rows, options.nowMs) };
  });
  features.sort((a, b) => Number(b.month.nanoUsd - a.month.nanoUsd) || a.feature.localeCompare(b.feature));
  return {
    version: 1,
    atMs: options.nowMs,
    period: { fromMs: (rows[0]?.[0] ?? 0) * DAY_MS, toMs: (rows.at(-1)?.[1] ?? 0) * DAY_MS },
    features: features.map(({ feature, spend }) => ({ feature, ...spend })),
    total: spendOf(allFeatures, rows, options.nowMs),
  };
}

/** Days since the epoch: the first one of a row, and the one after its last. */
type Row = readonly [first: number, end: number];

/** One row per day; one per week where a feature's statistics have that week only as a whole. */
function rowsOf(cells: readonly (readonly Cell[])[], { nowMs, days, period = {} }: SpendOptions): readonly Row[] {
  const weekEnds = new Map<number, number>();
  let firstDay = Infinity;
  for (const own of cells)
    for (const { key } of own) {
      firstDay = Math.min(firstDay, dayOf(key.bucket));
      if (key.grain === 'week') weekEnds.set(dayOf(key.bucket), dayOf(key.bucket + hoursIn(key)));
    }
  const today = Math.floor(nowMs / DAY_MS);
  const { fromMs, toMs } = period;
  const hasPeriod = fromMs !== undefined || toMs !== undefined;
  const end = Math.min(today + 1, toMs === undefined ? Infinity : Math.ceil(toMs / DAY_MS));
  const asked = fromMs === undefined ? (hasPeriod ? Math.min(firstDay, end) : end - days) : Math.floor(fromMs / DAY_MS);
  // Starts at the first spend: earlier days would be rows of zeros.
  const first = hasPeriod ? Math.max(asked, Math.min(firstDay, end)) : asked;
  const cut = [...weekEnds].find(week => week[0] < first && week[1] > first);
  const rows: Row[] = [];
  for (let day = cut?.[0] ?? first; day < end; day = (rows.at(-1) as Row)[1])
    rows.push([day, weekEnds.get(day) ?? day + 1]);
  return rows;
}

function spendOf(byDay: ReadonlyMap<number, Sum>, rows: readonly Row[], nowMs: number): Spend {
  const today = Math.floor(nowMs / DAY_MS);
  const month = since(byDay, monthOf(nowMs).startMs);
  let [periodNanoUsd, periodIntents] = [0n, 0n];
  const days = rows.map(([first, end]) => {
    let [nanoUsd, intents] = [0n, 0n];
    for (let day = first; day < end; day++) {
      nanoUsd += byDay.get(day)?.nanoUsd ?? 0n;
      intents += byDay.get(day)?.intents ?? 0n;
    }
    periodNanoUsd += nanoUsd;
    periodIntents += intents;
    const lastDay = end - first > 1 ? { lastDay: dayText(end - 1) } : {};
    return { day: dayText(first), ...lastDay, intents: Number(intents), usd: toDecimalUsd(nanoUsd) };
  });
  return {
    days,
    periodUsd: toDecimalUsd(periodNanoUsd),
    periodIntents: Number(periodIntents),
    todayUsd: toDecimalUsd(byDay.get(today)?.nanoUsd ?? 0n),
    monthUsd: toDecimalUsd(month.nanoUsd),
    monthEstimatedUsd: toDecimalUsd(month.estimated),
    monthIntents: Number(month.intents),
    projectedMonthUsd: projected(byDay, nowMs, toUsd(month.nanoUsd)),
  };
}

function projected(byDay: ReadonlyMap<number, Sum>, nowMs: number, spentUsd: number): Figure | null {
  const today = Math.floor(nowMs / DAY_MS);
  const first = Math.max(Math.min(...byDay.keys()), today - LOOKBACK_DAYS);
  const count = today - first;
  if (!(count >= MIN_PROJECTION_DAYS)) return null;
  const days = Array.from({ length: count }, (_, i) => byDay.get(first + i));
  const daily = days.map(day => toUsd(day?.nanoUsd ?? 0n));
  const mean = daily.reduce((sum, usd) => sum + usd, 0) / count;
  const variance = daily.reduce((sum, usd) => sum + (usd - mean) ** 2, 0) / (count - 1);
  const daysLeft = (monthOf(nowMs).endMs - nowMs) / DAY_MS;
  const value = spentUsd + mean * daysLeft;
  // The variance of a sum of future days, plus that of the estimated mean.
  const half = studentT95(count - 1) * Math.sqrt(variance * (daysLeft + daysLeft ** 2 / count));
  const n = days.reduce((sum, day) => sum + Number(day?.intents ?? 0n), 0);
  const unseen = unseenUsd({ n, meanUsd: mean * daysLeft, mayBurst: true });
  return { value, low: Math.max(spentUsd, value - half), high: value + half + unseen };
}

function since(byDay: ReadonlyMap<number, Sum>, startMs: number): Sum {
  const sum = { nanoUsd: 0n, estimated: 0n, intents: 0n };
  for (const [day, { nanoUsd, estimated, intents }] of byDay) {
    if (day * DAY_MS < startMs) continue;
    sum.nanoUsd += nanoUsd;
    sum.estimated += estimated;
    sum.intents += intents;
  }
  return sum;
}

function dayOf(hour: number): number {
  return Math.floor((hour * BUCKET_MS) / DAY_MS);
}

/** The UTC month that contains a time. */
function monthOf(atMs: number): { readonly startMs: number; readonly endMs: number } {
  const date = new Date(atMs);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { startMs: Date.UTC(year, month), endMs: Date.UTC(year, month + 1) };
}

function dayText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** A configured budget. */
export interface BudgetTerms {
  readonly budgetUsd: number;
  readonly per: 'day' | 'month';
  readonly onLimit: 'refuse' | 'cheapest' | 'alert';
}

export interface BudgetState extends BudgetTerms {
  /** Exact decimal USD in the current period. */
  readonly spentUsd: string;
  /** Fraction of the budget; above 1 when it is overspent. */
  readonly spentFraction: number;
  /** The month's projected spend; `null` for a daily budget, and until there is a projection. */
  readonly projectedUsd: Figure | null;
}

/** Compares a budget with the spend in its period. */
export function budgetState({ budgetUsd, per, onLimit }: BudgetTerms, spend: Spend): BudgetState {
  const spentUsd = per === 'day' ? spend.todayUsd : spend.monthUsd;
  const projectedUsd = per === 'day' ? null : spend.projectedMonthUsd;
  return { budgetUsd, per, onLimit, spentUsd, spentFraction: Number(spentUsd) / budgetUsd, projectedUsd };
}
