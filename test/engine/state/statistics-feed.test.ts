import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { statisticsFeed } from '../../../src/engine/state/statistics-feed.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

/** A store whose generation a test sets, and whose reads it may hold up or break. */
function feeding({ refreshMs = 1_000 } = {}) {
  const manual = testRuntime();
  const clock = { setBackMs: 0 };
  const runtime = { ...manual, nowMs: () => manual.nowMs() - clock.setBackMs };
  const world = { generation: 0, reads: 0, broken: false, gate: undefined as Promise<void> | undefined };
  const replaced: string[] = [];
  const faults: unknown[] = [];
  const store: Store = {
    ...memory(),
    async generation() {
      if (world.broken) throw new Error('gone');
      return world.generation;
    },
    async cells(): Promise<readonly Cell[]> {
      world.reads++;
      await world.gate;
      return [];
    },
  };
  const feed = statisticsFeed({
    store,
    runtime,
    refreshMs,
    replaced: feature => replaced.push(feature),
    faulted: error => faults.push(error),
  });
  return { feed, runtime, clock, world, replaced, faults };
}

test('a feature is loaded before its first decision, once for all who wait', async () => {
  const { feed, replaced, world } = feeding();
  const waits = [feed.ready('f'), feed.ready('f')];
  expect(waits[0]).toBeInstanceOf(Promise);
  await waits[0];
  await waits[1];
  expect([replaced, world.reads]).toEqual([['f'], 1]);
  expect(feed.ready('f')).toBeUndefined();
});

test('after that nobody waits: a look at the store goes on beside the call', async () => {
  const { feed, runtime, world, replaced } = feeding();
  await feed.ready('f');
  runtime.advance(1_001);
  world.generation++;
  expect(feed.ready('f')).toBeUndefined();
  await feed.beginCommit('f');
  feed.endCommit('f');
  expect(replaced).toEqual(['f', 'f']);
});

test('the cells are read again only when somebody has written', async () => {
  const { feed, runtime, world } = feeding();
  await feed.ready('f');
  for (let look = 0; look < 3; look++) {
    runtime.advance(1_001);
    void feed.ready('f');
    await feed.beginCommit('f');
    feed.endCommit('f');
  }
  expect(world.reads).toBe(1);
});

test('no look comes sooner than asked for', async () => {
  const { feed, runtime, world } = feeding();
  await feed.ready('f');
  world.generation++;
  runtime.advance(999);
  expect(feed.ready('f')).toBeUndefined();
  expect(feed.beginCommit('f')).toBeUndefined();
  expect(world.reads).toBe(1);
});

describe('a read and this process’s own commits exclude each other', () => {
  test('a commit waits for the read under way', async () => {
    const { feed, world, replaced } = feeding();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.gate = promise;
    void feed.ready('f');
    let entered = false;
    const entering = Promise.resolve(feed.beginCommit('f')).then(() => (entered = true));
    await new Promise(setImmediate);
    expect([entered, replaced]).toEqual([false, []]);
    resolve();
    await entering;
    expect(replaced).toEqual(['f']);
  });

  test('a read waits for the commits under way, and for all of them', async () => {
    const { feed, replaced } = feeding();
    expect([feed.beginCommit('f'), feed.beginCommit('f')]).toEqual([undefined, undefined]);
    const ready = feed.ready('f');
    feed.endCommit('f');
    await new Promise(setImmediate);
    expect(replaced).toEqual([]);
    feed.endCommit('f');
    await ready;
    expect(replaced).toEqual(['f']);
  });

  test('of one feature: another one’s do not matter', async () => {
    const { feed, replaced } = feeding();
    void feed.beginCommit('g');
    await feed.ready('f');
    expect(replaced).toEqual(['f']);
  });
});

test('a store that cannot be read is told of, decided without, and tried again at the next look', async () => {
  const { feed, runtime, world, replaced, faults } = feeding();
  world.broken = true;
  await feed.ready('f');
  expect([faults.length, replaced]).toEqual([1, []]);
  expect(feed.ready('f')).toBeUndefined();
  world.broken = false;
  runtime.advance(1_001);
  void feed.ready('f');
  await feed.beginCommit('f');
  expect(replaced).toEqual(['f']);
});

test('a clock that was set back does not put off the next look', async () => {
  const { feed, runtime, clock, world, replaced } = feeding();
  await feed.ready('f');
  clock.setBackMs = 3_600_000;
  world.generation++;
  runtime.advance(1_001);
  void feed.ready('f');
  await feed.beginCommit('f');
  expect(replaced).toEqual(['f', 'f']);
});
