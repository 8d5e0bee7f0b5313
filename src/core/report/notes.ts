/** Notes on a feature's figures, one sentence each. */
import type { Figure } from '../math/interval.ts';
import { policyNotes } from './decided-policy.ts';
import { candidateNotes } from './feature-facts.ts';
import { MAX_UNLABELLED_FRACTION } from './constants.ts';
import { withoutAuditWords } from './audit-summary.ts';
import type { FeatureReport } from './feature-report.ts';
import { WHOLE_BUCKETS } from './period-words.ts';
import { HOW_TO_RECORD } from './recording-words.ts';
import type { RouterReport } from './router-report.ts';
import type { SessionPart } from './session-part.ts';
import type { UnlabelledCost } from './unlabelled-cost.ts';
import {
  describePlan,
  formatCount,
  formatFigure,
  formatIntents,
  formatMoment,
  formatPercent,
  formatPeriod,
  formatTotal,
  formatUsd,
  inTwoVersions as twoVersions,
} from './wording.ts';

const NO_OUTCOME =
  'No outcome of these intents is recorded: their success rates, and all figures that depend on them, are only assumptions from before any outcome, ' +
  'and nothing is learned from them.';

const NO_OUTCOME_ADVICE = `${NO_OUTCOME} ${HOW_TO_RECORD}`;

