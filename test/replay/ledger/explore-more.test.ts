import { expect, test } from 'vitest';
import type { Policy } from '../../../src/contracts/policy.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { withHoldout } from '../../../src/policies/holdout.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import { decisionLog } from '../../../src/replay/ledger/decision-log.ts';
import { exploreMore } from '../../../src/replay/ledger/explore-more.ts';
import { savingsAgainst } from '../../../src/replay/ledger/savings.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';

const world = modelsWorld({
  name: 'f',
  models: [
    { name: 'mini', costUsd: 0.002, success: 0.9 },
    { name: 'premium', costUsd: 0.3, success: 0.93 },
  ],
  failureCostUsd: 0.2,
});

async function saved(policy: Policy, intents: number) {
  const [saving] = (await savingsAgainst(simulatedLedger(world, policy, { intents, seed: 5 }), 'premium')).features;
  return saving;
}

const EVALUATION = thompson({ floor: 'evaluation' });
const HOLDOUT = { model: 'premium', fraction: 0.05 };

test.each<[string, Policy]>([
  ['chose the plan too rarely, even with the floor for evaluations', EVALUATION],
  ['nearly never chose the plan', thompson()],
  ['never chose the plan', fixed(['mini'])],
])(
  'a log that %s is refused with advice, and a new log that follows the advice gives an estimate',
  async (_, policy) => {
    const refused = await saved(policy, 800);
    if (refused?.kind !== 'refused') throw new Error('not refused');
    const [held = 0, floored = 0] = [...refused.reason.matchAll(/some ([\d,]+) intents/g)].map(([, count = '']) =>
      Number(count.replace(',', '')),
    );
    expect(refused.reason).toContain("set holdout: { model: 'premium', fraction: 0.05 }");
    expect(await saved(withHoldout(policy, HOLDOUT), held)).toMatchObject({ kind: 'estimate' });
    expect(refused.reason).toContain("or route with thompson({ floor: 'evaluation' })");
    expect(await saved(EVALUATION, floored)).toMatchObject({ kind: 'estimate' });
  },
);

const asked = (target: Readonly<Record<string, number>>) =>
  decisionLog([
    {
      plan: 'mini',
      propensity: 1,
      target,
      segment: '',
      failureCostUsd: 1,
      spendUsd: 1,
      failed: false,
      failureUsd: 0,
    },
  ]);

test('a holdout has one model: for a plan that climbs, and for a policy of several plans, the floor alone is advised', () => {
  expect(exploreMore(asked({ premium: 1 }))).toMatch(/^set holdout: \{ model: 'premium'/);
  for (const target of [{ 'mini>premium': 1 }, { mini: 0.5, premium: 0.5 }])
    expect(exploreMore(asked(target))).toMatch(/^route with thompson\(\{ floor: 'evaluation' \}\)/);
});

test('the smaller the part of the intents that lacks the plan, the more intents the advice asks for', () => {
  expect(exploreMore(asked({ premium: 1 }))).toContain('after some 2,500 intents');
  expect(exploreMore(asked({ premium: 1 }), 0.02)).toContain('after some 5,000 intents');
});
