/** Random worlds that no constant was tuned on: 2–6 models, failure costs of $0.10, $1 and $15, drifts, delays and partial labels. */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { simulate } from '../../src/replay/worlds/simulate.ts';
import type { World, WorldModel } from '../../src/replay/worlds/world.ts';
import { explicitly, modelsWorld } from '../../src/replay/worlds/world.ts';
import type { Part } from './check.ts';
import { atMost, meanOf } from './check.ts';
import { EPSILON_GREEDY, KL_UCB, PLAIN_THOMPSON, rivalRegret, TRACK_AND_STOP } from './rivals.ts';

const INTENTS = 10_000;
const FAILURE_COSTS_USD = [0.1, 1, 15] as const;

interface Drawn {
  readonly world: World;
  readonly drifts: boolean;
}

/**
 * Costs log-uniform from $0.0003 to $0.1 and failure rates log-uniform from 2 % to 50 %: a more expensive model fails less,
 * roughly. A third drift (half of these in the model that was best), a third have delayed labels, a third partial labels.
 */
export function randomWorld(random: Random): Drawn {
  const count = 2 + Math.floor(5 * random.next());
  const sorted = (least: number, most: number): readonly number[] =>
    Array.from({ length: count }, () => least * (most / least) ** random.next()).sort((a, b) => a - b);
  const failureCostUsd = FAILURE_COSTS_USD[Math.floor(3 * random.next())] as number;
  const costs = sorted(0.0003, 0.1);
  const rates = sorted(0.02, 0.5)
    .toReversed()
    .map(fail => 1 - Math.min(0.7, fail * 2 ** (random.next() - 0.5)));
  const kind = random.next();
  const drifts = kind < 1 / 3;
  const scores = costs.map((cost, k) => cost + failureCostUsd * (1 - (rates[k] as number)));
  const driftingModel = random.next() < 0.5 ? scores.indexOf(Math.min(...scores)) : Math.floor(count * random.next());
  const driftAt = Math.floor(INTENTS * (0.2 + 0.6 * random.next()));
  const driftTo = 1 - 0.02 * 25 ** random.next();
  const models = costs.map((costUsd, k): WorldModel => {
    const rate = rates[k] as number;
    const success = drifts && k === driftingModel ? (step: number) => (step < driftAt ? rate : driftTo) : rate;
    return { name: `m${k}`, costUsd, success };
  });
  const longest = 500 * random.next();
  const fraction = 0.1 + 0.9 * random.next();
  const evidence =
    kind < 1 / 3
      ? undefined
      : kind < 2 / 3
        ? explicitly({ delaySteps: stream => longest * stream.next() })
        : explicitly({ fraction });
  const world = modelsWorld({
    name: 'random',
    models,
    failureCostUsd,
    // Prices are per token and the token counts are guessed, so the prior is off by up to a factor of two.
    priorCostFactor: 4 ** (random.next() - 0.5),
    ...(evidence === undefined ? {} : { evidence }),
  });
  return { world, drifts };
}

export const RANDOM_WORLDS: Part = {
  name: 'random worlds',
  run({ seeds, progress }) {
    const over: Record<string, number[]> = {};
    const push = (name: string, value: number): void => void (over[name] ??= []).push(value);
    for (const seed of seeds) {
      const { world, drifts } = randomWorld(seededRandom(`random world ${seed}`));
      const { regretUsd, oracleUsd } = simulate(world, thompson(), { intents: INTENTS, seed });
      push('ours', (100 * regretUsd) / oracleUsd);
      if (!drifts) push('stationary', (100 * regretUsd) / oracleUsd);
      for (const rival of [PLAIN_THOMPSON, EPSILON_GREEDY, KL_UCB, TRACK_AND_STOP]) {
        const excess = (100 * rivalRegret(world, rival, { intents: INTENTS, seed })) / oracleUsd;
        push(rival.name, excess);
        if (!drifts && rival === PLAIN_THOMPSON) push('plainStationary', excess);
      }
      progress('random worlds');
    }
    const mean = (name: string) => meanOf(over[name] ?? []);
    // Both run in the same worlds, so the error is that of the paired difference.
    const plain = over[PLAIN_THOMPSON.name] ?? [];
    const beyondPlain = meanOf((over.ours ?? []).map((excess, i) => excess - (plain[i] as number)));
    return [
      { name: 'random worlds: over the oracle', ...mean('ours'), unit: '%', bar: atMost(9.5) },
      { name: 'random worlds: over plain Thompson', ...beyondPlain, unit: '%', bar: atMost(1), note: 'points' },
      { name: 'random worlds without drift: over the oracle', ...mean('stationary'), unit: '%' },
      { name: '  plain Thompson', ...mean('plainStationary'), unit: '%' },
      ...[PLAIN_THOMPSON, EPSILON_GREEDY, KL_UCB, TRACK_AND_STOP].map(
        rival => ({ name: `  ${rival.name}, all`, ...mean(rival.name), unit: '%' }) as const,
      ),
    ];
  },
};
