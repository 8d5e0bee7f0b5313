/** A success rate from a judge and a few audits: how often its interval holds the truth, and how far off it is on average. */
import { wilson } from '../../src/core/math/interval.ts';
import { correctedRate } from '../../src/core/math/prediction-powered.ts';
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { Figure, Part } from './check.ts';
import { atLeast, atMost, meanOf } from './check.ts';

/** P(the judge rejects a failure), P(it accepts a success). */
const JUDGES = {
  lenient: [0.7, 0.9],
  coin: [0.5, 0.5],
  inverted: [0.1, 0.2],
  fooled: [0.2, 0.95],
  perfect: [1, 1],
  silent: [0, 1],
} as const;
/** Numbers of audits, and of the labels from which they are drawn. */
const SIZES = [
  [10, 200],
  [20, 1000],
  [50, 1000],
  [250, 5000],
] as const;
const RATES = [0.6, 0.7, 0.8, 0.9, 0.95, 0.97, 0.99] as const;
const DRAWS_PER_SEED = 20;

/** Successes of `n` trials: counted while the count is small, otherwise the normal approximation, which is exact to a label. */
function successesOf(n: number, rate: number, random: Random): number {
  const variance = n * rate * (1 - rate);
  if (variance > 100) {
    const z = Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
    return Math.round(n * rate + z * Math.sqrt(variance));
  }
  let count = 0;
  for (let i = 0; i < n; i++) if (random.next() < rate) count++;
  return count;
}

export const FEW_AUDITS: Part = {
  name: 'few audits',
  run({ seeds, progress }) {
    const draws = DRAWS_PER_SEED * seeds.length;
    const random = seededRandom(`few audits ${seeds[0]}`);
    const cells = SIZES.flatMap(([audited, labelled]) =>
      Object.entries(JUDGES).flatMap(([judge, [rejects, accepts]]) =>
        RATES.map(rate => {
          let [held, sum, square] = [0, 0, 0];
          for (let draw = 0; draw < draws; draw++) {
            let [successes, accepted, both] = [0, 0, 0];
            for (let i = 0; i < audited; i++) {
              const isSuccess = random.next() < rate;
              const isAccepted = random.next() < (isSuccess ? accepts : 1 - rejects);
              if (isSuccess) successes++;
              if (isAccepted) accepted++;
              if (isSuccess && isAccepted) both++;
            }
            const judged = successesOf(labelled - audited, rate * accepts + (1 - rate) * (1 - rejects), random);
            const found = correctedRate({
              labelled,
              successes: judged + successes,
              audited,
              auditedSuccesses: successes,
              auditedProxySuccesses: accepted,
              auditedBothSuccesses: both,
            });
            const { low, high } = wilson(found.rate * found.n, found.n);
            if (low <= rate && rate <= high) held++;
            sum += found.rate - rate;
            square += (found.rate - rate) ** 2;
          }
          progress('few audits');
          return {
            judge,
            audited,
            labelled,
            rate,
            coverage: {
              value: (100 * held) / draws,
              standardError: 100 * Math.sqrt((held * (draws - held)) / draws ** 3),
            },
            bias: {
              value: (100 * sum) / draws,
              standardError: (100 * Math.sqrt(square / draws - (sum / draws) ** 2)) / Math.sqrt(draws),
            },
          };
        }),
      ),
    );
    const least = cells.reduce((x, y) => (y.coverage.value < x.coverage.value ? y : x));
    const most = cells.reduce((x, y) => (Math.abs(y.bias.value) > Math.abs(x.bias.value) ? y : x));
    const nameOf = ({ judge, audited, labelled, rate }: (typeof cells)[number]): string =>
      `${judge} judge, ${audited} of ${labelled} audited, true rate ${rate}`;
    return [
      ...Object.keys(JUDGES).map(
        (judge): Figure => ({
          name: `few audits: coverage, ${judge} judge`,
          value: meanOf(cells.filter(cell => cell.judge === judge).map(cell => cell.coverage.value)).value,
          unit: '%',
          bar: atLeast(92),
        }),
      ),
      { name: `few audits: coverage, least (${nameOf(least)})`, ...least.coverage, unit: '%', bar: atLeast(88) },
      {
        name: `few audits: bias in points, most (${nameOf(most)})`,
        value: Math.abs(most.bias.value),
        standardError: most.bias.standardError,
        unit: '%',
        bar: atMost(2),
      },
    ];
  },
};
