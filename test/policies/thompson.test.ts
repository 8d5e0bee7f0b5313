import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { betaCdf, betaDensity } from '../../src/core/math/distributions.ts';
import { planKey } from '../../src/core/ledger/vocabulary.ts';
import type { FeatureView, Policy } from '../../src/contracts/policy.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { simulate } from '../../src/replay/worlds/simulate.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';
import { seen, viewOf } from './views.ts';

/** Propensity of every plan that is ever chosen. */
function propensities(policy: Policy, view: FeatureView): Readonly<Record<string, number>> {
  const random = seededRandom('propensities');
  const found: Record<string, number> = {};
  for (let i = 0; i < 20_000; i++) {
    const { plan, propensity } = policy.decide(view, random);
    found[planKey(plan)] = propensity;
  }
  return found;
}

const sum = (shares: Readonly<Record<string, number>>): number => Object.values(shares).reduce((a, b) => a + b, 0);

describe('thompson', () => {
  test('every plan has a substantial share before any outcome', () => {
    const { view } = viewOf(['a', 'b', 'c']);
    const shares = propensities(thompson(), view);
    expect(Object.keys(shares).sort()).toEqual(['a', 'b', 'c']);
    for (const share of Object.values(shares)) expect(share).toBeGreaterThan(0.2);
    expect(Math.abs(sum(shares) - 1)).toBeLessThan(1e-12);
  });

  test('with many outcomes the plan with the lowest total cost gets nearly every intent, and the other keeps a small floor', () => {
    const { view, learned } = viewOf(['mini', 'premium']);
    seen(learned, { mini: [400, 280], premium: [400, 380] });
    const { mini, premium } = propensities(thompson(), view);
    expect(premium).toBeGreaterThan(0.998);
    // 0.003·J*/(J_mini − J*) with J* ≈ .76 and J_mini ≈ 4.5.
    expect(mini).toBeGreaterThan(0.0004);
    expect(mini).toBeLessThan(0.0009);
  });

  test('a hopeless plan gets no share without a floor, and 2 % with the floor for evaluation', () => {
    const { view, learned } = viewOf(['mini', 'premium']);
    seen(learned, { mini: [400, 280], premium: [400, 380] });
    expect(propensities(thompson({ floor: 'none' }), view)).toEqual({ premium: 1 });
    expect(propensities(thompson({ floor: 'evaluation' }), view)).toEqual({ mini: 0.02, premium: 0.98 });
  });

  test('a high failure cost favors the better model, and a low failure cost the cheaper one', () => {
    const { view, learned } = viewOf(['mini', 'premium']);
    seen(learned, { mini: [400, 280] });
    seen(learned, { premium: [400, 380] }, 0.1);
    const policy = thompson();
    expect(propensities(policy, { ...view, failureCostUsd: 200 }).premium).toBeGreaterThan(0.99);
    expect(propensities(policy, { ...view, failureCostUsd: 0.01 }).mini).toBeGreaterThan(0.95);
  });

  test('a plan that is not eligible is never chosen, even when it is the best', () => {
    const { view, learned } = viewOf(['a', 'b', 'c']);
    seen(learned, { a: [400, 200], b: [400, 300], c: [400, 399] });
    const shares = propensities(thompson(), { ...view, eligible: 0b011 });
    expect(shares.c).toBeUndefined();
    expect(Math.abs(sum(shares) - 1)).toBeLessThan(1e-12);
    expect(propensities(thompson(), { ...view, eligible: 0b100 })).toEqual({ c: 1 });
  });

  test('a cost multiplier above 1 moves shares to the cheaper model', () => {
    const { view, learned } = viewOf(['mini', 'premium'], { failureCostUsd: 0.5 });
    seen(learned, { mini: [400, 280] });
    seen(learned, { premium: [400, 380] }, 0.1);
    expect(propensities(thompson(), view).premium).toBeGreaterThan(0.9);
    expect(propensities(thompson(), { ...view, costMultiplier: 10 }).mini).toBeGreaterThan(0.95);
  });

  test('the same seed makes the same decisions', () => {
    const run = (): readonly string[] => {
      const { view } = viewOf(['a', 'b', 'c', 'd'], { hasVerdict: true });
      const policy = thompson();
      const random = seededRandom(5);
      return Array.from({ length: 200 }, () => planKey(policy.decide(view, random).plan));
    };
    expect(run()).toEqual(run());
  });

  test('every plan except the best has a floor, and no plan has one with `floor: none`', () => {
    const { view, learned } = viewOf(['a', 'b', 'c']);
    seen(learned, { a: [400, 280], b: [400, 395], c: [400, 300] });
    const floors = (options: Parameters<typeof thompson>[0], eligible = 0b111) =>
      thompson(options).allocation?.({ ...view, eligible }, seededRandom(1)).floors;
    const hasFloor = (eligible?: number) => Array.from(floors({}, eligible) ?? [], floor => floor > 0);
    expect(hasFloor()).toEqual([true, false, true]);
    expect(hasFloor(0b101)).toEqual([true, false, false]);
    expect(floors({ floor: 'none' })).toBeUndefined();
    const equal = viewOf(['a', 'b'], { priorCostUsd: 0.01 }).view;
    // The first of equally good plans is the best.
    expect(thompson().allocation?.(equal, seededRandom(1)).floors?.[0]).toBe(0);
  });

  test('one outcome among ten thousand does not change the shares', () => {
    const { view, learned } = viewOf(['a', 'b']);
    seen(learned, { a: [5_000, 4_000], b: [5_000, 4_000] });
    const policy = thompson();
    const random = seededRandom('kept');
    const propensityOfA = (): number => {
      for (;;) {
        const { plan, propensity } = policy.decide(view, random);
        if (plan[0] === 'a') return propensity;
      }
    };
    const before = propensityOfA();
    seen(learned, { a: [1, 1] });
    for (let i = 0; i < 100; i++) policy.decide(view, random);
    expect(propensityOfA()).toBe(before);
  });

  describe('the length of the sample table', () => {
    /** A policy that has just decided for many other features. */
    function busy(options?: Parameters<typeof thompson>[0]): Policy {
      const policy = thompson(options);
      for (let i = 0; i < 40; i++) policy.decide(viewOf(['a', 'b']).view, seededRandom(`feature ${i}`));
      return policy;
    }

    const busyPolicy = busy({ floor: 'none' });
    const sharesOf = (view: FeatureView, seed: string, policy = busyPolicy): readonly number[] =>
      Array.from(policy.allocation?.(view, seededRandom(seed)).shares ?? []);

    test('shares are counted in 256 rows, but before 50 outcomes in 32 rows while the budget of tables is low', () => {
      const { view, learned } = viewOf(['a', 'b']);
      const areWholeRowsOf = (rows: number, policy = busyPolicy): boolean =>
        Array.from({ length: 20 }, (_, i) => sharesOf(view, `rows ${i}`, policy)[0] as number).every(share =>
          Number.isInteger(share * rows),
        );
      seen(learned, { a: [25, 20], b: [24, 20] });
      expect(areWholeRowsOf(32)).toBe(true);
      expect(areWholeRowsOf(32, thompson({ floor: 'none' }))).toBe(false);
      expect(areWholeRowsOf(256, thompson({ floor: 'none' }))).toBe(true);
      seen(learned, { b: [1, 1] });
      expect(areWholeRowsOf(32)).toBe(false);
      expect(areWholeRowsOf(256)).toBe(true);
    });

    test('law: with few rows every plan is chosen with the posterior probability that it is the cheapest', () => {
      const { view, learned } = viewOf(['a', 'b', 'c']);
      seen(learned, { a: [3, 2], b: [2, 2], c: [6, 3] });
      // P(a > b and a > c), … for a ~ Beta(3, 2), b ~ Beta(3, 1), c ~ Beta(4, 4), as costs hardly matter: by integration.
      const shapes = [
        [3, 2],
        [3, 1],
        [4, 4],
      ] as const;
      const steps = 2_000;
      const exact = shapes.map(([a, b], k) => {
        let probability = 0;
        for (let i = 0; i < steps; i++) {
          const x = (i + 0.5) / steps;
          const others = shapes.map(([otherA, otherB], j) => (j === k ? 1 : betaCdf(x, otherA, otherB)));
          probability += (betaDensity(x, a, b) * others.reduce((product, each) => product * each, 1)) / steps;
        }
        return probability;
      });
      const tables = 4_000;
      const mean = [0, 0, 0];
      for (let i = 0; i < tables; i++)
        sharesOf(view, `law ${i}`).forEach((share, k) => (mean[k] = (mean[k] ?? 0) + share / tables));
      for (const [k, share] of mean.entries()) expect(Math.abs(share - (exact[k] as number))).toBeLessThan(0.006);
    });

    test('a short table is sampled again after 50 decisions: its noise does not last until the first outcome', () => {
      const { view, learned } = viewOf(['a', 'b']);
      const policy = busy();
      const random = seededRandom('short');
      const reasons = new Set<string>();
      for (let i = 0; i < 400; i++) {
        seen(learned, { a: [0, 0] });
        reasons.add(policy.decide(view, random).reason);
      }
      expect(reasons.size).toBeGreaterThan(5);
    });
  });

  describe('where priors are pooled across features', () => {
    /** The same view with priors pooled from features that are certain to be similar. */
    function pooled(view: FeatureView): FeatureView {
      const { learned } = view;
      const posterior: typeof learned.posterior = nowMs => {
        const own = learned.posterior(nowMs);
        return { ...own, hasPooledPrior: true, nodes: own.nodes.map(node => ({ ...node, likeness: 1 })) };
      };
      return { ...view, learned: { ...learned, posterior } };
    }
    const sharesOf = (view: FeatureView, policy = thompson()): readonly number[] =>
      Array.from(policy.allocation?.(view, seededRandom('pooled')).shares ?? []);
    const floorOf = (view: FeatureView, policy = thompson()): number =>
      policy.allocation?.(view, seededRandom('pooled')).floors?.[0] ?? Number.NaN;

    test('pooled priors move the shares of a new feature further towards the likeliest plan', () => {
      const { view, learned } = viewOf(['mini', 'premium']);
      seen(learned, { mini: [10, 7], premium: [10, 9] });
      const [, likeliest = 0] = sharesOf(view);
      expect(likeliest).toBeGreaterThan(0.5);
      expect(sharesOf(pooled(view))[1]).toBeGreaterThan(likeliest + 0.05);
    });

    test('pooled priors halve the cost-aware floor and change no other floor', () => {
      const { view, learned } = viewOf(['mini', 'premium']);
      seen(learned, { mini: [400, 280], premium: [400, 380] });
      expect(floorOf(pooled(view))).toBeCloseTo(floorOf(view) / 2, 12);
      const evaluation = thompson({ floor: 'evaluation' });
      expect(floorOf(pooled(view), evaluation)).toBe(floorOf(view, evaluation));
    });
  });
});

