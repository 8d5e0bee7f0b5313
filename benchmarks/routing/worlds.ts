/**
 * Worlds without a data file: published rates made into outcome tables, with lognormal costs (σ = 1). They run through
 * the same code as data.
 */
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import type { OutcomeRow, OutcomeTable } from '../../src/replay/table/outcome-table.ts';
import { outcomeTable } from '../../src/replay/table/table-builder.ts';

export interface EmbeddedWorld {
  readonly name: string;
  /** Source of the rates and costs. */
  readonly source: string;
  readonly failureCostUsd: number;
  /** Cheapest first. */
  readonly models: readonly string[];
  /** By feature: the number of intents, and each model's mean USD and P(success), in the order of `models`. */
  readonly features: readonly {
    readonly name: string;
    readonly intents: number;
    readonly arms: readonly (readonly [costUsd: number, success: number])[];
  }[];
}

const ARTICLE = 'a FinOps article on the unit economics of LLM products, 2026; see docs/vocabulary.md for its terms';

/** USD per answer: 400 tokens at hosted list prices of models of that size in early 2024, $0.20 and $0.60 a million. */
const SUBJECT_COSTS = [0.00008, 0.00024] as const;

/**
 * Accuracy on MMLU by group of subjects, %: GritLM-7B and Mixtral-8x7B-Instruct-v0.1.
 * Source: huggingface.co/datasets/GritLM/results at 1588d02, gritlm_m7_sq2048_e5_bbcc_anyneg/mmlu_metrics.json and
 * Mixtral-8x7B-Instruct-v0.1/mmlu_metrics.json (subcat_acc), rounded to 0.1.
 */
const SUBJECTS: Readonly<Record<string, readonly [number, number]>> = {
  math: [34.9, 47.9],
  health: [61.5, 72.6],
  physics: [46.6, 61.1],
  business: [74.8, 84.0],
  biology: [69.2, 81.9],
  chemistry: [46.2, 52.8],
  'computer science': [53.9, 63.6],
  economics: [55.1, 69.9],
  engineering: [51.0, 59.3],
  philosophy: [51.4, 58.7],
  other: [66.7, 75.3],
  history: [72.3, 84.0],
  geography: [66.7, 83.3],
  politics: [72.4, 83.5],
  psychology: [67.4, 81.6],
  culture: [81.3, 83.7],
  law: [46.0, 55.6],
};

export const WORLDS: readonly EmbeddedWorld[] = [
  {
    name: "article's two scenarios",
    source: ARTICLE,
    failureCostUsd: 15,
    models: ['mini', 'reasoning'],
    features: [
      {
        name: 'support',
        intents: 2000,
        arms: [
          [0.0019, 0.7],
          [0.014, 0.95],
        ],
      },
    ],
  },
  {
    name: "article's invoice pages",
    source: `${ARTICLE}. Review of a page: $2.50, the failure cost that makes 2 % review cost $0.05 a page`,
    failureCostUsd: 2.5,
    models: ['small', 'larger'],
    features: [
      {
        name: 'invoice',
        intents: 2000,
        // Token cost including retries: 0.08 × (1 + 0.35) and 0.036 + 0.004.
        arms: [
          [0.108, 0.9],
          [0.04, 0.98],
        ],
      },
    ],
  },
  {
    name: "article's turns",
    source: ARTICLE,
    failureCostUsd: 15,
    models: ['one turn', 'three turns', 'five turns'],
    features: [
      {
        name: 'session',
        intents: 2000,
        arms: [
          [0.015, 0.95],
          [0.041, 0.88],
          [0.089, 0.68],
        ],
      },
    ],
  },
  ...[1, 10, 100].map(times => ({
    name: `subjects, failure ${times}× premium's price`,
    source: 'huggingface.co/datasets/GritLM/results at 1588d02 (subcat_acc); costs: see the code',
    failureCostUsd: times * SUBJECT_COSTS[1],
    models: ['GritLM-7B', 'Mixtral-8x7B-Instruct'],
    features: Object.entries(SUBJECTS).map(([name, rates]) => ({
      name,
      intents: 150,
      arms: rates.map((rate, k) => [SUBJECT_COSTS[k] as number, rate / 100] as const),
    })),
  })),
];

/** The world as a table, one of many possible: drawn from the seed. */
export function worldTable(world: EmbeddedWorld, seed: string): OutcomeTable {
  return outcomeTable(worldRows(world, seed));
}

/** The same, row by row. */
export function* worldRows(world: EmbeddedWorld, seed: string): Generator<OutcomeRow> {
  const random = seededRandom(seed);
  for (const { name, intents, arms } of world.features) {
    for (let i = 0; i < intents; i++) {
      for (const [k, [costUsd, success]] of arms.entries()) {
        yield {
          id: `${name}/${i}`,
          feature: name,
          model: world.models[k] as string,
          success: random.next() < success ? 1 : 0,
          costUsd: lognormalVariate(costUsd, 1, random),
        };
      }
    }
  }
}
