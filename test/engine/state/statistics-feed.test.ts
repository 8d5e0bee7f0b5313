import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { statisticsFeed } from '../../../src/engine/state/statistics-feed.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { Store } from '../../../src/contracts/store.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

/** A feed on a store whose generation the test sets, and whose reads it can delay, slow down or break. */
function feeding({ refreshMs = 1_000 } = {}) {
  const manual = testRuntime();
  const clock = { setBackMs: 0 };
  const runtime = { ...manual, nowMs: () => manual.nowMs() - clock.setBackMs };
  const world = { generation: 0, reads: 0, readMs: 0, broken: false, gate: undefined as Promise<void> | undefined };
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
      manual.advance(world.readMs);
      await world.gate;
      return [];
    },
  };
  const feed = statisticsFeed({
    store,
    runtime,
    refreshMs,
    replace: feature => replaced.push(feature),
    faulted: error => faults.push(error),
  });
  return { feed, runtime, clock, world, replaced, faults };
}

test('a feature is loaded before its first decision, and concurrent callers share the read', async () => {
  const { feed, replaced, world } = feeding();
  const waits = [feed.ready('f'), feed.ready('f')];
  expect(waits[0]).toBeInstanceOf(Promise);
  await waits[0];
  await waits[1];
  expect([replaced, world.reads]).toEqual([['f'], 1]);
  expect(feed.ready('f')).toBeUndefined();
});

test('a loaded feature is read again in the background: no caller waits for it', async () => {
  const { feed, runtime, world, replaced } = feeding();
  await feed.ready('f');
  runtime.advance(1_001);
  world.generation++;
  expect(feed.ready('f')).toBeUndefined();
  await feed.beginCommit('f');
  feed.endCommit('f');
  expect(replaced).toEqual(['f', 'f']);
});

test('the feed does not re-read cells while the store generation is unchanged', async () => {
  const { feed, runtime, world } = feeding();
  await feed.ready('f');
  for (let read = 0; read < 3; read++) {
    runtime.advance(1_001);
    void feed.ready('f');
    await feed.beginCommit('f');
    feed.endCommit('f');
  }
  expect(world.reads).toBe(1);
});

test('the store is not read again before `refreshMs` has passed', async () => {
  const { feed, runtime, world } = feeding();
  await feed.ready('f');
  world.generation++;
  runtime.advance(999);
  expect(feed.ready('f')).toBeUndefined();
  expect(feed.beginCommit('f')).toBeUndefined();
  expect(world.reads).toBe(1);
});

test('reads of all features together take at most 2 % of the time', async () => {
  const { feed, runtime, world } = feeding({ refreshMs: 1 });
  const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
  await Promise.all(names.map(async name => feed.ready(name)));
  world.readMs = 10;
  const before = world.reads;
  for (let ms = 0; ms < 10_000; ms += 10) {
    runtime.advance(10);
    world.generation++;
    for (const name of names) void feed.ready(name);
    await feed.beginCommit('f0');
    feed.endCommit('f0');
  }
  expect(world.reads - before).toBeGreaterThan(15);
  expect(world.reads - before).toBeLessThanOrEqual(21);
});

test('reads take at most 2 % of the time, however long one takes and however short `refreshMs` is', async () => {
  const { feed, runtime, world } = feeding({ refreshMs: 1 });
  world.readMs = 1_000;
  await feed.ready('f');
  const pauses: number[] = [];
  let pauseMs = 0;
  while (pauses.length < 2) {
    world.generation++;
    const { reads } = world;
    void feed.ready('f');
    await new Promise(setImmediate);
    if (world.reads > reads) {
      pauses.push(pauseMs);
      pauseMs = 0;
    } else {
      runtime.advance(100);
      pauseMs += 100;
    }
  }
  expect(pauses).toEqual([50_000, 50_000]);
});

describe('a read and this process’s own commits exclude each other', () => {
  test('a commit waits for the read in progress', async () => {
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

  test('a commit waits for a further read that begins at the moment the first one ends', async () => {
    const { feed, world, replaced } = feeding({ refreshMs: 0 });
    const further = Promise.withResolvers<void>();
    const readAgain = async (): Promise<void> => {
      await feed.ready('f');
      world.gate = further.promise;
      world.generation++;
      void feed.ready('f');
    };
    void readAgain();
    let isBegun = false;
    const begun = Promise.resolve(feed.beginCommit('f')).then(() => (isBegun = true));
    await new Promise(setImmediate);
    expect([isBegun, replaced]).toEqual([false, ['f']]);
    further.resolve();
    await begun;
    expect(replaced).toEqual(['f', 'f']);
  });

  test('a read waits for all commits in progress', async () => {
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

  test('a read does not wait for commits to another feature', async () => {
    const { feed, replaced } = feeding();
    void feed.beginCommit('g');
    await feed.ready('f');
    expect(replaced).toEqual(['f']);
  });
});

test('a failed read is reported and repeated when the next read is due, and decisions go on without it', async () => {
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

test('setting the system clock back does not delay the next read', async () => {
  const { feed, runtime, clock, world, replaced } = feeding();
  await feed.ready('f');
  clock.setBackMs = 3_600_000;
  world.generation++;
  runtime.advance(1_001);
  void feed.ready('f');
  await feed.beginCommit('f');
  expect(replaced).toEqual(['f', 'f']);
});
