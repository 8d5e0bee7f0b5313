import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { NO_GRAINS } from '../../../src/core/cells/grains.ts';
import { RouterError } from '../../../src/errors.ts';
import { statisticsFeed } from '../../../src/engine/state/statistics-feed.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { CellsRead, Cursor, Store } from '../../../src/contracts/store.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const cell = (n: bigint, subject = 'mini'): Cell => ({
  key: { scope: 'plan', feature: 'f', segment: '', subject, version: '', bucket: 1 },
  sums: n === 0n ? {} : { n },
});

/** A feed on a store whose generation and cells the test sets, and whose reads it can delay, slow down or break. */
interface Feeding {
  readonly refreshMs?: number;
  readonly isPrivate?: boolean;
  readonly needsAll?: 'first' | 'later' | 'never';
  readonly prepare?: () => Iterator<void, void>;
}

function feeding({ refreshMs = 1_000, isPrivate = false, needsAll = 'first', prepare }: Feeding = {}) {
  const manual = testRuntime();
  const clock = { setBackMs: 0, waitedMs: 0 };
  const runtime = {
    ...manual,
    nowMs: () => manual.nowMs() - clock.setBackMs,
    cpuMs: () => manual.elapsedMs() - clock.waitedMs,
  };
  const world = {
    generation: 0,
    questions: [] as (readonly string[])[],
    cells: [] as readonly Cell[],
    isComplete: true,
    since: [] as (Cursor | undefined)[],
    reads: 0,
    routing: undefined as readonly Cell[] | undefined,
    routingReads: 0,
    totals: async (): Promise<readonly Cell[]> => [],
    workMs: 0,
    waitMs: 0,
    questionMs: 0,
    broken: undefined as Error | undefined,
    gate: undefined as Promise<void> | undefined,
  };
  const applied: string[] = [];
  const refreshed: string[] = [];
  const seeded: (readonly Cell[])[] = [];
  let allCells: (() => Promise<readonly Cell[]>) | undefined;
  const sums = new Map<string, bigint>();
  const faults: unknown[] = [];
  const { isPrivate: _, ...inner } = memory();
  const store: Store = {
    ...inner,
    ...(isPrivate ? { isPrivate } : {}),
    async generations(features) {
      world.questions.push(features);
      manual.advance(world.questionMs);
      if (world.broken !== undefined) throw world.broken;
      return new Map(features.map(feature => [feature, String(world.generation)]));
    },
    async cellsSince(_feature, since): Promise<CellsRead> {
      if (world.broken !== undefined) throw world.broken;
      world.since.push(since);
      world.reads++;
      manual.advance(world.workMs + world.waitMs);
      clock.waitedMs += world.waitMs;
      await world.gate;
      const { cells, isComplete } = world;
      return { cells, complete: isComplete, grains: NO_GRAINS, next: `after read ${world.reads}` };
    },
    cells: async () => world.cells,
    async routingCells(): Promise<CellsRead> {
      world.routingReads++;
      return { cells: world.routing ?? [], complete: true, grains: NO_GRAINS, next: 'packed' };
    },
    nodeTotals: async () => world.totals(),
  };
  const feed = statisticsFeed({
    store,
    runtime,
    refreshMs,
    needsAllCells: () => (needsAll === 'never' ? undefined : needsAll),
    ...(prepare && { prepare }),
    seed: totals => seeded.push(totals),
    apply(feature, delta) {
      applied.push(feature);
      for (const { key, sums: more } of delta)
        sums.set(key.subject, (sums.get(key.subject) ?? 0n) + BigInt(more.n ?? 0n));
    },
    refreshed(feature, cells) {
      refreshed.push(feature);
      allCells = cells;
    },
    faulted: error => faults.push(error),
  });
  /** A call of a feature, and everything that it starts. */
  async function call(feature = 'f'): Promise<void> {
    await feed.ready(feature);
    for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  }
  return {
    feed,
    runtime,
    clock,
    world,
    applied,
    refreshed,
    seeded,
    sums,
    faults,
    call,
    allCells: async () => allCells?.(),
  };
}

