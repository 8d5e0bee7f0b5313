import { expect, test } from 'vitest';
import { pricesOf } from '../../src/dashboard/prices.ts';
import { cellsOf, made, many } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';

const cells = cellsOf(
  many(3, { versions: { mini: 'gpt-5-mini@a' } }),
  [made({ hour: 5, versions: { mini: 'gpt-5-mini@b' } })],
  many(2, { plan: ['premium'], attempts: [attempt('premium', 500_000_000)], versions: { premium: 'house-model@1' } }),
);

test('prices list every model with the cost of its visits, the largest spend first', () => {
  const prices = pricesOf(cells, AT_MS);
  expect(prices.map(price => [price.model, price.visits, price.spendUsd, price.perVisitUsd.value])).toEqual([
    ['premium', 2, '1', 0.5],
    ['mini', 4, '0.04', 0.01],
  ]);
});

test('versions are listed in the order in which they were first seen', () => {
  const [, mini] = pricesOf(cells, AT_MS);
  expect(mini?.versions.map(version => [version.version, version.visits])).toEqual([
    ['gpt-5-mini@a', 3],
    ['gpt-5-mini@b', 1],
  ]);
});

test('a model in the price book has its rates per million tokens; another has none', () => {
  const [premium, mini] = pricesOf(cells, Date.UTC(2026, 0, 1));
  expect(premium?.book).toBeUndefined();
  expect(Object.fromEntries(mini?.book?.rates.map(rate => [rate.meter, rate.usdPerMillion]) ?? [])).toMatchObject({
    input: 0.25,
    output: 2,
  });
});
