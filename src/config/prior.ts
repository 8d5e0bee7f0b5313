/** What a feature expects of its candidates before any outcome: rates that the application wrote, or evidence from outside. */
import type { PriorEvidence } from '../contracts/prior.ts';
import { invalidValue } from '../errors.ts';
import type { ConfiguredPriors, FeatureConfig } from './application.ts';
import type { ResolvedFeature, ResolvedModel } from './resolved.ts';

const MAX_OUTCOMES = 10;

/** The rates that the application wrote, by candidate. */
export function configuredPriors({ prior = {} }: FeatureConfig): ConfiguredPriors {
  return isEvidence(prior) ? {} : prior;
}

function isEvidence(prior: ConfiguredPriors | PriorEvidence): prior is PriorEvidence {
  return typeof prior.of === 'function';
}

/** @throws RouterError `invalid-value` where evidence claims certainty, or counts as too many outcomes */
export function resolvePrior(
  { prior = {} }: Pick<FeatureConfig, 'prior'>,
  candidates: readonly Pick<ResolvedModel, 'name' | 'providerModel'>[],
  path: string,
): Pick<ResolvedFeature, 'prior' | 'evidence'> {
  if (!isEvidence(prior)) return { prior };
  const evidence = prior.of(candidates.map(({ name, providerModel }) => ({ name, model: providerModel })));
  for (const { success, outcomes } of evidence.expected.values()) {
    if (!(success > 0 && success < 1 && outcomes > 0 && outcomes <= MAX_OUTCOMES))
      throw invalidValue(success, path, 'success between 0 and 1, as up to 10 outcomes');
  }
  return { prior: {}, evidence };
}
