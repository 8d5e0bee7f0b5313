import { expect, test } from 'vitest';
import type { Control } from '../../../src/contracts/control-store.ts';
import { writeControl } from '../../../src/engine/state/control-write.ts';
import { memory } from '../../../src/stores/memory.ts';

const OFF = { kind: 'disabled', subject: 'mini', isSet: true, atMs: 1 } as const;

test('a control that another process sets at the same time is written after it, with the revision that follows', async () => {
  const store = memory();
  let others = 2;
  const contested = {
    ...store,
    async setControl(control: Control) {
      if (others-- > 0) await store.setControl?.({ ...control, isSet: false });
      return (await store.setControl?.(control)) ?? false;
    },
  };
  expect(await writeControl(contested, OFF, () => {})).toMatchObject({ ...OFF, revision: 3 });
  expect(await store.controls?.()).toMatchObject([
    { ...OFF, revision: 3, earlier: [{ isSet: false }, { isSet: false }] },
  ]);
});

test('a control is refused if its writes repeatedly lose to those of others', async () => {
  const never = { ...memory(), setControl: async () => false };
  await expect(writeControl(never, OFF, () => {})).rejects.toThrow(
    'disabled mini: other processes set it at the same time',
  );
});

test('a store that keeps no controls says which stores do', async () => {
  await expect(writeControl({ name: 'mine' }, OFF, () => {})).rejects.toThrow(
    'mine keeps no switches, pins and holdouts (accepted: a store with controls() and setControl(), such as sqlite())',
  );
});
