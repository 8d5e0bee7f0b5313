/** The first statement about a period on a page: what changed, when, and whether a success costs more or less. */
import type { Figure } from '../math/interval.ts';
import { relativeDifference } from '../math/relative-difference.ts';
import { describeNode } from '../ledger/vocabulary.ts';
import { servedParts } from '../cells/served-version.ts';
import type { DriftEvent } from './drift.ts';
import type { FeatureReport } from './feature-report.ts';
import { dayWords } from './period-words.ts';
import type { TrafficShift } from './traffic-shift.ts';
import type { FeatureTrend } from './trend.ts';
import { describePlan, formatCount, formatPercent, formatPercentApart } from './wording.ts';

/** Compared with the period before, a success costs `less`, `more`, or a difference that chance explains (`same`). */
export type ChangeKind = 'less' | 'more' | 'same' | 'no earlier figure' | 'no outcome' | 'no intent';

export interface FeatureVerdict {
  readonly feature: string;
  readonly kind: ChangeKind;
  /**
   * Change of the cost per success from the period before, as a fraction of the earlier cost; absent without an earlier
   * figure.
   */
  readonly change?: Figure;
  /** The feature's latest change of a rate, milliseconds since the epoch. */
  readonly changedAtMs?: number;
  readonly sentence: string;
}

export interface VerdictFacts {
  readonly report: Pick<FeatureReport, 'feature' | 'intents' | 'labelled' | 'awaitingSilence'>;
  readonly trend: FeatureTrend | undefined;
  /** Changes in the period, in order of time. */
  readonly changes: readonly DriftEvent[];
  readonly shift: TrafficShift | undefined;
}

export function featureVerdict({ report, trend, changes, shift }: VerdictFacts): FeatureVerdict {
  const { feature } = report;
  const change = trend === undefined ? undefined : changeOf(trend);
  const kind = kindOf(report, trend, change);
  const changedAtMs = changes.findLast(({ kind: of }) => of !== 'version')?.atMs;
  const happened = changeWords(changes, shift);
  return {
    feature,
    kind,
    ...(change === undefined ? {} : { change }),
    ...(changedAtMs === undefined ? {} : { changedAtMs }),
    sentence: [costWords(kind, change), happened].filter(part => part !== '').join(' '),
  };
}

function changeOf({ costPerSuccessUsd: { now, before } }: FeatureTrend): Figure | undefined {
  const change = relativeDifference(now, before);
  return Number.isFinite(change.value) ? change : undefined;
}

function kindOf(
  { intents, labelled, awaitingSilence }: VerdictFacts['report'],
  trend: FeatureTrend | undefined,
  change: Figure | undefined,
): ChangeKind {
  if (intents === 0) return 'no intent';
  if (labelled === 0 && intents > awaitingSilence) return 'no outcome';
  if (trend === undefined || change === undefined) return 'no earlier figure';
  if (!trend.costPerSuccessUsd.isSignificant) return 'same';
  return change.value < 0 ? 'less' : 'more';
}

/** Printed instead of a change with a very wide interval: `+26,463 % (−18 to +118,016)` would tell a reader nothing. */
export const TOO_FEW_OUTCOMES = 'too few outcomes';

/**
 * A change whose interval reaches above this is not printed. Larger: more figures with very wide intervals are printed.
 */
const MAX_CHANGE = 10;

/** `−12 % (−18 to −5)`. */
export function formatChange({ value, low, high }: Figure): string {
  if (!Number.isFinite(value)) return '–';
  if (high > MAX_CHANGE && low < value) return TOO_FEW_OUTCOMES;
  const bare = (part: number): string => (Number.isFinite(part) ? `${part < 0 ? '−' : '+'}${rounded(part)}` : '+∞');
  return `${bare(value)} % (${bare(low)} to ${bare(high)})`;
}

