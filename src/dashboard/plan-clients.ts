/**
 * The clients that reach a plan, and how far the feature is routed: the ledger does not have this, but a router with its
 * configuration does.
 */
import type { Explanation, PlanExplanation } from '../core/report/explanation.ts';
import type { PlanKey } from '../core/ledger/vocabulary.ts';

/** The part of a router that the dashboard uses. */
export interface ReachRouter {
  explain(feature: string): Promise<
    Pick<Explanation, 'observes' | 'holdout'> & {
      readonly plans: readonly (Pick<PlanExplanation, 'plan' | 'clients'> & Partial<PlanExplanation>)[];
      /** Absent if the router is only a configuration, without a process. */
      readonly costMultiplier?: number;
      readonly notes?: readonly string[];
    }
  >;
}

/** The explanation with the clients of its plans, if the router has the feature. */
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

/** The facts that only a router with the feature's configuration has. */
export interface ConfiguredFeature extends Pick<Explanation, 'observes' | 'holdout'> {
  readonly clients: ReadonlyMap<PlanKey, readonly string[] | undefined>;
}

/** `undefined` for a feature that is not (or no longer) configured there, or without a router. */
export async function configuredFeature(
  router: ReachRouter | undefined,
  feature: string,
): Promise<ConfiguredFeature | undefined> {
  const found = await router?.explain(feature).catch(() => undefined);
  if (found === undefined) return undefined;
  const { plans, observes, holdout } = found;
  return {
    clients: new Map(plans.map(({ plan, clients }) => [plan, clients])),
    ...(observes === undefined ? {} : { observes }),
    ...(holdout === undefined ? {} : { holdout }),
  };
}
