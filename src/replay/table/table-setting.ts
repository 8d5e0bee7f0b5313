/** The options of a table's replay, checked and completed: candidates, plans, prior costs and which plans an intent can have. */
import {
  aboveZero,
  callback,
  fraction,
  fromZero,
  listOf,
  optional,
  optionsWith,
  recordOf,
  seed,
  text,
  wholeFromOne,
  wholeFromZero,
  yesOrNo,
} from '../../argument-checks.ts';
import { enumeratePlans } from '../../core/beliefs/plan-graph.ts';
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { PlanSet } from '../../core/ledger/plan-set.ts';
import { allPlans, plansWhere } from '../../core/ledger/plan-set.ts';
import type { Plan } from '../../core/ledger/vocabulary.ts';
import type { FeatureConfig } from '../../config/application.ts';
import { resolvePrior } from '../../config/prior.ts';
import type { ResolvedFeature } from '../../config/resolved.ts';
import { RouterError } from '../../errors.ts';
import type { Objective } from '../../contracts/policy.ts';
import { checkObjective, checkPrior } from '../common/replay-arguments.ts';
import { contextSegments } from './context-segments.ts';
import type { OutcomeTable } from './outcome-table.ts';
import { answerOf } from './outcome-table.ts';

/** Default time between intents whose time the table does not have: 4,000 intents are about 11 hours. */
const STEP_MS = 10_000;

/** A simulated verdict, derived from the outcomes, so that plans can climb. */
export interface ReplayVerdict {
  /** P(rejected | failed) and P(accepted | succeeded). */
  readonly sensitivity: number;
  readonly specificity: number;
  /** USD per judged reply. */
  readonly costUsd?: number;
}

export interface ReplayTableOptions {
  /** Model names of the table, cheapest first; default: all of them by mean cost. */
  readonly candidates?: readonly string[];
  /** Failure cost of an intent, USD. */
  readonly failureCostUsd: number;
  /** What the policies minimize; default `'cost-per-intent'`. */
  readonly objective?: Objective;
  /** Number of runs in shuffled order, whose mean is reported; 0 (default): one run in the order of the table. */
  readonly shuffles?: number;
  /** Seed of the shuffles and of the policies. */
  readonly seed?: string | number;
  /** A simulated verdict, so that plans can climb; without it, every plan has one model. */
  readonly verdict?: ReplayVerdict;
  /** Prior cost per call by model, USD; default: the model's mean over the table, because a router knows its price. */
  readonly priorCostUsd?: Readonly<Record<string, number>>;
  /**
   * What every feature expects of the models before its first outcome, as in a router's configuration. Default: no expectation.
   */
  readonly prior?: FeatureConfig['prior'];
  /** Pool priors between features, as a running router does; default true. */
  readonly poolPriors?: boolean;
  /**
   * Divide each feature into segments by facts that are known before a request is sent: declared context, size, turns, tools,
   * difficulty. Default false: one segment.
   */
  readonly useContext?: boolean;
  /** Milliseconds between intents for which the table has no time; default 10,000. */
  readonly stepMs?: number;
  /** Selects, by index, intents whose answers are all learned before the replay, as from a past evaluation. */
  readonly warmUp?: (intent: number) => boolean;
  /** Points per curve; default 100. */
  readonly checkpoints?: number;
  /** Called after every intent of every run. */
  readonly onIntent?: () => void;
}

/** What all runs, and the reference plans they are compared with, have in common. */
export interface TableSetting {
  readonly table: OutcomeTable;
  /** Model names, cheapest first. */
  readonly candidates: readonly string[];
  /** Index of each candidate in the table's models. */
  readonly modelIndexes: ReadonlyMap<string, number>;
  readonly plans: readonly Plan[];
  readonly failureCostUsd: number;
  readonly objective: Objective;
  readonly priorCostUsd: Readonly<Record<string, number>>;
  readonly stepMs: number;
  readonly verdict?: ReplayVerdict;
  readonly poolPriors: boolean;
  readonly prior?: Pick<ResolvedFeature, 'prior' | 'evidence'> | undefined;
  /** The segment of every intent, by index; absent: one segment for all. */
  readonly segments?: readonly string[];
}

