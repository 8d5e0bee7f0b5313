/** Savings against a baseline: an off-policy estimate from logged propensities, never a price difference multiplied out. */
import type { Figure } from '../../core/math/interval.ts';
import { notEligibleNote } from '../../core/report/not-eligible.ts';
import type { FeatureSaving, Savings } from '../../core/report/savings.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { describePlan } from '../../core/report/wording.ts';
import { fixed } from '../../policies/fixed.ts';
import type { ReplayedLedger, ReplayLedgerOptions } from './replay-ledger.ts';
import { replayLedger } from './replay-ledger.ts';
import { planOfKey } from '../../core/ledger/vocabulary.ts';

/**
 * What the log's policy has saved against always choosing one plan. The log must have tried the baseline: with too few of
 * its decisions there, or where it was often not eligible, the answer is a refusal with its reason.
 *
 * @param baseline a model's name, or a plan as its names joined by `>`
 * @example
 * ```ts
 * const savings = await savingsAgainst(sqlite('router.db'), 'premium');
 * ```
 */
export async function savingsAgainst(
  ledger: ReplayedLedger,
  baseline: PlanKey,
  options: Pick<ReplayLedgerOptions, 'fromMs' | 'toMs' | 'progress'> & { readonly features?: readonly string[] } = {},
): Promise<Savings> {
  const { features: wanted, ...rest } = options;
  const [only] = wanted?.length === 1 ? wanted : [];
  const replay = await replayLedger(ledger, fixed(planOfKey(baseline)), {
    ...rest,
    ...(only === undefined ? {} : { feature: only }),
  });
  const features = Object.entries(replay.features)
    .filter(([feature]) => wanted?.includes(feature) ?? true)
    .map(([feature, found]): FeatureSaving => {
      const { estimate } = found;
      const { intents } = estimate;
      if (estimate.kind === 'refused') return { feature, intents, kind: 'refused', reason: estimate.reason };
      // The replay says what the baseline would have saved; this, what it would have cost more.
      const perIntentUsd = turned(estimate.savedPerIntentUsd, 1);
      const note = notEligibleNote(`always ${describePlan(baseline)}`, found);
      return {
        feature,
        intents,
        kind: 'estimate',
        perIntentUsd,
        inAllUsd: turned(estimate.savedPerIntentUsd, intents),
        ...(note === undefined ? {} : { note }),
      };
    });
  const isWhole = features.length === Object.keys(replay.features).length;
  const total = isWhole ? replay.total : undefined;
  return {
    baseline,
    features,
    ...(total === undefined ? {} : { total: { intents: total.intents, savedUsd: turned(total.savedUsd, 1) } }),
  };
}

function turned({ value, low, high }: Figure, factor: number): Figure {
  return { value: -value * factor, low: -high * factor, high: -low * factor };
}
