/** Savings against a baseline plan, as estimated from the ledger, or the reason why the ledger cannot tell. */
import type { Figure } from '../math/interval.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** One feature's savings; positive where the baseline would have cost more. */
export type FeatureSaving = {
  readonly feature: string;
  /** Number of decisions with an outcome, from which the savings are computed. */
  readonly intents: number;
} & (
  | {
      readonly kind: 'estimate';
      /** The cost with the baseline, the cost of the log's intents, and the difference: USD per intent. */
      readonly baselineCostPerIntentUsd: Figure;
      readonly costPerIntentUsd: number;
      readonly perIntentUsd: Figure;
      /** The difference times `intents`. */
      readonly inAllUsd: Figure;
      /** Which intents the estimate covers, where some are left out. */
      readonly note?: string;
    }
  | { readonly kind: 'refused'; readonly reason: string }
);

export interface Savings {
  /** The plan that the ledger is compared with. */
  readonly baseline: PlanKey;
  readonly features: readonly FeatureSaving[];
  /** Sum over all features with an estimate; absent without any. */
  readonly total?: { readonly intents: number; readonly savedUsd: Figure };
}