function rounded(part: number): string {
  const percent = Math.abs(part * 100);
  return percent >= 1000 ? formatCount(percent) : percent.toFixed(percent < 9.95 && percent !== 0 ? 1 : 0);
}

function costWords(kind: ChangeKind, change: Figure | undefined): string {
  switch (kind) {
    case 'no intent':
      return 'No intents in this period.';
    case 'no outcome':
      return 'No outcome is recorded, so nothing is learned.';
    case 'no earlier figure':
      return '';
    case 'same':
      return 'Cost per success: the outcomes show no change.';
    case 'less':
      return `A success costs ${rounded(change?.value ?? 0)} % less than in the period before.`;
    case 'more':
      return `A success costs ${rounded(change?.value ?? 0)} % more than in the period before.`;
  }
}

/** The largest change of a rate, how many more there are, and where the traffic went. */
function changeWords(changes: readonly DriftEvent[], shift: TrafficShift | undefined): string {
  const sizeOf = (event: DriftEvent): number =>
    event.kind === 'version' ? 0 : Math.abs(event.after.value - event.before.value);
  const largest = changes.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0];
  const more = changes.length - 1;
  const moved =
    shift === undefined
      ? ''
      : `${describePlan(shift.to)} took over: ${formatPercent(shift.now)} of the intents, ${formatPercent(shift.before)} before.`;
  if (largest === undefined) return moved;
  const others = more <= 0 ? '' : ` (and ${more} more ${more === 1 ? 'change' : 'changes'})`;
  return `${shortDrift(largest)}${others}.${moved === '' ? '' : ` ${moved}`}`;
}

/** `premium fell from 89.2 % to 63.7 % success on 5 Nov 2026`. */
export function shortDrift(event: DriftEvent): string {
  const when = `on ${dayWords(event.atMs)}`;
  if (event.kind === 'version') {
    const other = servedParts(event.to);
    return other === undefined
      ? `${event.model} got another version or price ${when}`
      : `${event.model} was served by ${other.servedBy} ${when}`;
  }
  const { before, after, node } = event;
  const moved = after.value < before.value ? 'fell' : 'rose';
  const percent = formatPercentApart(before.value, after.value);
  const rates = `from ${percent(before.value)} to ${percent(after.value)}`;
  return event.kind === 'success'
    ? `${describeNode(node)} ${moved} ${rates} success ${when}`
    : `rejections of ${describeNode(node)} ${moved} ${rates} ${when}`;
}

/** One sentence for all features. */
export function overallVerdict(verdicts: readonly FeatureVerdict[]): string {
  const compared = verdicts.filter(({ kind }) => kind === 'less' || kind === 'more' || kind === 'same');
  const all = `${formatCount(verdicts.length)} ${verdicts.length === 1 ? 'feature' : 'features'}`;
  const latest = verdicts
    .filter(({ changedAtMs }) => changedAtMs !== undefined)
    .toSorted((a, b) => (b.changedAtMs ?? 0) - (a.changedAtMs ?? 0))[0];
  const changed =
    latest?.changedAtMs === undefined ? '' : ` ${latest.feature} changed on ${dayWords(latest.changedAtMs)}.`;
  if (compared.length === 0) return `${all}, none with an earlier figure to compare with.${changed}`;
  const count = (kind: ChangeKind): number => compared.filter(verdict => verdict.kind === kind).length;
  const [less, more] = [count('less'), count('more')];
  const of = `of ${all}`;
  const words =
    less + more === 0
      ? `Of ${all}, the outcomes show none that costs more or less per success than in the period before`
      : [
          ...(less === 0
            ? []
            : [`${less} ${of} ${less === 1 ? 'costs' : 'cost'} less per success than in the period before`]),
          ...(more === 0
            ? []
            : [
                `${more} ${less === 0 ? `${of} ` : ''}${more === 1 ? 'costs' : 'cost'} more${less === 0 ? ' per success than in the period before' : ''}`,
              ]),
        ].join(', ');
  return `${words}.${changed}`;
}
