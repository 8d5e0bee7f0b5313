import { expect, test } from 'vitest';
import { removedIntents, renderRemoved } from '../../../src/cli/io/removed-intents.ts';
import { forget } from '../../../src/analysis/forget.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { priced } from '../../exports/bill/bills.ts';
import { commitAll, decided, history, HOUR, NOON } from '../../stores/histories.ts';

test('forgotten intents are counted with their cost, within the feature and period that are read', async () => {
  const store = sqlite(':memory:');
  const of = (id: string, feature: string, atMs: number) =>
    history(id, feature, [decided(atMs), priced(atMs, 'premium', { requestId: id, costNanoUsd: 1_500_000_000 })]);
  await commitAll(store, [of('a', 'f', NOON), of('b', 'g', NOON + 2 * HOUR), of('c', 'f', NOON + HOUR)]);
  expect(await removedIntents(store, {}, {})).toBeUndefined();
  await forget(store, { intentId: 'a' });
  await forget(store, { intentId: 'b' });
  const removed = await removedIntents(store, {}, {});
  expect(removed).toEqual({ intents: 2, usd: '3', mayBeArchived: false });
  const words = renderRemoved(removed ?? { intents: 0, usd: '', mayBeArchived: false }, 'this bill');
  expect(words).toContain('their 3 USD are not in this bill. They were pruned or forgotten');
  expect((await removedIntents(store, { feature: 'f' }, {}))?.intents).toBe(1);
  expect((await removedIntents(store, { toMs: NOON + HOUR }, {}))?.usd).toBe('1.5');
  expect(await removedIntents(store, { fromMs: NOON + HOUR, feature: 'f' }, {})).toBeUndefined();
  await store.close();
});
