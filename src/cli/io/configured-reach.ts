/**
 * Which clients reach the plans of a feature and how far it is routed, according to `--config`: a ledger does not record
 * it.
 */
import type { ResolvedConfig } from '../../config/resolved.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { ReachRouter } from '../../dashboard/plan-clients.ts';
import { unknownName } from '../../errors.ts';
import { clientsOf } from '../../engine/state/reach.ts';

export function configuredReach({ features }: Pick<ResolvedConfig, 'features'>): ReachRouter {
  return {
    async explain(name) {
      const feature = features.get(name);
      if (feature === undefined)
        throw unknownName('feature', name, { path: 'feature', accepted: [...features.keys()] });
      const { plans, candidates, observes, holdout } = feature;
      return {
        ...(observes === undefined ? {} : { observes }),
        ...(holdout === undefined ? {} : { holdout }),
        plans: plans.map(plan => ({
          plan: planKey(plan),
          clients: clientsOf(candidates.filter(model => plan.includes(model.name))),
        })),
      };
    },
  };
}
