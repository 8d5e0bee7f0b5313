import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import type { FeatureConfig } from '../../../src/config/application.ts';
import type { BudgetEvent } from '../../../src/config/budget-config.ts';
import { RouterError } from '../../../src/errors.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { ScriptedServer } from '../../support/scripted-server.ts';
import { chat, scriptedServer } from '../../support/scripted-server.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { allPlans, planSetOf } from '../../../src/core/ledger/plan-set.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { ResolvedBudget } from '../../../src/config/resolved.ts';
import type { BudgetRail } from '../../../src/engine/rails/guard-rails.ts';
import { guardRails } from '../../../src/engine/rails/guard-rails.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';
import { AT_MS } from '../../core/support/intents.ts';
import type { Names } from '../state/resolved.ts';
import { resolvedFeature } from '../state/resolved.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

const models = {
  mini: { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1_000, outputUsdPerMillion: 0 } },
  premium: { provider: 'openai', model: 'premium-1', price: { inputUsdPerMillion: 10_000, outputUsdPerMillion: 0 } },
} as const;

/** A router whose mini always fails and whose premium always succeeds; a call costs $0.10 or $1. */
async function world(feature: Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'>) {
  const server = await scriptedServer([chat('hi')]);
  servers.push(server);
  const runtime = testRuntime({ startMs: Date.UTC(2026, 10, 22, 12) });
  const events: BudgetEvent[] = [];
  const router = createRouterOn(runtime, {
    models,
    features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 0.01, ...feature } },
    store: memory(),
    onBudget: event => void events.push(event),
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'none', baseURL: `${server.url}/v1` }));
  async function intents(count: number): Promise<readonly string[]> {
    const from = server.models.length;
    for (let i = 0; i < count; i++) {
      const intent = router.feature('support').intent();
      const reply = await openai.chat.completions.create({ model: intent.model, messages: [] });
      await intent.outcome({ success: reply.model === 'premium-1' });
      runtime.advance(1_000);
    }
    return server.models.slice(from);
  }
  return { router, openai, intents, runtime, events, server };
}

const share = (models: readonly string[], model: string) =>
  models.filter(name => name === model).length / models.length;

test('without guard rails, the policy sends intents with a low failure cost to the cheap model', async () => {
  const { intents } = await world({});
  await intents(100);
  expect(share(await intents(100), 'mini-1')).toBeGreaterThan(0.9);
});

test('a minimum success rate excludes plans that do not reach it, however much they save', async () => {
  const { intents } = await world({ minSuccessRate: 0.8 });
  await intents(100);
  expect(share(await intents(100), 'premium-1')).toBe(1);
});

describe('a spent budget', () => {
  const budget = { usd: 2, per: 'day', expectedIntents: 20 } as const;

  test("a spent budget with `onLimit: 'refuse'` refuses new intents until the next day", async () => {
    const { router, intents, runtime, openai } = await world({ budget: { ...budget, onLimit: 'refuse' } });
    void router.feature('support').pin('premium');
    await intents(2);
    const error = await openai.chat.completions
      .create({ model: 'feature:support', messages: [] })
      .catch((caught: unknown) => caught);
    expect(RouterError.isInstance(error) && error.code).toBe('budget-exhausted');
    expect(String(error)).toContain('features["support"].budget');
    runtime.advance(86_400_000);
    expect(await intents(1)).toHaveLength(1);
  });

  test("a spent budget with `onLimit: 'cheapest'` sends new intents to the cheapest plan", async () => {
    const { router, intents } = await world({ failureCostUsd: 1_000, budget: { ...budget, onLimit: 'cheapest' } });
    void router.feature('support').pin('premium');
    await intents(2);
    void router.feature('support').pin(undefined);
    expect(await intents(10)).toEqual(Array(10).fill('mini-1'));
  });

  test("a budget with `onLimit: 'alert'` only calls `onBudget`, at 80 % and at 100 %", async () => {
    const { router, intents, events } = await world({ budget: { ...budget, onLimit: 'alert' } });
    void router.feature('support').pin('premium');
    expect(await intents(4)).toHaveLength(4);
    expect(events.map(event => [event.feature, event.threshold])).toEqual([
      ['support', 0.8],
      ['support', 1],
    ]);
  });
});

test('a disabled model gets no request until it is enabled again', async () => {
  const { router, intents } = await world({});
  void router.disable('mini');
  expect(await intents(20)).toEqual(Array(20).fill('premium-1'));
  void router.enable('mini');
  expect(await intents(50)).toContain('mini-1');
  expect(() => router.disable('huge' as never)).toThrow(RouterError);
});

test('a pin decides with propensity 1, and its receipt says that an operator pinned the plan', async () => {
  const { router, openai } = await world({});
  void router.feature('support').pin('premium');
  const reply = await openai.chat.completions.create({ model: 'feature:support', messages: [] });
  expect(router.receipt(reply)).toMatchObject({ plan: ['premium'], propensity: 1, reason: 'pinned by an operator' });
  expect(() => router.feature('support').pin('huge' as never)).toThrow(RouterError);
});

test('after a reset both models are tried again: the statistics start from the priors', async () => {
  const { router, intents } = await world({ failureCostUsd: 15 });
  await intents(200);
  expect(share(await intents(60), 'premium-1')).toBeGreaterThan(0.95);
  await router.feature('support').reset();
  expect(await intents(30)).toContain('mini-1');
});

