import { expect, test } from 'vitest';
import { plansIn } from '../../../src/cli/io/ledger-plans.ts';
import { memory } from '../../../src/stores/memory.ts';
import { commitAll, decided, history, NOON } from '../../stores/histories.ts';

test('the plans of a ledger are those that were chosen or eligible in the given features', async () => {
  const store = memory();
  await commitAll(store, [
    history('i', 'support', [decided(NOON, ['mini', 'premium'])]),
    history('j', 'search', [decided(NOON, ['mini'])]),
    history('k', 'search', [decided(NOON, ['mini'])]),
  ]);
  expect(await plansIn(store)).toEqual([['mini', 'premium'], ['mini']]);
  expect(await plansIn(store, ['search'])).toEqual([['mini']]);
});