const checkOptions = optionsWith<ReplayTableOptions>({
  candidates: optional(listOf("a list of the table's models, cheapest first", text)),
  failureCostUsd: fromZero,
  objective: optional(checkObjective),
  shuffles: optional(wholeFromZero),
  seed: optional(seed),
  verdict: optional(
    optionsWith<ReplayVerdict>({ sensitivity: fraction, specificity: fraction, costUsd: optional(fromZero) }),
  ),
  priorCostUsd: optional(recordOf('USD per call by model: { mini: 0.002 }', fromZero)),
  prior: optional(checkPrior),
  poolPriors: optional(yesOrNo),
  useContext: optional(yesOrNo),
  stepMs: optional(aboveZero),
  warmUp: optional(callback),
  checkpoints: optional(wholeFromOne),
  onIntent: optional(callback),
});

/** @throws RouterError `invalid-value`, or `unknown-model` for a candidate that is not in the table */
export function settingOf(table: OutcomeTable, options: ReplayTableOptions): TableSetting {
  checkOptions(options, 'replayTable');
  const { failureCostUsd, objective = 'cost-per-intent', poolPriors = true, stepMs = STEP_MS, verdict } = options;
  const meanCostUsd = meanCosts(table);
  const candidates = options.candidates ?? [...table.models].sort((x, y) => meanCostUsd(x) - meanCostUsd(y));
  for (const name of candidates) {
    if (!table.models.includes(name)) {
      throw new RouterError('unknown-model', `the table has no model "${name}"`, {
        path: 'candidates',
        accepted: table.models,
        given: name,
      });
    }
  }
  return {
    table,
    candidates,
    modelIndexes: new Map(candidates.map(name => [name, table.models.indexOf(name)])),
    plans: plansOf(candidates, verdict),
    failureCostUsd,
    objective,
    priorCostUsd: options.priorCostUsd ?? Object.fromEntries(candidates.map(name => [name, meanCostUsd(name)])),
    stepMs,
    poolPriors,
    ...(options.prior === undefined ? {} : { prior: priorOf(options.prior, candidates) }),
    ...(verdict === undefined ? {} : { verdict }),
    ...(options.useContext === true ? { segments: contextSegments(table) } : {}),
  };
}

function priorOf(
  prior: NonNullable<ReplayTableOptions['prior']>,
  candidates: readonly string[],
): TableSetting['prior'] {
  const models = candidates.map(name => ({ name, providerModel: name }));
  return resolvePrior({ prior }, models, 'replayTable.prior');
}

/** Plans climb only with a verdict. */
export function plansOf(candidates: readonly string[], verdict: ReplayVerdict | undefined): readonly Plan[] {
  return enumeratePlans(candidates, verdict !== undefined);
}

/** The plans whose models all have an answer to the intent. */
export function eligibleOf(
  { table, plans, modelIndexes }: Pick<TableSetting, 'table' | 'plans' | 'modelIndexes'>,
  intent: number,
): PlanSet {
  let unanswered: Set<string> | undefined;
  for (const [name, model] of modelIndexes)
    if (answerOf(table, intent, model) < 0) (unanswered ??= new Set()).add(name);
  if (unanswered === undefined) return allPlans(plans.length);
  const missing = unanswered;
  return plansWhere(plans, plan => !plan.some(name => missing.has(name)));
}

/** Mean USD per answer of a model, over the whole table. */
export function meanCosts(table: OutcomeTable): (model: string) => number {
  const sums = new Float64Array(table.models.length);
  const counts = new Float64Array(table.models.length);
  table.model.forEach((model, answer) => {
    sums[model] = (sums[model] as number) + (table.costNanoUsd[answer] as number);
    counts[model] = (counts[model] as number) + 1;
  });
  return name => {
    const model = table.models.indexOf(name);
    return (sums[model] as number) / (counts[model] as number) / NANO_PER_USD;
  };
}
