/**
 * Costs with rare bursts: how often the report's intervals hold the truth while the router shares out the traffic, and how
 * often the cheaper of two plans is declared wrongly where only their costs differ.
 */
import { addCell } from '../../src/core/cells/sums.ts';
import type { CellMap } from '../../src/core/cells/sums.ts';
import type { Figure as Interval } from '../../src/core/math/interval.ts';
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import { settledOn } from '../../src/core/report/estimate.ts';
import { reportFeature } from '../../src/core/report/feature-report.ts';
import type { Sums } from '../../src/core/cells/cell.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { startSimulation } from '../../src/replay/worlds/simulate.ts';
import type { World } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, meanOf } from './check.ts';

const SIZES = [50, 100, 500] as const;
const MEANS_USD = [0.004, 0.014] as const;
const SUCCESS_RATES = [
  [0.6, 0.9],
  [0.9, 0.92],
  [0.97, 0.99],
  [0.99, 0.99],
] as const;

/** How the cost of a call varies around its mean. */
interface Spread {
  readonly name: string;
  /** Cost ÷ mean cost. */
  readonly draw: (random: Random) => number;
  readonly failureCostUsd: number;
  /** Absent: the bursts are more of the spend, or rarer and costlier, than the intervals allow for. */
  readonly hasBar?: true;
}

/** One call in `one / share` costs `times` as much as any other one. */
function bursts(share: number, times: number): Pick<Spread, 'name' | 'draw'> {
  const other = 1 / (1 + share * (times - 1));
  return {
    name: `${(100 * share).toFixed(1)} % at ${times} ×`,
    draw: random => (random.next() < share ? times * other : other),
  };
}

function lognormal(logSd: number): Pick<Spread, 'name' | 'draw'> {
  return { name: `lognormal ${logSd}`, draw: random => lognormalVariate(1, logSd, random) };
}

const SPREADS: readonly Spread[] = [
  { ...bursts(0.01, 99), failureCostUsd: 0.02, hasBar: true },
  { ...bursts(0.01, 99), failureCostUsd: 0, hasBar: true },
  { ...bursts(0.002, 200), failureCostUsd: 0.02, hasBar: true },
  { ...bursts(0.005, 100), failureCostUsd: 0.02, hasBar: true },
  { ...bursts(0.05, 10), failureCostUsd: 0.02, hasBar: true },
  { ...bursts(0.05, 20), failureCostUsd: 1, hasBar: true },
  { ...bursts(0.01, 200), failureCostUsd: 0.02, hasBar: true },
  { ...bursts(0.02, 200), failureCostUsd: 0.02 },
  { ...bursts(0.002, 400), failureCostUsd: 0.02 },
  { ...bursts(0.001, 1000), failureCostUsd: 0.02 },
  { ...lognormal(1), failureCostUsd: 0.02, hasBar: true },
  { ...lognormal(1.5), failureCostUsd: 0.02, hasBar: true },
  { ...lognormal(2), failureCostUsd: 0.02, hasBar: true },
];

function worldOf({ name, draw, failureCostUsd }: Spread, success: readonly [number, number]): World {
  const models = MEANS_USD.map((costUsd, k) => ({ name: `m${k}`, costUsd, success: success[k] as number }));
  const world = modelsWorld({ name, failureCostUsd, models, costLogSd: 0 });
  return {
    ...world,
    intent: (step, random) => {
      const ask = world.intent(step, random);
      return model => {
        const reply = ask(model);
        return { ...reply, costUsd: reply.costUsd * draw(random) };
      };
    },
  };
}

/** Counts by figure and number of intents: how many intervals held the truth, of how many. */
type Held = Map<string, [held: number, of: number]>;

function count(held: Held, name: string, { low, high }: Interval, truth: number): void {
  const [inside, all] = held.get(name) ?? [0, 0];
  held.set(name, [inside + (low <= truth && truth <= high ? 1 : 0), all + 1]);
}

function countRun(spread: Spread, success: readonly [number, number], { seed, held }: { seed: number; held: Held }) {
  const cells: CellMap = new Map();
  const world = worldOf(spread, success);
  const simulation = startSimulation(world, thompson(), {
    seed,
    onDelta: delta => delta.forEach(cell => addCell(cells, cell)),
  });
  const { failureCostUsd } = spread;
  const truth = (traffic: readonly number[]): Record<'spend' | 'perIntent' | 'success', number> => {
    const mean = (of: (k: number) => number): number => traffic.reduce((sum, share, k) => sum + share * of(k), 0);
    const [spend, rate] = [mean(k => MEANS_USD[k] as number), mean(k => success[k] as number)];
    return { spend, success: rate, perIntent: spend + failureCostUsd * (1 - rate) };
  };
  for (let step = 1; step <= SIZES[2]; step++) {
    simulation.step();
    if (!SIZES.includes(step as 50)) continue;
    const facts = { plans: ['m0', 'm1'], failureCostUsd };
    const report = reportFeature('simulated', [...cells.values()], { facts, brief: true });
    const own = truth(report.plans.map(plan => plan.traffic));
    count(held, `spend per feature, ${step}`, report.spendPerIntentUsd, own.spend);
    count(held, `cost per intent, ${step}`, report.costPerIntentUsd, own.perIntent);
    count(held, `cost per success, ${step}`, report.costPerSuccessUsd, own.perIntent / own.success);
    report.plans.forEach((plan, k) => {
      if (plan.n === 0) return;
      const its = truth(k === 0 ? [1, 0] : [0, 1]);
      count(held, `spend per plan, ${step}`, plan.spendUsd, its.spend);
      count(held, `cost per intent per plan, ${step}`, plan.costPerIntentUsd, its.perIntent);
    });
  }
}