test('a feature is loaded before its first decision, and concurrent callers share the read', async () => {
  const { feed, refreshed, world } = feeding();
  const waits = [feed.ready('f'), feed.ready('f')];
  expect(waits[0]).toBeInstanceOf(Promise);
  await waits[0];
  await waits[1];
  expect([refreshed, world.reads, world.questions]).toEqual([['f'], 1, []]);
  expect(feed.ready('f')).toBeUndefined();
});

test('a loaded feature is read again in the background, from where the last read ended: no caller waits for it', async () => {
  const { feed, runtime, world, refreshed } = feeding();
  await feed.ready('f');
  runtime.advance(1_001);
  world.generation++;
  expect(feed.ready('f')).toBeUndefined();
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
  expect([refreshed, world.since]).toEqual([
    ['f', 'f'],
    [undefined, 'after read 1'],
  ]);
});

test('a feature whose generation is unchanged is not read again', async () => {
  const { runtime, world, call } = feeding();
  await call();
  for (let read = 0; read < 4; read++) {
    runtime.advance(1_001);
    await call();
  }
  // Both reads took place before the first question whether the feature has changed.
  expect([world.questions.length, world.reads]).toEqual([4, 2]);
});

test('the store is not asked again before `refreshMs` has passed', async () => {
  const { runtime, world, call } = feeding();
  await call();
  world.generation++;
  runtime.advance(999);
  await call();
  expect([world.reads, world.questions]).toEqual([1, []]);
});

test('one question to the store names exactly the features that were asked for since the last question', async () => {
  const { runtime, world, call } = feeding();
  for (const name of ['f', 'g', 'h']) await call(name);
  runtime.advance(1_001);
  await call('g');
  runtime.advance(1_001);
  for (const name of ['f', 'h']) await call(name);
  runtime.advance(1_001);
  await call('f');
  expect(world.questions).toEqual([['g'], ['f'], ['h', 'f']]);
});

test('each of several features with new records is read with its own next call, before or with the next question to the store', async () => {
  const { feed, runtime, world, refreshed, call } = feeding();
  const names = ['f', 'g', 'h'];
  for (const name of names) await call(name);
  for (const name of names) {
    runtime.advance(1_001);
    await call(name);
  }
  refreshed.length = 0;
  for (const name of ['g', 'h']) void feed.ready(name);
  world.generation++;
  runtime.advance(1_001);
  await call('f');
  expect([world.questions.at(-1), refreshed]).toEqual([['g', 'h', 'f'], ['f']]);
  await call('g');
  expect(refreshed).toEqual(['f', 'g']);
  runtime.advance(1_001);
  await call('h');
  expect([world.questions.at(-1), refreshed]).toEqual([
    ['g', 'h'],
    ['f', 'g', 'h'],
  ]);
});

test('the first read of another feature does not delay the next question to the store', async () => {
  const { runtime, world, call } = feeding();
  await call('f');
  runtime.advance(600);
  await call('g');
  runtime.advance(600);
  await call('f');
  expect(world.questions).toHaveLength(1);
});

test('a read adds what other processes wrote, without what this process has added since the last read', async () => {
  const { feed, runtime, world, sums, call, allCells } = feeding();
  world.cells = [cell(5n), cell(1n, 'premium')];
  expect(feed.committed('f', [cell(100n)])).toBe(false);
  await call();
  expect(feed.committed('f', [cell(2n)])).toBe(true);
  sums.set('mini', 7n);
  Object.assign(world, { cells: [cell(10n)], isComplete: false, generation: 1 });
  runtime.advance(1_001);
  await call();
  expect(Object.fromEntries(sums)).toEqual({ mini: 10n, premium: 1n });
  Object.assign(world, { cells: [cell(11n)], isComplete: true, generation: 2 });
  runtime.advance(1_001);
  await call();
  expect(Object.fromEntries(sums)).toEqual({ mini: 11n, premium: 0n });
  feed.committed('f', [cell(2n)]);
  expect(await allCells()).toEqual([cell(13n)]);
});

