/** Replays of a log, in words: decisions at which the other policy could not have done what it would have done. */
import { formatCount, formatPercent } from './wording.ts';

/** Decisions of a log, and how many of them had not eligible what another policy would have chosen. */
export interface NotEligible {
  readonly notEligible: number;
  readonly decisions: number;
}

/** Above this share of the decisions, the others are a selected part that speaks for nothing but itself. */
const MOST_NOT_ELIGIBLE = 0.05;

/** The log says that it was so, not why. */
const REASONS = 'a pin, an outage, a spent budget, a guard rail, the request itself or the configuration of the time';

/** Why there is no answer; `undefined` where few enough decisions are left out. */
export function notEligibleRefusal({ notEligible, decisions }: NotEligible): string | undefined {
  if (notEligible <= MOST_NOT_ELIGIBLE * decisions) return undefined;
  return (
    `what it would have chosen was not eligible for ${formatCount(notEligible)} of ${formatCount(decisions)} decisions ` +
    `(${formatPercent(notEligible / decisions)}; at most ${formatPercent(MOST_NOT_ELIGIBLE)}): ${REASONS} ruled it out, and the ` +
    'other intents are a selected part; ask about a period in which it was eligible'
  );
}

/** Which intents an answer is about, where some are left out. */
export function notEligibleNote(policy: string, { notEligible, decisions }: NotEligible): string | undefined {
  if (notEligible === 0) return undefined;
  return (
    `${formatCount(notEligible)} of ${formatCount(decisions)} decisions are left out: what ${policy} would have chosen ` +
    `was not eligible for them (${REASONS} ruled it out). The estimate is about the other intents only.`
  );
}
