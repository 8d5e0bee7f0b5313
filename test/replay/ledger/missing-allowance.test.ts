import { expect, test } from 'vitest';
import { epsilonGreedy } from '../../../src/policies/epsilon-greedy.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import type { Random } from '../../../src/core/math/random.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { PlanPart } from '../../../src/replay/ledger/missing-allowance.ts';
import { allowingFor, Total } from '../../../src/replay/ledger/missing-allowance.ts';
import { replayLedger } from '../../../src/replay/ledger/replay-ledger.ts';
import { savingsAgainst } from '../../../src/replay/ledger/savings.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';

const NOTHING = { value: 0, below2: 0, above2: 0 };

function part(plan: number, rate: number, { target, logged }: { target: number; logged: number }): PlanPart {
  const loss = { value: rate * target, below2: 0, above2: 0 };
  const estimate = { loss, failed: loss, spend: NOTHING, excess: { loss, spend: NOTHING } };
  return { segment: 0, plan, estimate, target: { loss: target, failed: target }, logged: { loss: logged, rate } };
}

const figureOf = (parts: readonly PlanPart[]) => {
  const total = new Total();
  total.add(...parts.map(({ estimate }) => estimate.loss));
  return total.figure();
};

const PLAIN = (parts: readonly PlanPart[]) => ({
  costUsd: figureOf(parts),
  failed: figureOf(parts),
  excess: figureOf(parts),
});

test('a plan that the log always chose costs more if failures are missing, and saves nothing', () => {
  const own = [part(0, 0.1, { target: 1, logged: 1 })];
  const twice = allowingFor(
    { least: (_, rate) => rate, most: (_, rate) => 2 * rate, shared: [(_, rate) => 2 * rate] },
    own,
    PLAIN(own),
  );
  expect(twice.costUsd).toEqual({ value: 0.1, low: 0.1, high: 0.2 });
  expect([twice.leastFailed, twice.mostFailed]).toEqual([0.1, 0.2]);
  // The cost in the log and the cost of the target have the same error, so their difference has none.
  expect(twice.excess.low).toBeCloseTo(0.1, 12);
  expect(twice.excess.high).toBeCloseTo(0.1, 12);
});

test('where plans may lack different outcomes, one plan may lack failures and the other successes', () => {
  const parts = [part(0, 0.1, { target: 1, logged: 0.5 }), part(1, 0.2, { target: 0, logged: 0.5 })];
  const allowed = allowingFor({ least: (_, rate) => rate / 2, most: (_, rate) => 2 * rate }, parts, PLAIN(parts));
  // The target's plan twice as often (half of its intents are the log's too), the other plan half as often.
  expect(allowed.excess.high).toBeCloseTo(0.1 + 0.5 * 0.1 + 0.5 * 0.1, 12);
  expect(allowed.excess.low).toBeCloseTo(0.1 - 0.5 * 0.05 - 0.5 * 0.2, 12);
});

const world = (success: readonly [number, number]) =>
  modelsWorld({
    name: 'f',
    failureCostUsd: 0.2,
    models: [
      { name: 'mini', costUsd: 0.002, success: success[0] },
      { name: 'premium', costUsd: 0.03, success: success[1] },
    ],
  });

/** Half of the premium intents are chosen at random; `keeps` says which outcomes are recorded. */
function ledger(
  seed: number,
  success: readonly [number, number],
  keeps: (isSuccess: boolean, random: Random) => boolean,
) {
  const random = seededRandom(seed).fork('labels');
  const { records } = simulatedLedger(world(success), epsilonGreedy({ epsilon: 0.2 }), { intents: 2000, seed });
  const kept = records.filter(record => record.kind !== 'labelled' || keeps(record.evidence.success === true, random));
  return {
    async *scan() {
      yield* kept;
    },
  };
}

test('if half of the failures have no outcome, the cost of the plan is refused or its interval contains the truth', async () => {
  const truth = 0.002 + 0.2 * 0.2;
  let [answered, held] = [0, 0];
  for (let seed = 0; seed < 25; seed++) {
    const log = ledger(seed, [0.8, 0.9], (isSuccess, random) => isSuccess || random.next() < 0.5);
    const { estimate } = (await replayLedger(log, fixed('mini'))).features['f'] ?? {};
    if (estimate?.kind !== 'estimate') continue;
    answered++;
    if (estimate.costPerIntentUsd.low <= truth && truth <= estimate.costPerIntentUsd.high) held++;
    // Without the allowance, the limit of 95 % for chance is far below the truth.
    expect(estimate.costPerIntentUsd.value).toBeLessThan(0.03);
  }
  expect(answered).toBeGreaterThan(5);
  expect(held / answered).toBeGreaterThanOrEqual(0.9);
});

test('with half of the outcomes missing at random, there is an estimate where the plans differ, and its note says what it allows for', async () => {
  const log = ledger(1, [0.5, 0.95], (_, random) => random.next() < 0.5);
  const [saving] = (await savingsAgainst(log, 'premium')).features;
  expect(saving).toMatchObject({
    kind: 'estimate',
    note: expect.stringMatching(
      /have no outcome and are left out\. The intervals allow for failed intents having an outcome 0\.\d\d to \d\.\d\d times/,
    ),
  });
});

test('with half of the outcomes missing, a comparison of equally good plans is refused, with the range that the failure rate may have', async () => {
  const log = ledger(1, [0.95, 0.95], (_, random) => random.next() < 0.5);
  expect((await replayLedger(log, fixed('mini'))).features['f']?.estimate).toMatchObject({
    kind: 'refused',
    reason: expect.stringMatching(
      /may fail in anything from \d\.\d % to 5\d\.\d % of the intents\. Record every outcome/,
    ),
  });
});
