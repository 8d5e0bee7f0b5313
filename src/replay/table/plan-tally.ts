/** What a replay counts per plan: intents, successes and the moments of their spend. */

export interface PlanTally {
  intents: number;
  spendUsd: number;
  /** Σ P(success), which is the number of successes where each is 0 or 1. */
  successes: number;
  /** Σ spend², Σ spend³ and Σ spend × P(failure), over intents. */
  spend2: number;
  spend3: number;
  spendOfFailures: number;
}

export function emptyTally(): PlanTally {
  return { intents: 0, spendUsd: 0, successes: 0, spend2: 0, spend3: 0, spendOfFailures: 0 };
}

/** Adds one intent. @param success P(success) */
export function addToTally(sums: PlanTally, spendUsd: number, success: number): void {
  sums.intents++;
  sums.spendUsd += spendUsd;
  sums.successes += success;
  sums.spend2 += spendUsd * spendUsd;
  sums.spend3 += spendUsd * spendUsd * spendUsd;
  sums.spendOfFailures += spendUsd * (1 - success);
}

/** The sum of at least one tally. */
export function sumTallies(tallies: readonly PlanTally[]): PlanTally {
  return tallies.reduce((sum, each) => ({
    intents: sum.intents + each.intents,
    spendUsd: sum.spendUsd + each.spendUsd,
    successes: sum.successes + each.successes,
    spend2: sum.spend2 + each.spend2,
    spend3: sum.spend3 + each.spend3,
    spendOfFailures: sum.spendOfFailures + each.spendOfFailures,
  }));
}
