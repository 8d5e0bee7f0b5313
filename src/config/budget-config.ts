/** The budgets that an application configures, and the events about them. */
/** A budget of model spend. It is paced so that it lasts for its period; `onLimit` says what happens when it is spent. */
export interface BudgetConfig {
  readonly usd: number;
  /** A UTC day or month. */
  readonly per: 'day' | 'month';
  /** `refuse` refuses new intents, `cheapest` sends them to the cheapest plan, `alert` only calls `onBudget`. */
  readonly onLimit: 'refuse' | 'cheapest' | 'alert';
  /** Intents expected in a period; default: as many as in the last one, at least 1,000. */
  readonly expectedIntents?: number;
}

/** Spend reached a threshold of a budget. Sent once per threshold and period. */
export interface BudgetEvent {
  /** `undefined`: the budget of the whole router. */
  readonly feature: string | undefined;
  /** Spent fraction of the budget: 0.8 or 1. */
  readonly threshold: number;
  readonly spentUsd: number;
  readonly budgetUsd: number;
  readonly per: BudgetConfig['per'];
  readonly periodStartMs: number;
}