test('a large read is applied in slices, between which the process does other work', async () => {
  const { feed, world, applied } = feeding();
  world.cells = Array.from({ length: 1_000 }, (_, i) => cell(1n, `model ${i}`));
  let turns = 0;
  const loaded = new AbortController();
  const loading = Promise.resolve(feed.ready('f')).then(() => loaded.abort());
  while (!loaded.signal.aborted) {
    await new Promise(setImmediate);
    turns++;
  }
  await loading;
  // The last turn is between the new priors and the decision that waits for them.
  expect([applied.length, turns]).toEqual([4, 5]);
});

test('preparations after a read are finished before the decision, and between two slices of them the process does other work', async () => {
  let otherWork = 0;
  const doneBefore: number[] = [];
  const { feed } = feeding({
    *prepare() {
      for (let slice = 0; slice < 3; slice++) {
        doneBefore.push(otherWork);
        setImmediate(() => otherWork++);
        yield;
      }
    },
  });
  await feed.ready('f');
  expect(doneBefore).toEqual([0, 1, 2]);
});

test('reads of all features together take at most 2 % of the time', async () => {
  const { feed, runtime, world, call } = feeding({ refreshMs: 1 });
  const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
  await Promise.all(names.map(async name => feed.ready(name)));
  world.workMs = 10;
  const before = world.reads;
  for (let ms = 0; ms < 10_000; ms += 10) {
    runtime.advance(10);
    world.generation++;
    for (const name of names) void feed.ready(name);
    await call('f0');
  }
  expect(world.reads - before).toBeGreaterThan(15);
  expect(world.reads - before).toBeLessThanOrEqual(21);
});

/** Milliseconds between reads, as long as one takes `workMs` of this process and waits `waitMs` for the store. */
async function pauseBetweenReads(times: { readonly workMs: number; readonly waitMs: number }): Promise<number> {
  const { runtime, world, call } = feeding({ refreshMs: 1 });
  Object.assign(world, times);
  const readAt: number[] = [];
  for (let step = 0; step < 2_000 && readAt.length < 3; step++) {
    const { reads } = world;
    world.generation++;
    await call();
    if (world.reads > reads) readAt.push(runtime.elapsedMs());
    runtime.advance(100);
  }
  return (readAt[2] ?? 0) - (readAt[1] ?? 0) - times.workMs - times.waitMs;
}

test('reads take at most 2 % of the time, however long one takes and however short `refreshMs` is', async () => {
  const pauseMs = await pauseBetweenReads({ workMs: 1_000, waitMs: 0 });
  expect(pauseMs).toBeGreaterThanOrEqual(50_000);
  expect(pauseMs).toBeLessThan(50_200);
});

test('questions to the store take at most 2 % of the time, too', async () => {
  const { feed, runtime, world, call } = feeding({ refreshMs: 1 });
  await call();
  world.questionMs = 100;
  for (let ms = 0; ms < 20_000; ms += 100) {
    runtime.advance(100);
    await call();
    // A feature whose read would be due now waits, too.
    expect(feed.ready('f')).toBeUndefined();
  }
  expect(world.questions.length).toBeLessThanOrEqual(5);
  expect(world.questions.length).toBeGreaterThan(2);
});

test('waiting for a remote store does not count as work of this process, and delays no later read', async () => {
  expect(await pauseBetweenReads({ workMs: 0, waitMs: 500 })).toBeLessThan(200);
});