/** Leaves out every note that does not apply. */
export function featureNotes(feature: FeatureReport): readonly string[] {
  const {
    audit,
    precision,
    coveredPeriod,
    decision,
    turns,
    settledOn,
    comparedSinceMs,
    routingDependsOnRequest,
    inTwoVersions,
    plans,
    unknown,
    pending,
    awaitingSilence,
    intents,
    labelled,
    failures,
    silence,
    escalated,
    servedByOthers,
    repriced,
    totalCost,
    unlabelledCost,
    sessions,
  } = feature;
  const notes: string[] = [];
  if (labelled === 0 && intents > awaitingSilence) notes.push(silence === undefined ? NO_OUTCOME_ADVICE : NO_OUTCOME);
  if (decision !== undefined) notes.push(`Now: ${decision.sentence}`, ...policyNotes(feature.latestPolicies));
  if (coveredPeriod !== undefined) {
    notes.push(`Covered: ${formatPeriod(coveredPeriod)}, because ${WHOLE_BUCKETS}.`);
  }
  if (settledOn !== undefined) {
    const preferred = decision?.preferred;
    const isOther = preferred !== undefined && preferred.plan !== settledOn;
    notes.push(
      `Settled: ${describePlan(settledOn)} is the cheapest plan.${isOther ? ` ${whyNow(preferred.description, feature)}` : ''}`,
    );
  }
  if (routingDependsOnRequest !== undefined) {
    const { reason } = routingDependsOnRequest;
    notes.push(
      "Routing depends on the request: the plans' figures cover different requests, and what one plan for all intents would save is " +
        'not estimated here; --baseline estimates it. ' +
        (reason === undefined
          ? 'The status compares the plans on the same mix of segments.'
          : `It cannot be settled which plan is the cheapest for all while ${reason}.`),
    );
  }
  if (comparedSinceMs !== undefined && plans.length > 1) {
    notes.push(
      `Only intents since ${formatMoment(comparedSinceMs)} UTC can settle which plan is the cheapest: before that, a model, a price, a ` +
        'prompt or a rate was different.',
    );
  }
  if (inTwoVersions !== undefined && plans.length > 1) {
    notes.push(
      `Nothing can be settled while ${twoVersions(inTwoVersions)}: the last change is never long ago. Use one of them, or list both ` +
        'as candidates.',
    );
  }
  notes.push(...candidateNotes(feature.candidates));
  if (precision !== undefined && precision.moreOutcomes > 0) {
    const { halfWidthUsd, moreOutcomes } = precision;
    notes.push(
      `${formatCount(moreOutcomes)} more ${moreOutcomes === 1 ? 'outcome' : 'outcomes'} until the cost per intent is ` +
        `known to ±${formatUsd(halfWidthUsd)}.`,
    );
  }
  if (countsFailuresAsZero(feature))
    notes.push(`${failuresAtZero(failures)} Their number is in the success rate alone.`);
  if (unlabelledCost !== undefined) {
    notes.push(
      `${formatCount(pending)} pending and ${formatCount(unknown)} unknown outcomes are left out of every success rate.` +
        notInTotal(unlabelledCost),
    );
  }
  if (awaitingSilence > 0 && silence !== undefined) {
    notes.push(
      `${formatCount(awaitingSilence)} ${awaitingSilence === 1 ? 'intent is' : 'intents are'} too recent for silence to mean ` +
        `${silence.success ? 'success' : 'failure'}, and left out of every success rate until then.`,
    );
  } else if (labelled > 0 && pending > MAX_UNLABELLED_FRACTION * intents) {
    notes.push(
      `${formatPercent(pending / intents)} of the intents have no outcome yet: where failures are reported before successes, ` +
        'the success rate is too low until then. No plan is declared the cheapest.',
    );
  }
  if (totalCost.estimatedUsd !== '0') notes.push(estimateNote(totalCost.estimatedUsd, 'the model spend'));
  if (escalated > 0) notes.push(`A person took over ${escalated === 1 ? 'once' : `${formatCount(escalated)} times`}.`);
  for (const { model, servedBy, visits, of } of servedByOthers) {
    notes.push(
      visits === of
        ? `${model} was served by ${servedBy} in all of its visits. If that is its name at the provider, list it in servedAs.`
        : `${model} was served by ${servedBy} in ${formatCount(visits)} of ${formatCount(of)} visits, which count for neither ` +
            'of the two models.',
    );
  }
  for (const { model, prices } of repriced) {
    notes.push(
      `${model} had ${prices} prices: figures of cost cover the visits at all of them. Decisions count those at its current price.`,
    );
  }
  if (audit !== undefined) {
    notes.push(
      `${formatCount(audit.audited)} intents were audited; the other labels agreed with ${formatCount(audit.agreed)} of them.${withoutAuditWords(audit)} ` +
        `Without the correction the success rate would read ${formatFigure(audit.uncorrected, formatPercent)}. ` +
        `The total cost counts failures as they are recorded; ${formatIntents(intents)} at the corrected cost per intent would be ` +
        `${formatFigure(timesCount(feature.costPerIntentUsd, intents), formatUsd)}.`,
    );
  }
  if (sessions !== undefined) notes.push(sessionNote(sessions));
  if (turns.several.intents > 0) {
    const { one, several } = turns;
    notes.push(
      `One turn: ${formatFigure(one.success, formatPercent)} success at ${formatFigure(one.costPerIntentUsd, formatUsd)} ` +
        `an intent; several turns: ${formatFigure(several.success, formatPercent)} at ` +
        `${formatFigure(several.costPerIntentUsd, formatUsd)} (${formatIntents(several.intents)}).`,
    );
  }
  return notes;
}

/** What is missing from a feature's total cost, as the end of a sentence; empty where failures cost nothing. */
function notInTotal({ usd }: UnlabelledCost): string {
  if (usd.high === 0) return '';
  return Number.isNaN(usd.value)
    ? ` Their failures are not in the total cost: up to ${formatUsd(usd.high)} more.`
    : ` Their failures are not in the total cost: about ${formatFigure(usd, formatUsd)} more, if they fail as often as the others.`;
}

