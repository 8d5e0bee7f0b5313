/** The words of an explanation: why each plan has its share, and the decision in one sentence. */
import type { Figure } from '../math/interval.ts';
import type { Explanation, PlanExplanation } from './explanation.ts';
import { preferredWhere } from './failure-cost-words.ts';
import type { PreferredPart } from './preferred-by-failure-cost.ts';
import { formatFigure, formatPercent, formatUsd } from './wording.ts';

/** A share this close to its floor was raised to it. */
const FLOOR_ROUNDING = 1.001;

/** @param moreUsd by how much the plan's score is above the best plan's */
export function reasonFor(
  plan: Pick<PlanExplanation, 'eligible' | 'exclusionReasons' | 'share' | 'floor' | 'chanceCheapest'>,
  {
    isBest,
    moreUsd,
    isOnly,
    isUnknown = false,
    preferredAt,
    heldOut = 0,
  }: {
    readonly isBest: boolean;
    readonly moreUsd: Figure;
    readonly isOnly: boolean;
    /** There are no outcomes yet, so the plans cannot be compared. */
    readonly isUnknown?: boolean;
    /** The intents for which the plan is preferred, where that depends on what their failures cost. */
    readonly preferredAt?: PreferredPart | undefined;
    /** Fraction of the intents that the plan gets as a holdout; it is part of the share and of the floor. */
    readonly heldOut?: number;
  },
): string {
  if (!plan.eligible) return plan.exclusionReasons.length > 0 ? plan.exclusionReasons.join('; ') : 'not eligible';
  if (isOnly) return 'the only eligible plan';
  const { share, floor = 0, chanceCheapest } = plan;
  const chance = `${formatPercent(chanceCheapest)} likely to be the cheapest`;
  if (isUnknown) return `assumed, not observed; ${chance}`;
  if (preferredAt !== undefined) return `preferred ${preferredWhere(preferredAt, 'a failure')}`;
  if (isBest) return `the lowest expected cost; ${chance}`;
  const more = `${formatFigure(moreUsd, formatUsd)} more per intent than the best`;
  const isAtFloor = share !== undefined && floor > 0 && share <= floor * FLOOR_ROUNDING && chanceCheapest < share;
  // The floor is that of the policy, which decides the other intents.
  const others = heldOut === 0 ? '' : ' of the others';
  const least = `kept at a floor of ${formatPercent((floor - heldOut) / (1 - heldOut))}${others}, so that a change would be noticed`;
  const parts = [
    more,
    ...(heldOut === 0 ? [] : [`gets ${formatPercent(heldOut)} of the intents as a baseline (holdout)`]),
    isAtFloor && heldOut < 1 ? least : chance,
  ];
  return parts.join('; ');
}

/** @param best the eligible plan with the lowest expected cost */
export function summaryOf(
  plans: readonly PlanExplanation[],
  {
    best,
    objective,
    isUnknown = false,
    dependsOnFailureCost = false,
    isOfContextless = false,
  }: {
    readonly best: PlanExplanation | undefined;
    readonly objective: Explanation['objective'];
    /** There are no outcomes yet, so they cannot be compared. */
    readonly isUnknown?: boolean;
    /** Another plan is preferred for some of the intents, because their failures cost more or less. */
    readonly dependsOnFailureCost?: boolean;
    readonly isOfContextless?: boolean;
  },
): string {
  if (best === undefined) return 'There is no plan.';
  const excluded = plans.filter(plan => !plan.eligible).length;
  const share =
    best.share === undefined
      ? ''
      : `; ${formatPercent(best.share)} of new intents ${isOfContextless ? 'without context ' : ''}use it`;
  const rest = excluded === 0 ? '' : `; ${excluded} of ${plans.length} plans cannot be chosen now`;
  if (isUnknown) return `Which plan costs least is not known: no outcome was ever recorded${rest}.`;
  const [per, figure] =
    objective === 'cost-per-success' ? ['success', best.costPerSuccessUsd] : ['intent', best.costPerIntentUsd];
  const about = isOfContextless ? 'Of intents without context (routing depends on the request): ' : '';
  const ifOne = dependsOnFailureCost ? ', if all intents get one plan' : '';
  const others = dependsOnFailureCost ? ', because the plan depends on what a failure costs' : '';
  return (
    `${about}${best.description} has the lowest expected total cost per ${per}${ifOne}: ${formatFigure(figure, formatUsd)}` +
    `${share}${share === '' ? '' : others}${rest}.`
  );
}
