import { expect, test } from 'vitest';
import { routedNow } from '../../src/analysis/routed-now.ts';
import { circuitBreaker } from '../../src/engine/rails/circuit-breaker.ts';
import { featureState } from '../../src/engine/state/feature-state.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { cellsOf, FAILURE, many } from '../core/support/cells.ts';
import { AT_MS } from '../core/support/intents.ts';
import { resolvedFeature } from '../engine/state/resolved.ts';

function limited(feature: Parameters<typeof resolvedFeature>[0] = {}, disabled: readonly string[] = []) {
  const runtime = testRuntime({ startMs: AT_MS });
  const parts = { runtime, breaker: circuitBreaker({ faults: 1 }), disabled: new Set(disabled) };
  const state = featureState(resolvedFeature(feature), { ...parts, budgets: [], faulted: () => {} });
  const failed = cellsOf(many(50, { evidence: [FAILURE], versions: { ...state.versions() } }));
  state.apply(failed.map(cell => ({ ...cell, key: { ...cell.key, feature: 'work' } })));
  const now = () => routedNow({ ...parts, feature: () => state }, 'work', state.learned.segment(''));
  return { state, now };
}

test('without rails, switches or pins nothing limits the choice', () => {
  const { exclusions, ...rest } = limited().now();
  expect(exclusions.filter(({ plans }) => plans !== 0)).toEqual([]);
  expect(rest).toEqual({ isSwitchedOff: false });
});

test('a minimum success rate and a switched-off model exclude plans, each with its reason', () => {
  const reasons = (now: ReturnType<typeof routedNow>): readonly string[] =>
    now.exclusions.flatMap(({ plans, reason }) => (plans === 0 ? [] : [reason]));
  expect(reasons(limited({ minSuccessRate: 0.9 }).now())).toEqual([
    'its success rate is very probably below the minimum, 90.0 %',
  ]);
  expect(reasons(limited({}, ['mini']).now())).toEqual(['switched off by an operator']);
});

test('a pin is named for as long as its models are on', () => {
  const { state, now } = limited();
  state.pin(['mini']);
  expect(now().pinned).toBe('mini');
  const off = limited({}, ['mini']);
  off.state.pin(['mini']);
  expect(off.now()).not.toHaveProperty('pinned');
});