/** A note on what is missing from the total cost of all features; `undefined` where nothing is missing. */
export function unlabelledNote({
  intents,
  unlabelledCost,
}: Pick<RouterReport, 'intents' | 'unlabelledCost'>): string | undefined {
  if (unlabelledCost === undefined) return undefined;
  const { intents: without, usd, withoutEstimate } = unlabelledCost;
  const known = without - withoutEstimate;
  const parts = [
    ...(known > 0 && usd.high > 0
      ? [
          `failures of the ${formatIntents(known)} (${formatPercent(known / intents)}) without an outcome, about ` +
            `${formatFigure(usd, formatUsd)} more, if they fail as often as the others of their feature`,
        ]
      : []),
    ...(withoutEstimate > 0
      ? [`failures of ${formatIntents(withoutEstimate)} of features without any outcome, which cannot be estimated`]
      : []),
  ];
  return parts.length === 0 ? undefined : `Not in the total cost: ${parts.join('; ')}.`;
}

/** Whether outcomes are recorded but no failure costs anything. */
function countsFailuresAsZero({ failures, totalCost }: FeatureReport): boolean {
  return failures > 0 && Number(totalCost.failureUsd) === 0;
}

function failuresAtZero(failures: number): string {
  const they = failures === 1 ? '1 failure counts' : `${formatCount(failures)} failures count`;
  return `No failure cost is known: ${they} as $0, so that total cost and cost per intent are model spend alone.`;
}

/** A note on failures that count as $0 in the total cost; `undefined` where there are none. */
export function failuresAtZeroNote({ features }: Pick<RouterReport, 'features'>): string | undefined {
  const free = features.filter(countsFailuresAsZero);
  if (free.length === 0) return undefined;
  const of = free.length === features.length ? '' : ` (of ${free.map(({ feature }) => feature).join(', ')})`;
  const sum = free.reduce((total, { failures }) => total + failures, 0);
  return (
    `${failuresAtZero(sum).slice(0, -1)}${of}. Compare cost per success, or say what a failure costs: failureCostUsd in the ` +
    'configuration, --failure-cost when logs are imported.'
  );
}

function timesCount({ value, low, high }: Figure, count: number): Figure {
  return { value: value * count, low: low * count, high: high * count };
}

function sessionNote({ intents, prefixUsd, meanPrefixTokens, readFraction, isStandard }: SessionPart): string {
  const read =
    readFraction === undefined
      ? ''
      : `; caches had ${formatPercent(readFraction)} of what had just been sent to the same model`;
  return (
    `${formatCount(intents)} ${intents === 1 ? 'intent of a session' : 'intents of sessions'} sent ${formatCount(meanPrefixTokens)} tokens ` +
    `of the conversation again on average, for ${formatTotal(prefixUsd)} of the model spend${read}. ` +
    (isStandard
      ? 'Cost per intent and per success of the plans are what each would cost if it served whole sessions; model spend is as billed.'
      : 'The plans are compared as billed, because a price is not known: the cost of each depends on the state in which it found the caches.')
  );
}

/** Why the plan preferred now differs from the plan that past intents settle on. */
function whyNow(preferred: string, { routingDependsOnRequest }: FeatureReport): string {
  return routingDependsOnRequest === undefined
    ? `The plan under “Now” is ${preferred}: it follows from the failure cost, the budget and the plans that can be chosen now; past intents settle what was cheapest.`
    : `The plan under “Now” is ${preferred}: it follows from the requests that each plan got; this comparison is on the same mix of segments.`;
}

/** @param whole the total that the amount is a part of */
export function estimateNote(estimatedUsd: string, whole: string): string {
  return (
    `${formatTotal(estimatedUsd)} of ${whole} is an estimate: for calls whose usage is not known, or whose prices are not all known. ` +
    "The provider's bill corrects it: outcome-router reconcile."
  );
}

/** How recorded failures contradict the configured failure cost; `undefined` where they do not. */
export function mismatchNote({ failureCost }: Pick<FeatureReport, 'failureCost'>): string | undefined {
  const { mismatch, recorded, recordedUsd = Number.NaN, expectedUsd = Number.NaN } = failureCost;
  if (!mismatch) return undefined;
  return (
    `${formatCount(recorded)} recorded failures cost ${formatUsd(recordedUsd)} on average, the configuration expected ` +
    `${formatUsd(expectedUsd)}. Routing follows the configuration.`
  );
}