describe('a read and this process’s own commits exclude each other', () => {
  test('a commit waits for the read in progress', async () => {
    const { feed, world, refreshed } = feeding();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.gate = promise;
    void feed.ready('f');
    let entered = false;
    const entering = Promise.resolve(feed.beginCommit('f')).then(() => (entered = true));
    await new Promise(setImmediate);
    expect([entered, refreshed]).toEqual([false, []]);
    resolve();
    await entering;
    expect(refreshed).toEqual(['f']);
  });

  test('a commit waits for a further read that begins at the moment the first one ends', async () => {
    const { feed, world, refreshed } = feeding();
    const further = Promise.withResolvers<void>();
    const readAgain = async (): Promise<void> => {
      await feed.ready('f');
      world.gate = further.promise;
      void feed.refresh('f');
    };
    void readAgain();
    let isBegun = false;
    const begun = Promise.resolve(feed.beginCommit('f')).then(() => (isBegun = true));
    await new Promise(setImmediate);
    expect([isBegun, refreshed]).toEqual([false, ['f']]);
    further.resolve();
    await begun;
    expect(refreshed).toEqual(['f', 'f']);
  });

  test('a read waits for all commits in progress', async () => {
    const { feed, refreshed } = feeding();
    expect([feed.beginCommit('f'), feed.beginCommit('f')]).toEqual([undefined, undefined]);
    const ready = feed.ready('f');
    feed.endCommit('f');
    await new Promise(setImmediate);
    expect(refreshed).toEqual([]);
    feed.endCommit('f');
    await ready;
    expect(refreshed).toEqual(['f']);
  });

  test('a read waits for a commit that had to wait for the read before', async () => {
    const { feed, world, refreshed } = feeding();
    const { promise, resolve } = Promise.withResolvers<void>();
    world.gate = promise;
    void feed.ready('f');
    const begun = feed.beginCommit('f');
    resolve();
    await begun;
    const refreshing = feed.refresh('f');
    await new Promise(setImmediate);
    expect(refreshed).toEqual(['f']);
    feed.endCommit('f');
    await refreshing;
    expect(refreshed).toEqual(['f', 'f']);
  });

  test('a read does not wait for commits to another feature', async () => {
    const { feed, refreshed } = feeding();
    void feed.beginCommit('g');
    await feed.ready('f');
    expect(refreshed).toEqual(['f']);
  });
});

describe('a store that fails', () => {
  test('a failed read is reported and repeated when the next question is due, and decisions go on without it', async () => {
    const { feed, runtime, world, refreshed, faults, call } = feeding();
    world.broken = new Error('gone');
    await call();
    expect([faults.length, refreshed]).toEqual([1, []]);
    await call();
    expect(feed.ready('f')).toBeUndefined();
    expect(faults).toHaveLength(1);
    world.broken = undefined;
    runtime.advance(1_001);
    await call();
    expect(refreshed).toEqual(['f']);
  });

  test('a read that failed is repeated, though nothing was written since', async () => {
    const { feed, runtime, world, refreshed, call } = feeding();
    await call();
    runtime.advance(1_001);
    await call();
    world.broken = new Error('gone');
    await expect(feed.refresh('f')).rejects.toThrow('gone');
    world.broken = undefined;
    refreshed.length = 0;
    runtime.advance(1_001);
    await call();
    expect(refreshed).toEqual(['f']);
  });

  test.each([
    ['is given up when it is one of another store: the next read has all cells', 'cursor-expired', undefined],
    ['is kept when the read fails for another reason', 'store-unusable', 'after read 1'],
  ] as const)('a cursor %s', async (_, code, next) => {
    const { feed, world } = feeding();
    await feed.ready('f');
    world.broken = new RouterError(code, 'no news');
    await expect(feed.refresh('f')).rejects.toThrow('no news');
    world.broken = undefined;
    await feed.refresh('f');
    expect(world.since).toEqual([undefined, next]);
  });

  test('setting the system clock back does not delay the next read', async () => {
    const { runtime, clock, world, refreshed, call } = feeding();
    await call();
    clock.setBackMs = 3_600_000;
    world.generation++;
    runtime.advance(1_001);
    await call();
    expect(refreshed).toEqual(['f', 'f']);
  });
});

describe('a refresh that the application asks for', () => {
  test('a refresh that was asked for reads at once, after the read in progress', async () => {
    const { feed, world, refreshed } = feeding();
    void feed.ready('f');
    await feed.refresh('f');
    expect([world.reads, refreshed.length]).toEqual([2, 2]);
  });

  test('a refresh that was asked for rejects when the store cannot be read', async () => {
    const { feed, world } = feeding();
    world.broken = new Error('gone');
    await expect(feed.refresh('f')).rejects.toThrow('gone');
  });
});

