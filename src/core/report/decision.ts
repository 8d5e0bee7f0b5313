/** Which plan is preferred according to the beliefs, and what would have to change for another one to be preferred. */
import type { SampleTable } from '../choice/posterior-samples.ts';
import type { PlanKey } from '../ledger/vocabulary.ts';
import type { Forecast } from './forecast.ts';
import type { DecisionInputs, DecisionPlan } from './plan-lines.ts';
import { planLines } from './plan-lines.ts';
import type { PreferredPart } from './preferred-by-failure-cost.ts';

/**
 * The failure cost at which another plan would cost the same, and on which side of this cost the other plan is cheaper.
 */
export interface FailureCostChange {
  readonly plan: PlanKey;
  readonly description: string;
  readonly usd: number;
  readonly is: 'below' | 'above';
}

/** A choice between the plans, with its reasons. */
export interface PlanDecision {
  /** The plan with the lowest expected cost of those that can be chosen, and the one with the next lowest. */
  readonly preferred: DecisionPlan;
  readonly rival?: DecisionPlan;
  /**
   * The failure cost at which these figures hold: the mean of the latest intents, each of which may state its own cost. Where
   * `byFailureCost` has several parts, the mean of the intents for which this plan is preferred.
   */
  readonly failureCostUsd: number;
  /** Where other plans are preferred for intents with other failure costs: all of them, by ascending failure cost. */
  readonly byFailureCost?: readonly PreferredPart[];
  /** How much more the rival is expected to cost per intent (or per success, if that is the objective), USD. */
  readonly moreUsd?: number;
  /** Absent: no failure cost would change the choice. */
  readonly failureCost?: FailureCostChange;
  /** The success rate from which the rival would be the cheaper of the two; absent: not even 100 % is enough. */
  readonly rivalSuccess?: number;
  /**
   * Where no success rate is enough: the model spend below which the rival would be the cheaper, USD per intent; absent: not even a spend
   * of 0 is low enough.
   */
  readonly rivalSpendUsd?: number;
  /** After how many more outcomes the comparison will be settled; absent where the ledger was not read. */
  readonly forecast?: Forecast;
  /** The whole decision in one sentence. */
  readonly sentence: string;
}

/** The decision at one failure cost, without its forecast and its sentence. */
export type BareDecision = Omit<PlanDecision, 'byFailureCost' | 'forecast' | 'sentence'>;

/** `undefined` without an eligible plan. */
export function decisionOf(
  table: SampleTable,
  inputs: DecisionInputs & { readonly failureCostUsd: number },
): BareDecision | undefined {
  const { failureCostUsd: H, costMultiplier, perSuccess } = inputs;
  const plans = planLines(table, inputs).map(line => ({ ...line, costUsd: line.fixedUsd + H * line.failures }));
  const [preferred, rival] = plans.toSorted((a, b) => a.costUsd - b.costUsd);
  if (preferred === undefined || rival === undefined)
    return preferred && { preferred: preferred.own, failureCostUsd: H };
  const changes = plans.flatMap((plan): FailureCostChange[] => {
    const moreUsd = plan.fixedUsd - preferred.fixedUsd;
    const usd = moreUsd / (preferred.failures - plan.failures);
    const isRounding = Math.abs(moreUsd) <= 1e-9 * preferred.fixedUsd;
    if (plan === preferred || isRounding || !(usd > 0 && Number.isFinite(usd))) return [];
    const { plan: key, description } = plan.own;
    return [{ plan: key, description, usd, is: plan.failures > preferred.failures ? 'below' : 'above' }];
  });
  const distance = ({ usd }: FailureCostChange): number => (H > 0 ? Math.abs(Math.log(usd / H)) : usd);
  const nearest = changes.toSorted((a, b) => distance(a) - distance(b))[0];
  const { costUsd } = preferred;
  const spentUsd = costMultiplier * rival.own.spendUsd;
  const success = 1 - (perSuccess ? (costUsd - spentUsd) / (costUsd + H) : (costUsd - spentUsd) / H);
  const spend = ((perSuccess ? costUsd * rival.own.success : costUsd) - H * (1 - rival.own.success)) / costMultiplier;
  return {
    preferred: preferred.own,
    rival: rival.own,
    failureCostUsd: H,
    moreUsd: rival.costUsd - costUsd,
    ...(nearest === undefined ? {} : { failureCost: nearest }),
    ...(success <= 1 ? { rivalSuccess: success } : spend > 0 ? { rivalSpendUsd: spend } : {}),
  };
}
