/** Priors for a router's configuration from an outcome table: how often each model succeeded in each feature. */
import type { RateCounts } from '../../core/beliefs/rate-counts.ts';
import { isName, nameRule } from '../../core/ledger/names.ts';
import type { Figure } from '../../core/math/interval.ts';
import { wilson } from '../../core/math/interval.ts';
import { contextSegments } from './context-segments.ts';
import type { OutcomeTable } from './outcome-table.ts';
import { answerOf } from './outcome-table.ts';

export interface ModelPrior {
  readonly model: string;
  /** The counted requests that the model answered, and the successes among them: for several trials of a request, their mean. */
  readonly outcomes: number;
  readonly successes: number;
  /** The success rate with its 95 % interval. */
  readonly rate: Figure;
  /** The rate for the configuration, with one success and one failure added, so that no prior is certain. */
  readonly success: number;
  readonly strength: number;
}

export interface FeaturePriors {
  readonly feature: string;
  readonly requests: number;
  /** Requests that every model answered. If there are enough of them, only they count. */
  readonly answeredByAll: number;
  readonly countsOnlyThose: boolean;
  readonly models: readonly ModelPrior[];
  /** The rates by segment, if the table's context divides the requests into several. A configured prior covers the whole feature. */
  readonly segments: readonly { readonly segment: string; readonly models: readonly ModelPrior[] }[];
  /** Why the rates may be wrong, one sentence each. */
  readonly warnings: readonly string[];
}

/** From this many requests that all models answered, the other requests are left out: fewer are too few for a rate. */
const MIN_ANSWERED_BY_ALL = 30;
/**
 * A configured prior counts as at most the first number of outcomes, and as at most the second if the models answered different requests.
 */
const MAX_STRENGTH = 10;
const SELECTED_STRENGTH = 4;

/** A request: the intents of its trials. Further trials say little about other requests, so they count as one outcome. */
type Trials = readonly number[];

/**
 * The rates of two models can be compared if both answered the same requests. Otherwise an application may have chosen the model
 * by the request, and the requests may explain the difference: the prior is then weak, and has a warning.
 *
 * @param candidates models of the table, in the order of the configuration
 */
export function tablePriors(table: OutcomeTable, candidates: readonly string[]): readonly FeaturePriors[] {
  const models = candidates.map(name => table.models.indexOf(name));
  const segments = contextSegments(table);
  const byFeature = Map.groupBy(table.ids.keys(), intent => table.feature[intent] as number);
  return [...byFeature].map(([feature, intents]) => {
    const name = table.features[feature] as string;
    const requests: readonly Trials[] = [...Map.groupBy(intents, intent => table.ids[intent]).values()];
    const isAnsweredByAll = (request: Trials): boolean =>
      models.every(model => request.some(intent => answerOf(table, intent, model) >= 0));
    const shared = requests.filter(isAnsweredByAll);
    const countsOnlyThose = shared.length >= MIN_ANSWERED_BY_ALL || shared.length === requests.length;
    const counted = countsOnlyThose ? shared : requests;
    const strength = countsOnlyThose ? MAX_STRENGTH : SELECTED_STRENGTH;
    const priorsOf = (part: readonly Trials[]): readonly ModelPrior[] =>
      models.map((model, k) => modelPrior(candidates[k] as string, countsIn(table, part, model), strength));
    const bySegment = Map.groupBy(counted, ([intent = 0]) => segments[intent] as string);
    const others = requests.filter(request => !isAnsweredByAll(request));
    return {
      feature: name,
      requests: requests.length,
      answeredByAll: shared.length,
      countsOnlyThose,
      models: priorsOf(counted),
      segments:
        bySegment.size < 2 ? [] : [...bySegment].map(([segment, part]) => ({ segment, models: priorsOf(part) })),
      warnings: [
        ...refusedName(name, 'feature'),
        ...candidates.flatMap(candidate => refusedName(candidate, 'model')),
        ...(others.length === 0 ? [] : [differentRequests(countsOnlyThose, shared.length, requests.length)]),
        ...models.flatMap((model, k) =>
          isSelected(countsIn(table, shared, model), countsIn(table, others, model))
            ? [`${candidates[k]} succeeded at another rate where not all models answered: its requests were selected.`]
            : [],
        ),
        ...models.flatMap((model, k) =>
          countsIn(table, counted, model).n === 0 ? [`${candidates[k]} has no outcome: it has no prior.`] : [],
        ),
      ],
    };
  });
}

function refusedName(name: string, what: string): readonly string[] {
  return isName(name)
    ? []
    : [`A configuration refuses the name ${JSON.stringify(name)}: it accepts ${nameRule(what)}.`];
}

function countsIn(table: OutcomeTable, requests: readonly Trials[], model: number): RateCounts {
  const counts = { n: 0, s: 0 };
  for (const request of requests) {
    const answers = request.map(intent => answerOf(table, intent, model)).filter(answer => answer >= 0);
    if (answers.length === 0) continue;
    counts.n++;
    counts.s += answers.reduce((sum, answer) => sum + (table.success[answer] as number), 0) / answers.length;
  }
  return counts;
}

function modelPrior(model: string, { n, s }: RateCounts, most: number): ModelPrior {
  return {
    model,
    outcomes: n,
    successes: s,
    rate: wilson(s, n),
    success: (s + 1) / (n + 2),
    strength: Math.min(most, n),
  };
}

function differentRequests(countsOnlyThose: boolean, shared: number, requests: number): string {
  const found = `Only ${shared} of ${requests} requests were answered by all models`;
  return countsOnlyThose
    ? `${found}: the others do not count.`
    : `${found}: unless chance decided which model got which request, a difference of rates may be one of the requests. ` +
        `The priors count as ${SELECTED_STRENGTH} outcomes.`;
}

/** Whether two rates differ by more than chance (a test of two proportions at 1 %). */
function isSelected(shared: RateCounts, others: RateCounts): boolean {
  if (shared.n === 0 || others.n === 0) return false;
  const pooled = (shared.s + others.s) / (shared.n + others.n);
  const variance = pooled * (1 - pooled) * (1 / shared.n + 1 / others.n);
  return Math.abs(shared.s / shared.n - others.s / others.n) > 2.576 * Math.sqrt(variance);
}
