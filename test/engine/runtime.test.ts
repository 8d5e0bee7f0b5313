import { expect, test } from 'vitest';
import { systemRuntime } from '../../src/engine/runtime.ts';

test('ids are unique, of one length, made of characters that a model slot may hold, and sort as they were made', () => {
  const { newId } = systemRuntime(1);
  const ids = Array.from({ length: 4_000 }, () => newId());
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(ids.map(id => id.length)).size).toBe(1);
  for (const id of ids) expect(id).toMatch(/^[\w-]+$/);
  const times = ids.map(id => id.slice(0, 9));
  expect(times.toSorted()).toEqual(times);
  // Within a block of random bits the counter's digits are in the order of their characters.
  const firstBlock = ids.filter(id => id.slice(0, 21) === ids[0]?.slice(0, 21));
  expect(firstBlock.toSorted()).toEqual(firstBlock);
});

test('ids stay unique over many blocks, and between sources', () => {
  const [a, b] = [systemRuntime(1), systemRuntime(1)];
  const ids = Array.from({ length: 20_000 }, (_, i) => (i % 2 === 0 ? a : b).newId());
  expect(new Set(ids).size).toBe(ids.length);
});
