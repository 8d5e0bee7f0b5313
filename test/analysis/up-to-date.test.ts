import { expect, test } from 'vitest';
import { upToDate } from '../../src/analysis/up-to-date.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { memory } from '../../src/stores/memory.ts';

async function callsWith(isPrivate: boolean): Promise<readonly string[]> {
  const calls: string[] = [];
  const feed = {
    ready: async () => void calls.push('ready'),
    refresh: async () => {
      calls.push('refresh');
      throw new Error('the store fails');
    },
  };
  await upToDate({ feed: feed as unknown as Engine['feed'], store: { ...memory(), isPrivate } }, 'f');
  return calls;
}

test('only a store that other processes write to is read again, and a failure of it leaves what is in memory', async () => {
  expect(await callsWith(true)).toEqual(['ready']);
  expect(await callsWith(false)).toEqual(['refresh']);
});
