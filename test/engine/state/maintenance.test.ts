import { expect, test } from 'vitest';
import { maintenance } from '../../../src/engine/state/maintenance.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const START_MS = Date.UTC(2026, 0, 1);

/** The maintenance of a store with so many slices of work, each of which takes processor time; and when each slice began. */
function maintaining({ slices = 1, workMs = 0, startMs = START_MS } = {}) {
  const runtime = testRuntime({ startMs });
  const begun: number[] = [];
  const faults: unknown[] = [];
  const world = { left: slices, broken: undefined as Error | undefined, gate: undefined as Promise<void> | undefined };
  const it = maintenance({
    runtime,
    store: {
      async maintain(nowMs = Number.NaN) {
        begun.push(nowMs - startMs);
        await world.gate;
        if (world.broken !== undefined) throw world.broken;
        runtime.advance(workMs);
        world.left--;
        return { more: world.left > 0 };
      },
    },
    faulted: error => void faults.push(error),
  });
  /** Lets time pass in steps, with what begins in each. */
  async function pass(ms: number, stepMs = 500): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      runtime.advance(stepMs);
      await new Promise(setImmediate);
    }
  }
  return { it, pass, begun, faults, world };
}

test('a store is maintained once a minute from a minute after its first use on, and a store that is never used is not', async () => {
  const { it, pass, begun } = maintaining();
  await pass(120_000);
  expect(begun).toEqual([]);
  it.start();
  it.start();
  await pass(180_000);
  expect(begun).toEqual([180_000, 240_000, 300_000]);
});

test('processes begin at different times of a minute, by the moment of their start', async () => {
  const { it, pass, begun } = maintaining({ startMs: START_MS + 250 });
  it.start();
  await pass(100_000);
  expect(begun).toEqual([75_000]);
});

test('while work is left, the next slice follows soon, and slices take 2 % of a processor at most', async () => {
  const { it, pass, begun } = maintaining({ slices: 4, workMs: 50 });
  it.start();
  await pass(80_000, 50);
  const pauses = begun.slice(1).map((at, index) => at - (begun[index] ?? 0));
  expect(pauses).toEqual([2_550, 2_550, 2_550]);
  const quick = maintaining({ slices: 3 });
  quick.it.start();
  await quick.pass(70_000);
  expect(quick.begun).toEqual([60_000, 61_000, 62_000]);
});

test('the first of several failures in a row is reported, and the next slice is tried a minute later', async () => {
  const { it, pass, begun, faults, world } = maintaining();
  world.broken = new Error('read-only');
  it.start();
  await pass(180_000);
  expect([begun.length, faults]).toEqual([3, [world.broken]]);
  const { broken } = world;
  world.broken = undefined;
  await pass(60_000);
  world.broken = broken;
  await pass(60_000);
  expect(faults).toEqual([broken, broken]);
});

test('no slice of maintenance begins after the stop', async () => {
  const { it, pass, begun, world } = maintaining({ slices: 9 });
  it.start();
  await pass(60_000);
  it.stop();
  await pass(120_000);
  expect([begun.length, world.left]).toEqual([1, 8]);
});

test.each([undefined, new Error('closed')])(
  'no slice follows one that is running at the stop, and its error (%s) is not reported: the store may be closed by then',
  async broken => {
    const { it, pass, begun, faults, world } = maintaining({ slices: 9 });
    const { promise, resolve } = Promise.withResolvers<void>();
    Object.assign(world, { gate: promise, broken });
    it.start();
    await pass(60_000);
    it.stop();
    resolve();
    await pass(120_000);
    expect([begun.length, faults]).toEqual([1, []]);
  },
);
