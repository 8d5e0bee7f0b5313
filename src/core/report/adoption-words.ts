/** Describes in words how an observed feature or a holdout changes the shares of new intents, and what the policy alone would choose. */
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { Explanation } from './explanation.ts';
import { describePlan, formatPercent } from './wording.ts';

export interface Adoption {
  /** The application's own model, where the feature is only observed. */
  readonly observes: string | undefined;
  readonly holdout: Explanation['holdout'] | undefined;
  readonly isPinned: boolean;
  /** Whether the holdout's model can be chosen now. */
  readonly canHoldOut: boolean;
  /** The shares of the policy alone; all 0 where it does not state them. */
  readonly routed: readonly { readonly plan: PlanKey; readonly share: number }[];
}

export function adoptionNotes({ observes, holdout, isPinned, canHoldOut, routed }: Adoption): readonly string[] {
  if (observes !== undefined)
    return [`The feature is only observed: ${observes} answers every intent.${routedWords(routed)}`];
  if (holdout === undefined || holdout.fraction === 0) return [];
  const { model } = holdout;
  const fraction = formatPercent(holdout.fraction);
  if (!canHoldOut) return [`The holdout of ${fraction} waits: ${model} cannot be chosen now.`];
  if (isPinned)
    return [`Of the intents that the pin does not serve, ${fraction} go to ${model} as a baseline (holdout).`];
  return [`${fraction} of the intents go to ${model} as a baseline (holdout).${routedWords(routed)}`];
}

/** A further sentence; empty where the policy states no shares. */
function routedWords(routed: Adoption['routed']): string {
  const parts = routed
    .filter(({ share }) => share > 0)
    .toSorted((x, y) => y.share - x.share)
    .map(({ plan, share }) => `${describePlan(plan)} in ${formatPercent(share)}`);
  return parts.length === 0 ? '' : ` The policy alone would choose ${parts.join('; ')}.`;
}
