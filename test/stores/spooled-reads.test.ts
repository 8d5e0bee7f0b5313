import { expect, test } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { outage } from '../../src/stores/outage.ts';
import { spooledReads } from '../../src/stores/spooled-reads.ts';
import { spoolQueue } from '../../src/stores/spool-queue.ts';
import type { Change, Store } from '../../src/contracts/store.ts';
import { anIntent, changesOf, NOON } from './histories.ts';

/** Reads over a store that fails where `broken` makes it fail, and a queue that a replay empties into the store. */
function reading(broken: Partial<Store> = {}) {
  const inner = memory();
  const queue = spoolQueue();
  const faults: unknown[] = [];
  const health = outage({ nowMs: () => NOON, retryAfterMs: 1_000 });
  const world = { isStuck: false, replays: 0 };
  const reads = spooledReads(
    { ...inner, ...broken },
    {
      queue,
      health,
      opened: async () => {},
      async replay() {
        world.replays++;
        if (world.isStuck) return queue.length;
        for (const change of queue.first(99)) {
          await inner.commitAll([change as Change]);
          queue.remove(change);
        }
        return 0;
      },
      failed(error) {
        health.failed(error);
        faults.push(error);
      },
    },
  );
  return { inner, queue, reads, faults, health, world };
}

const [first, second] = changesOf(anIntent('a')) as [Change, Change];

test('a question about the whole ledger is asked after the spool is replayed', async () => {
  const { reads, queue, world } = reading();
  queue.append(first);
  expect((await Array.fromAsync(reads.scan())).map(({ intentId }) => intentId)).toEqual(['a']);
  queue.append(second);
  expect((await Array.fromAsync(reads.scanPages())).flatMap(({ records }) => records)).toHaveLength(2);
  expect(await reads.consistently(async view => (await view.load('a')).length)).toBe(2);
  expect(world.replays).toBe(2);
});

test('a question about the whole ledger rejects with the store’s error while something stays spooled', async () => {
  const { reads, queue, health, world } = reading();
  queue.append(first);
  world.isStuck = true;
  health.failed(new Error('disk full'));
  for (const question of [
    () => reads.features(),
    () => reads.intents({ feature: 'support', limit: 1 }),
    () => reads.prunedCells('support'),
    () => reads.correctCells('support', [], { id: 'one' }),
    () => reads.prune(NOON),
    () => reads.cells('support'),
    () => reads.cellsSince('support'),
  ])
    await expect(question()).rejects.toThrow('disk full');
  expect(world.replays).toBe(0);
});

test('the generations of a store that does not answer are the last known ones, each with the changes spooled since', async () => {
  const world = { isDown: false };
  const generations = async () => {
    if (world.isDown) throw new Error('gone');
    return new Map([['support', '7']]);
  };
  const { reads, queue, faults } = reading({ generations });
  const [before] = [await reads.generations(['support', 'extract'])];
  world.isDown = true;
  expect(await reads.generations(['support', 'extract'])).toEqual(before);
  expect(faults.map(String)).toEqual(['Error: gone']);
  queue.append(first);
  const after = await reads.generations(['support', 'extract']);
  expect(after.get('support')).not.toBe(before.get('support'));
  expect(after.get('extract')).toBe(before.get('extract'));
});

test('an intent that is claimed from the store but has spooled changes is due at the time in those changes', async () => {
  const { reads, queue } = reading({ claimDue: async () => ['a', 'b'] });
  queue.append({ ...second, dueAtMs: NOON + 5 });
  expect(await reads.claimDue(NOON, 9, 10)).toEqual(['b']);
  expect(await reads.claimDue(NOON + 5, 9, 10)).toEqual(['b', 'a']);
});
