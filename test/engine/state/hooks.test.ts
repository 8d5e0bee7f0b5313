import { expect, test, vi } from 'vitest';
import { guardedHooks } from '../../../src/engine/state/hooks.ts';

const budget = {
  feature: 'support',
  threshold: 0.8,
  spentUsd: 8,
  budgetUsd: 10,
  per: 'day',
  periodStartMs: 0,
} as const;
const error = new Error('the pager is down');

test('a hook is called with the event, and may return nothing', () => {
  const [onBudget, faulted] = [vi.fn(), vi.fn()];
  guardedHooks({ onBudget }, faulted).onBudget?.(budget);
  expect(onBudget).toHaveBeenCalledExactlyOnceWith(budget);
  expect(faulted).not.toHaveBeenCalled();
});

test('an exception in a hook is reported as a fault and never reaches the request', () => {
  const faulted = vi.fn();
  const onDrift = (): never => {
    throw error;
  };
  const hooks = guardedHooks({ onDrift }, faulted);
  hooks.onDrift?.({ feature: 'support', kind: 'version', atMs: 0, model: 'mini', from: 'a', to: 'b' });
  expect(faulted).toHaveBeenCalledExactlyOnceWith(error);
});

test('a rejection of an async hook is reported as a fault too', async () => {
  const reported = await new Promise<unknown>(resolve => {
    // Types allow an async function where nothing is awaited, and applications write one.
    const onBudget = (() => Promise.reject(error)) as () => void;
    guardedHooks({ onBudget }, resolve).onBudget?.(budget);
  });
  expect(reported).toBe(error);
});

test('an absent hook stays absent, so that its event is never computed', () => {
  expect(guardedHooks({}, () => {})).toEqual({});
});
