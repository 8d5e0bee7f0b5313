import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { sumsBy } from '../../../src/core/cells/sums.ts';
import { turnsOf } from '../../../src/core/report/turns.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { attempt } from '../support/intents.ts';

const twoTurns = (second: number) => [
  attempt('mini', 10_000_000),
  attempt('mini', second, { turn: 2, requestId: 'r2' }),
];

test('intents of one turn and intents of several turns have separate exact means and intervals', () => {
  const cells = cellsOf(
    many(19, { evidence: [SUCCESS] }),
    many(1, { evidence: [FAILURE] }),
    many(6, { attempts: twoTurns(20_000_000), evidence: [SUCCESS] }),
    many(4, { attempts: twoTurns(40_000_000), evidence: [FAILURE], failureCostNanoUsd: 20_000_000_000 }),
  );
  const { one, several } = turnsOf(sumsBy(cells, { scope: 'plan', by: () => '' }).get('') ?? {}, 15);
  expect(one).toMatchObject({ intents: 20, labelled: 20 });
  expect(several).toMatchObject({ intents: 10, labelled: 10 });
  expect(one.success.value).toBe(0.95);
  expect(several.success.value).toBe(0.6);
  // Twenty equal costs may hide a burst.
  expect(one.spendPerIntentUsd).toMatchObject({ value: 0.01, low: 0.01, high: 0.03 });
  expect(several.spendPerIntentUsd.value).toBeCloseTo(0.038, 12);
  expect(several.spendPerIntentUsd.high).toBeGreaterThan(several.spendPerIntentUsd.value);
  expect(one.costPerIntentUsd.value).toBeCloseTo(0.01 + 15 * 0.05, 12);
  expect(several.costPerIntentUsd.value).toBeCloseTo(0.038 + 20 * 0.4, 12);
});

test('the group of several turns is empty for a feature of single requests', () => {
  const { several } = turnsOf(sumsBy(cellsOf(many(3, {})), { scope: 'plan', by: () => '' }).get('') ?? {}, 15);
  expect(several.intents).toBe(0);
  expect(several.success.value).toBeNaN();
});

test('the cost of intents of several turns is independent of that of intents of one', () => {
  const single = [
    many(19, { evidence: [SUCCESS] }),
    many(1, { attempts: [attempt('mini', 90_000_000)], evidence: [FAILURE] }),
  ];
  const longer = [many(4, { attempts: twoTurns(900_000_000), evidence: [SUCCESS] })];
  const oneOf = (...intents: typeof single) =>
    turnsOf(sumsBy(cellsOf(...intents), { scope: 'plan', by: () => '' }).get('') ?? {}, 15).one;
  expect(oneOf(...single, ...longer)).toEqual(oneOf(...single));
});

test('where the most expensive intents are those that fail, the limits of a group contain the truth as often as they should', () => {
  // Seven of ten intents cost 10 cents and succeed; the others cost 1 dollar and fail, which costs 90 cents.
  const [n, failing] = [1000, 0.3];
  const costs = { cheap: 100_000_000n, expensive: 1_000_000_000n, failure: 900_000_000n };
  const costUsd = 0.1 + failing * 0.9 + failing * 0.9;
  const random = seededRandom('turns');
  const runs = 300;
  let [costHits, successHits] = [0, 0];
  for (let run = 0; run < runs; run++) {
    let failures = 0n;
    for (let i = 0; i < n; i++) if (random.next() < failing) failures++;
    const successes = BigInt(n) - failures;
    const power = (k: bigint): bigint => successes * costs.cheap ** k + failures * costs.expensive ** k;
    const group = { cost: power(1n), cost2: power(2n), cost3: power(3n) };
    const { costPerIntentUsd, costPerSuccessUsd } = turnsOf(
      {
        n: BigInt(n),
        ...group,
        labelled: BigInt(n),
        successes,
        multiTurn: BigInt(n),
        multiTurnCost: group.cost,
        multiTurnCost2: group.cost2,
        multiTurnCost3: group.cost3,
        multiTurnLabelled: BigInt(n),
        multiTurnSuccesses: successes,
        multiTurnFailureCost: failures * costs.failure,
      },
      0.9,
    ).several;
    const holds = ({ low, high }: { readonly low: number; readonly high: number }, usd: number) =>
      low <= usd && usd <= high;
    if (holds(costPerIntentUsd, costUsd)) costHits++;
    if (holds(costPerSuccessUsd, costUsd / (1 - failing))) successHits++;
  }
  expect(costHits).toBeGreaterThanOrEqual(0.95 * runs);
  expect(successHits).toBeGreaterThanOrEqual(0.95 * runs);
});