test('a model that fails for a while is soon used less, and is used again when it has recovered', () => {
  const chosen = (intents: number): number => {
    const world = modelsWorld({
      name: 'an outage',
      failureCostUsd: 15,
      models: [
        { name: 'mini', costUsd: 0.0019, success: 0.7 },
        { name: 'premium', costUsd: 0.014, success: step => (step >= 1500 && step < 1800 ? 0.1 : 0.95) },
      ],
    });
    return simulate(world, thompson(), { intents, seed: 1, stepMs: 1000 }).chosen.premium as number;
  };
  const [before, after, again, end] = [1500, 1800, 2500, 3000].map(chosen) as [number, number, number, number];
  expect(after - before).toBeLessThan(60);
  expect(end - again).toBeGreaterThan(480);
});

test('a model that failed at first, by chance, is soon found to be the best when the model preferred to it collapses', () => {
  const world = modelsWorld({
    name: 'unlucky at first',
    failureCostUsd: 15,
    models: [
      { name: 'mini', costUsd: 0.0019, success: step => (step < 1000 ? 0 : 0.7) },
      { name: 'premium', costUsd: 0.014, success: step => (step < 1000 ? 0.95 : 0.55) },
    ],
  });
  const chosen = (intents: number, seed: number): number =>
    simulate(world, thompson(), { intents, seed, stepMs: 1000 }).chosen.mini as number;
  const after = [1, 2, 3, 4, 5, 6, 7, 8].map(seed => chosen(1500, seed) - chosen(1000, seed));
  expect(Math.min(...after)).toBeGreaterThan(300);
});

test('options that are null are refused', () => {
  expect(() => thompson(null as never)).toThrow(expect.objectContaining({ code: 'invalid-value', path: 'thompson' }));
});
