import { expect, test } from 'vitest';
import { copyControls } from '../../../src/exports/ledger/copy-controls.ts';
import { memory } from '../../../src/stores/memory.ts';
import { NOON } from '../../stores/histories.ts';

test('controls are copied, except those that the target has set later', async () => {
  const source = memory();
  const target = memory();
  const set = { kind: 'disabled', isSet: true, revision: 1, atMs: NOON } as const;
  await source.setControl?.({ ...set, subject: 'mini', why: 'too slow' });
  await source.setControl?.({ ...set, subject: 'premium' });
  await target.setControl?.({ ...set, subject: 'premium', isSet: false, atMs: NOON + 1 });
  expect(await copyControls(source, target)).toBe(1);
  const found = (await target.controls?.())?.map(({ subject, isSet, why }) => ({ subject, isSet, why }));
  expect(found).toEqual([
    { subject: 'premium', isSet: false, why: undefined },
    { subject: 'mini', isSet: true, why: 'too slow' },
  ]);
  expect(await copyControls(source, target)).toBe(0);
});
