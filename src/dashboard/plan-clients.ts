/** Whose clients reach a plan: the ledger does not know, a router of its configuration does. */
import type { Explanation, PlanExplanation } from '../core/report/explanation.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';

/** A router, as far as the dashboard asks it. */
export interface ReachRouter {
  explain(feature: string): Promise<{ readonly plans: readonly Pick<PlanExplanation, 'plan' | 'clients'>[] }>;
}

/** The explanation with the clients of its plans, where the router has the feature. */
export function withClients(
  explanation: Explanation,
  clientsOf: ReadonlyMap<PlanKey, readonly string[] | undefined>,
): Explanation {
  const plans = explanation.plans.map(plan => {
    const clients = clientsOf.get(plan.plan);
    return clients === undefined ? plan : { ...plan, clients };
  });
  return { ...explanation, plans };
}

/** The clients by plan; empty for a feature that is not configured there (any more). */
export async function clientsByPlan(
  router: ReachRouter | undefined,
  feature: string,
): Promise<ReadonlyMap<PlanKey, readonly string[] | undefined>> {
  const plans = await router?.explain(feature).then(
    explanation => explanation.plans,
    () => [],
  );
  return new Map((plans ?? []).map(({ plan, clients }) => [plan, clients]));
}
