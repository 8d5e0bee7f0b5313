import { expect, test } from 'vitest';
import { setFromPage } from '../../src/dashboard/set-control.ts';
import { memory } from '../../src/stores/memory.ts';

const plans = ['mini', 'mini>premium', 'premium'];

test('a control is kept in the store with who set it, and an empty reason counts as no reason', async () => {
  const store = memory();
  await setFromPage(
    store,
    { feature: 'f', kind: 'pinned', subject: 'f', isSet: true, plan: 'mini>premium', why: '' },
    { plans, by: 'ann' },
  );
  const [control] = (await store.controls?.()) ?? [];
  expect(control).toMatchObject({ kind: 'pinned', plan: 'mini>premium', by: 'ann', isSet: true });
  expect(control).not.toHaveProperty('why');
});

test('a misspelled name is refused with those that would be accepted, and a switch of a former model can be lifted', async () => {
  const store = memory();
  const off = { feature: 'f', kind: 'disabled', subject: 'premiun', isSet: true } as const;
  await expect(setFromPage(store, off, { plans, by: 'ann' })).rejects.toThrow('did you mean "premium"');
  await setFromPage(store, { ...off, isSet: false }, { plans, by: 'ann' });
});
