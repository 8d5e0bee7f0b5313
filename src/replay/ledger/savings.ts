/** Savings against a baseline plan: an off-policy estimate from logged propensities, not a price difference times tokens. */
import {
  callback,
  fromZero,
  listOf,
  optional,
  optionsWith,
  recordOf,
  storeWith,
  text,
  timeMs,
} from '../../argument-checks.ts';
import type { Figure } from '../../core/math/interval.ts';
import {
  auditedNote,
  notEligibleNote,
  otherCachesNote,
  tooRecentNote,
  withoutOutcomeNote,
} from '../../core/report/not-eligible.ts';
import type { FeatureSaving, Savings } from '../../core/report/savings.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { describePlan } from '../../core/report/wording.ts';
import { fixed } from '../../policies/fixed.ts';
import type { ReplayedLedger } from './replayed-ledger.ts';
import type { ReplayLedgerOptions } from './replay-ledger.ts';
import { replayLedger } from './replay-ledger.ts';
import { planOfKey } from '../../core/ledger/vocabulary.ts';

/** The part of the ledger that the estimate covers, and the progress of the replay. */
export interface SavingsOptions
  extends Pick<ReplayLedgerOptions, 'fromMs' | 'toMs' | 'silenceMs' | 'prefixRatesOf' | 'progress'> {
  /** Only these features; default: all. */
  readonly features?: readonly string[];
}

const checkLedger = storeWith('scan');
const checkOptions = optionsWith<SavingsOptions>({
  features: optional(listOf('a list of features', text)),
  fromMs: optional(timeMs),
  toMs: optional(timeMs),
  silenceMs: optional(recordOf('milliseconds by feature', fromZero)),
  prefixRatesOf: optional(callback),
  progress: optional(callback),
});

/**
 * Estimates what the log's policy saved against always choosing one plan. The log must have used the baseline plan: where it
 * did so in too few decisions, or where the plan was often not eligible, the answer is a refusal with its reason.
 *
 * @param baseline a model's name, or a plan as its names joined by `>`
 * @throws RouterError `invalid-value` for wrong arguments
 * @example
 * ```ts
 * const savings = await savingsAgainst(sqlite('router.db'), 'premium');
 * ```
 */
export async function savingsAgainst(
  ledger: ReplayedLedger,
  baseline: PlanKey,
  options: SavingsOptions = {},
): Promise<Savings> {
  checkLedger(ledger, 'savingsAgainst.ledger');
  text(baseline, 'savingsAgainst.baseline');
  checkOptions(options, 'savingsAgainst');
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
      // The replay estimates how much less the baseline would have cost, so the saving has the opposite sign.
      const perIntentUsd = negated(estimate.savedPerIntentUsd, 1);
      const notes = [
        withoutOutcomeNote(found),
        auditedNote(found),
        notEligibleNote(`always ${describePlan(baseline)}`, found),
        tooRecentNote(found),
        otherCachesNote(found),
      ];
      const note = notes.filter(each => each !== undefined).join(' ');
      return {
        feature,
        intents,
        kind: 'estimate',
        baselineCostPerIntentUsd: estimate.costPerIntentUsd,
        costPerIntentUsd: estimate.loggedCostPerIntentUsd,
        perIntentUsd,
        inAllUsd: negated(estimate.savedPerIntentUsd, intents),
        ...(note === '' ? {} : { note }),
      };
    });
  const isComplete = features.length === Object.keys(replay.features).length;
  const total = isComplete ? replay.total : undefined;
  return {
    baseline,
    features,
    ...(total === undefined ? {} : { total: { intents: total.intents, savedUsd: negated(total.savedUsd, 1) } }),
  };
}

function negated({ value, low, high }: Figure, factor: number): Figure {
  return { value: -value * factor, low: -high * factor, high: -low * factor };
}
