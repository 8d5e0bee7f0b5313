/** A world of two models and a fallible verdict, in which a plan may climb. */
import { anyText, fraction, fromZero, optional, optionsWith, text } from '../../argument-checks.ts';
import type { PlanRates } from '../../core/beliefs/plan-graph.ts';
import { enumeratePlans, planGraph, planRates } from '../../core/beliefs/plan-graph.ts';
import { lognormalVariate } from '../../core/math/samplers.ts';
import type { Plan } from '../../core/ledger/vocabulary.ts';
import type { World } from './world.ts';

export interface CascadeWorldOptions {
  /** A name of the world, for reports. */
  readonly name: string;
  /** The first model: its cost per intent, USD, and how often it succeeds. */
  readonly cheap: { readonly name: string; readonly costUsd: number; readonly success: number };
  /** The model to which a plan climbs. Its success may depend on that of the cheap model. */
  readonly premium: {
    readonly name: string;
    readonly costUsd: number;
    /** P(success | the cheap model succeeded), and P(success | it failed). */
    readonly successIfCheapDid: number;
    readonly successIfNot: number;
  };
  /** P(rejected | failed) and P(accepted | succeeded) of the verdict on any reply. */
  readonly sensitivity: number;
  /** See `sensitivity`. */
  readonly specificity: number;
  /** Cost of each verdict, USD. */
  readonly judgeCostUsd: number;
  /** Cost of a failed intent, USD. */
  readonly failureCostUsd: number;
  /** Standard deviation of the logarithm of a reply's cost; default 1. */
  readonly costLogSd?: number;
}

const checkCascadeWorld = optionsWith<CascadeWorldOptions>({
  name: anyText,
  cheap: optionsWith<CascadeWorldOptions['cheap']>({ name: text, costUsd: fromZero, success: fraction }),
  premium: optionsWith<CascadeWorldOptions['premium']>({
    name: text,
    costUsd: fromZero,
    successIfCheapDid: fraction,
    successIfNot: fraction,
  }),
  sensitivity: fraction,
  specificity: fraction,
  judgeCostUsd: fromZero,
  failureCostUsd: fromZero,
  costLogSd: optional(fromZero),
});

/** Two models whose successes may depend on each other, and a fallible verdict. @throws RouterError `invalid-value` */
export function cascadeWorld(options: CascadeWorldOptions): World {
  checkCascadeWorld(options, 'cascadeWorld');
  const { cheap, premium, sensitivity, specificity, costLogSd = 1 } = options;
  const plans = enumeratePlans([cheap.name, premium.name], true);
  const truth = cascadeTruth(options, plans);
  return {
    name: options.name,
    plans,
    failureCostUsd: options.failureCostUsd,
    judgeCostUsd: options.judgeCostUsd,
    priorCostUsd: { [cheap.name]: cheap.costUsd, [premium.name]: premium.costUsd },
    intent(_, random) {
      const cheapSucceeds = random.next() < cheap.success;
      const premiumSucceeds = random.next() < (cheapSucceeds ? premium.successIfCheapDid : premium.successIfNot);
      return model => {
        const success = model === cheap.name ? cheapSucceeds : premiumSucceeds;
        return {
          costUsd: lognormalVariate(model === cheap.name ? cheap.costUsd : premium.costUsd, costLogSd, random),
          success,
          accepted: random.next() < (success ? specificity : 1 - sensitivity),
        };
      };
    },
    truth: () => truth,
  };
}

function cascadeTruth(options: CascadeWorldOptions, plans: readonly Plan[]): readonly PlanRates[] {
  const { cheap, premium, sensitivity: se, specificity: sp, judgeCostUsd } = options;
  const p1 = cheap.success;
  const climb = (1 - p1) * se + p1 * (1 - sp);
  const overall = p1 * premium.successIfCheapDid + (1 - p1) * premium.successIfNot;
  const afterCheap =
    ((1 - p1) * se * (1 - premium.successIfNot) + p1 * (1 - sp) * (1 - premium.successIfCheapDid)) / climb;
  const graph = planGraph(plans);
  const nodes = graph.nodes.map(node => ({
    costUsd: judgeCostUsd + (node === cheap.name ? cheap.costUsd : premium.costUsd),
    climb,
    failAccepted: ((1 - p1) * (1 - se)) / (1 - climb),
    failRejected: ((1 - p1) * se) / climb,
    failEnded: node === premium.name ? 1 - overall : afterCheap,
  }));
  return plans.map((_, plan) => planRates(graph, plan, nodes));
}
