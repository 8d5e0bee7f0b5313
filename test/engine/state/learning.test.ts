import { afterEach, describe, expect, test, vi } from 'vitest';
import { poolPriors } from '../../../src/core/beliefs/priors.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { NO_GRAINS } from '../../../src/core/cells/grains.ts';
import { rateCells } from '../../../src/core/cells/rate-cells.ts';
import { circuitBreaker } from '../../../src/engine/rails/circuit-breaker.ts';
import type { FeatureState } from '../../../src/engine/state/feature-state.ts';
import { featureState } from '../../../src/engine/state/feature-state.ts';
import type { Alerts } from '../../../src/engine/state/alerts.ts';
import { heldCells } from '../../../src/engine/state/held-cells.ts';
import { learning } from '../../../src/engine/state/learning.ts';
import type { RouterConfig } from '../../../src/config/router-config.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import type { Made } from '../../core/support/cells.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../../core/support/cells.ts';
import { AT_MS } from '../../core/support/intents.ts';
import { resolvedFeature } from './resolved.ts';

const HOUR = 3_600_000;

const routers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(routers.splice(0).map(async router => router.close()));
});

type Hooks = Pick<RouterConfig, 'onBudget' | 'onDrift' | 'onFailureCostMismatch' | 'budget'>;

/** Intents of one model at $0.50 each, an hour's worth at a time. */
function world(hooks: Hooks) {
  const runtime = testRuntime({ startMs: Date.UTC(2026, 10, 1) });
  const faults: unknown[] = [];
  const router = createRouterOn(runtime, {
    models: { mini: { provider: 'other', model: 'mini-1', price: 'reported' } },
    features: { support: { candidates: ['mini'], failureCostUsd: 10, policy: fixed('mini') } },
    store: memory(),
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
    ...hooks,
  });
  routers.push(router);
  async function hours(count: number, outcome: { success: boolean; costUsd?: number }): Promise<void> {
    for (let hour = 0; hour < count; hour++) {
      for (let i = 0; i < 12; i++) {
        const { intent } = await router.run('support', async () => ({ value: 'done', costUsd: 0.5 }));
        await intent.outcome(outcome);
      }
      await router.flush();
      runtime.advance(HOUR);
    }
    // The next request starts the next read of the statistics and does not wait for it.
    await router.run('support', async () => ({ value: 'done', costUsd: 0 }));
    await router.flush();
  }
  return { router, hours, faults };
}

test('a drift is reported once, with the rates before and after it', async () => {
  const onDrift = vi.fn();
  const { hours } = world({ onDrift });
  await hours(40, { success: true });
  expect(onDrift).not.toHaveBeenCalled();
  await hours(40, { success: false });
  await expect.poll(() => onDrift).toHaveBeenCalled();
  const success = onDrift.mock.calls.map(([event]) => event).filter(({ kind }) => kind === 'success');
  expect(success[0]).toMatchObject({ feature: 'support', node: 'mini' });
  expect(success[0].before.value).toBeGreaterThan(0.8);
  expect(success[0].after.value).toBeLessThan(0.2);
  expect(new Set(success.map(({ atMs }) => atMs)).size).toBe(success.length);
});

