/** The cost of a plan in conversations according to a report, beside its actual cost if it serves all of them. */
import type { Cell } from '../../src/core/cells/cell.ts';
import { sumsByPlan } from '../../src/core/cells/sums.ts';
import { toUsd } from '../../src/core/ledger/money.ts';
import type { PrefixRatesOf } from '../../src/core/report/standard-cost.ts';
import { standardCells } from '../../src/core/report/standard-cost.ts';
import type { Part } from '../statistics/check.ts';
import { atMost, meanOf } from '../statistics/check.ts';
import { learn, sessionsOf } from './learner.ts';
import { WORLDS } from './worlds.ts';

const INTENTS = 3000;

/** Minimum number of intents of a plan in one run, so that chance is not mistaken for a bias. */
const MIN_INTENTS = 200;

/**
 * The lengths of conversations are those that the router makes: in a world where the models need different numbers of requests, one
 * that served every conversation would make them longer or shorter, which no sum of the ledger says.
 */
const SAME_LENGTH = (requests: readonly number[]): boolean => new Set(requests).size === 1;

export const STANDARD_COST: Part = {
  name: 'standard cost',
  run({ seeds, progress }) {
    const off = { standard: [] as number[], billed: [] as number[], otherLengths: [] as number[] };
    for (const world of WORLDS.filter(({ failureMultiple }) => failureMultiple === 20)) {
      const plans = world.models.map(({ name }) => name);
      const ratesOf: PrefixRatesOf = name => {
        const model = world.models.find(each => each.name === name);
        if (model === undefined) return undefined;
        const { cacheRead, write, input } = model.rates;
        return { readUsd: cacheRead, writeUsd: write, inputUsd: input, ttlMs: model.ttlMs };
      };
      for (const seed of seeds) {
        const sessions = sessionsOf(world, seed, INTENTS);
        const own = learn(world, sessions, 'session', seed).cells;
        const always = plans.map((_, k) => learn(world, sessions, { always: k }, seed).cells);
        world.features.forEach(({ requests }, f) => {
          const billed = [...(own[f]?.values() ?? [])];
          const standard = standardCells(billed, plans, ratesOf) ?? billed;
          plans.forEach((plan, k) => {
            const { n = 0n } = sumsByPlan(billed).get(plan) ?? {};
            if (n < MIN_INTENTS) return;
            const truth = meanUsd([...(always[k]?.[f]?.values() ?? [])], plan);
            const differs = (cells: readonly Cell[]): number => 100 * Math.abs(meanUsd(cells, plan) / truth - 1);
            if (SAME_LENGTH(requests)) {
              off.standard.push(differs(standard));
              off.billed.push(differs(billed));
            } else off.otherLengths.push(differs(standard));
          });
        });
      }
      progress(`standard cost: ${world.name}`);
    }
    const note = `${off.standard.length} plans`;
    return [
      {
        name: 'standard cost of a plan from its bill for serving every session: mean',
        ...meanOf(off.standard),
        unit: '%',
        bar: atMost(3),
      },
      { name: '  worst', value: Math.max(...off.standard), unit: '%', note },
      { name: '  as billed: mean', ...meanOf(off.billed), unit: '%' },
      { name: '  as billed: worst', value: Math.max(...off.billed), unit: '%', note },
      {
        name: '  standard cost where models need different numbers of requests: mean',
        ...meanOf(off.otherLengths),
        unit: '%',
      },
    ];
  },
};

function meanUsd(cells: readonly Cell[], plan: string): number {
  const { n = 0n, cost = 0n } = sumsByPlan(cells).get(plan) ?? {};
  return toUsd(cost) / Number(n);
}
