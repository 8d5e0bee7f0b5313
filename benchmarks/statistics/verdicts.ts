/**
 * Plans that climb, with verdicts from perfect to inverted: the router's total cost over that of the best fixed plan (always the
 * cheapest model, always climbing, …), which knows the verdict's worth from the first intent on. Each seed is another world:
 * features of different difficulty, models that fail at the same requests or independently of each other, failures that cost 10
 * or 100 times the most expensive model's price.
 */
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate, normal } from '../../src/core/math/samplers.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { epsilonGreedy } from '../../src/policies/epsilon-greedy.ts';
import { exploreThenCommit } from '../../src/policies/explore-then-commit.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { trackAndStop } from '../../src/policies/track-and-stop.ts';
import type { OutcomeRow } from '../../src/replay/table/outcome-table.ts';
import { replayTable } from '../../src/replay/table/replay-table.ts';
import type { ReplayVerdict } from '../../src/replay/table/table-setting.ts';
import type { Figure, Part } from './check.ts';
import { atMost, fewer, meanOf } from './check.ts';

const FEATURES = 8;
const INTENTS_PER_FEATURE = 120;
/** Common part of the models' failures: 0 is independent, and 1 is nested, where a model solves all that a cheaper one does. */
const DEPENDENCES = [0, 0.5, 1] as const;
const TIMES = [10, 100] as const;
/** Standard deviation of a feature's difficulty, and of each model's own part of it, on the probit scale. */
const DIFFICULTY = { common: 0.5, own: 0.15 } as const;

/** USD per reply, and the probit of the success rate in a typical feature: 60 %, 70 %, 80 %, 90 %, 92 %, 95 %. */
const LADDERS: Readonly<Record<number, readonly (readonly [costUsd: number, probit: number])[]>> = {
  2: [
    [0.0019, 0.524],
    [0.014, 1.645],
  ],
  3: [
    [0.0019, 0.524],
    [0.006, 1.282],
    [0.014, 1.645],
  ],
  4: [
    [0.0008, 0.253],
    [0.0019, 0.842],
    [0.006, 1.405],
    [0.014, 1.645],
  ],
};

const VERDICTS = {
  perfect: { sensitivity: 1, specificity: 1 },
  good: { sensitivity: 0.8, specificity: 0.95 },
  'good, at a price': { sensitivity: 0.8, specificity: 0.95, costUsd: 0.002 },
  useless: { sensitivity: 0.15, specificity: 0.9 },
  inverted: { sensitivity: 0.1, specificity: 0.2 },
  coin: { sensitivity: 0.5, specificity: 0.5 },
  silent: { sensitivity: 0, specificity: 1 },
} as const satisfies Readonly<Record<string, ReplayVerdict>>;

interface Row {
  readonly models: number;
  readonly verdict: keyof typeof VERDICTS;
  /** Highest total cost ÷ that of the best fixed plan. */
  readonly bar: number;
}

const ROWS: readonly Row[] = [
  { models: 2, verdict: 'perfect', bar: 1.1 },
  { models: 2, verdict: 'good', bar: 1.1 },
  { models: 2, verdict: 'good, at a price', bar: 1.1 },
  { models: 2, verdict: 'useless', bar: 1.1 },
  { models: 2, verdict: 'inverted', bar: 1.1 },
  { models: 2, verdict: 'coin', bar: 1.1 },
  { models: 2, verdict: 'silent', bar: 1.1 },
  { models: 3, verdict: 'perfect', bar: 1.2 },
  { models: 3, verdict: 'good', bar: 1.2 },
  { models: 3, verdict: 'useless', bar: 1.2 },
  { models: 4, verdict: 'perfect', bar: 1.2 },
];

/** Beside three models with a perfect verdict: they choose among the same plans. */
const RIVALS: readonly (readonly [name: string, policy: () => Policy])[] = [
  ['ε-greedy 0.1', epsilonGreedy],
  ['n ≥ 100 then commit', () => exploreThenCommit({ outcomes: 100 })],
  ['track-and-stop', trackAndStop],
];

function* rowsOf(models: number, seed: number): Generator<OutcomeRow> {
  const random = seededRandom(`verdicts ${models} ${seed}`);
  const dependence = DEPENDENCES[seed % DEPENDENCES.length] as number;
  const ladder = LADDERS[models] ?? [];
  for (let f = 0; f < FEATURES; f++) {
    const difficulty = DIFFICULTY.common * normal(random);
    const probits = ladder.map(([, probit]) => probit + difficulty + DIFFICULTY.own * normal(random));
    for (let i = 0; i < INTENTS_PER_FEATURE; i++) {
      const common = Math.sqrt(dependence) * normal(random);
      for (const [k, [costUsd]] of ladder.entries()) {
        const hardness = common + Math.sqrt(1 - dependence) * normal(random);
        yield {
          id: `${f}/${i}`,
          feature: `f${f}`,
          model: `m${k}`,
          success: hardness < (probits[k] as number) ? 1 : 0,
          costUsd: lognormalVariate(costUsd, 1, random),
        };
      }
    }
  }
}

/** Total cost ÷ that of the best fixed plan, of every policy. */
function costsOverBest({ models, verdict }: Row, seed: number, policies: readonly Policy[]): readonly number[] {
  const ladder = LADDERS[models] ?? [];
  const times = TIMES[Math.floor(seed / DEPENDENCES.length) % TIMES.length] as number;
  const replay = replayTable(rowsOf(models, seed), policies, {
    candidates: ladder.map((_, k) => `m${k}`),
    failureCostUsd: times * (ladder.at(-1)?.[0] ?? 0),
    verdict: VERDICTS[verdict],
    shuffles: 1,
    seed,
  });
  const best = Math.min(...Object.values(replay.reference.always).map(({ totalUsd }) => totalUsd));
  return replay.policies.map(({ totalUsd }) => totalUsd / best);
}

export const VERDICT_WORLDS: Part = {
  name: 'verdicts',
  run({ seeds, progress }) {
    // A run of four models takes about a second.
    const played = fewer(seeds, 5);
    return ROWS.flatMap((row): readonly Figure[] => {
      const name = `${row.models} models, ${row.verdict} verdict`;
      const rivals = row.models === 3 && row.verdict === 'perfect' ? RIVALS : [];
      const ratios = played.map(seed => {
        const found = costsOverBest(row, seed, [thompson(), ...rivals.map(([, policy]) => policy())]);
        progress(name);
        return found;
      });
      const mean = (policy: number) => meanOf(ratios.map(each => each[policy] as number));
      return [
        { name: `over the best plan: ${name}`, ...mean(0), unit: 'x', bar: atMost(row.bar) },
        ...rivals.map(([rival], r) => ({ name: `  ${rival}`, ...mean(r + 1), unit: 'x' }) as const),
      ];
    });
  },
};
