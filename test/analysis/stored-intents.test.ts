import { expect, test } from 'vitest';
import { latestDecisionMs, storedIntents } from '../../src/analysis/stored-intents.ts';
import { memory } from '../../src/stores/memory.ts';
import { tenantHistories } from '../cli/tenant-ledger.ts';
import { commitAll, HOUR, NOON } from '../stores/histories.ts';

test('every intent of the range comes once, the latest decision first, over several pages', async () => {
  const store = memory();
  await commitAll(store, tenantHistories(NOON, 600));
  const read = (await Array.fromAsync(storedIntents(store, { feature: 'support' }))).map(({ decided }) => decided.atMs);
  expect(read).toHaveLength(480);
  expect(read).toEqual([...new Set(read)].sort((a, b) => b - a));
  const two = storedIntents(store, { feature: 'search', fromMs: NOON - 10 * HOUR, toMs: NOON - HOUR });
  expect((await Array.fromAsync(two)).map(({ id }) => id)).toEqual(['intent-595', 'intent-590']);
});

const both = [{ feature: 'search' }, { feature: 'support' }];

test('the latest decision overall is the latest among the last decisions of the features', async () => {
  const store = memory();
  expect(await latestDecisionMs(store, both)).toBeUndefined();
  await commitAll(store, tenantHistories(NOON, 20));
  expect(await latestDecisionMs(store, both)).toBe(NOON);
  expect(await latestDecisionMs(store, [{ feature: 'search' }])).toBe(NOON - 4 * HOUR);
});
