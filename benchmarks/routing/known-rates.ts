/**
 * How much of the router's cost is learning that could not be saved? These policies know the success rates and the costs in every
 * feature of the table from the beginning, but not which feature is which: only a feature's own outcomes tell. No priors are better.
 */
import { normalised } from '../../src/core/math/log-weights.ts';
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { shuffle } from '../../src/core/math/samplers.ts';
import type { OutcomeTable } from '../../src/replay/table/outcome-table.ts';
import { answerOf } from '../../src/replay/table/outcome-table.ts';
import type { Row } from './measure.ts';

/** One intent: the cost of each candidate's answer, and whether it was right. */
interface Answered {
  readonly usd: readonly number[];
  readonly success: readonly number[];
}

/** By candidate: P(success), and the mean of cost and failure cost. */
interface Known {
  readonly rates: readonly number[];
  readonly scores: readonly number[];
}

/** Intents of the feature so far, and those that follow. */
interface Traffic {
  readonly seen: number;
  readonly left: number;
}

/** @param weights P(it is that feature), of each */
type Rule = (weights: readonly number[], features: readonly Known[], traffic: Traffic, random: Random) => number;

/** The names contain "oracle": the tables do not compare these with policies that know less. */
const RULES: Readonly<Record<string, Rule>> = {
  'Thompson sampling, all rates known (oracle)': (weights, features, _, random) => {
    let rest = random.next();
    const drawn = weights.findIndex(weight => (rest -= weight) < 0);
    return best((features[drawn] ?? features[0])?.scores ?? []);
  },
  'lowest expected cost, all rates known (oracle)': (weights, features) => best(expected(weights, features)),
  'looking one outcome ahead, all rates known (oracle)': (weights, features, { seen }) =>
    lookingAhead(weights, features, seen),
  'looking one outcome ahead, all rates and the traffic known (oracle)': (weights, features, { left }) =>
    lookingAhead(weights, features, left),
};

/** @param intents how many more the feature is expected to get; if its traffic is not known, as many as it had so far */
function lookingAhead(weights: readonly number[], features: readonly Known[], intents: number): number {
  return best(expected(weights, features).map((score, k) => score + intents * scoreAfter(k, weights, features)));
}

/** Expected score of the best candidate after one more outcome of one of them. */
function scoreAfter(k: number, weights: readonly number[], features: readonly Known[]): number {
  return [1, 0].reduce((sum, success) => {
    const joint = features.map(({ rates }, g) => (weights[g] as number) * likelihood(rates[k] as number, success));
    return sum + Math.min(...expected(joint, features));
  }, 0);
}

function expected(weights: readonly number[], features: readonly Known[]): readonly number[] {
  const sums = (features[0] as Known).scores.map(() => 0);
  features.forEach(({ scores }, g) =>
    scores.forEach((score, k) => (sums[k] = (sums[k] as number) + (weights[g] as number) * score)),
  );
  return sums;
}

const likelihood = (rate: number, success: number): number => (success === 1 ? rate : 1 - rate);
const best = (scores: readonly number[]): number => scores.indexOf(Math.min(...scores));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export interface KnownRatesOptions {
  readonly candidates: readonly string[];
  readonly failureCostUsd: number;
  readonly shuffles: number;
}

/** None for a table of one feature, where nothing is left to learn, or with answers that are neither right nor wrong. */
export function withKnownRates(table: OutcomeTable, options: KnownRatesOptions): readonly Row[] {
  const { candidates, failureCostUsd, shuffles } = options;
  const byFeature = answersOf(table, candidates);
  if (byFeature.length < 2 || byFeature.flat().some(({ success }) => success.some(s => s !== 0 && s !== 1))) return [];
  const features = byFeature.map((answers): Known => {
    // No rate is 0 or 1: one outcome must not exclude a feature.
    const rates = candidates.map((_, k) => (0.5 + sumOf(answers, a => a.success[k])) / (1 + answers.length));
    const scores = candidates.map((_, k) => meanOf(answers.map(answer => usdOf(answer, k, failureCostUsd))));
    return { rates, scores };
  });
  const bestUsd = sumOf(features, ({ scores }, f) => Math.min(...scores) * (byFeature[f]?.length ?? 0));
  const premiumUsd = sumOf(byFeature.flat(), ({ usd }) => usd.at(-1));
  return Object.entries(RULES).map(([policy, rule]): Row => {
    const random = seededRandom(`known rates, ${policy}`);
    const runs = Array.from({ length: shuffles }, () => {
      const totals = { usd: 0, spendUsd: 0, successes: 0 };
      for (const answers of byFeature) {
        const order = shuffle(
          Uint32Array.from(answers, (_, i) => i),
          random,
        );
        const logs = features.map(() => 0);
        order.forEach((i, step) => {
          const answer = answers[i] as Answered;
          const traffic = { seen: step, left: order.length - step - 1 };
          const k = rule(normalised([...logs]), features, traffic, random);
          const success = answer.success[k] as number;
          features.forEach(({ rates }, g) => {
            logs[g] = (logs[g] as number) + Math.log(likelihood(rates[k] as number, success));
          });
          totals.usd += usdOf(answer, k, failureCostUsd);
          totals.spendUsd += answer.usd[k] as number;
          totals.successes += success;
        });
      }
      return totals;
    });
    const ratios = runs.map(({ usd }) => usd / bestUsd);
    const ratio = meanOf(ratios);
    return {
      policy,
      ratio,
      error: Math.sqrt(meanOf(ratios.map(each => (each - ratio) ** 2)) / Math.max(1, shuffles - 1)),
      successRate: meanOf(runs.map(({ successes }) => successes)) / byFeature.flat().length,
      spendShare: meanOf(runs.map(({ spendUsd }) => spendUsd)) / premiumUsd,
    };
  });
}

function usdOf({ usd, success }: Answered, k: number, failureCostUsd: number): number {
  return (usd[k] as number) + failureCostUsd * (1 - (success[k] as number));
}

function sumOf<Item>(items: readonly Item[], of: (item: Item, index: number) => number | undefined): number {
  return items.reduce((sum, item, i) => sum + (of(item, i) ?? 0), 0);
}

/** By feature, the intents that every candidate has answered. */
function answersOf(table: OutcomeTable, candidates: readonly string[]): readonly (readonly Answered[])[] {
  const models = candidates.map(name => table.models.indexOf(name));
  const byFeature = table.features.map((): Answered[] => []);
  for (let intent = 0; intent < table.ids.length; intent++) {
    const answers = models.map(model => answerOf(table, intent, model));
    if (answers.some(answer => answer < 0)) continue;
    byFeature[table.feature[intent] as number]?.push({
      usd: answers.map(answer => (table.costNanoUsd[answer] as number) / 1e9),
      success: answers.map(answer => table.success[answer] as number),
    });
  }
  return byFeature.filter(answers => answers.length > 0);
}
