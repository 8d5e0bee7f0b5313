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
