import { expect, test } from 'vitest';
import { circuitBreaker } from '../../../src/engine/rails/circuit-breaker.ts';

test('a circuit opens after the configured number of consecutive faults, and for its endpoint only', () => {
  const breaker = circuitBreaker({ faults: 3, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 1)).toBe(false);
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 1)).toBe(true);
  expect(breaker.isOpen('b', 1)).toBe(false);
});

test('a success starts the count of consecutive faults again', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.succeeded('a');
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 1)).toBe(false);
});

test('a half-open circuit lets one probe through, and other requests wait for its answer', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed('a', 0);
  expect(breaker.isOpen('a', 999)).toBe(true);
  expect(breaker.isOpen('a', 1_000)).toBe(false);
  breaker.sending('a', 1_000);
  expect(breaker.isOpen('a', 1_001)).toBe(true);
  breaker.succeeded('a');
  expect(breaker.isOpen('a', 1_002)).toBe(false);
});

test('a failed probe keeps the circuit open for another cool-down', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.sending('a', 1_000);
  breaker.failed('a', 1_500);
  expect(breaker.isOpen('a', 2_499)).toBe(true);
  expect(breaker.isOpen('a', 2_500)).toBe(false);
});

test('a probe whose answer never comes is followed by another one after a cool-down', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.sending('a', 1_000);
  expect(breaker.isOpen('a', 1_999)).toBe(true);
  expect(breaker.isOpen('a', 2_000)).toBe(false);
});

test('sending to an endpoint whose circuit is closed leaves it closed', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed('a', 0);
  breaker.sending('a', 1);
  expect(breaker.isOpen('a', 2)).toBe(false);
});

test('`anyFaults` is true from the first fault of an endpoint until its next success', () => {
  const breaker = circuitBreaker();
  expect(breaker.anyFaults()).toBe(false);
  breaker.failed('a', 0);
  expect(breaker.anyFaults()).toBe(true);
  breaker.succeeded('a');
  expect(breaker.anyFaults()).toBe(false);
});

test('a circuit opens after 5 faults for 30 seconds unless configured otherwise', () => {
  const breaker = circuitBreaker();
  for (let fault = 0; fault < 4; fault++) breaker.failed('a', 0);
  expect(breaker.isOpen('a', 0)).toBe(false);
  breaker.failed('a', 0);
  expect([29_999, 30_000].map(atMs => breaker.isOpen('a', atMs))).toEqual([true, false]);
});
