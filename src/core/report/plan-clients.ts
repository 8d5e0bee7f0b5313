/** The APIs whose clients reach a plan, as explanations show them. */
import type { PlanExplanation } from './explanation.ts';

type Reached = Pick<PlanExplanation, 'clients'>;

/** Whether the same clients reach every plan. True also where the clients are not known. */
export function areReachedBySame(plans: readonly Reached[]): boolean {
  return new Set(plans.map(({ clients = [] }) => clients.join())).size < 2;
}

export function clientsOfPlan({ clients = [] }: Reached): string {
  return clients.join(', ') || 'none';
}
