import { expect, test } from 'vitest';
import type { Gain } from '../../../src/core/report/gain.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const cheap = reportFeature('cheap', cellsOf(many(3, { evidence: [SUCCESS] })));
const expensive = reportFeature('expensive', cellsOf(many(1, { evidence: [FAILURE] })));
const figure = (value: number) => ({ value, low: 0, high: value });
const gain = (value: number): Gain => ({
  plan: 'mini',
  intents: 1,
  perIntentUsd: figure(value),
  inAllUsd: figure(value),
});

test('the most expensive feature comes first, and the fractions add up to 1', () => {
  const report = combineReports([cheap, expensive], { madeAtMs: 1, gains: new Map() });
  expect(report.features.map(feature => feature.feature)).toEqual(['expensive', 'cheap']);
  expect(report).toMatchObject({ intents: 4, labelled: 4, totalUsd: '15.04', spendUsd: '0.04', failureUsd: '15' });
  expect(report.costByFeature.at(-1)?.cumulative).toBe(1);
  expect(report.costByFeature[0]?.fraction).toBeCloseTo(15.01 / 15.04, 12);
});

test('a report lists the five features with the most to gain, without those that have nothing to gain', () => {
  const gains = new Map([1, 5, 2, 0, 4, 3, 6].map(value => [`f${value}`, gain(value)]));
  const { possibleSavings } = combineReports([], { madeAtMs: 1, gains });
  expect(possibleSavings.map(each => each.feature)).toEqual(['f6', 'f5', 'f4', 'f3', 'f2']);
  const few = new Map([0, 1].map(value => [`f${value}`, gain(value)]));
  expect(combineReports([], { madeAtMs: 1, gains: few }).possibleSavings.map(each => each.feature)).toEqual(['f1']);
});

test('pending and unknown outcomes of all features are added up', () => {
  const unlabelled = reportFeature(
    'f',
    cellsOf(many(3, {}), many(2, { evidence: [{ source: 'silence', success: null }] })),
  );
  const report = combineReports([unlabelled, unlabelled], { madeAtMs: 1, gains: new Map() });
  expect(report).toMatchObject({ intents: 10, labelled: 0, pending: 6, unknown: 4 });
});

test('a feature without cost has a fraction of 0 where the total is 0', () => {
  const report = combineReports([reportFeature('free', [])], { madeAtMs: 1, gains: new Map() });
  expect(report.costByFeature).toEqual([{ feature: 'free', totalUsd: '0', fraction: 0, cumulative: 0 }]);
});

test('the report of an empty ledger is empty', () => {
  expect(combineReports([], { madeAtMs: 1, gains: new Map() })).toMatchObject({ totalUsd: '0', features: [] });
});
