import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { FeatureConfig } from '../../src/config/application.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { createEngine } from '../../src/engine/engine.ts';
import type { ExplainedRouter } from '../../src/analysis/live-explanation.ts';
import { explainFeature } from '../../src/analysis/live-explanation.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../core/support/cells.ts';
import { AT_MS } from '../core/support/intents.ts';

const cells = cellsOf(
  many(70, { evidence: [SUCCESS] }),
  many(30, { evidence: [FAILURE] }),
  many(95, { plan: ['premium'], evidence: [SUCCESS] }),
  many(5, { plan: ['premium'], evidence: [FAILURE] }),
);
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const make = (feature: Partial<FeatureConfig> = {}) =>
  createEngine({
    config: resolveConfig(
      {
        models: {
          mini: { provider: 'openai', model: 'a', price },
          premium: { provider: 'openai', model: 'b', price },
        },
        features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 15, ...feature } },
      },
      { policy: thompson() },
    ),
    // Older outcomes count less.
    runtime: { ...systemRuntime(1), nowMs: () => AT_MS },
    store: memory(),
    observers: [],
    hooks: {},
  });

const OPENAI = { provider: 'openai' as const, capabilities: () => new Set<never>() };

/** The traffic of `cells`, with the versions that follow from this engine's prices. */
function learn(engine: Engine): void {
  const state = engine.feature('f');
  const version = (model: string): string => state.versions()[model] ?? '';
  state.apply(cells.map(({ key, sums }) => ({ key: { ...key, version: version(key.subject) }, sums })));
}

