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

test('a hook is told what happened', () => {
  const onBudget = vi.fn();
  guardedHooks({ onBudget }, () => {}).onBudget?.(budget);
  expect(onBudget).toHaveBeenCalledExactlyOnceWith(budget);
});

test('what a hook throws is told to somebody else, and no further', () => {
  const faulted = vi.fn();
  const onDrift = (): never => {
    throw error;
  };
  const hooks = guardedHooks({ onDrift }, faulted);
  hooks.onDrift?.({ feature: 'support', kind: 'version', atMs: 0, model: 'mini', from: 'a', to: 'b' });
  expect(faulted).toHaveBeenCalledExactlyOnceWith(error);
});

test('nor does what an async hook rejects with go further', async () => {
  const told = await new Promise<unknown>(resolve => {
    // Types allow an async function where nothing is awaited, and applications write one.
    const onBudget = (() => Promise.reject(error)) as () => void;
    guardedHooks({ onBudget }, resolve).onBudget?.(budget);
  });
  expect(told).toBe(error);
});

test('a hook that is absent stays absent: nothing is worked out for nobody', () => {
  expect(guardedHooks({}, () => {})).toEqual({});
});
