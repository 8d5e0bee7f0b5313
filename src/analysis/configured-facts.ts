/** The facts of a configured feature that its report and its explanations need. */
import type { ResolvedFeature } from '../config/resolved.ts';
import { toUsd } from '../core/ledger/money.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { FeatureFacts } from '../core/report/feature-facts.ts';
import { cacheTerms } from '../engine/state/cache-terms.ts';
import { clientsOf } from '../engine/state/reach.ts';
import { prefixRates } from '../prices/prefix-rates.ts';

/** @param atMs the time whose prices a session's prefix is charged at */
export function configuredFacts(feature: ResolvedFeature, atMs: number): FeatureFacts {
  const { candidates, plans, failureCostNanoUsd, objective, policy, silence } = feature;
  const { afterMs = 0, success = null } = silence ?? {};
  return {
    plans: plans.map(planKey),
    failureCostUsd: toUsd(failureCostNanoUsd),
    perSuccess: objective === 'cost-per-success',
    policy: policy.name,
    candidates: candidates.map(model => ({
      model: model.name,
      providerModel: model.providerModel,
      ...(model.paramsText === '' ? {} : { params: model.paramsText }),
      clients: clientsOf([model]),
    })),
    prefixRatesOf(name, tokens) {
      const model = candidates.find(each => each.name === name);
      return model && prefixRates(model.price, cacheTerms(model), { tokens, atMs });
    },
    ...(success === null ? {} : { silence: { afterMs, success } }),
  };
}
