import { expect, test } from 'vitest';
import { writeLedger } from '../../benchmarks/dashboard/ledger.ts';
import type { Control } from '../../src/contracts/control-store.ts';
import type { Store } from '../../src/contracts/store.ts';
import { controlsIn, controlsOf } from '../../src/dashboard/controls.ts';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { memory } from '../../src/stores/memory.ts';

const TO_MS = 1_800_000_000_000;
const OFF: Control = {
  kind: 'disabled',
  subject: 'premium',
  isSet: true,
  revision: 1,
  atMs: 1,
  by: 'ann',
  why: 'slow',
};
const PIN: Control = { kind: 'pinned', subject: 'support.reply', isSet: true, plan: 'mini', revision: 1, atMs: 3 };
const HELD: Control = {
  kind: 'holdout',
  subject: 'support.reply',
  isSet: true,
  plan: 'premium',
  fraction: 0.5,
  revision: 1,
  atMs: 2,
};

async function viewWith(...controls: readonly Control[]) {
  const store = memory();
  await writeLedger(store, { intents: 300, seed: 1, fromMs: TO_MS - 20 * 86_400_000, toMs: TO_MS });
  for (const control of controls) await store.setControl?.(control);
  return { store, view: ledgerView({ store, nowMs: () => TO_MS, elapsedMs: () => 0 }) };
}

test('the overview lists the controls that are set, the latest first, with who set them and why, but not those that were lifted', async () => {
  const { store, view } = await viewWith(OFF, HELD, PIN);
  expect((await view.overview()).controls).toEqual({ set: [PIN, HELD, OFF], damaged: [] });
  await store.setControl?.({ ...PIN, isSet: false, revision: 2 });
  expect((await view.overview()).controls.set).toEqual([HELD, OFF]);
});

test('a feature has its own pin and holdout and the switches of its models, and no others', async () => {
  const other: Control = { ...PIN, subject: 'code.review' };
  const huge: Control = { ...OFF, subject: 'huge' };
  const { view } = await viewWith(OFF, HELD, other, huge);
  expect((await view.feature('support.reply')).controls.set).toEqual([HELD, OFF]);
});

test('the plans of a model that is switched off are explained as excluded, and a holdout is in the shares', async () => {
  const { view } = await viewWith(OFF);
  const [explanation] = (await view.feature('invoice.extract')).explanations;
  const excluded = explanation?.plans.filter(({ eligible }) => !eligible) ?? [];
  expect(excluded.map(({ plan }) => plan)).toEqual(['mini>premium', 'premium']);
  for (const { exclusionReasons } of excluded) expect(exclusionReasons).toEqual(['switched off by an operator']);
  const held = await viewWith({ ...HELD, fraction: 1 });
  const [other] = (await held.view.feature('support.reply')).explanations;
  expect(other?.plans.map(({ plan, share }) => [plan, share])).toContainEqual(['premium', 1]);
});

test('a pinned plan is named in the explanation of its feature', async () => {
  const { view } = await viewWith(PIN);
  const [pinned] = (await view.feature('support.reply')).explanations;
  expect(pinned?.decision?.sentence).toMatch(/^An operator has pinned mini, /);
  expect(pinned?.plans.filter(({ share }) => share !== 0).map(({ plan, share }) => [plan, share])).toEqual([
    ['mini', 1],
  ]);
  const [other] = (await view.feature('invoice.extract')).explanations;
  expect(other?.decision?.sentence).not.toContain('pinned');
});

test('a pinned plan gets nothing while one of its models is switched off', async () => {
  const { view } = await viewWith(OFF, { ...PIN, plan: 'premium' });
  const [explanation] = (await view.feature('support.reply')).explanations;
  expect(explanation?.decision?.sentence).not.toContain('pinned');
  expect(explanation?.plans.find(({ plan }) => plan === 'premium')?.share).toBe(0);
});

test('a control that cannot be read is reported, and does not hide the others', async () => {
  const controls: Store['controls'] = async damaged => (damaged?.(new Error('row 7')), [PIN]);
  expect(await controlsIn({ controls })).toEqual({ set: [PIN], damaged: ['Error: row 7'] });
  expect(controlsOf({ set: [PIN], damaged: ['Error: row 7'] }, { feature: 'f', plans: [] })).toEqual({
    set: [],
    damaged: ['Error: row 7'],
  });
});

test('a store that does not support controls has no controls', async () => {
  expect(await controlsIn({})).toEqual({ set: [], damaged: [] });
});
