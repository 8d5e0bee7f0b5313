import { expect, test } from 'vitest';
import type { Gain } from '../../../src/core/report/gain.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const cheap = reportFeature('cheap', cellsOf(many(3, { evidence: [SUCCESS] })));
const dear = reportFeature('dear', cellsOf(many(1, { evidence: [FAILURE] })));
const figure = (value: number) => ({ value, low: 0, high: value });
const gain = (value: number): Gain => ({
  plan: 'mini',
  intents: 1,
  perIntentUsd: figure(value),
  inAllUsd: figure(value),
});

test('the largest bill comes first, and the shares add up to the whole', () => {
  const report = combineReports([cheap, dear], { madeAtMs: 1, gains: new Map() });
  expect(report.features.map(feature => feature.feature)).toEqual(['dear', 'cheap']);
  expect(report).toMatchObject({ intents: 4, labelled: 4, totalUsd: '15.04', spendUsd: '0.04', failureUsd: '15' });
  expect(report.costByFeature.at(-1)?.cumulative).toBe(1);
  expect(report.costByFeature[0]?.fraction).toBeCloseTo(15.01 / 15.04, 12);
});

test('the five features with the most to gain, and none that has nothing', () => {
  const gains = new Map([1, 5, 2, 0, 4, 3, 6].map(value => [`f${value}`, gain(value)]));
  const { toGain } = combineReports([], { madeAtMs: 1, gains });
  expect(toGain.map(each => each.feature)).toEqual(['f6', 'f5', 'f4', 'f3', 'f2']);
});

test('an empty ledger makes an empty report', () => {
  expect(combineReports([], { madeAtMs: 1, gains: new Map() })).toMatchObject({ totalUsd: '0', features: [] });
});
