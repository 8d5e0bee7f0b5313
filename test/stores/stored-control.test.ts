import { expect, test } from 'vitest';
import type { Control } from '../../src/contracts/control-store.ts';
import { controlOfRow } from '../../src/stores/stored-control.ts';

const HELD_OUT: Control = {
  kind: 'holdout',
  subject: 'support',
  isSet: true,
  plan: 'mini',
  fraction: 0.05,
  revision: 3,
  atMs: 5,
  by: 'ann',
};

const read = (control: object) =>
  controlOfRow({ name: 'holdout support', revision: 3, json: JSON.stringify({ ...HELD_OUT, ...control }) });

const LIFTED = { isSet: false, atMs: 4, why: 'enough' };

test.each([
  {},
  { fraction: 0 },
  { fraction: 1 },
  { isSet: false, plan: undefined, fraction: undefined },
  { earlier: [LIFTED, { isSet: true, plan: 'mini', fraction: 1, atMs: 3 }] },
])('a control with %j is read as it was written', given => {
  expect(read(given)).toEqual(JSON.parse(JSON.stringify({ ...HELD_OUT, ...given })));
});

test.each([
  { fraction: 7 },
  { fraction: -0.1 },
  { fraction: '0.05' },
  { plan: undefined },
  { isSet: 1 },
  { atMs: 1e300 },
  { by: 4 },
  { why: {} },
  { revision: 4 },
  { subject: 'sales' },
  { earlier: {} },
  { earlier: [LIFTED, null] },
  { earlier: [{ isSet: true, atMs: 3 }] },
])('a control with %j is refused, because it does not match its columns', damage => {
  expect(() => read(damage)).toThrow('not the control that its columns name');
});

test('a kind or a revision that no store writes, and text that is not JSON, count as damage', () => {
  const json = (control: object): string => JSON.stringify({ ...HELD_OUT, ...control });
  expect(() => controlOfRow({ name: 'paused support', revision: 3, json: json({ kind: 'paused' }) })).toThrow();
  expect(() =>
    controlOfRow({ name: 'holdout support', revision: 2 ** 53, json: json({ revision: 2 ** 53 }) }),
  ).toThrow();
  expect(() => controlOfRow({ name: 'holdout support', revision: 0, json: json({ revision: 0 }) })).toThrow();
  expect(() => controlOfRow({ name: 'holdout support', revision: 3, json: '{' })).toThrow('JSON');
});
