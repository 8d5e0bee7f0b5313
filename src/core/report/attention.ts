/** What an operator must know or decide, each with its date, size and feature. */
import type { DriftEvent } from './drift.ts';
import { MAX_UNLABELLED_FRACTION } from './constants.ts';
import type { FeatureReport } from './feature-report.ts';
import { mismatchNote } from './notes.ts';
import { formatCount, formatPercent, formatTotal, inTwoVersions } from './wording.ts';
import { shortDrift } from './verdict.ts';

export interface Attention {
  readonly kind:
    | 'drift'
    | 'version'
    | 'no outcome'
    | 'waiting'
    | 'failure cost'
    | 'served by another'
    | 'two versions'
    | 'estimated usage'
    | 'circuit open'
    | 'budget'
    | 'ledger';
  /** `act`: a decision or a repair is needed. `look`: routing continues as intended. */
  readonly severity: 'act' | 'look';
  /** Absent: the item concerns all features. */
  readonly feature?: string;
  /** Milliseconds since the epoch. */
  readonly atMs?: number;
  readonly sentence: string;
}

/** Fraction of the model spend above which estimated spend is reported. Larger: more of it is accepted. */
const MUCH_ESTIMATED = 0.05;

/** @param changes in the period, in order of time */
export function attentionOf(
  report: Pick<
    FeatureReport,
    | 'feature'
    | 'intents'
    | 'labelled'
    | 'pending'
    | 'awaitingSilence'
    | 'failureCost'
    | 'servedByOthers'
    | 'inTwoVersions'
    | 'totalCost'
  >,
  changes: readonly DriftEvent[],
): readonly Attention[] {
  const { feature, intents, labelled, pending, awaitingSilence, servedByOthers, totalCost } = report;
  const found: Omit<Attention, 'feature'>[] = changes.flatMap(event => changeAttention(event));
  const waiting = pending - awaitingSilence;
  if (labelled === 0 && intents > awaitingSilence) {
    const counted =
      intents === 1 ? 'The only intent has no outcome' : `None of ${formatCount(intents)} intents has an outcome`;
    const sentence = `${counted}: record outcomes, or nothing can be learned.`;
    found.push({ kind: 'no outcome', severity: 'act', sentence });
  } else if (intents > 0 && waiting > MAX_UNLABELLED_FRACTION * intents) {
    const sentence = `${formatPercent(waiting / intents)} of the intents wait for an outcome, so no plan is declared the cheapest.`;
    found.push({ kind: 'waiting', severity: 'look', sentence });
  }
  const mismatch = mismatchNote(report);
  if (mismatch !== undefined)
    found.push({
      kind: 'failure cost',
      severity: 'act',
      sentence: `${mismatch} Correct failureCostUsd, or confirm it.`,
    });
  for (const { model, servedBy, visits, of } of servedByOthers) {
    const sentence = `${model} was served by ${servedBy} in ${formatCount(visits)} of ${formatCount(of)} visits.`;
    found.push({ kind: 'served by another', severity: 'look', sentence });
  }
  if (report.inTwoVersions !== undefined) {
    const sentence = `Nothing can be settled while ${inTwoVersions(report.inTwoVersions)}.`;
    found.push({ kind: 'two versions', severity: 'act', sentence });
  }
  const [estimated, spend] = [Number(totalCost.estimatedUsd), Number(totalCost.spendUsd)];
  if (estimated > MUCH_ESTIMATED * spend) {
    const sentence = `${formatTotal(totalCost.estimatedUsd)} of the model spend is an estimate: reconcile it with the bill.`;
    found.push({ kind: 'estimated usage', severity: 'look', sentence });
  }
  return found.map(item => ({ ...item, feature }));
}

/** A rate that improved is not an alert: the verdict mentions it. */
function changeAttention(event: DriftEvent): readonly Omit<Attention, 'feature'>[] {
  if (event.kind === 'version')
    return [{ kind: 'version', severity: 'look', atMs: event.atMs, sentence: `${shortDrift(event)}.` }];
  const isWorse =
    event.kind === 'success' ? event.after.value < event.before.value : event.after.value > event.before.value;
  if (!isWorse) return [];
  return [{ kind: 'drift', severity: 'look', atMs: event.atMs, sentence: `${shortDrift(event)}.` }];
}

/** Items that need an action first; among equals, the latest first. */
export function sortedAttention(items: readonly Attention[]): readonly Attention[] {
  const rank = ({ severity }: Attention): number => (severity === 'act' ? 0 : 1);
  return items.toSorted((a, b) => rank(a) - rank(b) || (b.atMs ?? 0) - (a.atMs ?? 0));
}
