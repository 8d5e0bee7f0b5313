import { expect, test } from 'vitest';
import { circuitBreaker } from '../../../src/engine/rails/circuit-breaker.ts';

const a = { endpoint: 'openai/a', account: 'account of a' };
const b = { endpoint: 'openai/b', account: 'account of a' };
const elsewhere = { endpoint: 'https://x.example/a', account: 'account of elsewhere' };

test('a circuit opens after the configured number of consecutive faults, and for its endpoint only', () => {
  const breaker = circuitBreaker({ faults: 3, openMs: 1_000 });
  breaker.failed(a, 0);
  breaker.failed(a, 0);
  expect(breaker.isOpen(a, 1)).toBe(false);
  breaker.failed(a, 0);
  expect(breaker.isOpen(a, 1)).toBe(true);
  expect(breaker.isOpen(b, 1)).toBe(false);
});

test('a success starts the count of consecutive faults again', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed(a, 0);
  breaker.succeeded(a);
  breaker.failed(a, 0);
  expect(breaker.isOpen(a, 1)).toBe(false);
});

test('a half-open circuit lets one probe through, and other requests wait for its answer', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed(a, 0);
  expect(breaker.isOpen(a, 999)).toBe(true);
  expect(breaker.isOpen(a, 1_000)).toBe(false);
  breaker.sending(a, 1_000);
  expect(breaker.isOpen(a, 1_001)).toBe(true);
  breaker.succeeded(a);
  expect(breaker.isOpen(a, 1_002)).toBe(false);
});

test('a failed probe keeps the circuit open for another cool-down', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed(a, 0);
  breaker.sending(a, 1_000);
  breaker.failed(a, 1_500);
  expect(breaker.isOpen(a, 2_499)).toBe(true);
  expect(breaker.isOpen(a, 2_500)).toBe(false);
});

test('a probe whose answer never comes is followed by another one after a cool-down', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed(a, 0);
  breaker.sending(a, 1_000);
  expect(breaker.isOpen(a, 1_999)).toBe(true);
  expect(breaker.isOpen(a, 2_000)).toBe(false);
});

test('sending to an endpoint whose circuit is closed leaves it closed', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed(a, 0);
  breaker.sending(a, 1);
  expect(breaker.isOpen(a, 2)).toBe(false);
});

test('`anyFaults` is true from the first fault of an endpoint until its next success', () => {
  const breaker = circuitBreaker();
  expect(breaker.anyFaults()).toBe(false);
  breaker.failed(a, 0);
  expect(breaker.anyFaults()).toBe(true);
  breaker.succeeded(a);
  expect(breaker.anyFaults()).toBe(false);
});

test('a circuit opens after 5 faults for 30 seconds unless configured otherwise', () => {
  const breaker = circuitBreaker();
  for (let fault = 0; fault < 4; fault++) breaker.failed(a, 0);
  expect(breaker.isOpen(a, 0)).toBe(false);
  breaker.failed(a, 0);
  expect([29_999, 30_000].map(atMs => breaker.isOpen(a, atMs))).toEqual([true, false]);
});

test('a refused account opens the circuit of all its models at once, and of no other account', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  breaker.refused(a, 'account', 0);
  expect([a, b, elsewhere].map(model => breaker.isOpen(model, 999))).toEqual([true, true, false]);
  expect(breaker.isOpen(b, 1_000)).toBe(false);
});

test('a refused model opens its own circuit only', () => {
  const breaker = circuitBreaker();
  breaker.refused(a, 'model', 0);
  expect([a, b].map(model => breaker.isOpen(model, 599_999))).toEqual([true, false]);
  expect(breaker.isOpen(a, 600_000)).toBe(false);
});

test('a refusal is news once, and again after the account or the model has answered in between', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  expect(breaker.refused(a, 'account', 0)).toBe(true);
  expect(breaker.refused(b, 'account', 1)).toBe(false);
  breaker.sending(a, 1_000);
  expect(breaker.refused(a, 'account', 1_001)).toBe(false);
  breaker.succeeded(b);
  expect(breaker.isOpen(a, 1_002)).toBe(false);
  expect(breaker.refused(a, 'account', 1_003)).toBe(true);
  breaker.failed(b, 1_003);
  expect(breaker.refused(b, 'model', 1_004)).toBe(true);
});

test('one probe asks a refused account again after its cool-down', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  breaker.refused(a, 'account', 0);
  breaker.sending(b, 1_000);
  expect(breaker.isOpen(a, 1_999)).toBe(true);
  expect(breaker.isOpen(a, 2_000)).toBe(false);
});
