import { describe, expect, test } from 'vitest';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { foldCells, grainsAt } from '../../../src/core/cells/grains.ts';
import type { Made } from '../support/cells.ts';
import { cellsOf, FAILURE, made, many, SUCCESS } from '../support/cells.ts';
import { AT_MS, attempt } from '../support/intents.ts';

const HOUR_MS = 3_600_000;
const AT_HOUR_MS = Math.floor(AT_MS / HOUR_MS) * HOUR_MS;
const SILENT = { source: 'silence', success: null } as const;

describe('counts and totals', () => {
  const report = reportFeature(
    'f',
    cellsOf(
      many(6, { evidence: [SUCCESS] }),
      many(2, { evidence: [{ ...FAILURE, escalated: true }] }),
      many(3, {}),
      many(1, { evidence: [SILENT] }),
    ),
    { facts: { plans: ['mini', 'premium'], failureCostUsd: 15 } },
  );

  test('pending and unknown outcomes are neither successes nor failures', () => {
    expect(report).toMatchObject({ intents: 12, labelled: 8, successes: 6, failures: 2, pending: 3, unknown: 1 });
    expect(report.success.value).toBe(0.75);
    expect(report.escalated).toBe(2);
  });

  test('cost per intent is spend + failure cost × failure rate, and cost per success is cost per intent ÷ success rate', () => {
    expect(report.costPerIntentUsd.value).toBeCloseTo(0.01 + 15 * 0.25, 12);
    expect(report.costPerSuccessUsd.value).toBeCloseTo((0.01 + 15 * 0.25) / 0.75, 12);
  });

  test('every estimate lies inside its interval', () => {
    const { success, spendPerIntentUsd, costPerIntentUsd, costPerSuccessUsd } = report;
    for (const { low, value, high } of [success, spendPerIntentUsd, costPerIntentUsd, costPerSuccessUsd]) {
      expect(low).toBeLessThanOrEqual(value);
      expect(value).toBeLessThanOrEqual(high);
    }
  });

  test('the total cost is exact', () => {
    expect(report.totalCost).toMatchObject({ spendUsd: '0.12', failureUsd: '30', totalUsd: '30.12' });
  });

  test('a plan without intents is listed with a traffic of 0', () => {
    expect(report.plans.map(plan => [plan.plan, plan.traffic, plan.state])).toEqual([
      ['mini', 1, 'learning'],
      ['premium', 0, 'learning'],
    ]);
  });
});