/** Two plans of equal success, in turn; the second costs .004 at every call, the first more on average. */
interface Decided {
  readonly name: string;
  readonly draw: (random: Random) => number;
  readonly meanUsd: number;
  readonly failureCostUsd: number;
}

const DECIDED: readonly Decided[] = [
  { ...bursts(0.01, 99), meanUsd: 0.006, failureCostUsd: 0.001 },
  { ...bursts(0.01, 99), meanUsd: 0.006, failureCostUsd: 0 },
  { ...bursts(0.005, 100), meanUsd: 0.0046, failureCostUsd: 0.001 },
  { ...bursts(0.02, 50), meanUsd: 0.0046, failureCostUsd: 0.001 },
  { ...bursts(0.002, 200), meanUsd: 0.0042, failureCostUsd: 0.001 },
  { ...bursts(0.05, 200), meanUsd: 0.006, failureCostUsd: 0.001 },
  { ...lognormal(1), meanUsd: 0.004, failureCostUsd: 0.001 },
  { ...lognormal(2), meanUsd: 0.004, failureCostUsd: 0.001 },
];

const DECIDED_OUTCOMES = 4000;

/** Whether the first plan, which costs no less, is ever declared the cheaper one, looked at after every outcome from 100 on. */
function everWrong({ draw, meanUsd, failureCostUsd }: Decided, seed: number): boolean {
  const random = seededRandom(`bursts ${seed}`);
  const plans = ['bursty', 'steady'];
  const sums = plans.map(() => ({
    n: 0n,
    cost: 0n,
    cost2: 0n,
    cost3: 0n,
    labelled: 0n,
    successes: 0n,
    failureCost: 0n,
  }));
  const failure = BigInt(Math.round(failureCostUsd * 1e9));
  for (let i = 0; i < DECIDED_OUTCOMES; i++) {
    const own = sums[i % 2] as (typeof sums)[number];
    const cost = BigInt(Math.round(1e9 * (i % 2 === 0 ? meanUsd * draw(random) : 0.004)));
    own.n++;
    own.cost += cost;
    own.cost2 += cost * cost;
    own.cost3 += cost * cost * cost;
    own.labelled++;
    if (random.next() < 0.95) own.successes++;
    else own.failureCost += failure;
    if (i < 100) continue;
    const byPlan = new Map<string, Sums>(plans.map((plan, k) => [plan, sums[k] as Sums]));
    if (settledOn(byPlan, { plans, failureCostUsd, perSuccess: failureCostUsd === 0 }) === 'bursty') return true;
  }
  return false;
}

export const BURSTY_COST: Part = {
  name: 'bursty cost',
  run({ seeds, progress }) {
    const figures: Figure[] = [];
    for (const spread of SPREADS) {
      const held: Held = new Map();
      for (const success of SUCCESS_RATES) {
        for (const seed of seeds) countRun(spread, success, { seed, held });
        progress('bursty cost');
      }
      const cells = [...held].map(([cell, [inside, of]]) => ({
        cell,
        value: (100 * inside) / of,
        standardError: 100 * Math.sqrt((inside * (of - inside)) / of ** 3),
      }));
      const least = cells.reduce((x, y) => (y.value < x.value ? y : x));
      const name = `bursty cost: ${spread.name}, H $${spread.failureCostUsd}, coverage`;
      const barOf = (value: number): Pick<Figure, 'bar'> => (spread.hasBar ? { bar: atLeast(value) } : {});
      figures.push({
        name: `${name}, mean`,
        value: meanOf(cells.map(({ value }) => value)).value,
        unit: '%',
        ...barOf(92),
      });
      figures.push({
        name: `${name}, least (${least.cell})`,
        value: least.value,
        standardError: least.standardError,
        unit: '%',
        ...barOf(90),
      });
    }
    for (const decided of DECIDED) {
      const wrong = seeds.map(seed => (everWrong(decided, seed) ? 100 : 0));
      progress('bursty cost');
      const name = `bursty cost: ${decided.name} declared cheaper, wrongly, H $${decided.failureCostUsd}`;
      figures.push({ name, ...meanOf(wrong), unit: '%', bar: atMost(1) });
    }
    return figures;
  },
};