describe('statistics read from the store', () => {
  const HEALTHY: Made = { evidence: [SUCCESS] };
  const FAILING: Made = { evidence: [FAILURE] };
  /** 12 intents an hour, healthy or failing, as cells of a feature. */
  const cellsIn = (feature: string, hours: readonly Made[]): readonly Cell[] =>
    cellsOf(...hours.map((made, hour) => many(12, { ...made, hour }))).map(({ key, sums }) => ({
      key: { ...key, feature },
      sums,
    }));
  const repeated = (count: number, made: Made): readonly Made[] => Array.from({ length: count }, () => made);

  function learner(
    names: readonly string[],
    alerts: Alerts = {},
    clock: { elapsedMs(): number } = testRuntime(),
    configured = resolvedFeature(),
  ) {
    const runtime = testRuntime({ startMs: AT_MS });
    const breaker = circuitBreaker();
    const options = { runtime, breaker, disabled: new Set<string>(), budgets: [], faulted: () => {} };
    const states = new Map(names.map(name => [name, featureState({ ...configured, name }, options)]));
    const priorOf = (name: string) => states.get(name)?.learned.segment('').posterior(AT_MS).nodes[0]?.ended;
    const state = (name: string) => states.get(name) as FeatureState;
    const made = learning(states, alerts, clock);
    const held = new Map(names.map(name => [name, heldCells()]));
    /** Brings a feature to these cells, as a read of the store does. */
    function read(name: string, cells: readonly Cell[]): void {
      const changes = (held.get(name) ?? heldCells()).take({ cells, complete: true, grains: NO_GRAINS });
      for (const delta of changes) made.apply(name, delta, AT_MS);
      void made.refreshed(name, async () => cells);
    }
    return { read, priorOf, state };
  }

  test('a drift that the first read finds raises no alert, and a drift that a later read finds raises one', async () => {
    const onDrift = vi.fn();
    const past = [...repeated(40, HEALTHY), ...repeated(40, FAILING)];
    const { read: it } = learner(['f'], { onDrift });
    it('f', cellsIn('f', past));
    expect(onDrift).not.toHaveBeenCalled();
    it('f', cellsIn('f', [...past, ...repeated(40, HEALTHY)]));
    it('f', cellsIn('f', [...past, ...repeated(41, HEALTHY)]));
    await expect.poll(() => onDrift).toHaveBeenCalled();
    const events = onDrift.mock.calls.map(([event]) => event).filter(({ kind }) => kind === 'success');
    expect(events).toHaveLength(1);
    expect(events[0].after.value).toBeGreaterThan(0.8);
  });

  test('the outcomes of one feature change the priors of the others at their next read; a single feature has nothing to pool', () => {
    const cells = cellsIn('a', repeated(20, FAILING));
    const { read: two, priorOf } = learner(['a', 'b']);
    const before = priorOf('b');
    two('a', cells);
    expect(priorOf('b')).toEqual(before);
    two('b', []);
    expect(priorOf('b')).not.toEqual(before);
    const { read: one, priorOf: alone } = learner(['a']);
    one('a', cellsIn('other', repeated(20, FAILING)));
    expect(alone('a')).toEqual(before);
  });

  test('a single feature gets a prior from outside evidence, in which its own outcomes do not count', () => {
    const survey = (success: number) => ({
      of: () => ({ expected: new Map([['mini', { success, outcomes: 4 }]]), notes: () => [] }),
    });
    const taken = [0.9, 0.3].map(success => {
      const { read, state } = learner(['a'], {}, testRuntime(), resolvedFeature({ prior: survey(success) }));
      const means: number[] = [];
      state('a').learned.setPriors = ({ mini: { a, b } = { a: 0, b: 0 } }) => void means.push(a / (a + b));
      read('a', []);
      read('a', cellsIn('a', repeated(20, FAILING)));
      return means;
    });
    const [[promising = 0, afterOutcomes = 0], [doubtful = 0]] = taken as [number[], number[]];
    expect(promising).toBeGreaterThan(doubtful + 0.1);
    expect(afterOutcomes).toBeCloseTo(promising, 1);
  });

  test('a read makes policies decide again in every segment, also in those without new data', () => {
    for (const names of [['f'], ['f', 'g']]) {
      const { read, state } = learner(names);
      const segment = state('f').learned.segment('tier=free');
      const { revision } = segment;
      read('f', cellsIn('f', [HEALTHY]));
      expect(segment.revision).toBeGreaterThan(revision);
    }
  });

  test('pooling knows the starting rates and the prices of a feature’s plans before any outcome', () => {
    const { read: bring, state } = learner(['a', 'b']);
    const cells = cellsIn('a', repeated(20, FAILING));
    const taken: unknown[] = [];
    state('b').learned.setPriors = priors => void taken.push(priors);
    bring('a', cells);
    bring('b', []);
    const { starts, climbing } = state('b').learned;
    const [a, b] = [
      rateCells(cells, { feature: 'a', starts, climbing }),
      rateCells([], { feature: 'b', starts, climbing }),
    ];
    expect(taken).toEqual([poolPriors([...a, ...b])('b', b)]);
  });

  test('a feature’s prior is pooled from the other features: its own outcomes are left out', () => {
    const { read: bring, state } = learner(['failing', 'healthy', 'empty']);
    const expected: Record<string, number> = {};
    for (const name of ['failing', 'healthy']) {
      const { learned } = state(name);
      learned.setPriors = priors => {
        const { a, b } = priors['mini'] ?? { a: Number.NaN, b: Number.NaN };
        expected[name] = a / (a + b);
      };
    }
    const read = (name: string, made: Made): void => bring(name, cellsIn(name, repeated(20, made)));
    read('failing', FAILING);
    read('healthy', HEALTHY);
    read('failing', FAILING);
    expect(expected['failing']).toBeGreaterThan(0.9);
    expect(expected['healthy']).toBeLessThan(0.1);
  });

  test('pooling takes at most 0.2 % of the time: meanwhile features get the priors that were pooled last', () => {
    // Read before and after each pooling: the first one takes 1 ms, and a pause of 500 ms follows.
    const times = [0, 1, 400, 500];
    const { read: it, priorOf } = learner(['a', 'b', 'c'], {}, { elapsedMs: () => times.shift() as number });
    it('a', []);
    const uninformed = priorOf('a');
    it('b', cellsIn('b', repeated(20, FAILING)));
    it('c', []);
    expect(priorOf('c')).toEqual(uninformed);
    times.push(501, 502);
    it('c', []);
    expect(priorOf('c')).not.toEqual(uninformed);
  });

  test('only the features with the most outcomes are pooled where there are thousands, and every feature has their prior', () => {
    const few = Array.from({ length: 300 }, (_, i) => `few${i}`);
    const most = Array.from({ length: 256 }, (_, i) => `most${i}`);
    const priorOfNew = (names: readonly string[]) => {
      // The first pooling takes 1 ms, and its pause lasts until the last feature is read.
      const times = [0, 1];
      const { read: it, priorOf } = learner([...names, 'new'], {}, { elapsedMs: () => times.shift() ?? 2 });
      for (const name of names)
        it(name, cellsIn(name, few.includes(name) ? repeated(1, HEALTHY) : repeated(2, FAILING)));
      times.push(600, 601);
      it('new', []);
      return priorOf('new');
    };
    expect(priorOfNew([...few, ...most])).toEqual(priorOfNew(most));
    expect(priorOfNew([...few, ...most])).not.toEqual(priorOfNew(few));
  });

  test('the cells of a feature that is not configured are ignored', () => {
    const onFailureCostMismatch = vi.fn();
    const { read: it } = learner(['a'], { onFailureCostMismatch });
    expect(() => it('b', cellsIn('b', repeated(20, FAILING)))).not.toThrow();
    expect(onFailureCostMismatch).not.toHaveBeenCalled();
  });
});

