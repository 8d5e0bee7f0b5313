/** The budgets that the intents of each feature count against: the feature's own, then that of the whole router. */
import type { BudgetEvent } from '../../config/budget-config.ts';
import type { ResolvedBudget, ResolvedConfig } from '../../config/resolved.ts';
import { budgetMeter } from './budget-meter.ts';
import type { BudgetRail } from './guard-rails.ts';

/** The rails of each feature, by its name. The router's own budget has one meter, which all features share. */
export function budgetRails(
  { budget, features }: Pick<ResolvedConfig, 'budget' | 'features'>,
  onBudget: ((event: BudgetEvent) => void) | undefined,
): ReadonlyMap<string, readonly BudgetRail[]> {
  const rail = (settings: ResolvedBudget, path: string, feature?: string): BudgetRail => ({
    settings,
    path,
    meter: budgetMeter(settings, event => onBudget?.({ ...event, feature })),
  });
  const shared = budget === undefined ? [] : [rail(budget, 'budget')];
  return new Map(
    [...features.values()].map(({ budget: own, name }) => [
      name,
      own === undefined ? shared : [rail(own, `features[${JSON.stringify(name)}].budget`, name), ...shared],
    ]),
  );
}
