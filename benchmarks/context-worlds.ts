/** Worlds for the context benchmark: context either predicts nothing, or it predicts which model is better. */
import { seededRandom } from '../src/core/math/random.ts';
import { lognormalVariate } from '../src/core/math/samplers.ts';
import type { OutcomeRow, OutcomeTable } from '../src/replay/table/outcome-table.ts';
import { outcomeTable } from '../src/replay/table/table-builder.ts';

/** Mean USD per answer and P(success) of one model. */
type Arm = readonly [costUsd: number, success: number];

export interface ContextWorld {
  readonly name: string;
  readonly hasSignal: boolean;
  readonly failureCostUsd: number;
  readonly features: number;
  /** Number of intents per feature. */
  readonly intents: number;
  /** Cost and success probability of each model in one segment of one feature, cheapest model first. */
  arms(feature: number, segment: number): readonly Arm[];
}

const ARTICLE: readonly Arm[] = [
  [0.0019, 0.7],
  [0.014, 0.95],
];
const NEAR_TIE: readonly Arm[] = [
  [0.0019, 0.945],
  [0.014, 0.95],
];
const CLEAR: readonly Arm[] = [
  [0.001, 0.9],
  [0.01, 0.92],
];
const FOUR: readonly Arm[] = [
  [0.0008, 0.6],
  [0.0019, 0.8],
  [0.006, 0.9],
  [0.014, 0.93],
];

/** Twelve features with little traffic, each with its own rates; segments differ from them by up to half of `spread`. */
function sparse(feature: number, segment: number, spread: number): readonly Arm[] {
  const random = seededRandom(`feature ${feature}`);
  const cheap = 0.5 + 0.4 * random.next();
  const premium = cheap - 0.05 + 0.3 * random.next();
  const own = random.fork(`segment ${segment}`);
  const rate = (mean: number): number => Math.min(0.98, Math.max(0.05, mean + spread * (own.next() - 0.5)));
  return [
    [0.001, rate(cheap)],
    [0.01, rate(premium)],
  ];
}

/** One feature whose segments alternate between two kinds. */
const turns =
  (even: readonly Arm[], odd: readonly Arm[]) =>
  (_: number, segment: number): readonly Arm[] =>
    segment % 2 === 0 ? even : odd;

const SPARSE = { failureCostUsd: 0.1, features: 12, intents: 150 };
const ONE = { features: 1, intents: 2000 };
const TWO = { failureCostUsd: 0.1, features: 2, intents: 1500 };

export const CONTEXT_WORLDS: readonly ContextWorld[] = [
  { name: "article's costs", hasSignal: false, failureCostUsd: 15, ...ONE, arms: () => ARTICLE },
  { name: 'near tie', hasSignal: false, failureCostUsd: 15, ...ONE, arms: () => NEAR_TIE },
  { name: 'clear winner', hasSignal: false, failureCostUsd: 0.1, ...ONE, arms: () => CLEAR },
  { name: 'four models', hasSignal: false, failureCostUsd: 0.5, ...ONE, arms: () => FOUR },
  { name: 'twelve sparse features', hasSignal: false, ...SPARSE, arms: feature => sparse(feature, 0, 0) },
  {
    name: 'opposite winners',
    hasSignal: true,
    failureCostUsd: 1,
    ...ONE,
    arms: turns(
      [
        [0.002, 0.6],
        [0.01, 0.95],
      ],
      [
        [0.002, 0.95],
        [0.01, 0.6],
      ],
    ),
  },
  {
    name: 'half are hard',
    hasSignal: true,
    ...TWO,
    arms: turns(
      [
        [0.001, 0.4],
        [0.01, 0.9],
      ],
      [
        [0.001, 0.95],
        [0.01, 0.95],
      ],
    ),
  },
  {
    name: 'mild',
    hasSignal: true,
    ...TWO,
    arms: turns(
      [
        [0.001, 0.7],
        [0.01, 0.9],
      ],
      [
        [0.001, 0.88],
        [0.01, 0.92],
      ],
    ),
  },
  {
    name: 'cost alone',
    hasSignal: true,
    failureCostUsd: 0.02,
    ...ONE,
    arms: turns(
      [
        [0.001, 0.6],
        [0.004, 0.9],
      ],
      [
        [0.004, 0.6],
        [0.016, 0.9],
      ],
    ),
  },
  { name: 'twelve sparse, each its own', hasSignal: true, ...SPARSE, arms: (f, s) => sparse(f, s, 0.6) },
];

/**
 * Draws one of many possible tables. `success` holds the probability itself, and every run draws its own successes, so the
 * table adds no noise to the figures beyond that of the runs.
 */
export function contextTable(world: ContextWorld, segments: number, seed: string): OutcomeTable {
  const random = seededRandom(seed);
  const rows: OutcomeRow[] = [];
  for (let feature = 0; feature < world.features; feature++) {
    for (let i = 0; i < world.intents; i++) {
      const segment = Math.floor(random.next() * segments);
      world.arms(feature, segment).forEach(([costUsd, success], k) => {
        rows.push({
          id: `${feature}/${i}`,
          feature: `feature ${feature}`,
          model: `model ${k}`,
          context: `segment ${segment}`,
          success,
          costUsd: lognormalVariate(costUsd, 1, random),
        });
      });
    }
  }
  return outcomeTable(rows);
}

/** The same table with a random context in place of the known one. */
export function withContext(table: OutcomeTable, segments: number, seed: string): OutcomeTable {
  const random = seededRandom(seed);
  const unknown = new Float64Array(table.ids.length).fill(Number.NaN);
  return {
    ...table,
    contexts: Array.from({ length: segments }, (_, segment) => `segment ${segment}`),
    context: Uint32Array.from(table.ids, () => Math.floor(random.next() * segments)),
    promptChars: unknown,
    promptTurns: unknown,
    promptTools: unknown,
    difficulty: unknown,
  };
}
