import { expect, test } from 'vitest';
import { plansByFeature } from '../../../src/cli/io/ledger-plans.ts';
import { memory } from '../../../src/stores/memory.ts';
import { commitAll, decided, history, NOON } from '../../stores/histories.ts';

test('the plans of a ledger are those that were chosen or eligible in the given features', async () => {
  const store = memory();
  await commitAll(store, [
    history('i', 'support', [decided(NOON, ['mini', 'premium'])]),
    history('j', 'search', [decided(NOON, ['mini'])]),
    history('k', 'search', [decided(NOON, ['mini'])]),
  ]);
  const search = ['search', new Set(['mini'])] as const;
  expect(await plansByFeature(store)).toEqual(new Map([['support', new Set(['mini>premium'])], search]));
  expect(await plansByFeature(store, ['search'])).toEqual(new Map([search]));
});
