/** Ids, names, amounts and outcomes of every wrong kind, wherever an application gives one: nothing of them is stored. */
import { expect, test } from 'vitest';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Loose } from '../support/refusal.ts';
import { faultOfError } from './judge.ts';

const NO_TEXT: readonly unknown[] = [null, 7, Number.NaN, true, 10n, Symbol('id'), {}, ['a'], () => 'a', new Date(0)];
/** No database, header or log can keep these values unchanged. */
const NOT_STORABLE: readonly unknown[] = [
  '',
  'a\0b',
  'a\nb',
  'a\u007Fb',
  '\u0085',
  'a\uD800',
  '\uDC00b',
  'x'.repeat(513),
];
const SIGNS = ['#', '~', '@', ' ', '\t', '\u00A0', '\u2028', '\uFEFF'];
const WRONG_IDS: readonly unknown[] = [...NO_TEXT, ...NOT_STORABLE, ...SIGNS.map(sign => `a${sign}b`)];
const WRONG_USD: readonly unknown[] = [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '1', null, true, 1n, [1], {}];

const store = memory();
const router = createRouter({
  models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
  features: {
    support: {
      candidates: ['mini', 'premium'],
      failureCostUsd: 1,
      signals: { resolved: true },
      context: { tier: ['free', 'paid'] },
    },
  },
  store,
});
const feature = router.feature('support');
const intent = feature.intent();

/** A function that is given what it does not accept, the values, and where its error is. */
const PLACES: readonly (readonly [place: string, wrong: readonly unknown[], call: Loose])[] = [
  ['id', WRONG_IDS, id => (feature.intent as Loose)({ id })],
  ['session', [...NO_TEXT, ...NOT_STORABLE], session => (feature.intent as Loose)({ session })],
  ['failureCostUsd', WRONG_USD, failureCostUsd => (feature.intent as Loose)({ failureCostUsd })],
  ['context', [...NO_TEXT.slice(0, 6), 'free'], context => (feature.intent as Loose)({ context })],
  ['context.tier', [...NO_TEXT, 'gratis', ''], tier => (feature.intent as Loose)({ context: { tier } })],
  ['id', [...WRONG_IDS, undefined], id => (feature.resume as Loose)(id)],
  ['id', [...WRONG_IDS, undefined], id => (feature.outcome as Loose)(id, { success: true })],
  ['success', [...NO_TEXT.filter(value => value !== true), 'yes'], success => (intent.outcome as Loose)({ success })],
  ['costUsd', WRONG_USD, costUsd => (intent.fail as Loose)({ costUsd })],
  ['key', [...NO_TEXT, ...NOT_STORABLE], key => (intent.outcome as Loose)({ success: true, key })],
  ['signals', [...NO_TEXT, 'solved', '', '__proto__', 'constructor'], signal => (intent.signal as Loose)(signal, 1)],
  ['feature', [...NO_TEXT, 'suport', '', '__proto__', 'toString', undefined], name => (router.feature as Loose)(name)],
  ['model', [...NO_TEXT, 'minni', '', '__proto__', undefined], model => (router.disable as Loose)(model)],
  ['pin', [...NO_TEXT, 'minni', '', []], plan => (feature.pin as Loose)(plan)],
  ['fraction', [...WRONG_USD, 1.1], fraction => (feature.holdOut as Loose)({ model: 'mini', fraction })],
];

const trials = PLACES.flatMap(([place, wrong, call]) => wrong.map(value => ({ place, value, call })));

test(`each of ${trials.length} wrong ids, names, amounts and outcomes is one RouterError that says where it is and what is accepted, and nothing is stored`, async () => {
  expect(trials.length).toBeGreaterThan(200);
  const faults: string[] = [];
  for (const { place, value, call } of trials) {
    const what = `${place} = ${typeof value === 'string' ? JSON.stringify(value.slice(0, 9)) : String(value)}`;
    try {
      await call(value);
      faults.push(`${what}: accepted`);
    } catch (error) {
      const path = (error as { readonly path?: string }).path ?? '';
      const isThere = path.replace(/\[\d\]$/, '').endsWith(place);
      const fault = isThere ? faultOfError(error, []) : `at another place: ${String(error)}`;
      if (fault !== undefined) faults.push(`${what}: ${fault}`);
    }
  }
  expect(faults).toEqual([]);
  await router.flush();
  expect(await Array.fromAsync(store.scan())).toEqual([]);
  await router.close();
});
