import { describe, expect, test } from 'vitest';
import type { DriftEvent } from '../../../src/core/report/drift.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { trendOf } from '../../../src/core/report/trend.ts';
import type { VerdictFacts } from '../../../src/core/report/verdict.ts';
import { featureVerdict, formatChange, overallVerdict, shortDrift } from '../../../src/core/report/verdict.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const facts = { failureCostUsd: 15 };
const reportOf = (successes: number, failures: number) =>
  reportFeature('support', cellsOf(many(successes, { evidence: [SUCCESS] }), many(failures, { evidence: [FAILURE] })), {
    facts,
  });
const figure = (value: number) => ({ value, low: value - 0.02, high: value + 0.02 });
const FELL: DriftEvent = {
  kind: 'success',
  node: 'premium',
  segment: '',
  atMs: Date.UTC(2026, 10, 5, 14),
  before: figure(0.892),
  after: figure(0.637),
};
const UPDATED: DriftEvent = { kind: 'version', atMs: Date.UTC(2026, 10, 9), model: 'mini', from: 'a@1', to: 'b@1' };

function verdictOf(
  part: Partial<VerdictFacts> & { now?: ReturnType<typeof reportOf>; before?: ReturnType<typeof reportOf> },
) {
  const { now = reportOf(900, 100), before, changes = [], shift } = part;
  return featureVerdict({ report: now, trend: before && trendOf(now, before), changes, shift });
}

describe('the verdict on a feature', () => {
  test('the verdict on a success that costs less or more states the amount once chance cannot explain it', () => {
    const half = verdictOf({ before: reportOf(800, 200) });
    expect(half.kind).toBe('less');
    // (0.01 + 15) / 0.9 − 15 against (0.01 + 15) / 0.8 − 15.
    expect(half.change?.value).toBeCloseTo((15.01 / 0.9 - 15) / (15.01 / 0.8 - 15) - 1, 6);
    expect(half.sentence).toBe('A success costs 55 % less than in the period before.');
    expect(verdictOf({ now: reportOf(800, 200), before: reportOf(900, 100) }).sentence).toMatch(
      /^A success costs 124 % more/,
    );
    expect(verdictOf({ now: reportOf(901, 99), before: reportOf(900, 100) }).kind).toBe('same');
  });

  test('a change of a rate is reported with its size and its day, and with the plan that took over', () => {
    const shift = { to: 'frontier', from: 'premium', before: 0.12, now: 0.781 };
    const { sentence, changedAtMs } = verdictOf({ changes: [FELL, UPDATED], shift });
    expect(sentence).toBe(
      'premium fell from 89.2 % to 63.7 % success on 5 Nov 2026 (and 1 more change). ' +
        'frontier took over: 78.1 % of the intents, 12.0 % before.',
    );
    expect(changedAtMs).toBe(FELL.atMs);
  });

  test('missing intents, outcomes and earlier figures are each a verdict of their own', () => {
    expect(verdictOf({ now: reportOf(0, 0) }).kind).toBe('no intent');
    expect(verdictOf({ now: reportFeature('support', cellsOf(many(5, {})), { facts }) }).kind).toBe('no outcome');
    expect(verdictOf({ before: reportOf(0, 0) }).kind).toBe('no earlier figure');
    expect(verdictOf({}).sentence).toBe('');
  });
});

test('every kind of change has a short sentence', () => {
  expect(shortDrift({ ...FELL, kind: 'rejection', before: figure(0.03), after: figure(0.091) })).toBe(
    'rejections of premium rose from 3.0 % to 9.1 % on 5 Nov 2026',
  );
  expect(shortDrift(UPDATED)).toBe('mini got another version or price on 9 Nov 2026');
  expect(shortDrift({ ...UPDATED, to: 'served by gpt-5-pro for a@1' })).toBe(
    'mini was served by gpt-5-pro on 9 Nov 2026',
  );
});

test('a relative change is printed with its sign and its interval', () => {
  expect(formatChange({ value: -0.12, low: -0.184, high: -0.05 })).toBe('−12 % (−18 to −5.0)');
  expect(formatChange({ value: 0.004, low: -0.02, high: 0.5 })).toBe('+0.4 % (−2.0 to +50)');
  expect(formatChange({ value: 264, low: -0.18, high: Infinity })).toBe('too few outcomes');
  expect(formatChange({ value: 12, low: 12, high: 12 })).toBe('+1,200 % (+1,200 to +1,200)');
  expect(formatChange({ value: Number.NaN, low: -1, high: Infinity })).toBe('–');
});

describe('the verdict on all features', () => {
  const each = (...kinds: readonly string[]) =>
    overallVerdict(kinds.map((kind, i) => ({ feature: `f${i}`, kind: kind as 'same', sentence: '' })));

  test('features are counted by what a success costs, and the latest change is named', () => {
    expect(each('less', 'less', 'more', 'same', 'no outcome')).toBe(
      '2 of 5 features cost less per success than in the period before, 1 costs more.',
    );
    expect(each('more')).toBe('1 of 1 feature costs more per success than in the period before.');
    expect(each('same', 'same')).toMatch(/^Of 2 features, the outcomes show none that costs more or less per success/);
    expect(each('no earlier figure', 'no intent')).toBe('2 features, none with an earlier figure to compare with.');
    const changed = verdictOf({ changes: [FELL] });
    expect(overallVerdict([changed])).toMatch(/support changed on 5 Nov 2026\.$/);
  });
});