describe('explainFeature', () => {
  test('a feature is explained from its priors before its first intent', async () => {
    const { plans, notes } = await explainFeature(make(), 'f');
    expect(plans.map(plan => plan.plan)).toEqual(['mini', 'premium']);
    expect(plans.reduce((sum, plan) => sum + (plan.share ?? 0), 0)).toBeCloseTo(1, 12);
    expect(plans[0]?.success).toMatchObject({ value: 0.5 });
    expect(notes).toEqual([]);
  });

  test('an open circuit and a switched-off model exclude their plans with the reason', async () => {
    const engine = make();
    for (let i = 0; i < 5; i++) engine.breaker.failed('openai/a', engine.runtime.elapsedMs());
    const reason = 'its provider is failing or refuses it, the circuit is open';
    expect((await explainFeature(engine, 'f')).plans[0]).toMatchObject({ eligible: false, share: 0, reason });
    const other = make();
    await other.controls.set({ kind: 'disabled', subject: 'premium', isSet: true }, {});
    expect((await explainFeature(other, 'f')).plans[1]?.reason).toBe('switched off by an operator');
  });

  test('a plan below the minimum success rate is excluded with the reason', async () => {
    const engine = make({ minSuccessRate: 0.9 });
    await engine.feed.ready('f');
    learn(engine);
    const { plans } = await explainFeature(engine, 'f');
    expect(plans.map(plan => plan.eligible)).toEqual([false, true]);
    expect(plans[0]?.reason).toContain('90.0 %');
  });

  test('the explanation notes a pin and a holdout', async () => {
    const engine = make({ holdout: { model: 'premium', fraction: 0.05 } });
    engine.feature('f').pin(['mini']);
    const { notes, decision, plans, summary } = await explainFeature(engine, 'f');
    expect(plans.map(({ plan, share }) => [plan, share])).toEqual([
      ['mini', 1],
      ['premium', 0],
    ]);
    expect(summary).toMatch(/^mini has .*; 100 % of new intents use it\.$/);
    expect(decision?.sentence).toMatch(
      /^An operator has pinned mini, which gets every intent that it can serve; without/,
    );
    expect(notes).toEqual([
      'An operator has pinned mini: it gets every intent that it can serve.',
      'Of the intents that the pin does not serve, 5.0 % go to premium as a baseline (holdout).',
    ]);
  });

  test('the explanation notes that new intents are refused while every candidate is switched off', async () => {
    const engine = make();
    for (const subject of ['mini', 'premium'])
      await engine.controls.set({ kind: 'disabled', subject, isSet: true }, {});
    expect((await explainFeature(engine, 'f')).notes).toEqual([
      'New intents are refused: every plan has a model that is switched off.',
    ]);
  });

  test('without a pin, the share of a plan includes the fraction that the holdout gives it', async () => {
    const own = (await explainFeature(make(), 'f')).plans[1]?.share ?? 0;
    const engine = make({ holdout: { model: 'premium', fraction: 0.05 } });
    const { plans, notes } = await explainFeature(engine, 'f');
    expect(plans[1]?.share).toBeCloseTo(0.05 + 0.95 * own, 12);
    expect(notes).toEqual([
      expect.stringMatching(
        /^5\.0 % of the intents go to premium as a baseline \(holdout\)\. The policy alone would choose .*%\.$/,
      ),
    ]);
  });

  test('the shares of an observed feature are those that new intents get, and a note says what the policy would choose', async () => {
    const engine = make({ mode: 'observe', ownModel: 'premium', minSuccessRate: 0.99 });
    await engine.feed.ready('f');
    learn(engine);
    for (let i = 0; i < 5; i++) engine.breaker.failed('openai/b', engine.runtime.elapsedMs());
    const { plans, notes, summary, decision, observes } = await explainFeature(engine, 'f');
    const decided = engine.feature('f').decide(OPENAI, '', { failureCostNanoUsd: 15_000_000_000 });
    expect(decided).toMatchObject({ plan: ['premium'], propensity: 1 });
    expect(plans.map(({ share }) => share)).toEqual([0, 1]);
    expect(observes).toBe('premium');
    expect(summary).toMatch(/100 % of new intents use it\.$/);
    expect(decision?.sentence).toMatch(
      /^The feature is only observed, so that premium answers every intent; if it were/,
    );
    expect(decision?.forecast).toBeUndefined();
    expect(notes).toEqual([
      expect.stringMatching(
        /^The feature is only observed: premium answers every intent\. The policy alone would choose premium in \d/,
      ),
    ]);
  });

  test('an observed feature is explained by its policy while its own model is switched off', async () => {
    const engine = make({ mode: 'observe', ownModel: 'premium' });
    await engine.controls.set({ kind: 'disabled', subject: 'premium', isSet: true }, {});
    const { plans, notes } = await explainFeature(engine, 'f');
    expect(plans.map(({ share }) => share)).toEqual([1, 0]);
    expect(notes).toEqual([]);
  });

  test('a pin and a holdout of a model that is switched off are explained as waiting', async () => {
    const engine = make({ holdout: { model: 'premium', fraction: 0.05 } });
    engine.feature('f').pin(['premium']);
    await engine.controls.set({ kind: 'disabled', subject: 'premium', isSet: true }, {});
    const { plans, notes, decision } = await explainFeature(engine, 'f');
    expect(plans.map(({ share }) => share)).toEqual([1, 0]);
    expect(decision?.sentence).not.toContain('pinned');
    expect(notes).toEqual([
      'An operator has pinned premium, and switched off a model of it: until it is on again, the policy chooses.',
      'The holdout of 5.0 % waits: premium cannot be chosen now.',
    ]);
  });

  test('the explanation notes a cost multiplier above 1 and compares the plans with it', async () => {
    const engine = make();
    const withMultiplier = (costMultiplier: number): ExplainedRouter => {
      const state = engine.feature('f');
      const rails = { ...state.rails, costMultiplier: () => costMultiplier };
      return { ...engine, feature: () => ({ ...state, rails }) };
    };
    expect(await explainFeature(withMultiplier(1), 'f')).toMatchObject({ costMultiplier: 1, notes: [] });
    expect(await explainFeature(withMultiplier(1.5), 'f')).toMatchObject({
      costMultiplier: 1.5,
      notes: ['A budget is running low: the policy counts a dollar of spend as $1.50.'],
    });
  });

  test('the explanation notes a spent budget that refuses new intents, instead of throwing', async () => {
    const router = createRouter({
      models: { mini: { provider: 'other', model: 'a', price } },
      features: {
        f: { candidates: ['mini'], failureCostUsd: 1, budget: { usd: 0.01, per: 'day', onLimit: 'refuse' } },
      },
    });
    await router.run('f', async () => ({ value: 1, costUsd: 0.25 }));
    expect((await router.explain('f')).notes[0]).toMatch(
      /^New intents are refused: .*the budget of \$0\.01 per day is spent/,
    );
    await router.close();
  });

  test('an explanation waits until the statistics of its feature are loaded', async () => {
    const engine = make();
    const calls: string[] = [];
    const feed = {
      ...engine.feed,
      ready: async (name: string) => {
        await engine.feed.ready(name);
        learn(engine);
        calls.push(name);
      },
    };
    const { plans } = await explainFeature({ ...engine, feed }, 'f');
    expect(calls).toEqual(['f']);
    expect(plans[0]?.nodes[0]?.visits).toBeGreaterThan(90);
  });

  test('an explanation includes everything recorded so far', async () => {
    const router = createRouter({
      models: { mini: { provider: 'other', model: 'a', price } },
      features: { f: { candidates: ['mini'], failureCostUsd: 1 } },
    });
    const { intent } = await router.run('f', async () => ({ value: 1, costUsd: 0.25 }));
    await intent.fail();
    expect((await router.explain('f')).plans[0]?.nodes[0]?.visits).toBeCloseTo(1, 3);
    await router.close();
  });

  test('the decision is predicted from the outcomes in the store, and explained without a forecast if it cannot be read', async () => {
    const engine = make();
    learn(engine);
    const store = { ...engine.store, cells: async () => cells };
    expect((await explainFeature({ ...engine, store }, 'f')).decision?.forecast).toMatchObject({ kind: 'at least' });
    const down = { ...engine.store, cells: async () => Promise.reject(new Error('down')) };
    const { decision } = await explainFeature({ ...engine, store: down }, 'f');
    expect(decision).toMatchObject({ preferred: { description: 'premium' } });
    expect(decision).not.toHaveProperty('forecast');
    // These outcomes are of intents without declared context.
    expect((await explainFeature({ ...engine, store }, 'f', { segment: 'tier=free' })).decision).not.toHaveProperty(
      'forecast',
    );
  });

  test('where routing depends on the request, an explanation without a segment says that it covers intents without context', async () => {
    const engine = make();
    learn(engine);
    const inSegment = (segment: string, mini: number) =>
      cellsOf(many(mini, { evidence: [SUCCESS] }), many(100 - mini, { plan: ['premium'], evidence: [SUCCESS] })).map(
        cell => ({ ...cell, key: { ...cell.key, segment } }),
      );
    const explainedWith = async (mini: number, segment?: string) => {
      const store = {
        ...engine.store,
        cells: async () => [...inSegment('tier=free', mini), ...inSegment('tier=paid', 50)],
      };
      return explainFeature({ ...engine, store }, 'f', segment === undefined ? {} : { segment });
    };
    const { summary, decision } = await explainedWith(95);
    expect(summary).toMatch(/^Of intents without context \(routing depends on the request\): premium /);
    expect(decision?.sentence).toMatch(/^Routing depends on the request, and this is about intents without context: /);
    expect(decision).not.toHaveProperty('forecast');
    for (const { summary: other, decision: plain } of [await explainedWith(50), await explainedWith(95, 'tier=free')]) {
      expect(other + (plain?.sentence ?? '')).not.toContain('depends on the request');
    }
  });

  test('a feature that is not configured is an error', async () => {
    await expect(explainFeature(make(), 'nope')).rejects.toMatchObject({ code: 'unknown-feature' });
  });

  test.each<[unknown, string]>([
    [null, 'explain'],
    ['free', 'explain'],
    [{ segmnt: 'free' }, 'explain.segmnt'],
    [{ segment: null }, 'explain.segment'],
    [{ segment: 5 }, 'explain.segment'],
  ])('the options %j are refused', async (options, path) => {
    const refused = explainFeature(make(), 'f', options as never);
    await expect(refused).rejects.toMatchObject({ code: 'invalid-value', path });
  });
});
