/** What a reader of a feature's figures should know besides, in sentences. */
import { MAX_UNLABELLED_FRACTION } from './estimate.ts';
import type { FeatureReport } from './feature-report.ts';
import { describePlan, formatCount, formatFigure, formatPercent, formatUsd } from './wording.ts';

/** Only what there is something to say about. */
export function featureNotes(feature: FeatureReport): readonly string[] {
  const { audit, precision, turns, settledOn, unknown, pending, awaitingSilence, intents, silence, escalated } =
    feature;
  const notes: string[] = [];
  if (settledOn !== undefined) notes.push(`Settled: ${describePlan(settledOn)} is the cheapest plan.`);
  if (precision.moreOutcomes > 0) {
    const { halfWidthUsd, moreOutcomes } = precision;
    notes.push(
      `${formatCount(moreOutcomes)} more ${moreOutcomes === 1 ? 'outcome' : 'outcomes'} until the cost per intent is ` +
        `known to ±${formatUsd(halfWidthUsd)}.`,
    );
  }
  if (pending + unknown > 0) {
    notes.push(`${formatCount(pending)} pending and ${formatCount(unknown)} unknown outcomes are in no success rate.`);
  }
  if (awaitingSilence > 0 && silence !== undefined) {
    notes.push(
      `${formatCount(awaitingSilence)} ${awaitingSilence === 1 ? 'intent is' : 'intents are'} too young for silence to mean ` +
        `${silence.success ? 'success' : 'failure'}, and in no success rate yet.`,
    );
  } else if (pending > MAX_UNLABELLED_FRACTION * intents) {
    notes.push(
      `${formatPercent(pending / intents)} of the intents have no outcome yet: where failures are heard before successes, ` +
        'the success rate reads too low until then. Nothing is called settled.',
    );
  }
  if (escalated > 0) notes.push(`A person took over ${escalated === 1 ? 'once' : `${formatCount(escalated)} times`}.`);
  if (audit !== undefined) {
    notes.push(
      `${formatCount(audit.audited)} intents were audited; the other labels agreed with ${formatCount(audit.agreed)} of them. ` +
        `Without the correction the success rate would read ${formatFigure(audit.uncorrected, formatPercent)}.`,
    );
  }
  if (turns.several.intents > 0) {
    const { one, several } = turns;
    notes.push(
      `One turn: ${formatFigure(one.success, formatPercent)} success at ${formatFigure(one.costPerIntentUsd, formatUsd)} ` +
        `an intent; several turns: ${formatFigure(several.success, formatPercent)} at ` +
        `${formatFigure(several.costPerIntentUsd, formatUsd)} (${formatCount(several.intents)} intents).`,
    );
  }
  return notes;
}

/** What recorded failures say against the configured failure cost; `undefined` where there is nothing to say. */
export function mismatchNote({ failureCost }: FeatureReport): string | undefined {
  const { mismatch, recorded, recordedUsd = Number.NaN, expectedUsd = Number.NaN } = failureCost;
  if (!mismatch) return undefined;
  return (
    `${formatCount(recorded)} recorded failures cost ${formatUsd(recordedUsd)} on average, the configuration expected ` +
    `${formatUsd(expectedUsd)}. Routing follows the configuration.`
  );
}
