import { expect, test } from 'vitest';
import { circuitBreaker } from '../../../src/engine/rails/circuit-breaker.ts';

test('a circuit opens after the given faults in a row and not before', () => {
  const breaker = circuitBreaker({ faults: 3, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 1)).toBe(false);
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 1)).toBe(true);
  expect(breaker.isOpen('b', 1)).toBe(false);
});

test('a success between faults starts the count again', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.succeeded('a');
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 1)).toBe(false);
});

test('a half-open circuit lets one probe pass; the others wait for its answer', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 999)).toBe(true);
  expect(breaker.isOpen('a', 1_000)).toBe(false);
  breaker.sending('a', 1_000);
  expect(breaker.isOpen('a', 1_001)).toBe(true);
  breaker.succeeded('a');
  expect(breaker.isOpen('a', 1_002)).toBe(false);
});

test('a failed probe keeps the circuit open for another period', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.sending('a', 1_000);
  breaker.failed('a', 1_500);
  expect(breaker.isOpen('a', 2_499)).toBe(true);
  expect(breaker.isOpen('a', 2_500)).toBe(false);
});
