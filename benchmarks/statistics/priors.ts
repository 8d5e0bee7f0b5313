/**
 * A cold start with public evidence or configured success rates: what they save where they hold, and what they cost where they are weak,
 * about other models, or the opposite of the truth. It also measures how well results on one public benchmark predict those on another.
 */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { normal, shuffle } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { PECULIAR_VARIANCE } from '../../src/priors/model-levels.ts';
import type { PublicBenchmark } from '../../src/priors/public-benchmark.ts';
import { PUBLIC_BENCHMARKS, publicEvidence } from '../../src/priors/public-evidence.ts';
import type { ReplayTableOptions } from '../../src/replay/table/table-setting.ts';
import type { Figure, Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';
import type { FeatureWorld } from './feature-worlds.ts';
import { runFeatures } from './feature-worlds.ts';

const INTENTS = 1000;
const TASKS = 200;
/** Maximum cost of evidence that is the opposite of the truth: points over the oracle, beyond the cost without evidence. */
const HARM_BAR = 2;

interface ColdStart {
  readonly world: FeatureWorld;
  /** The models' levels (logit), from which each feature differs. */
  readonly levels: readonly number[];
}

/**
 * Two to six models at prices log-uniform over two decades. On the logit scale a model succeeds from .8 (cheapest) to 2 (most
 * expensive), ± .4; a feature adds ± .8 to all models, and ± .6 to each. A failure costs ten or a hundred times the highest price.
 */
function coldStart(seed: number, features: number): ColdStart {
  const random = seededRandom(`cold start ${features} ${seed}`);
  const models = 2 + Math.floor(5 * random.next());
  const costsUsd = Array.from({ length: models }, () => 1e-4 * 100 ** random.next()).sort((x, y) => x - y);
  const levels = costsUsd.map((_, k) => 0.8 + (1.2 * k) / (models - 1) + 0.4 * normal(random));
  const world = {
    costsUsd,
    failureCostUsd: (random.next() < 0.5 ? 10 : 100) * (costsUsd.at(-1) as number),
    intents: INTENTS,
    features: Array.from({ length: features }, () => {
      const difficulty = 0.8 * normal(random);
      return { traffic: 1, success: levels.map(level => sigmoid(level + difficulty + 0.6 * normal(random))) };
    }),
  };
  return { world, levels };
}

function solvedTasks(rate: number, random: Random): number {
  return Array.from({ length: TASKS }, () => Number(random.next() < rate)).reduce((sum, each) => sum + each, 0);
}

/** A benchmark's results for the models, given their logits on it. */
function benchmarkOf(name: string, logits: readonly number[], random: Random): PublicBenchmark {
  return {
    name,
    kind: 'tools',
    tasks: TASKS,
    source: 'https://example.com',
    licence: 'CC0',
    results: logits.map(
      (logit, k) => [`m${k}`, (100 * solvedTasks(sigmoid(logit), random)) / TASKS, '2026-01-01'] as const,
    ),
  };
}

type Evidence = (start: ColdStart, random: Random) => readonly PublicBenchmark[];

/** The models' levels and what is peculiar to each on the benchmark, which is .5 harder than an ordinary feature. */
function measured({ levels }: Pick<ColdStart, 'levels'>, random: Random): readonly number[] {
  return levels.map(level => level - 0.5 + Math.sqrt(PECULIAR_VARIANCE) * normal(random));
}

const EVIDENCE: Readonly<Record<string, Evidence>> = {
  'right, two benchmarks': (start, random) =>
    ['x', 'y'].map(name => benchmarkOf(name, measured(start, random), random)),
  'weak, one benchmark': (start, random) => [benchmarkOf('x', measured(start, random), random)],
  shuffled: ({ levels }, random) => {
    const order = shuffle(Uint32Array.from(levels.keys()), random);
    const shuffled = { levels: [...order].map(k => levels[k] as number) };
    return ['x', 'y'].map(name => benchmarkOf(name, measured(shuffled, random), random));
  },
  // The opposite of the features' own rates, so that no order could be worse.
  reversed: ({ world, levels }, random) => {
    const logits = levels.map((_, k) =>
      world.features.reduce((sum, { success }) => {
        const rate = success[k] as number;
        return sum - Math.log(rate / (1 - rate)) / world.features.length;
      }, 0),
    );
    return ['x', 'y'].map(name => benchmarkOf(name, logits, random));
  },
};

/** The rates of the models in a table of {@link TASKS} requests that all of them answered, over all features. */
function ratesInTable({ world, levels }: ColdStart, random: Random): readonly number[] {
  return levels.map((_, k) => {
    const mean = meanOf(world.features.map(({ success }) => success[k] as number)).value;
    return (solvedTasks(mean, random) + 1) / (TASKS + 2);
  });
}

/** The worst model gets the best model's rate, the second worst the second best's, and so on. */
function exchanged(rates: readonly number[]): readonly number[] {
  const order = [...rates.keys()].sort((x, y) => (rates[x] as number) - (rates[y] as number));
  const stated = [...rates];
  order.forEach((k, rank) => (stated[k] = rates[order[rates.length - 1 - rank] as number] as number));
  return stated;
}

const STATED: Readonly<Record<string, (rates: readonly number[]) => readonly number[]>> = {
  right: rates => rates,
  reversed: exchanged,
};
/** What `outcome-router priors` writes where models answered different requests, and where they answered the same ones. */
const STRENGTHS = [4, 10];

function publicPriors(start: ColdStart, seed: number): ReadonlyMap<string, ReplayTableOptions['prior']> {
  return new Map(
    Object.entries(EVIDENCE).map(([name, evidenceOf]) => {
      const benchmarks = evidenceOf(start, seededRandom(`evidence ${name} ${seed}`));
      return [name, publicEvidence(undefined, { benchmarks })];
    }),
  );
}

/** Priors that a configuration states, by name. */
function statedPriors(start: ColdStart, seed: number): ReadonlyMap<string, ReplayTableOptions['prior']> {
  const rates = ratesInTable(start, seededRandom(`table ${seed}`));
  return new Map(
    STRENGTHS.flatMap(strength =>
      Object.entries(STATED).map(([name, statedOf]) => [
        `stated, ${name}, strength ${strength}`,
        Object.fromEntries(statedOf(rates).map((success, k) => [`m${k}`, { success, strength }])),
      ]),
    ),
  );
}

function overOracle(start: ColdStart, seed: number, prior?: ReplayTableOptions['prior']): number {
  const [run] = runFeatures(start.world, [thompson()], {
    seed: `cold start ${seed}`,
    ...(prior === undefined ? {} : { prior }),
  });
  return run?.overOraclePercent ?? Number.NaN;
}

function harmAndSavings(
  features: number,
  { seeds, progress }: { seeds: readonly number[]; progress: (what: string) => void },
): readonly Figure[] {
  const without: number[] = [];
  const beyond = new Map<string, number[]>();
  for (const seed of seeds) {
    progress(`priors, ${features} features`);
    const start = coldStart(seed, features);
    const absent = overOracle(start, seed);
    without.push(absent);
    for (const [name, prior] of [...publicPriors(start, seed), ...statedPriors(start, seed)]) {
      beyond.set(name, [...(beyond.get(name) ?? []), overOracle(start, seed, prior) - absent]);
    }
  }
  const where = features === 1 ? 'one feature' : `${features} features`;
  return [
    { name: `priors: ${where}, none: over the oracle`, ...meanOf(without), unit: '%' },
    ...[...beyond].map(([name, points]): Figure => {
      const mean = meanOf(points);
      const saved = (-100 * mean.value) / meanOf(without).value;
      return {
        name: `  ${name}: beyond that`,
        ...mean,
        unit: '%',
        note: `${saved.toFixed(0)} % of the cost of exploring saved`,
        ...(name.includes('reversed') ? { bar: atMost(HARM_BAR) } : {}),
      };
    }),
  ];
}

/** Slope of the differences between models on one public benchmark over those on another, for pairs that share three or more. */
function carriedOver(isPair: (a: PublicBenchmark, b: PublicBenchmark) => boolean): Pick<Figure, 'value' | 'note'> {
  let [products, squares, pairs] = [0, 0, 0];
  for (const a of PUBLIC_BENCHMARKS)
    for (const b of PUBLIC_BENCHMARKS) {
      if (a === b || !isPair(a, b)) continue;
      const logits = a.results.flatMap(([model, percent]) => {
        const other = b.results.find(([name]) => name === model);
        return other === undefined ? [] : [[logitOf(a, percent), logitOf(b, other[1])] as const];
      });
      if (logits.length < 3) continue;
      pairs++;
      const [x, y] = [meanOf(logits.map(([one]) => one)).value, meanOf(logits.map(([, other]) => other)).value];
      for (const [one, other] of logits) {
        products += (one - x) * (other - y);
        squares += (one - x) ** 2;
      }
    }
  return { value: products / squares, note: `${pairs} pairs of benchmarks` };
}

function logitOf({ tasks }: PublicBenchmark, percent: number): number {
  const solved = (tasks * percent) / 100 + 0.5;
  return Math.log(solved / (tasks + 1 - solved));
}

export const PRIORS: Part = {
  name: 'priors',
  run({ seeds, progress }) {
    return [
      ...harmAndSavings(1, { seeds, progress }),
      ...harmAndSavings(12, { seeds: fewer(seeds, 4), progress }),
      {
        name: 'priors: a difference on a public benchmark, found again on another of its kind',
        ...carriedOver((a, b) => a.kind === b.kind && a.name.split(',')[0] !== b.name.split(',')[0]),
        unit: 'rate',
      },
      { name: '  on one of another kind', ...carriedOver((a, b) => a.kind !== b.kind), unit: 'rate' },
    ];
  },
};
