/**
 * The words for decisions that a replay leaves out (no outcome, too recent, not eligible), or that met a different cache.
 */
import { MAX_NOT_ELIGIBLE_FRACTION } from './constants.ts';
import { formatCount, formatPercent, formatPercentApart } from './wording.ts';

/** Decisions in a ledger, and those at which the plan that another policy would have chosen was not eligible. */
export interface NotEligible {
  readonly notEligible: number;
  readonly decisions: number;
}

/** The ledger records which plans were eligible, not why the others were not. */
const REASONS = 'a pin, an outage, a spent budget, a guard rail, the request itself or the configuration at that time';

/** Why the replay refuses to answer; `undefined` where few enough decisions are left out. */
export function notEligibleRefusal({ notEligible, decisions }: NotEligible): string | undefined {
  if (notEligible <= MAX_NOT_ELIGIBLE_FRACTION * decisions) return undefined;
  const fraction = notEligible / decisions;
  const percent = formatPercentApart(fraction, MAX_NOT_ELIGIBLE_FRACTION);
  return (
    `the plan it would have chosen was not eligible for ${formatCount(notEligible)} of ${formatCount(decisions)} decisions ` +
    `(${percent(fraction)}; at most ${percent(MAX_NOT_ELIGIBLE_FRACTION)}), excluded by ${REASONS}. ` +
    'The remaining intents are not representative of all; choose a period in which the plan was eligible'
  );
}

/** Why the replay refuses to answer on imported logs in which the choice may have depended on the request. */
export const IMPORTED_REFUSAL =
  'these logs do not say why a model got its requests, so that what another choice would have cost cannot be estimated. ' +
  'If it did not depend on the request, import the logs again with --assigned randomly';

/** Says how many intents have no outcome, and what the estimate assumes about them; `undefined` where no outcome is missing. */
export function withoutOutcomeNote({
  withoutOutcome,
  estimate,
  allowed,
}: {
  readonly withoutOutcome: number;
  readonly estimate: { readonly kind: string; readonly intents: number };
  readonly allowed?: { readonly ratio?: { readonly low: number; readonly high: number } };
}): string | undefined {
  if (withoutOutcome === 0) return undefined;
  const intents = withoutOutcome + estimate.intents;
  return (
    `${formatCount(withoutOutcome)} of ${formatCount(intents)} intents (${formatPercent(withoutOutcome / intents)}) ` +
    `${withoutOutcome === 1 ? 'has no outcome and is' : 'have no outcome and are'} left out.` +
    (estimate.kind === 'estimate' && allowed !== undefined ? ` ${allowedWords(allowed)}` : '')
  );
}

function allowedWords({ ratio }: { readonly ratio?: { readonly low: number; readonly high: number } }): string {
  if (ratio === undefined)
    return 'The intervals allow for any of these having failed, from none to all: segments differ in how many intents have an outcome.';
  const [least, most] = [1 / ratio.high, 1 / ratio.low].map(times => times.toFixed(2));
  return (
    `The intervals allow for failed intents having an outcome ${least} to ${most} times as often as successful ones: more than that is ` +
    'contradicted by how many intents of each plan have one, if outcomes get lost in the same way for all plans.'
  );
}

/** Says that rates and costs are corrected by audits; `undefined` without any. */
export function auditedNote({
  audits,
}: {
  readonly audits?: { readonly audited: number; readonly agreed: number };
}): string | undefined {
  if (audits === undefined) return undefined;
  return (
    `${formatCount(audits.audited)} intents were audited; the other labels agreed with ${formatCount(audits.agreed)} of them. ` +
    "Success rates and costs, also the ledger's own, are corrected by that, plan by plan."
  );
}

/** Says how many intents are left out because their outcome may still arrive; `undefined` where none is. */
export function tooRecentNote({ tooRecent }: { readonly tooRecent: number }): string | undefined {
  if (tooRecent === 0) return undefined;
  if (tooRecent === 1) return 'The last decision is left out: outcomes may still be on the way.';
  return `The last ${formatCount(tooRecent)} decisions are left out: outcomes may still be on the way.`;
}

/**
 * Says for how many intents of sessions an answer assumes another cost than was billed; `undefined` where there is
 * none.
 */
export function otherCachesNote({ otherCaches }: { readonly otherCaches: number }): string | undefined {
  if (otherCaches === 0) return undefined;
  return (
    `${formatCount(otherCaches)} ${otherCaches === 1 ? 'decision' : 'decisions'} in sessions met a prompt cache that another plan had ` +
    'warmed or left cold: the estimate counts what they would have cost if the one plan had served their whole session.'
  );
}

/** Says which intents an answer covers; `undefined` where none is left out. */
export function notEligibleNote(policy: string, { notEligible, decisions }: NotEligible): string | undefined {
  if (notEligible === 0) return undefined;
  return (
    `${formatCount(notEligible)} of ${formatCount(decisions)} decisions are left out: the plan that ${policy} would have chosen ` +
    `was not eligible for them (excluded by ${REASONS}). The estimate covers the other intents only.`
  );
}
