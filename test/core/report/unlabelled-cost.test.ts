import { expect, test } from 'vitest';
import { featureNotes, unlabelledNote } from '../../../src/core/report/notes.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { combineReports } from '../../../src/core/report/router-report.ts';
import { sumUnlabelled, unlabelledCost } from '../../../src/core/report/unlabelled-cost.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';

const sample = { n: 100, meanUsd: 0.01, variance: 0, skewness: 0, correlation: 0, failureCostUsd: 15 };
const facts = { failureCostUsd: 15 };
const reportOf = (...reports: ReturnType<typeof reportFeature>[]) =>
  combineReports(reports, { madeAtMs: 0, gains: new Map() });

test('the recorded cost and the missing failures add up to the intents times the cost per intent', () => {
  const cells = cellsOf(
    many(700, { evidence: [SUCCESS] }),
    many(90, { evidence: [FAILURE] }),
    many(30, { evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] }),
    many(180, {}),
  );
  const { intents, totalCost, costPerIntentUsd, unlabelledCost: missing } = reportFeature('f', cells, { facts });
  // 120 failures among 820 outcomes cost 90 × $15 + 30 × $40.
  expect(missing?.intents).toBe(180);
  expect(missing?.usd.value).toBeCloseTo((180 * (90 * 15 + 30 * 40)) / 820, 9);
  expect(Number(totalCost.totalUsd) + (missing?.usd.value ?? 0)).toBeCloseTo(intents * costPerIntentUsd.value, 6);
});

test('a feature in which every intent has an outcome has nothing missing, and no note', () => {
  const report = reportFeature('f', cellsOf(many(20, { evidence: [SUCCESS] })), { facts });
  expect(report.unlabelledCost).toBeUndefined();
  expect(unlabelledNote(reportOf(report))).toBeUndefined();
  expect(featureNotes(report).join()).not.toContain('total cost');
});

test('without any outcome there is no estimate, and the limits reach from no failure to all intents failing', () => {
  const report = reportFeature('f', cellsOf(many(40, {})), { facts });
  expect(report.unlabelledCost?.usd).toEqual({ value: Number.NaN, low: 0, high: 600 });
  expect(featureNotes(report).join(' ')).toContain('Their failures are not in the total cost: up to $600.00 more.');
  expect(unlabelledNote(reportOf(report))).toBe(
    'Not in the total cost: failures of 40 intents of features without any outcome, which cannot be estimated.',
  );
});

test('where failures cost nothing, nothing is missing from the total', () => {
  const cells = cellsOf(many(40, { failureCostNanoUsd: 0, evidence: [SUCCESS] }), many(9, { failureCostNanoUsd: 0 }));
  const report = reportFeature('f', cells, { facts: { failureCostUsd: 0 } });
  expect(featureNotes(report)).toContain('9 pending and 0 unknown outcomes are left out of every success rate.');
  expect(unlabelledNote(reportOf(report))).toBeUndefined();
  const unlabelled = reportFeature('g', cellsOf(many(9, { failureCostNanoUsd: 0 })), { facts: { failureCostUsd: 0 } });
  expect(unlabelledNote(reportOf(report, unlabelled))).toBeUndefined();
});

test('the total states its intents, their fraction of all, and the estimate; features without outcomes are separate', () => {
  const part = (feature: string, ...intents: readonly ReturnType<typeof many>[]) =>
    reportFeature(feature, cellsOf(...intents), { facts });
  const a = part('a', many(80, { evidence: [SUCCESS] }), many(10, { evidence: [FAILURE] }), many(10, {}));
  const b = part('b', many(50, { evidence: [FAILURE] }), many(40, {}));
  const c = part('c', many(10, {}));
  const { unlabelledCost: sum } = reportOf(a, b, c);
  expect(sum).toMatchObject({ intents: 60, withoutEstimate: 10 });
  expect(sum?.usd.value).toBeCloseTo((10 * 15 * 10) / 90 + 40 * 15, 9);
  expect(unlabelledNote(reportOf(a, b, c))).toMatch(
    /^Not in the total cost: failures of the 50 intents \(25\.0 %\) without an outcome, about \$616\.67 \([\d.]+–[\d.]+\) more, if they fail as often as the others of their feature; failures of 10 intents of features without any outcome, which cannot be estimated\.$/u,
  );
});

test('the interval contains the actual cost of the missing failures in 95 of 100 simulations', () => {
  const random = seededRandom('unlabelled');
  for (const [labelled, missing, fail] of [
    [400, 90, 0.2],
    [60, 300, 0.1],
    [2000, 20, 0.3],
  ] as const) {
    const failures = (n: number): number => Array.from({ length: n }, () => random.next()).filter(x => x < fail).length;
    let held = 0;
    for (let world = 0; world < 2000; world++) {
      const successes = labelled - failures(labelled);
      const { usd } = unlabelledCost(missing, { ...sample, labelled, successes });
      const truth = 15 * failures(missing);
      if (usd.low <= truth && truth <= usd.high) held++;
    }
    // Failures are whole numbers: with few of them an interval may contain the truth more often than 95 %, never much less often.
    expect(held / 2000).toBeGreaterThan(0.93);
    expect(held / 2000).toBeLessThan(0.985);
  }
});

test('the limits of a sum lie closer than the sum of the limits, because features are different intents', () => {
  const one = unlabelledCost(100, { ...sample, labelled: 400, successes: 300 });
  const { usd } = sumUnlabelled([one, one, one, one]);
  expect(usd.value).toBeCloseTo(4 * one.usd.value, 9);
  expect(usd.high - usd.value).toBeCloseTo(2 * (one.usd.high - one.usd.value), 9);
});
