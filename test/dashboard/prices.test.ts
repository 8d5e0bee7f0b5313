import { expect, test } from 'vitest';
import { BUCKET_MS } from '../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../src/core/cells/grains.ts';
import { pricesOf } from '../../src/dashboard/prices.ts';
import { cellsOf, FAILURE, made, many } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';

const cells = cellsOf(
  many(3, { versions: { mini: 'gpt-5-mini@a' } }),
  [made({ hour: 5, versions: { mini: 'gpt-5-mini@b' } })],
  many(2, { plan: ['premium'], attempts: [attempt('premium', 500_000_000)], versions: { premium: 'house-model@1' } }),
);

test('every model is listed with its mean cost per intent that reached it, the largest spend first', () => {
  const prices = pricesOf(cells, AT_MS);
  expect(prices.map(price => [price.model, price.visits, price.spendUsd, price.perVisitUsd.value])).toEqual([
    ['premium', 2, '1', 0.5],
    ['mini', 4, '0.04', 0.01],
  ]);
});

test('the mean cost of a model per intent that reached it has an interval around it and excludes failure cost', () => {
  const visits = [10_000_000, 20_000_000, 30_000_000].map(costNanoUsd =>
    made({ attempts: [attempt('mini', costNanoUsd)], evidence: [FAILURE], versions: { mini: 'gpt-5-mini@a' } }),
  );
  const [mini] = pricesOf(cellsOf(visits), AT_MS);
  // Exactly the mean, with an interval about it; costs alone, and no failure cost.
  expect(mini?.perVisitUsd.value).toBeCloseTo(0.02, 12);
  expect(mini?.perVisitUsd.low).toBeLessThan(0.02);
  expect(mini?.perVisitUsd.high).toBeGreaterThan(0.02);
});

test('the spend of a model does not include what another model cost in its place', () => {
  const broken = { verdict: { accepted: false, by: 'schema' } };
  const visit = made({ attempts: [attempt('mini', 10_000_000, broken), attempt('mini>premium', 500_000_000)] });
  const prices = pricesOf(cellsOf([visit]), AT_MS);
  expect(prices.map(({ model, spendUsd }) => [model, spendUsd])).toEqual([
    ['premium', '0.5'],
    ['mini', '0.01'],
  ]);
});

test('the mean cost of a model is that of the intents at its latest price', () => {
  const visits = ['gpt-5-mini@a$2+v1', 'gpt-5-mini@b$1+v1', 'gpt-5-mini@b$3+v2'].map((mini, hour) =>
    made({ hour, versions: { mini }, attempts: [attempt('mini', (hour + 1) * 10_000_000)] }),
  );
  const [mini] = pricesOf(cellsOf(visits), AT_MS);
  expect(mini).toMatchObject({ visits: 3, spendUsd: '0.06' });
  expect(mini?.perVisitUsd.value).toBeCloseTo(0.025, 12);
});

test('a version has the hour of its first use and the number of its uses, whatever the order of the cells', () => {
  const hours = [5, 2, 9];
  const visits = hours.map(hour => made({ hour, versions: { mini: 'gpt-5-mini@a' } }));
  const [mini] = pricesOf(cellsOf(visits), AT_MS);
  const firstMs = Math.floor(AT_MS / BUCKET_MS) * BUCKET_MS + 2 * BUCKET_MS;
  expect(mini?.versions).toEqual([{ version: 'gpt-5-mini@a', firstSeenMs: firstMs, visits: 3 }]);
});

test('the price book is searched for the latest version, in the lists of all providers', () => {
  const versions = ['gpt-5-mini@a', 'claude-opus-4-5@b'];
  const visits = versions.map((version, hour) => made({ hour, versions: { mini: version } }));
  const [mini] = pricesOf(cellsOf(visits), Date.UTC(2026, 0, 1));
  expect(mini?.book?.source).toContain('claude-opus-4-5');
  expect(mini?.book?.rates.find(({ meter }) => meter === 'input')?.usdPerMillion).toBe(5);
  // A search is priced per call, not per token.
  expect(mini?.book?.rates.map(({ meter }) => meter)).not.toContain('webSearch');
});

test('versions are listed in the order in which they were first seen', () => {
  const [, mini] = pricesOf(cells, AT_MS);
  expect(mini?.versions.map(version => [version.version, version.visits])).toEqual([
    ['gpt-5-mini@a', 3],
    ['gpt-5-mini@b', 1],
  ]);
});

test('a model in the price book is shown with its rates per million tokens, any other model without rates', () => {
  const [premium, mini] = pricesOf(cells, Date.UTC(2026, 0, 1));
  expect(premium?.book).toBeUndefined();
  expect(Object.fromEntries(mini?.book?.rates.map(rate => [rate.meter, rate.usdPerMillion]) ?? [])).toMatchObject({
    input: 0.25,
    output: 2,
  });
});

test('the version that was used last is listed as the later of two that began in the same week', () => {
  const [a, b] = ['gpt-5-mini@a', 'gpt-5-mini@b'];
  const hours = cellsOf(
    [made({ hour: 5, versions: { mini: b } }), made({ hour: 24 * 30, versions: { mini: b } })],
    [made({ versions: { mini: a } })],
  );
  const folded = foldCells(hours, grainsAt(AT_MS + 200 * 86_400_000));
  expect(pricesOf(folded, AT_MS)[0]?.versions.map(({ version }) => version)).toEqual([a, b]);
});
