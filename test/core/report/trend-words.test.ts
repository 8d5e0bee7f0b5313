import { expect, test } from 'vitest';
import { trendNote, trendRows } from '../../../src/core/report/trend-words.ts';

const usd = {
  before: { value: 0.9, low: 0.8, high: 1 },
  now: { value: 0.5, low: 0.4, high: 0.6 },
  difference: { value: -0.4, low: -0.54, high: -0.26 },
  isSignificant: true,
};
const rate = {
  before: { value: 0.9, low: 0.85, high: 0.95 },
  now: { value: 0.895, low: 0.8, high: 0.95 },
  difference: { value: -0.005, low: -0.11, high: 0.07 },
  isSignificant: false,
};
const trend = {
  before: { fromMs: Date.UTC(2026, 2, 1), toMs: Date.UTC(2026, 2, 8) },
  features: [
    {
      feature: 'support.reply',
      intents: { before: 1200, now: 900 },
      spendPerIntentUsd: usd,
      success: rate,
      escalated: rate,
      costPerIntentUsd: usd,
      costPerSuccessUsd: usd,
    },
  ],
};

test('a feature has a row of its intents, then a row per figure; rates differ in points, and significant differences are marked', () => {
  const [intents, spend, success, ...rest] = trendRows(trend.features);
  expect(intents).toEqual(['support.reply', '1,200', '900', '', '']);
  expect(spend?.slice(1)).toEqual(['$0.90 (0.80–1.00)', '$0.50 (0.40–0.60)', '−$0.40 (−0.54 to −0.26)', 'significant']);
  expect(success?.slice(1)).toEqual(['90.0 % (85.0–95.0)', '89.5 % (80.0–95.0)', '−0.5 points (−11.0 to 7.0)', '']);
  expect([spend, success, ...rest].map(row => row?.[0])).toEqual([
    '– model spend',
    '– success',
    '– taken over by a person',
    '– cost per intent',
    '– cost per success',
  ]);
});

test('the note names the earlier period', () => {
  expect(trendNote(trend)).toMatch(/^Before: 2026-03-01 00:00 until 2026-03-08 00:00 UTC\. Significant/);
});

test('the note names the features whose earlier period is another one', () => {
  const features = trend.features.map(each => ({
    ...each,
    before: { fromMs: Date.UTC(2026, 1, 22), toMs: Date.UTC(2026, 2, 1) },
  }));
  expect(trendNote({ ...trend, features })).toContain(
    ' UTC. For support.reply it is 2026-02-22 00:00 until 2026-03-01 00:00 UTC. Significant',
  );
});