describe('the state of a report', () => {
  const facts = { plans: ['mini', 'premium'], failureCostUsd: 15 };
  const reportOf = (successes: number, failures: number, premiumSuccesses: number) =>
    reportFeature(
      'f',
      cellsOf(
        many(successes, { evidence: [SUCCESS] }),
        many(failures, { evidence: [FAILURE] }),
        many(premiumSuccesses, { plan: ['premium'], evidence: [SUCCESS] }),
      ),
      { facts },
    );

  test('a report is learning below the published 100 outcomes, whatever the outcomes are', () => {
    expect(reportOf(0, 40, 59)).toMatchObject({ labelled: 99, state: 'learning' });
    expect(reportOf(0, 40, 59).settledOn).toBeUndefined();
    expect(reportOf(0, 40, 60)).toMatchObject({ labelled: 100, state: 'settled', settledOn: 'premium' });
  });

  test('a report is estimating until the comparison of its plans is settled, then names the cheapest', () => {
    expect(reportOf(95, 5, 100).state).toBe('estimating');
    expect(reportOf(50, 150, 300)).toMatchObject({ state: 'settled', settledOn: 'premium' });
  });

  test('the plans that were used are compared where the configuration names none', () => {
    const cells = cellsOf(many(200, { evidence: [FAILURE] }), many(300, { plan: ['premium'], evidence: [SUCCESS] }));
    expect(reportFeature('f', cells, { facts: { failureCostUsd: 15 } }).settledOn).toBe('premium');
  });

  test('plans are compared by what the objective counts: an intent, or a success', () => {
    // Per intent mini is the cheapest, at $0.01; per success premium is, at $0.05 instead of $0.10.
    const failureCostNanoUsd = 0;
    const premium = { plan: ['premium'], attempts: [attempt('premium', 50_000_000)], evidence: [SUCCESS] };
    const cells = cellsOf(
      many(150, { evidence: [SUCCESS], failureCostNanoUsd }),
      many(1350, { evidence: [FAILURE], failureCostNanoUsd }),
      many(1500, { ...premium, failureCostNanoUsd }),
    );
    const settledOn = (perSuccess: boolean) =>
      reportFeature('f', cells, { facts: { ...facts, failureCostUsd: 0, perSuccess } }).settledOn;
    expect([settledOn(true), settledOn(false)]).toEqual(['premium', 'mini']);
  });

  describe('after a change', () => {
    const before = [
      many(50, { evidence: [SUCCESS] }),
      many(150, { evidence: [FAILURE] }),
      many(300, { plan: ['premium'], evidence: [SUCCESS], versions: { premium: 'b@1$0.01' } }),
    ];
    const laterOn = (count: number, versions: Made['versions']) => [
      many(count, { evidence: [SUCCESS], hour: 5 }),
      many(count, {
        plan: ['premium'],
        evidence: [SUCCESS],
        hour: 5,
        attempts: [attempt('premium', 20_000_000_000)],
        ...(versions === undefined ? {} : { versions }),
      }),
    ];

    test('outcomes at an earlier price settle nothing, and every figure still covers them', () => {
      const report = reportFeature('f', cellsOf(...before, ...laterOn(40, { premium: 'b@2$20' })), { facts });
      expect(report).toMatchObject({ intents: 580, state: 'estimating', comparedSinceMs: AT_HOUR_MS + 5 * HOUR_MS });
      expect(report.settledOn).toBeUndefined();
      expect(report.plans.map(plan => plan.state)).toEqual(['estimating', 'estimating']);
    });

    test('outcomes at the current price settle the comparison, on the plan that is the cheapest now', () => {
      const report = reportFeature('f', cellsOf(...before, ...laterOn(2000, { premium: 'b@2$20' })), { facts });
      expect(report).toMatchObject({ state: 'settled', settledOn: 'mini' });
    });

    test('outcomes before a change that was found in a rate settle nothing', () => {
      const later = many(60, {
        plan: ['premium'],
        evidence: [FAILURE],
        hour: 24,
        versions: { premium: 'b@1$0.01' },
      });
      const report = reportFeature('f', cellsOf(...before, later), { facts });
      expect(report).toMatchObject({ state: 'estimating', comparedSinceMs: AT_HOUR_MS + 24 * HOUR_MS });
    });

    test('a comparison is not settled on another plan than the one that is believed to be the cheapest', () => {
      const stateFor = (believed: string) => reportFeature('f', cellsOf(...before), { facts, believed }).state;
      expect([stateFor('premium'), stateFor('mini')]).toEqual(['settled', 'estimating']);
    });
  });

  test('a report says how many more outcomes the published case needs: 1,027 for ±$0.20 at 95 % and $15', () => {
    const report = reportFeature('f', cellsOf(many(949, { evidence: [SUCCESS] }), many(49, { evidence: [FAILURE] })), {
      facts: { failureCostUsd: 15 },
      halfWidthUsd: 0.2,
    });
    // 998 outcomes at exactly 95 % with one success and one failure added.
    expect(report.precision?.moreOutcomes).toBe(1027 - 998);
  });

  test('without outcomes the rates are NaN and the report is learning', () => {
    const report = reportFeature('f', cellsOf(many(3, {})), { facts: { failureCostUsd: 15 } });
    expect(report.success).toEqual({ value: Number.NaN, low: 0, high: 1 });
    expect(report.costPerSuccessUsd.value).toBeNaN();
    expect(report.state).toBe('learning');
    expect(reportFeature('f', []).intents).toBe(0);
  });
});

describe('a feature with a silence window', () => {
  const HOUR_MS = 3_600_000;
  // Three days: every hour 19 intents that silence will label successes, and a failure that is reported at once.
  const NOW_HOUR = 72;
  const WINDOW_H = 24;
  const SILENCE = { source: 'silence', success: true } as const;
  const cells = cellsOf(
    ...Array.from({ length: NOW_HOUR }, (_, hour) => [
      ...many(19, hour < NOW_HOUR - WINDOW_H ? { hour, evidence: [SILENCE] } : { hour }),
      ...many(1, { hour, evidence: [FAILURE] }),
    ]),
  );
  const facts = { plans: ['mini'], failureCostUsd: 15, silence: { afterMs: WINDOW_H * HOUR_MS, success: true } };
  const startMs = Math.floor(AT_MS / HOUR_MS) * HOUR_MS;
  const nowMs = startMs + NOW_HOUR * HOUR_MS;
  const report = reportFeature('f', cells, { facts, nowMs });

  test('estimates cover intents whose silence window has ended; counts and total cost cover all', () => {
    expect(report.success.value).toBe(0.95);
    expect(report.costPerIntentUsd.value).toBeCloseTo(0.01 + 0.75, 12);
    expect(report.plans[0]).toMatchObject({ n: 20 * 72, successes: 19 * 48, success: { value: 0.95 }, traffic: 1 });
    expect(report).toMatchObject({ intents: 20 * 72, failures: 72, pending: 19 * 24, awaitingSilence: 20 * 24 });
    expect(report.totalCost.failureUsd).toBe('1080');
    const { silence: _, ...unknown } = facts;
    expect(reportFeature('f', cells, { facts: unknown, nowMs }).success.value).toBeCloseTo(0.927, 3);
  });

  test('a mismatch of failure costs is reported even before the silence windows of those intents end', () => {
    const late = many(12, { hour: NOW_HOUR - 1, evidence: [{ ...FAILURE, costNanoUsd: 40e9 }] });
    expect(reportFeature('f', cellsOf(late), { facts, nowMs }).failureCost).toMatchObject({
      recorded: 12,
      mismatch: true,
    });
  });

  test('an hour enters the estimates once the window of its last possible intent has ended, not a millisecond before', () => {
    expect(reportFeature('f', cells, { facts, nowMs: nowMs - 1 }).awaitingSilence).toBe(20 * 25);
  });

  test('failures reported before their windows end show neither as drift nor as a dip in the history', () => {
    expect(report.drift).toEqual([]);
    const { steps } = report.history;
    expect(steps.reduce((sum, step) => sum + step.intents, 0)).toBe(20 * 72);
    const rates = steps.map(step => step.success.value);
    expect(rates.filter(rate => !Number.isNaN(rate)).every(rate => Math.abs(rate - 0.95) < 1e-9)).toBe(true);
    expect(rates.at(-1)).toBeNaN();
  });

  test('before any window has ended the rates are NaN, and every plan is listed with its spend', () => {
    const first = reportFeature('f', cells, {
      facts,
      nowMs: startMs + 12 * HOUR_MS,
      period: { toMs: startMs + 12 * HOUR_MS },
    });
    expect(first.success.value).toBeNaN();
    // Spend is known at once.
    expect(first.spendPerIntentUsd.value).toBe(0.01);
    expect(first.plans[0]?.spendUsd.value).toBe(0.01);
    expect(first).toMatchObject({ state: 'learning', intents: 240, awaitingSilence: 240 });
    expect(first.plans.map(({ plan, n, state }) => [plan, n, state])).toEqual([['mini', 240, 'learning']]);
  });
});

