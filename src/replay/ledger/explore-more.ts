/** What to do where a log has too few choices of the plans that a question is about. */
import { planOfKey } from '../../core/ledger/vocabulary.ts';
import { formatCount } from '../../core/report/wording.ts';
import type { DecisionLog } from './decision-log.ts';

/** The floor of `thompson({ floor: 'evaluation' })`, and the holdout that is proposed. */
const SHARES = { floor: 0.02, holdout: 0.05 };

/**
 * Number of choices of the other policy's plan to aim for: more than the {@link MIN_EFFECTIVE_INTENTS} that are needed, because chance may
 * make them fewer.
 */
const ENOUGH_CHOICES = 125;

/** Choices to aim for in a part of the intents in which the plan was never chosen. */
const ENOUGH_IN_STRATUM = 5;

/** @param fraction of the intents that need the plan; default: all */
export function exploreMore({ plans, targetPlan }: DecisionLog, fraction = 1): string {
  const [first] = targetPlan;
  const only = first !== undefined && targetPlan.every(plan => plan === first) ? planOfKey(plans[first] ?? '') : [];
  const intentsAt = (share: number): string => {
    const intents = Math.max(ENOUGH_CHOICES, ENOUGH_IN_STRATUM / fraction) / share;
    return formatCount(Number(intents.toPrecision(2)));
  };
  const floor =
    "route with thompson({ floor: 'evaluation' }), which gives every plan 2 % of the intents, and ask about the time since then after " +
    `some ${intentsAt(SHARES.floor)} intents`;
  const [model] = only;
  return only.length !== 1
    ? floor
    : `set holdout: { model: '${model}', fraction: ${SHARES.holdout} } and ask about the time since then after some ` +
        `${intentsAt(SHARES.holdout)} intents, or ${floor}`;
}
