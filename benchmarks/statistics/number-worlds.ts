/** Worlds whose requests have numbers that predict, well or badly, how likely each model is to succeed. */
import type { SeededRandom } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';

export interface NumberedRequest {
  readonly numbers: Float64Array;
  /** P(success) by model. */
  readonly success: readonly number[];
}

export interface NumberWorld {
  readonly name: string;
  readonly signal: 'none' | 'weak' | 'strong';
  /** This world has more unknown weights than 2,000 outcomes can show, so it has no bar. */
  readonly isBeyond: boolean;
  readonly numbers: number;
  readonly failureCostUsd: number;
  readonly costsUsd: readonly number[];
  /** The requests of one run, one after the other. */
  requests(seed: string): (step: number) => NumberedRequest;
}

/** How the numbers of a request follow from its difficulty, which has mean 0 and variance 1. */
type Numbers = (random: SeededRandom) => (difficulty: number, step: number) => Float64Array;

/** A score on a scale of its own. */
const score: Numbers = () => difficulty => Float64Array.of(20 * Math.exp(0.5 * difficulty));

/** The same, while the scale moves. */
const driftingScore: Numbers = () => (difficulty, step) => Float64Array.of(difficulty + step / 500);

/** Independent numbers; the difficulty is a hidden direction of them. */
const direction =
  (count: number): Numbers =>
  random => {
    const hidden = unit(count, random);
    return difficulty => {
      const numbers = Float64Array.from({ length: count }, () => normal(random));
      const part = difficulty - dot(numbers, hidden);
      return numbers.map((value, i) => value + part * (hidden[i] as number));
    };
  };

const TOPICS = 12;

/** An embedding: topics of falling variance, half of it noise in all dimensions, around a common mean, of length 1. */
const embedding =
  (count: number): Numbers =>
  random => {
    const mean = unit(count, random).map(value => 1.5 * value);
    const topics = Array.from({ length: TOPICS }, (_, t) => unit(count, random).map(value => value / Math.sqrt(t + 1)));
    const inTopics = topics.reduce((sum, topic) => sum + dot(topic, topic), 0);
    const noise = Math.sqrt(inTopics / count);
    const hidden = unit(TOPICS, random);
    return difficulty => {
      const drawn = Float64Array.from({ length: TOPICS }, () => normal(random));
      const part = difficulty - dot(drawn, hidden);
      const numbers = mean.map(value => value + noise * normal(random));
      topics.forEach((topic, t) => {
        const amount = (drawn[t] as number) + part * (hidden[t] as number);
        topic.forEach((value, i) => (numbers[i] = (numbers[i] as number) + amount * value));
      });
      const length = Math.sqrt(dot(numbers, numbers));
      return numbers.map(value => value / length);
    };
  };

function unit(count: number, random: SeededRandom): Float64Array {
  const direction = Float64Array.from({ length: count }, () => normal(random));
  const length = Math.sqrt(dot(direction, direction));
  return direction.map(value => value / length);
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Logit of success of each model at a difficulty. */
type Models = (difficulty: number, step: number) => readonly number[];

interface Kind {
  readonly signal: NumberWorld['signal'];
  readonly models: Models;
  readonly failureCostUsd: number;
  readonly costsUsd: readonly number[];
}

const TWO = { failureCostUsd: 0.08, costsUsd: [0.0019, 0.014] };
const KINDS: Readonly<Record<string, Kind>> = {
  'no signal': { signal: 'none', models: () => [1.1, 2.2], ...TWO },
  'no signal, a near tie': { signal: 'none', models: () => [1.1, 1.95], ...TWO },
  'no signal, failures expensive': { signal: 'none', models: () => [0.85, 2.94], ...TWO, failureCostUsd: 15 },
  'no signal, the models drift': {
    signal: 'none',
    models: (_, step) => [1.1 + step / 2000, 2.2 - step / 2000],
    ...TWO,
  },
  weak: { signal: 'weak', models: difficulty => [1.1 - 0.6 * difficulty, 2.2 - 0.3 * difficulty], ...TWO },
  strong: { signal: 'strong', models: difficulty => [1.3 - 2 * difficulty, 2.6 - 1 * difficulty], ...TWO },
  'opposite winners': {
    signal: 'strong',
    models: difficulty => [1.5 - 1.5 * difficulty, 1.5 + 1.5 * difficulty],
    ...TWO,
    failureCostUsd: 1,
  },
  'hard at both ends': {
    signal: 'strong',
    models: difficulty => [2.5 - 1.6 * difficulty ** 2, 3 - 0.8 * difficulty ** 2],
    ...TWO,
  },
  'four models': {
    signal: 'strong',
    models: difficulty => [0.5, 1.4, 2.4, 2.9].map((logit, k) => logit - (2.2 - 0.4 * k) * difficulty),
    failureCostUsd: 0.1,
    costsUsd: [0.0008, 0.0019, 0.006, 0.014],
  },
};

const INPUTS: Readonly<Record<string, readonly [count: number, numbers: Numbers]>> = {
  'a score': [1, score],
  'a drifting score': [1, driftingScore],
  '8 numbers': [8, direction(8)],
  'an embedding of 256': [256, embedding(256)],
  '256 independent numbers': [256, direction(256)],
};

function world(kindName: string, inputName: string): NumberWorld {
  const { signal, models, failureCostUsd, costsUsd } = KINDS[kindName] as Kind;
  const [numbers, numbersOf] = INPUTS[inputName] as (typeof INPUTS)[string];
  return {
    name: `${kindName}, ${inputName}`,
    signal,
    isBeyond: inputName === '256 independent numbers',
    numbers,
    failureCostUsd,
    costsUsd,
    requests(seed) {
      const random = seededRandom(`${kindName} ${inputName} ${seed}`);
      const draw = numbersOf(random);
      return step => {
        const difficulty = normal(random);
        return { numbers: draw(difficulty, step), success: models(difficulty, step).map(sigmoid) };
      };
    },
  };
}

export const NUMBER_WORLDS: readonly NumberWorld[] = [
  world('no signal', 'a score'),
  world('no signal', '8 numbers'),
  world('no signal', 'an embedding of 256'),
  world('no signal, a near tie', '8 numbers'),
  world('no signal, failures expensive', 'a score'),
  world('no signal, failures expensive', 'an embedding of 256'),
  world('no signal, the models drift', 'a drifting score'),
  world('weak', 'a score'),
  world('weak', '8 numbers'),
  world('weak', 'an embedding of 256'),
  world('strong', 'a score'),
  world('strong', 'a drifting score'),
  world('strong', '8 numbers'),
  world('strong', 'an embedding of 256'),
  world('strong', '256 independent numbers'),
  world('opposite winners', 'a score'),
  world('opposite winners', '8 numbers'),
  world('opposite winners', 'an embedding of 256'),
  world('hard at both ends', 'a score'),
  world('four models', '8 numbers'),
];
