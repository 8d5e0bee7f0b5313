/** What was saved against always choosing one plan: as estimated from the log, or why the log cannot say. */
import type { Figure } from '../math/interval.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';

/** One feature. Positive: the baseline would have cost more. */
export type FeatureSaving = {
  readonly feature: string;
  /** Decisions with an outcome: the savings are theirs. */
  readonly intents: number;
} & (
  | {
      readonly kind: 'estimate';
      readonly perIntentUsd: Figure;
      readonly inAllUsd: Figure;
      /** Which intents it is about, where some are left out because the baseline was not eligible for them. */
      readonly note?: string;
    }
  | { readonly kind: 'refused'; readonly reason: string }
);

export interface Savings {
  /** The plan that everything is held against. */
  readonly baseline: PlanKey;
  readonly features: readonly FeatureSaving[];
  /** Of all features with an estimate together; absent without any. */
  readonly total?: { readonly intents: number; readonly savedUsd: Figure };
}
