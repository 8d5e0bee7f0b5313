import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import { systemRuntime } from '../src/runtime.ts';

describe('ids', () => {
  test('ids are unique and sort in the order they were made', () => {
    const runtime = systemRuntime();
    const ids = Array.from({ length: 20_000 }, () => runtime.newId());
    expect(new Set(ids).size).toBe(ids.length);
    const times = ids.map(id => id.slice(0, 9));
    expect(times).toEqual(times.toSorted());
  });

  test('ids differ between processes that start at the same moment, with the same seed or without one', () => {
    const first = Array.from({ length: 100 }, () => systemRuntime(1).newId());
    expect(new Set(first).size).toBe(100);
  });

  test('an id has only characters that a model slot allows', () => {
    const runtime = systemRuntime();
    for (let i = 0; i < 100; i++) expect(runtime.newId()).toMatch(/^[\w-]+$/);
  });
});

test('a Node that is older than the package’s `engines` say is refused', () => {
  const oldest = manifest.engines.node.replace('>=', '');
  for (const node of ['20.19.5', '21.99.0', '22.12.1'])
    expect(() => systemRuntime(1, node)).toThrow(new RegExp(`${node}.*Node ${oldest}`));
  for (const node of [`${oldest}.0`, '23.0.0', '24.1.0', '100.0.0']) expect(() => systemRuntime(1, node)).not.toThrow();
});

test('a seed determines the randomness; without a seed every runtime differs', () => {
  const draws = (seed?: string): readonly number[] => {
    const { random } = systemRuntime(seed);
    return Array.from({ length: 5 }, () => random.next());
  };
  expect(draws('a')).toEqual(draws('a'));
  expect(draws('a')).not.toEqual(draws('b'));
  expect(draws()).not.toEqual(draws());
});

describe('time', () => {
  test('`sleep` resolves after its time, or rejects with the signal’s reason', async () => {
    const runtime = systemRuntime();
    const started = runtime.elapsedMs();
    await runtime.sleep(5);
    expect(runtime.elapsedMs() - started).toBeGreaterThanOrEqual(4);
    const caller = new AbortController();
    const sleeping = runtime.sleep(60_000, caller.signal);
    caller.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    await expect(runtime.sleep(60_000, caller.signal)).rejects.toThrow('enough');
  });

  test('a cancelled callback is not called', async () => {
    const runtime = systemRuntime();
    const called: string[] = [];
    runtime.after(1, () => called.push('off'))();
    const stop = runtime.every(1, () => called.push('tick'));
    await new Promise<void>(resolve => runtime.after(20, resolve));
    stop();
    const ticks = called.length;
    await new Promise<void>(resolve => runtime.after(5, resolve));
    expect(called).toHaveLength(ticks);
    expect(new Set(called)).toEqual(new Set(['tick']));
  });

  test('a time longer than any timer is waited for in parts, and its callback is not called at once', async () => {
    const runtime = systemRuntime();
    const called: string[] = [];
    const stops = [
      runtime.after(2 ** 40, () => called.push('late')),
      runtime.every(2 ** 40, () => called.push('tick')),
    ];
    await new Promise<void>(resolve => runtime.after(5, resolve));
    for (const stop of stops) stop();
    expect(called).toEqual([]);
  });

  test('`soon` runs after the current task and before any timer', async () => {
    const order: string[] = [];
    const runtime = systemRuntime();
    const done = new Promise<void>(resolve => runtime.soon(() => resolve(void order.push('soon'))));
    await Promise.resolve();
    order.push('now');
    await done;
    expect(order).toEqual(['now', 'soon']);
  });

  test('`nowMs` is the wall clock', () => {
    expect(Math.abs(systemRuntime().nowMs() - Date.now())).toBeLessThan(1_000);
  });
});