test('an audit summary counts the audited intents whose audit label equals the label from their other evidence', () => {
  const labels = (proxy: boolean, truth: boolean): Made => ({
    evidence: [
      { source: 'implicit', success: proxy },
      { source: 'audit', success: truth },
    ],
  });
  const cells = cellsOf(
    many(7, labels(true, true)),
    many(3, labels(false, false)),
    many(2, labels(true, false)),
    many(1, labels(false, true)),
    many(30, { evidence: [{ source: 'implicit', success: true }] }),
  );
  const { audit } = reportFeature('f', cells);
  expect(audit).toMatchObject({ audited: 13, agreed: 10 });
  // As audits outrank the other labels: 7 + 1 + 30 successes of 43.
  expect(audit?.uncorrected.value).toBeCloseTo(38 / 43, 12);
});

test('a period leaves out intents that were decided before it', () => {
  const cells = cellsOf(many(2, { evidence: [SUCCESS] }), [made({ hour: 10, evidence: [FAILURE] })]);
  const report = reportFeature('f', cells, { period: { fromMs: AT_MS + 5 * 3_600_000 } });
  expect(report).toMatchObject({ intents: 1, failures: 1, successes: 0 });
});

test('a brief report has the same figures, without drift and history', () => {
  const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(3, { hour: 5, evidence: [FAILURE] }));
  const { drift, history, ...rest } = reportFeature('f', cells, { brief: true });
  expect([drift, history.steps]).toEqual([[], []]);
  expect(reportFeature('f', cells)).toMatchObject(rest);
});

describe('older statistics', () => {
  const DAY_MS = 86_400_000;
  const NOW_MS = AT_MS + 120 * DAY_MS;
  const hours = cellsOf(Array.from({ length: 120 * 4 }, (_, i) => made({ hour: 6 * i, evidence: [SUCCESS] })));
  const folded = foldCells(hours, grainsAt(NOW_MS));
  const without = ({
    drift: _,
    history: __,
    coveredPeriod: ___,
    span: ____,
    ...rest
  }: ReturnType<typeof reportFeature>) => rest;

  test('a report without a period has the same figures from days and weeks as from hours', () => {
    expect(without(reportFeature('f', folded))).toEqual(without(reportFeature('f', hours)));
    expect(reportFeature('f', folded).coveredPeriod).toBeUndefined();
  });

  test('a period that divides a day or a week covers all of it, and the report says which period that is', () => {
    for (const days of [30, 110]) {
      const fromMs = NOW_MS - days * DAY_MS;
      const report = reportFeature('f', folded, { period: { fromMs } });
      const { coveredPeriod } = report;
      expect(coveredPeriod?.fromMs).toBeLessThan(fromMs);
      expect(without(report)).toEqual(without(reportFeature('f', hours, { period: coveredPeriod ?? {} })));
    }
    expect(reportFeature('f', folded, { period: { fromMs: NOW_MS - 7 * DAY_MS } }).coveredPeriod).toBeUndefined();
  });

  test('a bucket waits for silence until the window of its last hour has ended', () => {
    const afterMs = 20 * DAY_MS;
    const report = (cells: readonly Cell[]) =>
      reportFeature('f', cells, { nowMs: NOW_MS, facts: { silence: { afterMs, success: true } } }).awaitingSilence;
    expect(report(folded)).toBeGreaterThanOrEqual(report(hours));
    expect(report(folded)).toBeLessThan(report(hours) + 4);
  });
});
