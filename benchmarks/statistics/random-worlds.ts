/** Worlds nobody tuned for: 2–6 models, failure costs of $0.10, $1 and $15, drifts, delays and partial labels. */
import type { Random } from '../../src/core/random.ts';
import { seededRandom } from '../../src/core/random.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { simulate } from '../../src/replay/simulate.ts';
import type { World, WorldModel } from '../../src/replay/world.ts';
import { explicitly, modelsWorld } from '../../src/replay/world.ts';
import type { Part } from './check.ts';
import { atMost, meanOf } from './check.ts';
import { EPSILON_GREEDY, KL_UCB, PLAIN_THOMPSON, rivalRegret, TRACK_AND_STOP } from './rivals.ts';

const INTENTS = 10_000;
const FAILURE_COSTS_USD = [0.1, 1, 15] as const;

interface Drawn {
  readonly world: World;
  readonly drifts: boolean;
}

/** Costs log-uniform from $0.0003 to $0.1; success grows with cost, roughly; a third drift, delay, or label in part. */
export function randomWorld(random: Random): Drawn {
  const count = 2 + Math.floor(5 * random.next());
  const sorted = (draw: () => number): readonly number[] => Array.from({ length: count }, draw).sort((a, b) => a - b);
  const costs = sorted(() => 0.0003 * (0.1 / 0.0003) ** random.next());
  const rates = sorted(() => 0.5 + 0.49 * random.next());
  const kind = random.next();
  const drifts = kind < 1 / 3;
  const driftingModel = Math.floor(count * random.next());
  const driftAt = Math.floor(INTENTS * (0.2 + 0.6 * random.next()));
  const driftTo = 0.4 + 0.59 * random.next();
  const models = costs.map((costUsd, k): WorldModel => {
    const rate = Math.min(0.99, Math.max(0.3, (rates[k] as number) + 0.05 * (random.next() - 0.5)));
    const success = drifts && k === driftingModel ? (step: number) => (step < driftAt ? rate : driftTo) : rate;
    return { name: `m${k}`, costUsd, success };
  });
  const longest = 500 * random.next();
  const share = 0.1 + 0.9 * random.next();
  const evidence =
    kind < 1 / 3
      ? undefined
      : kind < 2 / 3
        ? explicitly({ delaySteps: stream => longest * stream.next() })
        : explicitly({ share });
  const world = modelsWorld({
    name: 'random',
    models,
    failureCostUsd: FAILURE_COSTS_USD[Math.floor(3 * random.next())] as number,
    // The price list knows tokens, not how many: the guess is off by up to a factor of two.
    priorCostFactor: 4 ** (random.next() - 0.5),
    ...(evidence === undefined ? {} : { evidence }),
  });
  return { world, drifts };
}

export const RANDOM_WORLDS: Part = {
  name: 'random worlds',
  run({ seeds, progress }) {
    const over: Record<string, number[]> = { ours: [], stationary: [], plainStationary: [] };
    const push = (name: string, value: number): void => void (over[name] ??= []).push(value);
    for (let seed = 0; seed < seeds; seed++) {
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
    const plain = mean(PLAIN_THOMPSON.name).value;
    return [
      { name: 'random worlds: over the oracle', ...mean('ours'), unit: '%', bar: atMost(9.5) },
      {
        name: 'random worlds: over plain Thompson',
        value: mean('ours').value - plain,
        unit: '%',
        bar: atMost(1),
        note: 'points',
      },
      { name: 'random worlds without drift: over the oracle', ...mean('stationary'), unit: '%' },
      { name: '  plain Thompson', ...mean('plainStationary'), unit: '%' },
      ...[PLAIN_THOMPSON, EPSILON_GREEDY, KL_UCB, TRACK_AND_STOP].map(
        rival => ({ name: `  ${rival.name}, all`, ...mean(rival.name), unit: '%' }) as const,
      ),
    ];
  },
};
