import { expect, test } from 'vitest';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import { circuitBreaker, circuitsOf } from '../../../src/engine/rails/circuit-breaker.ts';

const model = (name: string, more: Partial<ResolvedModel> = {}): ResolvedModel =>
  ({ endpoint: `openai/${name}`, account: 'account of a', ...more }) as ResolvedModel;
const ofClient = (name: string) => () => name;
const a = circuitsOf(model('a'), ofClient('one'));
const b = circuitsOf(model('b'), ofClient('one'));
const aOfOther = circuitsOf(model('a'), ofClient('two'));

test('a circuit opens after the configured number of consecutive faults, and for its endpoint only', () => {
  const breaker = circuitBreaker({ faults: 3, openMs: 1_000 });
  breaker.failed(a.endpoint, 0);
  breaker.failed(a.endpoint, 0);
  expect(breaker.isOpen(a, 1)).toBe(false);
  breaker.failed(a.endpoint, 0);
  expect(breaker.isOpen(a, 1)).toBe(true);
  expect(breaker.isOpen(b, 1)).toBe(false);
});

test('a success starts the count of consecutive faults again', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed(a.endpoint, 0);
  breaker.succeeded(a);
  breaker.failed(a.endpoint, 0);
  expect(breaker.isOpen(a, 1)).toBe(false);
});

test('a half-open circuit lets one probe through, and other requests wait for its answer', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed(a.endpoint, 0);
  expect(breaker.isOpen(a, 999)).toBe(true);
  expect(breaker.isOpen(a, 1_000)).toBe(false);
  breaker.sending(a, 1_000);
  expect(breaker.isOpen(a, 1_001)).toBe(true);
  breaker.succeeded(a);
  expect(breaker.isOpen(a, 1_002)).toBe(false);
});

test('a failed probe keeps the circuit open for another cool-down', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed(a.endpoint, 0);
  breaker.sending(a, 1_000);
  breaker.failed(a.endpoint, 1_500);
  expect(breaker.isOpen(a, 2_499)).toBe(true);
  expect(breaker.isOpen(a, 2_500)).toBe(false);
});

test('a probe whose answer never comes is followed by another one after a cool-down', () => {
  const breaker = circuitBreaker({ faults: 1, openMs: 1_000 });
  breaker.failed(a.endpoint, 0);
  breaker.sending(a, 1_000);
  expect(breaker.isOpen(a, 1_999)).toBe(true);
  expect(breaker.isOpen(a, 2_000)).toBe(false);
});

test('sending to an endpoint whose circuit is closed leaves it closed', () => {
  const breaker = circuitBreaker({ faults: 2, openMs: 1_000 });
  breaker.failed(a.endpoint, 0);
  breaker.sending(a, 1);
  expect(breaker.isOpen(a, 2)).toBe(false);
});

test('`anyFaults` is true from the first fault of an endpoint until its next success', () => {
  const breaker = circuitBreaker();
  expect(breaker.anyFaults()).toBe(false);
  breaker.failed(a.endpoint, 0);
  expect(breaker.anyFaults()).toBe(true);
  breaker.succeeded(a);
  expect(breaker.anyFaults()).toBe(false);
});

test('a circuit opens after 5 faults for 30 seconds unless configured otherwise', () => {
  const breaker = circuitBreaker();
  for (let fault = 0; fault < 4; fault++) breaker.failed(a.endpoint, 0);
  expect(breaker.isOpen(a, 0)).toBe(false);
  breaker.failed(a.endpoint, 0);
  expect([29_999, 30_000].map(atMs => breaker.isOpen(a, atMs))).toEqual([true, false]);
});

test('a refused account opens the circuit of all its models at once, and of no other client', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  breaker.refused(a.account, 0);
  expect([a, b, aOfOther].map(each => breaker.isOpen(each, 999))).toEqual([true, true, false]);
  expect(breaker.isOpen(b, 1_000)).toBe(false);
});

test('a refused model opens its own circuit only', () => {
  const breaker = circuitBreaker();
  breaker.refused(a.model, 0);
  expect([a, b, aOfOther].map(each => breaker.isOpen(each, 599_999))).toEqual([true, false, false]);
  expect(breaker.isOpen(a, 600_000)).toBe(false);
});

test('a model with an endpoint of its own is refused for every client, because it has its own key', () => {
  const own = model('a', { baseURL: 'https://models.example/v1' });
  expect(circuitsOf(own, ofClient('one'))).toEqual(circuitsOf(own, ofClient('two')));
});

test('the circuit breaker says of a model whether its circuit is open for any client', () => {
  const breaker = circuitBreaker({ faults: 1, refusedMs: 1_000 });
  const isOpenForSome = (): readonly boolean[] => ['a', 'b'].map(name => breaker.isOpenForSome(model(name), 999));
  breaker.refused(aOfOther.model, 0);
  expect(isOpenForSome()).toEqual([true, false]);
  breaker.failed(b.endpoint, 0);
  expect(isOpenForSome()).toEqual([true, true]);
  const busy = circuitBreaker({ faults: 1 });
  busy.failed(b.endpoint, 0);
  expect(busy.isOpenForSome(model('b'), 999)).toBe(true);
  const refusing = circuitBreaker({ refusedMs: 1_000 });
  refusing.refused(aOfOther.account, 0);
  expect([999, 1_000].map(atMs => refusing.isOpenForSome(model('b'), atMs))).toEqual([true, false]);
});

test('a refusal is reported once, and again only after the account or the model has answered in between', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  expect(breaker.refused(a.account, 0)).toBe(true);
  expect(breaker.refused(b.account, 1)).toBe(false);
  breaker.sending(a, 1_000);
  expect(breaker.refused(a.account, 1_001)).toBe(false);
  breaker.succeeded(b);
  expect(breaker.isOpen(a, 1_002)).toBe(false);
  expect(breaker.refused(a.account, 1_003)).toBe(true);
});

test('one probe asks a refused account again after its cool-down', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  breaker.refused(a.account, 0);
  breaker.sending(b, 1_000);
  expect(breaker.isOpen(a, 1_999)).toBe(true);
  expect(breaker.isOpen(a, 2_000)).toBe(false);
});

test('a client that never comes back after its refusal is forgotten, so that circuits do not pile up', () => {
  const breaker = circuitBreaker({ refusedMs: 1_000 });
  breaker.refused(a.account, 0);
  breaker.refused(aOfOther.account, 2_001);
  breaker.succeeded(aOfOther);
  expect(breaker.anyFaults()).toBe(false);
});
