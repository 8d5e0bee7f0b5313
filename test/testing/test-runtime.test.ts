import { describe, expect, test } from 'vitest';
import { testRuntime } from '../../src/testing/test-runtime.ts';

describe('the clock', () => {
  test('the clock stands still until the test advances it', async () => {
    const runtime = testRuntime({ startMs: 1_000 });
    await new Promise(resolve => setTimeout(resolve, 3));
    expect([runtime.nowMs(), runtime.elapsedMs()]).toEqual([1_000, 0]);
    runtime.advance(250);
    expect([runtime.nowMs(), runtime.elapsedMs()]).toEqual([1_250, 250]);
  });

  test('a wait takes no real time, advances the clock by its length, and is recorded', async () => {
    const runtime = testRuntime({ startMs: 0 });
    await runtime.sleep(60_000);
    await runtime.sleep(5);
    expect([runtime.nowMs(), runtime.slept]).toEqual([60_005, [60_000, 5]]);
  });

  test('a wait with an aborted signal rejects with the abort reason and does not move the clock', async () => {
    const runtime = testRuntime({ startMs: 0 });
    await expect(runtime.sleep(10, AbortSignal.abort(new Error('stop')))).rejects.toThrow('stop');
    expect([runtime.nowMs(), runtime.slept]).toEqual([0, []]);
  });
});

test('the clock shows whole milliseconds: a wait or a timer with a fraction ends at the next one', async () => {
  const runtime = testRuntime({ startMs: 0 });
  await runtime.sleep(437.2);
  expect([runtime.nowMs(), runtime.elapsedMs(), runtime.slept]).toEqual([438, 438, [438]]);
  const calls: number[] = [];
  runtime.after(0.5, () => void calls.push(runtime.nowMs()));
  runtime.every(1.5, () => void calls.push(runtime.nowMs()));
  runtime.advance(4);
  expect(calls).toEqual([439, 440, 442]);
});

test.each([-5, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])(
  'the clock moves forward by whole milliseconds only: `advance(%s)` is refused',
  ms => {
    const runtime = testRuntime({ startMs: 0 });
    expect(() => runtime.advance(ms)).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'advance', accepted: 'whole milliseconds, 0 or more' }),
    );
    expect(runtime.nowMs()).toBe(0);
  },
);

test('a test runtime refuses an option that it does not have, and a start that is not a time', () => {
  expect(() => testRuntime({ start: 0 } as object)).toThrow(
    expect.objectContaining({ code: 'invalid-value', path: 'testRuntime.start', accepted: ['startMs', 'seed'] }),
  );
  for (const startMs of [Number.NaN, 0.5, new Date() as unknown as number]) {
    expect(() => testRuntime({ startMs })).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: 'testRuntime.startMs' }),
    );
  }
});

describe('timers', () => {
  test('timers run in the order of their due times, each at its own time', () => {
    const runtime = testRuntime({ startMs: 0 });
    const calls: (readonly [string, number])[] = [];
    const call = (name: string) => () => void calls.push([name, runtime.nowMs()]);
    runtime.after(30, call('late'));
    runtime.every(20, call('every'));
    runtime.after(10, call('early'));
    runtime.advance(45);
    expect(calls).toEqual([
      ['early', 10],
      ['every', 20],
      ['late', 30],
      ['every', 40],
    ]);
    expect(runtime.nowMs()).toBe(45);
  });

  test('a timer started by another timer runs in the same `advance` if it is due within it', () => {
    const runtime = testRuntime({ startMs: 0 });
    const calls: number[] = [];
    runtime.after(10, () => void runtime.after(10, () => void calls.push(runtime.nowMs())));
    runtime.advance(20);
    expect(calls).toEqual([20]);
  });

  test('a timer whose due time a wait has passed runs late, and the clock never goes back', async () => {
    const runtime = testRuntime({ startMs: 0 });
    const calls: number[] = [];
    runtime.after(10, () => void calls.push(runtime.nowMs()));
    await runtime.sleep(100);
    expect(calls).toEqual([]);
    runtime.advance(0);
    expect([calls, runtime.nowMs()]).toEqual([[100], 100]);
  });

  test('a canceled timer never runs', () => {
    const runtime = testRuntime();
    const calls: string[] = [];
    const cancels = [runtime.after(1, () => calls.push('after')), runtime.every(1, () => calls.push('every'))];
    for (const cancel of cancels) cancel();
    runtime.advance(10);
    expect(calls).toEqual([]);
  });
});

test('ids count up, and random numbers depend only on the seed', () => {
  const draws = (seed?: string | number) => {
    const runtime = testRuntime(seed === undefined ? {} : { seed });
    return [runtime.newId(), runtime.newId(), runtime.random.next(), runtime.random.next()];
  };
  expect(draws().slice(0, 2)).toEqual(['id1', 'id2']);
  expect(draws()).toEqual(draws('test'));
  expect(draws(7)).not.toEqual(draws());
});

test('`soon` runs its callback after the current work', async () => {
  const order: string[] = [];
  const done = new Promise<void>(resolve => {
    testRuntime().soon(() => {
      order.push('soon');
      resolve();
    });
  });
  order.push('now');
  await done;
  expect(order).toEqual(['now', 'soon']);
});
