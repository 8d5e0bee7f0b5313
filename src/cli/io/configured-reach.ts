/** Which clients reach the plans of a feature, as `--config` says: a ledger does not know. */
import type { ResolvedConfig } from '../../config/resolved.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { ReachRouter } from '../../dashboard/plan-clients.ts';
import { clientsOf } from '../../engine/state/reach.ts';

export function configuredReach({ features }: Pick<ResolvedConfig, 'features'>): ReachRouter {
  return {
    async explain(name) {
      const { plans = [], candidates = [] } = features.get(name) ?? {};
      return {
        plans: plans.map(plan => ({
          plan: planKey(plan),
          clients: clientsOf(candidates.filter(model => plan.includes(model.name))),
        })),
      };
    },
  };
}
