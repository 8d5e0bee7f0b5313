/** Prices that change, and models that join, in the middle of a feature's life: how many intents go to a plan that is not the best. */
import { planGraph } from '../../src/core/beliefs/plan-graph.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../src/core/cells/cell.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { betaVariate, lognormalVariate } from '../../src/core/math/samplers.ts';
import type { FeatureView } from '../../src/contracts/policy.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { START_MS } from '../../src/replay/worlds/simulate.ts';
import type { Figure, Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';

const INTENTS = 6000;
const CHANGE_AT = 3000;
/** Waste is counted over this number of intents from the change on. */
const COUNTED = 1000;
const STEP_MS = 600_000;
const FAILURE_COST_USD = 1;

interface RepricedModel {
  readonly success: number | ((step: number) => number);
  /** Mean USD per intent. */
  readonly costUsd: (step: number) => number;
  /** The price list's cost of a typical request; default: the cost of an intent. */
  readonly typicalUsd?: (step: number) => number;
  /** Model and prompt; the price is appended. */
  readonly name?: (step: number) => string;
  /** The step at which the model joins. Default: from the beginning. */
  readonly joinsAt?: number;
}

interface PriceRow {
  readonly name: string;
  readonly models: readonly RepricedModel[];
  readonly from?: number;
  readonly counted?: number;
  readonly bar?: number;
  /** Only a price changes, once: what Thompson sampling pays from there on has a row of its own. */
  readonly isOfPrice?: boolean;
}

const always = (value: number) => (): number => value;
const then = (before: number, after: number) => (step: number) => (step < CHANGE_AT ? before : after);
/** Another price every 12 hours. */
const tariff = (day: number, night: number) => (step: number) =>
  Math.floor((step * STEP_MS) / 43_200_000) % 2 === 0 ? day : night;

const mini = (success: number): RepricedModel => ({ success, costUsd: always(0.002) });
const premium = (success: number, costUsd: (step: number) => number): RepricedModel => ({ success, costUsd });

/**
 * Bars of a change of price: half of the former waste (181 and 305), when a change of price also aged the evidence on success. The other
 * bars are the former waste plus two standard errors, because nothing may become worse.
 */
const ROWS: readonly PriceRow[] = [
  {
    name: 'premium at half its price stays second',
    models: [mini(0.95), premium(0.96, then(0.06, 0.03))],
    bar: 90,
    isOfPrice: true,
  },
  {
    name: 'premium at a sixth of its price becomes best',
    models: [mini(0.93), premium(0.96, then(0.06, 0.01))],
    bar: 152,
    isOfPrice: true,
  },
  { name: 'premium at three times its price becomes second', models: [mini(0.93), premium(0.96, then(0.02, 0.06))] },
  {
    name: 'the price list says half, the feature pays 80 %',
    models: [mini(0.95), { ...premium(0.96, then(0.06, 0.048)), typicalUsd: then(0.06, 0.03) }],
    bar: 86,
  },
  {
    name: 'off-peak tariff: best at night, second by day',
    models: [mini(0.93), premium(0.96, tariff(0.06, 0.01))],
    from: 0,
    counted: INTENTS,
  },
  {
    name: 'off-peak tariff: second all the time',
    models: [mini(0.95), premium(0.96, tariff(0.06, 0.03))],
    from: 0,
    counted: INTENTS,
  },
  { name: 'no change', models: [mini(0.95), premium(0.96, always(0.06))], from: 0, counted: INTENTS },
  {
    name: 'another version, worse, at the same price',
    bar: 95,
    models: [
      mini(0.9),
      { ...premium(0, always(0.02)), success: then(0.97, 0.8), name: step => `v${then(1, 2)(step)}` },
    ],
  },
  {
    name: 'a better model joins',
    bar: 113,
    models: [mini(0.85), premium(0.9, always(0.02)), { success: 0.95, costUsd: always(0.01), joinsAt: CHANGE_AT }],
  },
  {
    name: 'a worse model joins',
    bar: 219,
    models: [mini(0.93), premium(0.96, always(0.02)), { success: 0.9, costUsd: always(0.03), joinsAt: CHANGE_AT }],
  },
];

interface PriceRun {
  /** The counted intents that did not get the plan that was best at that time. */
  readonly wasted: number;
  /** Successes and failures of each model before the change. */
  readonly before: readonly { readonly a: number; readonly b: number }[];
}

function run({ models, from = CHANGE_AT, counted = COUNTED }: PriceRow, seed: number): PriceRun {
  const plans = models.map((_, k) => [`m${k}`]);
  const { nodes } = planGraph(plans);
  const typical = (k: number, step: number): number =>
    (models[k]?.typicalUsd ?? (models[k] as RepricedModel).costUsd)(step);
  const versionOf = ({ name }: RepricedModel, k: number, step: number): string =>
    `${name?.(step) ?? 'model'}@${toNanoUsd(typical(k, step)).toString(16)}$${typical(k, step)}`;
  const feature = 'repriced';
  const learned = createLearnedFeature({
    feature,
    plans,
    priorCostUsd: Object.fromEntries(models.map((_, k) => [`m${k}`, typical(k, 0)])),
  });
  const random = seededRandom(`new prices ${seed}`);
  const policy = thompson();
  let told = '';
  let waste = 0;
  const before = models.map(() => ({ a: 0, b: 0 }));
  for (let step = 0; step < INTENTS; step++) {
    const nowMs = START_MS + step * STEP_MS;
    const versions = models.map((model, k) => versionOf(model, k, step));
    if (versions.join() !== told) {
      learned.setVersions(Object.fromEntries(versions.map((version, k) => [`m${k}`, version])));
      told = versions.join();
    }
    const eligible = models.reduce((set, { joinsAt = 0 }, k) => (step >= joinsAt ? set | (1 << k) : set), 0);
    const view: FeatureView = {
      feature,
      plans,
      eligible,
      failureCostUsd: FAILURE_COST_USD,
      objective: 'cost-per-intent',
      learned: learned.segment(''),
      nowMs,
    };
    const chosen = nodes.indexOf(policy.decide(view, random).plan[0] as string);
    const rates = models.map(({ success }) => (typeof success === 'number' ? success : success(step)));
    const scores = models.map(({ costUsd, joinsAt = 0 }, k) =>
      step < joinsAt ? Infinity : costUsd(step) + FAILURE_COST_USD * (1 - (rates[k] as number)),
    );
    if (step >= from && step < from + counted && (scores[chosen] as number) > Math.min(...scores)) waste++;
    const cost = BigInt(toNanoUsd(lognormalVariate((models[chosen] as RepricedModel).costUsd(step), 1, random)));
    const isSuccess = random.next() < (rates[chosen] as number);
    if (step < CHANGE_AT) (before[chosen] as { a: number; b: number })[isSuccess ? 'a' : 'b']++;
    const cell: Cell = {
      key: {
        scope: 'node',
        feature,
        segment: '',
        subject: nodes[chosen] as string,
        version: versions[chosen] as string,
        bucket: Math.floor(nowMs / BUCKET_MS),
      },
      sums: { n: 1n, cost, cost2: cost * cost, ended: 1n, labelled: 1n, ...(isSuccess ? { successes: 1n } : {}) },
    };
    learned.apply([cell]);
  }
  return { wasted: waste, before };
}

/** The waste after the change by plain Thompson sampling that starts with the router's outcomes and knows the new costs. */
function plainWaste({ models }: PriceRow, { before }: PriceRun, seed: number): number {
  const random = seededRandom(`plain after new prices ${seed}`);
  const known = before.map(({ a, b }) => ({ a: 1 + a, b: 1 + b }));
  const scoreOf = (success: number, k: number): number =>
    (models[k] as RepricedModel).costUsd(CHANGE_AT) + FAILURE_COST_USD * (1 - success);
  const rates = models.map(({ success }) => (typeof success === 'number' ? success : success(CHANGE_AT)));
  const best = lowest(rates.map(scoreOf));
  let waste = 0;
  for (let step = 0; step < COUNTED; step++) {
    const chosen = lowest(known.map(({ a, b }, k) => scoreOf(betaVariate(a, b, random), k)));
    if (chosen !== best) waste++;
    (known[chosen] as { a: number; b: number })[random.next() < (rates[chosen] as number) ? 'a' : 'b']++;
  }
  return waste;
}

function lowest(scores: readonly number[]): number {
  return scores.indexOf(Math.min(...scores));
}

export const NEW_PRICES: Part = {
  name: 'new prices',
  run({ seeds, progress }) {
    return ROWS.flatMap((row): readonly Figure[] => {
      const own = fewer(seeds, 2);
      const runs = own.map(seed => {
        progress(`new prices: ${row.name}`);
        return run(row, seed);
      });
      const goal = row.bar === undefined ? {} : { bar: atMost(row.bar) };
      const name = `new prices: ${row.name}`;
      const figure: Figure = { name, ...meanOf(runs.map(({ wasted }) => wasted)), unit: 'outcomes', ...goal };
      if (row.isOfPrice !== true) return [figure];
      const plain = meanOf(runs.map((each, i) => plainWaste(row, each, own[i] as number)));
      return [figure, { name: '  plain Thompson from the same outcomes, costs known', ...plain, unit: 'outcomes' }];
    });
  },
};
