import { afterEach, describe, expect, test, vi } from 'vitest';
import type { RouterConfig } from '../../../src/config/application.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const HOUR = 3_600_000;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async router => router.close()));
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
  open.push(router);
  async function hours(count: number, outcome: { success: boolean; costUsd?: number }): Promise<void> {
    for (let hour = 0; hour < count; hour++) {
      for (let i = 0; i < 12; i++) {
        const { intent } = await router.run('support', async () => ({ value: 'done', costUsd: 0.5 }));
        await intent.outcome(outcome);
      }
      await router.flush();
      runtime.advance(HOUR);
    }
    // The statistics are read again beside the next request, not before it.
    await router.run('support', async () => ({ value: 'done', costUsd: 0 }));
    await router.flush();
  }
  return { router, hours, faults };
}

describe('a rate that changes', () => {
  test('is told once, with before and after; what had changed before the process began is no news', async () => {
    const onDrift = vi.fn();
    const { hours } = world({ onDrift });
    await hours(40, { success: true });
    expect(onDrift).not.toHaveBeenCalled();
    await hours(40, { success: false });
    await vi.waitFor(() => expect(onDrift).toHaveBeenCalled());
    const success = onDrift.mock.calls.map(([event]) => event).filter(({ kind }) => kind === 'success');
    expect(success[0]).toMatchObject({ feature: 'support', node: 'mini' });
    expect(success[0].before.value).toBeGreaterThan(0.8);
    expect(success[0].after.value).toBeLessThan(0.2);
    expect(new Set(success.map(({ atMs }) => atMs)).size).toBe(success.length);
  });
});

describe('failures that cost something else than configured', () => {
  test('are told once, with both figures', async () => {
    const onFailureCostMismatch = vi.fn();
    const { hours } = world({ onFailureCostMismatch });
    await hours(3, { success: false, costUsd: 40 });
    await vi.waitFor(() => expect(onFailureCostMismatch).toHaveBeenCalledTimes(1));
    expect(onFailureCostMismatch.mock.calls[0]?.[0]).toMatchObject({
      feature: 'support',
      configuredUsd: 10,
      recordedUsd: 40,
      mismatch: true,
    });
    await hours(3, { success: false, costUsd: 40 });
    expect(onFailureCostMismatch).toHaveBeenCalledTimes(1);
  });

  test('are not told while they are within a quarter of it', async () => {
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

  test('on a budget is a fault: the call is answered and recorded all the same', async () => {
    const budget = { usd: 1, per: 'day', onLimit: 'alert' } as const;
    const { hours, faults, router } = world({ onBudget: throwing, budget });
    await hours(1, { success: true });
    expect(faults).toContainEqual(expect.objectContaining({ where: 'observer', error: thrown }));
    const report = await router.report();
    expect(report.features[0]).toMatchObject({ intents: 13, labelled: 12 });
  });

  test('on a mismatch is a fault too, and the other hooks are told', async () => {
    const onBudget = vi.fn();
    const { hours, faults } = world({
      onFailureCostMismatch: throwing,
      onBudget,
      budget: { usd: 10, per: 'day', onLimit: 'alert' },
    });
    await hours(3, { success: false, costUsd: 40 });
    await vi.waitFor(() =>
      expect(faults).toContainEqual(expect.objectContaining({ where: 'observer', error: thrown })),
    );
    expect(onBudget.mock.calls.map(([{ threshold }]) => threshold)).toEqual([0.8, 1]);
  });
});