describe('failures whose cost differs from the configured one', () => {
  test('a mismatch of the failure cost is reported once, with both figures', async () => {
    const onFailureCostMismatch = vi.fn();
    const { hours } = world({ onFailureCostMismatch });
    await hours(3, { success: false, costUsd: 40 });
    await expect.poll(() => onFailureCostMismatch).toHaveBeenCalledTimes(1);
    expect(onFailureCostMismatch.mock.calls[0]?.[0]).toMatchObject({
      feature: 'support',
      configuredUsd: 10,
      recordedUsd: 40,
      mismatch: true,
    });
    await hours(3, { success: false, costUsd: 40 });
    expect(onFailureCostMismatch).toHaveBeenCalledTimes(1);
  });

  test('no mismatch is reported while the recorded cost is within a quarter of the configured one', async () => {
    const onFailureCostMismatch = vi.fn();
    const { hours } = world({ onFailureCostMismatch });
    await hours(3, { success: false, costUsd: 11 });
    expect(onFailureCostMismatch).not.toHaveBeenCalled();
  });
});

describe('a hook that throws', () => {
  const thrown = new Error('the pager is down');
  const throwing = (): never => {
    throw thrown;
  };

  test('an exception in `onBudget` is reported as a fault, and the call is answered and recorded', async () => {
    const budget = { usd: 1, per: 'day', onLimit: 'alert' } as const;
    const { hours, faults, router } = world({ onBudget: throwing, budget });
    await hours(1, { success: true });
    expect(faults).toContainEqual(expect.objectContaining({ where: 'observer', error: thrown }));
    const report = await router.report();
    expect(report.features[0]).toMatchObject({ intents: 13, labelled: 12 });
  });

  test('an exception in `onFailureCostMismatch` is reported as a fault, and the other hooks are called', async () => {
    const onBudget = vi.fn();
    const { hours, faults } = world({
      onFailureCostMismatch: throwing,
      onBudget,
      budget: { usd: 10, per: 'day', onLimit: 'alert' },
    });
    await hours(3, { success: false, costUsd: 40 });
    await expect.poll(() => faults).toContainEqual(expect.objectContaining({ where: 'observer', error: thrown }));
    expect(onBudget.mock.calls.map(([{ threshold }]) => threshold)).toEqual([0.8, 1]);
  });
});
