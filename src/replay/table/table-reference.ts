/** What a table shows in hindsight: the cost of choosing each plan always, and the best plan of each feature. */
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { answerOf } from './outcome-table.ts';
import type { TableSetting } from './table-setting.ts';
import { eligibleOf } from './table-setting.ts';
import { firstPlan, hasPlan } from '../../core/ledger/plan-set.ts';

/** The cost of a choice over all intents. */
export interface FixedTotal {
  readonly totalUsd: number;
  readonly spendUsd: number;
  readonly successRate: number;
}

export interface Reference {
  /** Each plan, chosen for all intents at which it is eligible; the first eligible plan for the others. */
  readonly always: Readonly<Record<PlanKey, FixedTotal>>;
  /** The best plan of each feature. */
  readonly best: FixedTotal & { readonly plans: Readonly<Record<string, PlanKey>> };
  /** The best plan of each single intent: a bound that no policy can reach. */
  readonly clairvoyant: FixedTotal;
}

interface ExpectedSums {
  spendUsd: number;
  successes: number;
}

/** Expected spend and P(success) of a plan for one intent, averaged over both possible verdicts on every reply. */
function expectedOf(
  { table, verdict, modelIndexes }: TableSetting,
  plan: readonly string[],
  intent: number,
): { readonly spendUsd: number; readonly success: number } {
  const judgeUsd = verdict?.costUsd ?? 0;
  let reach = 1;
  let spendUsd = 0;
  let success = 0;
  for (let position = 0; position < plan.length; position++) {
    const model = plan[position] as string;
    const answer = answerOf(table, intent, modelIndexes.get(model) as number);
    const successProbability = table.success[answer] as number;
    spendUsd += reach * ((table.costNanoUsd[answer] as number) / NANO_PER_USD + judgeUsd);
    if (position === plan.length - 1 || verdict === undefined) {
      success += reach * successProbability;
      reach = 0;
    } else {
      success += reach * successProbability * verdict.specificity;
      reach *= successProbability * (1 - verdict.specificity) + (1 - successProbability) * verdict.sensitivity;
    }
  }
  return { spendUsd, success };
}

export function referenceOf(
  setting: TableSetting,
  intents: Uint32Array,
): {
  readonly found: Reference;
  /** Cost so far of the best plan per feature, at the same checkpoints as a run over this order. */
  curve(order: Uint32Array, checkpoints: number): readonly number[];
} {
  const { table, plans, failureCostUsd } = setting;
  const byFeature = table.features.map(() => plans.map(() => ({ spendUsd: 0, successes: 0, intents: 0 })));
  const clairvoyant = { spendUsd: 0, successes: 0 };

  function chosen(intent: number, wanted: number): ReturnType<typeof expectedOf> {
    const eligible = eligibleOf(setting, intent);
    const k = hasPlan(eligible, wanted) ? wanted : firstPlan(eligible);
    return expectedOf(setting, plans[k] as readonly string[], intent);
  }

  for (const intent of intents) {
    let least = Number.POSITIVE_INFINITY;
    let found = { spendUsd: 0, success: 0 };
    const ofFeature = byFeature[table.feature[intent] as number];
    for (let k = 0; k < plans.length; k++) {
      const one = chosen(intent, k);
      const sums = ofFeature?.[k] as ExpectedSums & { intents: number };
      sums.spendUsd += one.spendUsd;
      sums.successes += one.success;
      sums.intents++;
      const total = one.spendUsd + failureCostUsd * (1 - one.success);
      if (total < least) [least, found] = [total, one];
    }
    clairvoyant.spendUsd += found.spendUsd;
    clairvoyant.successes += found.success;
  }

  const totalOf = (sums: ExpectedSums, n: number): FixedTotal => ({
    totalUsd: sums.spendUsd + failureCostUsd * (n - sums.successes),
    spendUsd: sums.spendUsd,
    successRate: sums.successes / n,
  });
  const bestPlan = byFeature.map(all => {
    const totals = all.map(sums => totalOf(sums, sums.intents).totalUsd);
    return totals.indexOf(Math.min(...totals));
  });
  const add = (parts: readonly (ExpectedSums | undefined)[]): ExpectedSums =>
    parts.reduce<ExpectedSums>(
      (sum, part) => ({
        spendUsd: sum.spendUsd + (part?.spendUsd ?? 0),
        successes: sum.successes + (part?.successes ?? 0),
      }),
      { spendUsd: 0, successes: 0 },
    );
  return {
    found: {
      always: Object.fromEntries(
        plans.map((plan, k) => [planKey(plan), totalOf(add(byFeature.map(all => all[k])), intents.length)]),
      ),
      best: {
        ...totalOf(add(byFeature.map((all, f) => all[bestPlan[f] as number])), intents.length),
        plans: Object.fromEntries(
          table.features.map((feature, f) => [feature, planKey(plans[bestPlan[f] as number] as readonly string[])]),
        ),
      },
      clairvoyant: totalOf(clairvoyant, intents.length),
    },
    curve(order, checkpoints) {
      const every = Math.max(1, Math.ceil(order.length / checkpoints));
      const curve: number[] = [];
      let totalUsd = 0;
      for (let step = 0; step < order.length; step++) {
        const intent = order[step] as number;
        const { spendUsd, success } = chosen(intent, bestPlan[table.feature[intent] as number] as number);
        totalUsd += spendUsd + failureCostUsd * (1 - success);
        if ((step + 1) % every === 0 || step === order.length - 1) curve.push(totalUsd);
      }
      return curve;
    },
  };
}