test('a store that is private to this process is read once; this process’s commits are evaluated every `refreshMs`', async () => {
  const { feed, runtime, world, sums, refreshed, call, allCells } = feeding({ isPrivate: true });
  world.cells = [cell(5n)];
  await call();
  for (let i = 0; i < 3; i++) {
    expect(feed.committed('f', [cell(1n)])).toBe(true);
    runtime.advance(1_001);
    await call();
    await call();
  }
  runtime.advance(1_001);
  await call();
  expect([world.reads, world.questions, refreshed.length]).toEqual([1, [], 4]);
  expect(Object.fromEntries(sums)).toEqual({ mini: 5n });
  world.cells = [cell(8n)];
  expect(await allCells()).toEqual([cell(8n)]);
});

test('where only routing reads the statistics, a process begins with the cells that the store keeps for routing, and continues from there', async () => {
  const { feed, world, sums, applied } = feeding({ needsAll: 'never' });
  const node = (n: bigint): Cell => ({ key: { ...cell(n).key, scope: 'node' }, sums: { n, costOfLabelled: 9n } });
  world.routing = [{ ...node(5n), sums: { n: 5n } }];
  await feed.ready('f');
  expect([world.routingReads, world.reads, sums.get('mini')]).toEqual([1, 0, 5n]);
  // Changed cells and this process's own commits are filtered in the same way: only nodes count.
  world.isComplete = false;
  world.cells = [node(7n), cell(3n, 'plan')];
  await feed.refresh('f');
  expect([world.routingReads, world.since, sums]).toEqual([1, ['packed'], new Map([['mini', 7n]])]);
  feed.committed('f', [node(1n), cell(1n, 'plan')]);
  world.cells = [node(8n)];
  await feed.refresh('f');
  expect(sums.get('mini')).toBe(7n);
  expect(applied.length).toBeGreaterThan(0);
});

test('observers get all cells after the first decision, and the statistics have each of them once', async () => {
  const { feed, world, sums, allCells } = feeding({ needsAll: 'later' });
  const node = (n: bigint): Cell => ({ key: { ...cell(n).key, scope: 'node' }, sums: { n, costOfLabelled: 9n } });
  world.routing = [{ ...node(5n), sums: { n: 5n } }];
  let letRead = (): void => {};
  world.gate = new Promise(resolve => (letRead = resolve));
  await feed.ready('f');
  expect([world.routingReads, sums.get('mini'), feed.hasAllCells('f')]).toEqual([1, 5n, false]);
  expect(await allCells()).toBe(undefined);
  // Recorded before everything is read: the store has it then.
  await feed.beginCommit('f');
  feed.committed('f', [node(1n), cell(1n, 'plan')]);
  feed.endCommit('f');
  world.cells = [node(6n), cell(4n, 'plan')];
  letRead();
  await expect.poll(() => feed.hasAllCells('f')).toBe(true);
  await expect.poll(() => sums.get('plan')).toBe(3n);
  expect([world.routingReads, world.since, sums.get('mini')]).toEqual([1, [undefined], 5n]);
  expect(await allCells()).toEqual(world.cells);
  world.isComplete = false;
  world.cells = [cell(5n, 'plan')];
  await feed.refresh('f');
  expect([world.since, sums.get('plan')]).toEqual([[undefined, 'after read 1'], 4n]);
});

test('the totals of other features are asked for once, before the first read, and no read fails without them', async () => {
  const { feed, world, seeded, faults } = feeding();
  world.totals = async () => [cell(9n)];
  await Promise.all([feed.ready('f'), feed.ready('g')]);
  expect(seeded).toEqual([[cell(9n)]]);
  const other = feeding();
  other.world.totals = async () => {
    throw new Error('no totals');
  };
  await other.feed.ready('f');
  expect([other.seeded, other.faults, other.world.reads]).toEqual([[], [new Error('no totals')], 1]);
  expect(faults).toEqual([]);
});
