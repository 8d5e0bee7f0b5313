import { expect, test } from 'vitest';
import { outage } from '../../src/stores/outage.ts';

function setUp() {
  const clock = { nowMs: 10_000 };
  return { clock, health: outage({ nowMs: () => clock.nowMs, retryAfterMs: 500 }) };
}

test('a store is down for retryAfterMs after each failure, and not before the first', () => {
  const { clock, health } = setUp();
  expect(health.isDown()).toBe(false);
  for (const error of [new Error('first'), new Error('second')]) {
    health.failed(error);
    expect(health.error).toBe(error);
    expect(health.isDown()).toBe(true);
    clock.nowMs += 499;
    expect(health.isDown()).toBe(true);
    clock.nowMs += 1;
    expect(health.isDown()).toBe(false);
  }
});

test('a store that has recovered counts as up at once', () => {
  const { health } = setUp();
  health.failed(new Error('away'));
  health.recovered();
  expect(health.isDown()).toBe(false);
});

test('after the clock was set back the store counts as up, because the age of the failure is unknown', () => {
  const { clock, health } = setUp();
  health.failed(new Error('away'));
  clock.nowMs -= 1;
  expect(health.isDown()).toBe(false);
});
