/** Worlds to simulate: the reply of every model to every intent, and the true cost of every plan. */
import {
  accepting,
  anyText,
  callback,
  fromZero,
  listOf,
  objectWith,
  optional,
  optionsWith,
  recordOf,
  text,
  wholeFromOne,
} from '../../argument-checks.ts';
import type { EffortAxes, EffortPlace } from '../../core/beliefs/effort-axis.ts';
import type { PlanRates } from '../../core/beliefs/plan-graph.ts';
import { enumeratePlans } from '../../core/beliefs/plan-graph.ts';
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

/** The facts known about an intent before its plan is chosen. */
export interface Arrival {
  readonly segment: string;
  readonly failureCostUsd: number;
}

export interface World {
  readonly name: string;
  readonly plans: readonly Plan[];
  readonly failureCostUsd: number;
  /** Judge cost per reply, USD; 0 where the verdict is free or absent. */
  readonly judgeCostUsd: number;
  /** Prior cost per call by model, as a configuration would give it, USD. */
  readonly priorCostUsd: Readonly<Record<string, number>>;
  /** Groups of models that are one model at several efforts. */
  readonly axes?: EffortAxes;
  /** Draws the segment and the failure cost of one intent. Default: no segment, and the failure cost of the world. */
  arrival?(step: number, random: Random): Arrival;
  /** Draws the replies of all models to one intent. */
  intent(step: number, random: Random, arrival?: Arrival): (model: string) => WorldReply;
  /** True cost of each plan for an intent, in the order of `plans`. */
  truth(step: number, arrival?: Arrival): readonly PlanRates[];
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
  axes: optional(
    recordOf('places on an axis by model', optionsWith<EffortPlace>({ family: text, position: fromZero })),
  ),
  arrival: optional(callback),
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

/** The arrival of an intent; for a world that defines no arrivals, the default. */
export function arrivalIn(world: World, step: number, random: Random): Arrival {
  return world.arrival?.(step, random) ?? { segment: '', failureCostUsd: world.failureCostUsd };
}

/** A figure of a model: the same for all intents, or a function of the intent. */
export type ByIntent = number | ((step: number, arrival: Arrival) => number);

export interface WorldModel {
  readonly name: string;
  /** Mean USD per reply. */
  readonly costUsd: ByIntent;
  readonly success: ByIntent;
}

export interface ModelsWorldOptions {
  /** A name of the world, for reports. */
  readonly name: string;
  /** Cheapest first. */
  readonly models: readonly WorldModel[];
  /** Cost of a failed intent, USD. */
  readonly failureCostUsd: number;
  /** Standard deviation of the logarithm of a reply's cost; default 1. */
  readonly costLogSd?: number;
  /** Prior cost of a call ÷ its true cost at the start; default 1. */
  readonly priorCostFactor?: number;
  /** Draws the segment of each intent, and the cost of its failure. Default: one segment. */
  readonly arrival?: NonNullable<World['arrival']>;
  /** Draws the evidence for each intent, and the number of steps until it arrives. Default: its outcome, at once. */
  readonly evidence?: NonNullable<World['evidence']>;
  /** After this many steps without evidence an intent counts as a success. Default: never. */
  readonly silenceSteps?: number;
}

const checkModelsWorld = optionsWith<ModelsWorldOptions>({
  name: anyText,
  models: listOf(
    'a list of models, cheapest first',
    optionsWith<WorldModel>({
      name: text,
      costUsd: byIntent('USD from 0', usd => usd >= 0),
      success: byIntent('a number from 0 to 1', rate => rate >= 0 && rate <= 1),
    }),
  ),
  failureCostUsd: fromZero,
  costLogSd: optional(fromZero),
  priorCostFactor: optional(fromZero),
  arrival: optional(callback),
  evidence: optional(callback),
  silenceSteps: optional(wholeFromOne),
});

function byIntent(what: string, isValid: (value: number) => boolean): ReturnType<typeof accepting> {
  return accepting(
    `${what}, or a function of the step`,
    value => typeof value === 'function' || (typeof value === 'number' && isValid(value)),
  );
}

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
  const isConstant = models.every(({ costUsd, success }) => typeof costUsd === 'number' && typeof success === 'number');
  const own: Arrival = { segment: '', failureCostUsd: options.failureCostUsd };
  const at = (figure: ByIntent, step: number, arrival: Arrival): number =>
    typeof figure === 'number' ? figure : figure(step, arrival);
  const truthAt = (step: number, arrival = own): readonly PlanRates[] =>
    models.map(({ costUsd, success }) => ({
      costUsd: at(costUsd, step, arrival),
      fail: 1 - at(success, step, arrival),
    }));
  const constant = truthAt(0);
  return {
    name: options.name,
    plans,
    failureCostUsd: options.failureCostUsd,
    judgeCostUsd: 0,
    priorCostUsd: Object.fromEntries(models.map(({ name, costUsd }) => [name, at(costUsd, 0, own) * priorCostFactor])),
    intent:
      (step, random, arrival = own) =>
      name => {
        const { costUsd, success } = byName.get(name) as WorldModel;
        return {
          costUsd: lognormalVariate(at(costUsd, step, arrival), costLogSd, random),
          success: random.next() < at(success, step, arrival),
          accepted: true,
        };
      },
    truth: isConstant ? () => constant : truthAt,
    ...(options.arrival === undefined ? {} : { arrival: options.arrival }),
    ...(options.evidence === undefined ? {} : { evidence: options.evidence }),
    ...(options.silenceSteps === undefined ? {} : { silenceSteps: options.silenceSteps }),
  };
}
