import { expect, test } from 'vitest';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import { modelVersions } from '../../../src/engine/state/model-versions.ts';
import { sheetOfRates } from '../../../src/prices/configured-price.ts';
import { schedulePrice } from '../../../src/prices/schedule.ts';
import { resolvedFeature } from './resolved.ts';

test('a version has the provider’s model name, the price and the prompt version', () => {
  const version = (promptVersion?: string) =>
    modelVersions(resolvedFeature(promptVersion === undefined ? {} : { promptVersion }))(0)['mini'] ?? '';
  expect(version()).toMatch(/^mini-1@[^+]+$/);
  expect(version('p2')).toBe(`${version()}+p2`);
});

test('outcomes of whole sessions, and visits that end with an alarm, have version names that no prompt version can have', () => {
  const version = (more: object = {}) => modelVersions({ ...resolvedFeature(), ...more })(0)['mini'] ?? '';
  expect(version({ countsSessions: true })).toBe(`${version()}+of sessions`);
  expect(version({ hasAlarms: true, promptVersion: 'p2' })).toBe(`${version()}+p2+with alarms`);
});

test('a version says what a typical request costs now, also where the price depends on the time of day', () => {
  const sheet = (usd: number) => sheetOfRates({ inputUsdPerMillion: usd, outputUsdPerMillion: 0 }, 'price');
  const night = { startMs: 12 * BUCKET_MS, endMs: 24 * BUCKET_MS, sheet: sheet(1) };
  const price = schedulePrice('test', [{ fromMs: Number.NEGATIVE_INFINITY, windows: [night], sheet: sheet(2) }]);
  const config = resolvedFeature();
  const candidates = config.candidates.map(model => ({ ...model, price }));
  const versionsAt = modelVersions({ candidates });
  const [day, evening, nextDay] = [0, 12, 24].map(hour => versionsAt(hour * BUCKET_MS)['mini'] ?? '');
  expect(day).toMatch(/^mini-1@\w{8}\$0\.002$/);
  expect(evening).toBe(day?.replace('$0.002', '$0.001'));
  expect(nextDay).toBe(day);
});

test('every candidate has a version', () => {
  expect(Object.keys(modelVersions(resolvedFeature())(0))).toEqual(['mini', 'seer', 'opus']);
});

test('a version changes in the time bucket in which a scheduled price takes effect, and is the same object until then', () => {
  const sheet = (usd: number) => sheetOfRates({ inputUsdPerMillion: usd, outputUsdPerMillion: 2 }, 'price');
  const price = schedulePrice('test', [
    { fromMs: Number.NEGATIVE_INFINITY, sheet: sheet(1) },
    { fromMs: 2 * BUCKET_MS, sheet: sheet(3) },
  ]);
  const model: ResolvedModel = {
    name: 'm',
    provider: 'openai',
    providerModel: 'm-1',
    price,
    priceOf: () => ({ isSame: true, price, isKnown: true }),
    lacks: new Set(),
    paramsText: '',
    abilities: {},
    apis: [],
    endpoint: 'e',
    account: 'a',
  };
  const versionsAt = modelVersions({ candidates: [model] });
  const before = versionsAt(0);
  expect(versionsAt(BUCKET_MS - 1)).toBe(before);
  expect(versionsAt(2 * BUCKET_MS - 1)).toEqual(before);
  const after = versionsAt(2 * BUCKET_MS);
  expect(after).not.toEqual(before);
  expect(versionsAt(3 * BUCKET_MS - 1)).toBe(after);
});
