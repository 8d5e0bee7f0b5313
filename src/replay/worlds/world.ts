/** Worlds to simulate: the reply of every model to every intent, and the true cost of every plan. */
import {
  accepting,
  anyText,
  callback,
  fraction,
  fromZero,
  listOf,
  objectWith,
  optional,
  optionsWith,
  recordOf,
  text,
  wholeFromOne,
} from '../../argument-checks.ts';
import type { PlanRates } from '../../core/beliefs/plan-graph.ts';
import { enumeratePlans, planGraph, planRates } from '../../core/beliefs/plan-graph.ts';
import type { Random } from '../../core/math/random.ts';
import { lognormalVariate } from '../../core/math/samplers.ts';
import type { Evidence, Plan } from '../../core/ledger/vocabulary.ts';

/** One model's reply to one intent. */
export interface WorldReply {
  readonly costUsd: number;
  readonly success: boolean;
  /** The verdict; true where the world has none. */
  readonly accepted: boolean;
}

export interface World {
  readonly name: string;
  readonly plans: readonly Plan[];
  readonly failureCostUsd: number;
  /** Judge cost per reply, USD; 0 where the verdict is free or absent. */
  readonly judgeCostUsd: number;
  /** Prior cost per call by model, as a configuration would give it, USD. */
  readonly priorCostUsd: Readonly<Record<string, number>>;
  /** Draws the replies to one intent, by model. */
  intent(step: number, random: Random): (model: string) => WorldReply;
  /** True cost of each plan at a step, in the order of `plans`. */
  truth(step: number): readonly PlanRates[];
  /** The evidence about an intent that `lastModel` answered, and when it arrives. Default: the truth, explicit, at once. */
  evidence?(success: boolean, random: Random, lastModel: string): readonly DelayedEvidence[];
  /** The feature's silence window in steps, where silence means success. */
  readonly silenceSteps?: number;
}

/** @throws RouterError `invalid-value` unless the value is a world */
export const checkWorld = objectWith<World>({
  name: anyText,
  plans: listOf('a list of plans', listOf('a plan: the names of its models', text)),
  failureCostUsd: fromZero,
  judgeCostUsd: fromZero,
  priorCostUsd: recordOf('USD per call by model', fromZero),
  intent: callback,
  truth: callback,
  evidence: optional(callback),
  silenceSteps: optional(wholeFromOne),
});

/** Evidence that arrives a number of steps after the decision. */
export interface DelayedEvidence {
  readonly afterSteps: number;
  readonly evidence: Evidence;
}

export interface WorldModel {
  readonly name: string;
  /** Mean USD per reply. */
  readonly costUsd: number;
  readonly success: number | ((step: number) => number);
}

export interface ModelsWorldOptions {
  readonly name: string;
  /** Cheapest first. */
  readonly models: readonly WorldModel[];
  readonly failureCostUsd: number;
  /** Standard deviation of the logarithm of a reply's cost; default 1. */
  readonly costLogSd?: number;
  /** Prior cost of a call ÷ its true cost; default 1. */
  readonly priorCostFactor?: number;
  readonly evidence?: NonNullable<World['evidence']>;
  readonly silenceSteps?: number;
}

const checkModelsWorld = optionsWith<ModelsWorldOptions>({
  name: anyText,
  models: listOf(
    'a list of models, cheapest first',
    optionsWith<WorldModel>({
      name: text,
      costUsd: fromZero,
      success: accepting(
        'a number from 0 to 1, or a function of the step',
        value => typeof value === 'function' || (typeof value === 'number' && value >= 0 && value <= 1),
      ),
    }),
  ),
  failureCostUsd: fromZero,
  costLogSd: optional(fromZero),
  priorCostFactor: optional(fromZero),
  evidence: optional(callback),
  silenceSteps: optional(wholeFromOne),
});

/** The truth as explicit evidence, for a fraction of the intents (default all), after a delay (default none). */
export function explicitly({
  fraction = 1,
  delaySteps = () => 0,
}: {
  readonly fraction?: number;
  readonly delaySteps?: (random: Random) => number;
}): NonNullable<World['evidence']> {
  return (success, random) =>
    fraction < 1 && random.next() >= fraction
      ? []
      : [{ afterSteps: Math.floor(delaySteps(random)), evidence: { source: 'explicit', success } }];
}

/** Models that succeed independently of each other, without a verdict, so that plans have one model. @throws RouterError `invalid-value` */
export function modelsWorld(options: ModelsWorldOptions): World {
  checkModelsWorld(options, 'modelsWorld');
  const { models, costLogSd = 1, priorCostFactor = 1 } = options;
  const plans = enumeratePlans(
    models.map(model => model.name),
    false,
  );
  const byName = new Map(models.map(model => [model.name, model]));
  const isStationary = models.every(model => typeof model.success === 'number');
  const truthAt = (step: number): readonly PlanRates[] =>
    models.map(model => ({ costUsd: model.costUsd, fail: 1 - successAt(model, step) }));
  const constant = truthAt(0);
  return {
    name: options.name,
    plans,
    failureCostUsd: options.failureCostUsd,
    judgeCostUsd: 0,
    priorCostUsd: Object.fromEntries(models.map(model => [model.name, model.costUsd * priorCostFactor])),
    intent: (step, random) => name => {
      const model = byName.get(name) as WorldModel;
      return {
        costUsd: lognormalVariate(model.costUsd, costLogSd, random),
        success: random.next() < successAt(model, step),
        accepted: true,
      };
    },
    truth: step => (isStationary ? constant : truthAt(step)),
    ...(options.evidence === undefined ? {} : { evidence: options.evidence }),
    ...(options.silenceSteps === undefined ? {} : { silenceSteps: options.silenceSteps }),
  };
}

function successAt(model: WorldModel, step: number): number {
  return typeof model.success === 'number' ? model.success : model.success(step);
}

export interface CascadeWorldOptions {
  readonly name: string;
  readonly cheap: { readonly name: string; readonly costUsd: number; readonly success: number };
  readonly premium: {
    readonly name: string;
    readonly costUsd: number;
    /** P(success | the cheap model succeeded), and P(success | it failed). */
    readonly successIfCheapDid: number;
    readonly successIfNot: number;
  };
  /** P(rejected | failed) and P(accepted | succeeded) of the verdict on any reply. */
  readonly sensitivity: number;
  readonly specificity: number;
  readonly judgeCostUsd: number;
  readonly failureCostUsd: number;
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
    truth: constantly(cascadeTruth(options, plans)),
  };
}

function constantly(truth: readonly PlanRates[]): () => readonly PlanRates[] {
  return () => truth;
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