describe('the rails of a feature with the plans mini, seer and opus', () => {
  const ALL = allPlans(3);
  const [MINI, SEER, OPUS] = [planSetOf([0]), planSetOf([1]), planSetOf([2])];

  /** What the feature has learned from these cells; mini is the cheapest. */
  function learnedFrom(cells: readonly Cell[] = []) {
    const learned = createLearnedFeature({
      feature: 'f',
      plans: resolvedFeature().plans,
      priorCostUsd: { mini: 0.001, seer: 0.01, opus: 0.1 },
    });
    learned.apply(cells);
    return learned.segment('');
  }

  function budget(spentUsd: number, onLimit: ResolvedBudget['onLimit'], multiplier = 1): BudgetRail {
    const settings = { budgetUsd: 10, per: 'day', onLimit } as const;
    const pacing = { budgetUsd: 10, expectedIntents: 100, lambda: 0, spentUsd, intents: 1 };
    const meter = {
      pacing: () => pacing,
      costMultiplier: () => multiplier,
      add: () => {},
      apply: () => {},
      tell: () => {},
    };
    return { settings, path: 'features["f"].budget', meter };
  }

  const railsOf = (feature: Partial<FeatureConfig<Names>>, budgets: readonly BudgetRail[] = []) =>
    guardRails(resolvedFeature(feature), budgets);

  const slow = { latencyMs: 3_000 } as Attempt;
  const fast = { latencyMs: 10 } as Attempt;
  const failing = cellsOf(
    many(200, { plan: ['mini'], evidence: [FAILURE] }),
    many(200, { plan: ['seer'], evidence: [SUCCESS] }),
  );

  test('without guard rails, every eligible plan stays available and spend has no extra weight', () => {
    const rails = railsOf({});
    expect([rails.any, rails.restrict(ALL, { learned: learnedFrom(), nowMs: AT_MS }), rails.costMultiplier()]).toEqual([
      false,
      ALL,
      undefined,
    ]);
    expect(rails.exclusions(ALL, { learned: learnedFrom(), nowMs: AT_MS })).toEqual([]);
  });

  test('a plan that is too slow too often is excluded, with the objective in the reason', () => {
    const rails = railsOf({ latency: { within: '1s', fraction: 0.9 } });
    for (let i = 0; i < 100; i++) {
      rails.observe('mini', [slow]);
      rails.observe('seer', [fast]);
    }
    expect(rails.any).toBe(true);
    expect(rails.restrict(ALL, { learned: learnedFrom(), nowMs: AT_MS })).toBe(SEER | OPUS);
    expect(rails.exclusions(ALL, { learned: learnedFrom(), nowMs: AT_MS })).toEqual([
      { plans: MINI, reason: expect.stringContaining('1000 ms') },
    ]);
  });

  test('a plan below the minimum success rate is excluded', () => {
    const rails = railsOf({ minSuccessRate: 0.8 });
    expect(rails.any).toBe(true);
    const left = rails.restrict(ALL, { learned: learnedFrom(failing), nowMs: AT_MS });
    expect([left & MINI, left & SEER]).toEqual([0, SEER]);
  });

  test('each rail lists only the plans that the rails before it have not excluded', () => {
    const rails = railsOf({ minSuccessRate: 0.8, latency: { within: '1s', fraction: 0.9 } }, [budget(10, 'cheapest')]);
    for (let i = 0; i < 100; i++) {
      rails.observe('mini', [slow]);
      rails.observe('opus', [slow]);
    }
    const exclusions = rails.exclusions(ALL, { learned: learnedFrom(failing), nowMs: AT_MS });
    expect(exclusions.map(({ plans }) => plans)).toEqual([MINI, OPUS]);
    expect(rails.restrict(ALL, { learned: learnedFrom(failing), nowMs: AT_MS })).toBe(SEER);
  });

  test('a budget restricts plans only when it is spent, and then by its `onLimit`', () => {
    const restricted = (spentUsd: number, onLimit: ResolvedBudget['onLimit']) =>
      railsOf({}, [budget(spentUsd, onLimit)]).restrict(SEER | OPUS, { learned: learnedFrom(), nowMs: AT_MS });
    for (const onLimit of ['alert', 'cheapest', 'refuse'] as const) expect(restricted(9.99, onLimit)).toBe(SEER | OPUS);
    expect(restricted(10, 'alert')).toBe(SEER | OPUS);
    expect(restricted(10, 'cheapest')).toBe(SEER);
    expect(() => restricted(10, 'refuse')).toThrow(
      expect.objectContaining({ code: 'budget-exhausted', path: 'features["f"].budget' }),
    );
  });

  test('the cheapest plan is the plan with the lowest bill, including the prefix of the intent’s session', () => {
    const rails = railsOf({}, [budget(10, 'cheapest')]);
    const at = { learned: learnedFrom(), nowMs: AT_MS };
    expect(rails.restrict(SEER | OPUS, { ...at, extraUsd: [0, 0, 0] })).toBe(SEER);
    expect(rails.restrict(SEER | OPUS, { ...at, extraUsd: [0, 5, 0] })).toBe(OPUS);
  });

  test('the higher of two budgets’ cost multipliers applies', () => {
    const rails = railsOf({}, [budget(1, 'alert', 3), budget(1, 'alert', 2)]);
    expect([rails.any, rails.costMultiplier()]).toEqual([true, 3]);
  });
});
