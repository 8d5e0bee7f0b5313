/** A resolved feature `work` with three candidates: mini and seer of one API, opus of another; mini takes no images. */
import type { FeatureConfig } from '../../../src/config/application.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedFeature } from '../../../src/config/resolved.ts';
import { thompson } from '../../../src/policies/thompson.ts';

export type Names = 'mini' | 'seer' | 'opus';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

export function resolvedFeature(feature: Partial<FeatureConfig<Names>> = {}): ResolvedFeature {
  const { features } = resolveConfig(
    {
      models: {
        mini: { provider: 'openai', model: 'mini-1', price, lacks: ['images'] },
        seer: { provider: 'openai', model: 'seer-1', price },
        opus: { provider: 'anthropic', model: 'opus-1', price },
      },
      features: { work: { candidates: ['mini', 'seer', 'opus'], failureCostUsd: 15, ...feature } },
    },
    { policy: thompson() },
  );
  return features.get('work') as ResolvedFeature;
}
