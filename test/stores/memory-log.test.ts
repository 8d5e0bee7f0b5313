import { expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { memoryLog } from '../../src/stores/memory-log.ts';

/** A log of numbers, each of which is its own serial number, and a counter of how often the log asked whether one is still there. */
function logOf(count: number) {
  const there = new Set<number>();
  const asked = { times: 0 };
  const log = memoryLog<number>(part => {
    asked.times++;
    return there.has(part);
  });
  let next = 0;

  function append(more: number): void {
    for (const end = next + more; next < end; next++) {
      there.add(next);
      log.append(next, next);
    }
  }

  /** How many of the log's parts the removal checked. */
  function remove(part: number): number {
    const before = asked.times;
    there.delete(part);
    log.removed();
    return asked.times - before;
  }

  /** How many parts a walk over all of them meets, including removed ones. */
  function held(): number {
    const before = asked.times;
    Array.from(log.above(-1));
    return asked.times - before;
  }

  append(count);
  return { log, there, append, remove, held };
}

const partsAbove = ({ log }: ReturnType<typeof logOf>, after: number): readonly number[] =>
  Array.from(log.above(after), ({ part }) => part);

test('a walk yields the remaining parts in order after removals at any place', () => {
  const all = logOf(10_000);
  const random = seededRandom('any place');
  for (let round = 0; round < 20_000; round++) {
    all.remove(Math.floor(random.next() * 12_000));
    if (round % 4 === 0) all.append(1);
  }
  const left = [...all.there].sort((a, b) => a - b);
  expect(partsAbove(all, -1)).toEqual(left);
  expect(partsAbove(all, 7_777)).toEqual(left.filter(part => part > 7_777));
  expect(partsAbove(all, 14_999)).toEqual([]);
});

test('the first part after a serial number is found, even if it was removed, and after the last number there is none', () => {
  const { log, remove } = logOf(3_000);
  for (let part = 0; part < 2_000; part++) remove(part);
  expect(log.firstAbove(2_499)).toEqual({ serial: 2_500, part: 2_500 });
  expect(log.firstAbove(-1)?.part).toBeLessThanOrEqual(2_000);
  expect(log.firstAbove(2_999)).toBeUndefined();
});

test('a walk that has begun continues with the remaining parts while the log drops removed ones', () => {
  const all = logOf(5_000);
  const walk = all.log.above(-1)[Symbol.iterator]();
  expect(walk.next().value).toEqual({ serial: 0, part: 0 });
  for (let part = 0; part < 4_000; part++) all.remove(part);
  const rest: number[] = [];
  for (let each = walk.next(); each.done !== true; each = walk.next()) rest.push(each.value.part);
  expect(rest).toEqual(Array.from({ length: 1_000 }, (_, index) => 4_000 + index));
});

test('no removal goes through the whole log, and the log still drops most of the removed parts', () => {
  const all = logOf(50_000);
  let most = 0;
  for (let part = 0; part < 200_000; part++) {
    most = Math.max(most, all.remove(part));
    all.append(1);
  }
  expect(most).toBeLessThanOrEqual(2_048);
  expect(all.held()).toBeLessThan(2.2 * all.there.size);
});

test('a log from which nearly all records are removed, in any order, uses little memory', () => {
  const all = logOf(20_000);
  const random = seededRandom('any order');
  const order = Array.from({ length: 20_000 }, (_, part) => ({ part, at: random.next() })).sort((a, b) => a.at - b.at);
  for (const { part } of order.slice(100)) all.remove(part);
  expect(partsAbove(all, -1)).toHaveLength(100);
  expect(all.held()).toBeLessThan(12_000);
});

test('parts that are removed in order are dropped once the search for the oldest has left their chunk, and no removal reads a part', () => {
  const all = logOf(10_000);
  let looked = 0;
  for (let part = 0; part < 30_000; part++) {
    if (all.log.firstAbove(part - 1)?.part !== part) throw new Error(`${part} is not the first`);
    looked += all.remove(part);
    all.append(1);
  }
  expect(looked).toBe(0);
  expect(all.held()).toBeLessThan(10_000 + 2 * 256);
});
