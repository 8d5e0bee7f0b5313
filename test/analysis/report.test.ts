import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reportOf } from '../../src/analysis/report.ts';
import { foldCells, grainsAt } from '../../src/core/cells/grains.ts';
import type { Period } from '../../src/core/cells/period.ts';
import { isIn } from '../../src/core/cells/period.ts';
import { fromDecimalUsd } from '../../src/core/ledger/money.ts';
import type { Evidence } from '../../src/core/ledger/vocabulary.ts';
import type { Figure } from '../../src/core/math/interval.ts';
import { memory } from '../../src/stores/memory.ts';
import { cellsOf, FAILURE, made, SUCCESS } from '../core/support/cells.ts';
import { AT_MS, attempt } from '../core/support/intents.ts';
import { storeWith } from '../engine/state/stored.ts';

describe('a report of a ledger alone', () => {
  test('a report covers every feature that has statistics', async () => {
    const store = await storeWith([{ feature: 'a', evidence: [SUCCESS] }, { feature: 'b' }]);
    const report = await reportOf(store, { nowMs: AT_MS });
    expect(report.features.map(feature => [feature.feature, feature.intents])).toEqual([
      ['a', 1],
      ['b', 1],
    ]);
    expect(report.madeAtMs).toBe(AT_MS);
  });

  test('a report of one feature leaves out the others; an unknown name is an error that lists the known ones', async () => {
    const store = await storeWith([{ feature: 'a' }, { feature: 'b' }]);
    const report = await reportOf(store, { nowMs: AT_MS, features: ['b'] });
    expect(report.features.map(feature => feature.feature)).toEqual(['b']);
    await expect(reportOf(store, { nowMs: AT_MS, features: ['c'] })).rejects.toMatchObject({
      code: 'unknown-feature',
      path: 'feature',
      accepted: ['a', 'b'],
    });
  });
});

describe('a report with a trend', () => {
  // One intent an hour: five that fail, then five that succeed.
  const intents = Array.from({ length: 10 }, (_, i) => ({ evidence: [i < 5 ? FAILURE : SUCCESS] }));
  const HOUR_MS = 3_600_000;

  test('no intent is in both periods, even when the period starts in the middle of an hour', async () => {
    const fromMs = AT_MS + 5.5 * HOUR_MS;
    const report = await reportOf(await storeWith(intents), {
      nowMs: AT_MS,
      period: { fromMs },
      againstMs: 4 * HOUR_MS,
    });
    expect(report.intents).toBe(5);
    expect(report.trend?.before).toEqual({ fromMs: AT_MS + HOUR_MS, toMs: AT_MS + 5 * HOUR_MS });
    expect(report.trend?.features).toMatchObject([
      { feature: 'f', intents: { before: 4, now: 5 }, success: { before: { value: 0 }, now: { value: 1 } } },
    ]);
  });

  test('the earlier period starts and ends on a full hour', async () => {
    const { trend } = await reportOf(await storeWith(intents), {
      nowMs: AT_MS,
      period: { fromMs: AT_MS + 5.5 * HOUR_MS },
      againstMs: 3.5 * HOUR_MS,
    });
    expect(trend?.before).toEqual({ fromMs: AT_MS + HOUR_MS, toMs: AT_MS + 5 * HOUR_MS });
  });

  test('a trend lists the features in the order of the report', async () => {
    const store = await storeWith([
      { feature: 'a', evidence: [SUCCESS] },
      { feature: 'b', evidence: [FAILURE] },
    ]);
    const { features, trend } = await reportOf(store, { nowMs: AT_MS, period: { fromMs: AT_MS }, againstMs: HOUR_MS });
    expect(features.map(({ feature }) => feature)).toEqual(['b', 'a']);
    expect(trend?.features.map(({ feature }) => feature)).toEqual(['b', 'a']);
  });

  test('a trend needs a period with a start and a length above 0', async () => {
    const store = await storeWith(intents);
    for (const options of [{ againstMs: HOUR_MS }, { againstMs: 0, period: { fromMs: AT_MS } }]) {
      await expect(reportOf(store, { nowMs: AT_MS, ...options })).rejects.toMatchObject({
        code: 'invalid-value',
        path: 'againstMs',
      });
    }
  });

  test('a report has no trend unless `againstMs` is given', async () => {
    expect(await reportOf(await storeWith(intents), { nowMs: AT_MS })).not.toHaveProperty('trend');
  });
});

describe('the gain of a feature', () => {
  /** Ten days: premium is better and mini gets the intents of the given days. */
  const ledgerOf = (miniDays: readonly number[]) =>
    storeWith(
      Array.from({ length: 200 }, (_, i) => {
        const day = Math.floor(i / 20);
        const isMini = miniDays.includes(day);
        return {
          hour: day * 24,
          plan: [isMini ? 'mini' : 'premium'],
          eligible: ['mini', 'premium'],
          evidence: [isMini ? FAILURE : SUCCESS],
        };
      }),
    );
  const NOW = AT_MS + 10 * 86_400_000;

  const facts = () => ({ plans: ['mini', 'premium'], failureCostUsd: 15, policy: 'fixed' });

  test('the gain covers the last seven days and uses the evidence of all days', async () => {
    const { possibleSavings } = await reportOf(await ledgerOf([0, 1, 2, 5]), { nowMs: NOW, facts });
    // The last hour is at the start of day 9, so that seven days before its end are days 3 to 9: 140 intents, 20 of mini.
    expect(possibleSavings).toMatchObject([{ feature: 'f', plan: 'premium', intents: 140 }]);
    expect(possibleSavings[0]?.inAllUsd.value).toBeCloseTo(20 * 15 * 0.9, -2);
    expect((await reportOf(await ledgerOf([0, 1, 2]), { nowMs: NOW, facts })).possibleSavings).toEqual([]);
  });

  test('a policy that learns has nothing to gain from what it has already learned; another policy can gain that much', async () => {
    const gains = async (policy: string) => {
      const own = () => ({ ...facts(), policy });
      return (await reportOf(await ledgerOf([0, 1, 2, 5]), { nowMs: NOW, facts: own })).possibleSavings;
    };
    const [fixed] = await gains('fixed');
    expect(fixed?.inAllUsd.value).toBeCloseTo(20 * 15 * 0.9, -2);
    const [learning] = await gains('thompson');
    expect(learning?.inAllUsd.value ?? 0).toBeLessThan(1);
  });

  test('a feature where routing depends on the request has no gain, because its plans’ figures cover different requests', async () => {
    const gainWith = async (easyMini: number, hardMini: number) => {
      const inSegment = (segment: string, mini: number, wins: Evidence) =>
        cellsOf(
          Array.from({ length: 200 }, (_, i) =>
            made(i < mini ? { evidence: [wins] } : { plan: ['premium'], evidence: [i % 10 === 0 ? FAILURE : SUCCESS] }),
          ),
        ).map(cell => ({ ...cell, key: { ...cell.key, segment } }));
      const cells = [...inSegment('e=easy', easyMini, SUCCESS), ...inSegment('e=hard', hardMini, FAILURE)];
      const store = { ...memory(), features: async () => ['f'], cells: async () => cells };
      const { possibleSavings, features } = await reportOf(store, {
        nowMs: NOW,
        facts: () => ({ plans: ['mini', 'premium'], failureCostUsd: 15, policy: 'random-mix' }),
      });
      return { gains: possibleSavings.length, decision: features[0]?.decision?.sentence ?? '' };
    };
    const selected = await gainWith(180, 10);
    expect(selected.gains).toBe(0);
    expect(selected.decision).toMatch(
      /^Routing depends on the request, so each plan’s figures are of the requests that it got/,
    );
    expect(selected.decision).toMatch(
      /it cannot be settled while routing .* mini has only 10 outcomes where e=hard\.$/,
    );
    const same = await gainWith(100, 100);
    expect(same.gains).toBe(1);
    expect(same.decision).not.toContain('depends on the request');
  });

  test('a period limits the intents that the gain counts', async () => {
    const period = { fromMs: AT_MS, toMs: AT_MS + 2 * 86_400_000 };
    const { possibleSavings } = await reportOf(await ledgerOf([0, 1, 2, 5]), { nowMs: NOW, period, facts });
    expect(possibleSavings).toMatchObject([{ intents: 40 }]);
  });
});

describe('figures that are printed together', () => {
  const intent = fc.record({
    hour: fc.integer({ min: 0, max: 400 }),
    plan: fc.constantFrom(['mini'], ['premium'], ['mini', 'premium']),
    cost: fc.constantFrom(0, 0, 10_000_000, 14_000_000, 900_000_000),
    isLong: fc.boolean(),
    failureCostNanoUsd: fc.constantFrom(0, 0, 5_000_000_000, 200_000_000_000),
    evidence: fc.constantFrom<Evidence[]>(
      [],
      [SUCCESS],
      [FAILURE],
      [
        { source: 'implicit', success: true },
        { source: 'audit', success: false },
      ],
      [{ source: 'audit', success: true }],
    ),
  });

  /** Every figure of a value, with the path to it. */
  function figuresIn(value: unknown, path = ''): readonly (readonly [string, Figure])[] {
    if (typeof value !== 'object' || value === null) return [];
    if ('value' in value && 'low' in value && 'high' in value) return [[path, value as Figure]];
    return Object.entries(value).flatMap(([name, part]) => figuresIn(part, `${path}.${name}`));
  }

  test('law: every figure lies within its interval, and the totals of plans and features add up', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(intent, { minLength: 1, maxLength: 25 }), async intents => {
        const store = await storeWith(
          intents.map(({ cost, isLong, plan, ...rest }) => ({
            ...rest,
            plan,
            eligible: ['mini', 'premium', 'mini>premium'],
            attempts: [
              attempt(plan[0] as string, cost),
              ...(isLong ? [attempt(plan[0] as string, cost, { turn: 2, requestId: 'r2' })] : []),
            ],
          })),
        );
        const period = { fromMs: AT_MS + 100 * 3_600_000 };
        const report = await reportOf(store, { nowMs: AT_MS + 500 * 3_600_000, period, againstMs: 100 * 3_600_000 });
        for (const [path, { value, low, high }] of figuresIn(report)) {
          if (Number.isNaN(value)) continue;
          expect(low, path).toBeLessThanOrEqual(value);
          expect(high, path).toBeGreaterThanOrEqual(value);
        }
        const nano = (usd: string): bigint => fromDecimalUsd(usd);
        const [feature] = report.features;
        const spent = feature?.plans.reduce((sum, plan) => sum + nano(plan.totalCost.totalUsd), 0n);
        expect(spent).toBe(nano(report.totalUsd));
        expect(nano(report.spendUsd) + nano(report.failureUsd)).toBe(nano(report.totalUsd));
        expect(feature?.totalCost.lines.reduce((sum, { usd }) => sum + nano(usd), 0n)).toBe(nano(report.totalUsd));
      }),
      { numRuns: 25 },
    );
  });
});

describe('the decision between the plans', () => {
  const store = storeWith(
    Array.from({ length: 240 }, (_, i) => ({
      hour: Math.floor(i / 10),
      plan: [i % 2 === 0 ? 'mini' : 'premium'],
      eligible: ['mini', 'premium'],
      evidence: [i % 2 === 0 && i % 3 === 0 ? FAILURE : SUCCESS],
    })),
  );
  const NOW = AT_MS + 86_400_000;
  const decisionWith = async (options: Partial<Parameters<typeof reportOf>[1]>) =>
    (await reportOf(await store, { nowMs: NOW, ...options })).features[0]?.decision;

  test('a report names the plan that is preferred now, and whether that is settled', async () => {
    const found = await decisionWith({});
    expect(found).toMatchObject({ preferred: { description: 'premium' }, forecast: { kind: 'settled' } });
    expect(found?.sentence).toMatch(/^premium is preferred to mini because .* this is settled at 95 %\.$/);
  });

  test('a report on a feature whose every intent has a context speaks of the outcomes of all segments', async () => {
    const segments = ['tier=free', 'tier=pro'];
    const intents = Array.from({ length: 240 }, (_, i) => ({
      hour: Math.floor(i / 10),
      segment: segments[Math.floor(i / 2) % 2] as string,
      plan: [i % 2 === 0 ? 'mini' : 'premium'],
      eligible: ['mini', 'premium'],
      evidence: [i % 2 === 0 && i % 3 === 0 ? FAILURE : SUCCESS],
    }));
    const found = (await reportOf(await storeWith(intents), { nowMs: NOW })).features[0]?.decision;
    const whole = await decisionWith({});
    expect(found?.sentence).toMatch(/^premium is preferred to mini because it succeeds in 9/);
    expect([found?.preferred, found?.rival]).toEqual([whole?.preferred, whole?.rival]);
  });

  test('brief reports, reports about the past and reports without intents contain no decision', async () => {
    expect(await decisionWith({ brief: true })).toBeUndefined();
    expect(await decisionWith({ period: { toMs: NOW } })).toBeUndefined();
    expect(await decisionWith({ period: { fromMs: NOW + 86_400_000 } })).toBeUndefined();
    expect(await decisionWith({ period: { fromMs: AT_MS } })).toBeDefined();
  });

  test('the forecast follows the recent traffic of a policy that does not learn', async () => {
    // Three plans of which the third gets no intents: only a policy that learns will ever try it.
    const facts = { plans: ['mini', 'premium', 'opus'], failureCostUsd: 15 };
    const forecastWith = async (policy?: string) =>
      (await decisionWith({ facts: () => ({ ...facts, ...(policy === undefined ? {} : { policy }) }) }))?.forecast
        ?.kind;
    expect(await forecastWith('fixed')).toBe('beyond');
    expect(await forecastWith('thompson')).not.toBe('beyond');
    expect(await forecastWith()).toBe(await forecastWith('thompson'));
  });

  test('a ledger is assumed to go on as its latest decisions did, and the report says so', async () => {
    const chosen = (policy: string, plan: string) => ({
      plan: [plan],
      policy,
      propensity: 1,
      eligible: ['mini', 'premium'],
      evidence: [SUCCESS],
      attempts: [attempt(plan, plan === 'mini' ? 1e7 : 1e9)],
    });
    const read = async (intents: readonly ReturnType<typeof chosen>[]) =>
      reportOf(await storeWith([...intents]), { nowMs: NOW });
    const savedBy = async (intents: readonly ReturnType<typeof chosen>[]) =>
      (await read(intents)).possibleSavings[0]?.perIntentUsd.value ?? 0;
    const mixed = Array.from({ length: 100 }, (_, i) => chosen('random-mix', i % 2 === 0 ? 'mini' : 'premium'));
    const changed = [...mixed, ...Array.from({ length: 50 }, () => chosen('fixed', 'premium'))];
    // Every new intent gets premium, although only two of three of the last week did.
    const report = await read(changed);
    expect(await savedBy(changed)).toBeCloseTo(report.features[0]?.decision?.moreUsd ?? Number.NaN, 9);
    expect(report.features[0]?.latestPolicies).toEqual([{ name: 'fixed', decisions: 50 }]);
    expect(report.features[0]?.decision?.sentence).toMatch(
      /^The policy does not follow the evidence and gives premium more intents; by what they cost, mini/,
    );
    // Half of the latest intents were chosen by a policy that learns, and would now get mini nearly always.
    const both = Array.from({ length: 100 }, (_, i) =>
      i % 2 === 0 ? chosen('thompson', 'mini') : chosen('fixed', 'premium'),
    );
    const { features } = await read(both);
    expect(features[0]?.latestPolicies).toEqual([
      { name: 'fixed', decisions: 25 },
      { name: 'thompson', decisions: 25 },
    ]);
    const atMostUsd = features[0]?.decision?.moreUsd ?? Number.NaN;
    expect(await savedBy(both)).toBeGreaterThanOrEqual(0.5 * atMostUsd);
    expect(await savedBy(both)).toBeLessThan(atMostUsd);
  });

  test('the report of a ledger says of an observed feature that it is only observed', async () => {
    const observed = Array.from({ length: 60 }, () => ({
      plan: ['premium'],
      policy: 'observe',
      eligible: ['mini', 'premium'],
      evidence: [SUCCESS],
    }));
    const [feature] = (await reportOf(await storeWith(observed), { nowMs: NOW })).features;
    expect(feature?.decision?.sentence).toMatch(/^The feature is only observed, so that premium answers every intent;/);
  });
});

test('given facts replace those inferred from the ledger, and a requested feature may have no intents', async () => {
  const store = await storeWith([{ evidence: [SUCCESS] }, { evidence: [FAILURE] }]);
  const report = await reportOf(store, {
    nowMs: AT_MS,
    features: ['f', 'new'],
    facts: () => ({ plans: ['mini', 'premium', 'opus'], failureCostUsd: 3 }),
  });
  expect(report.features.map(feature => [feature.feature, feature.intents, feature.plans.length])).toEqual([
    ['f', 2, 3],
    ['new', 0, 3],
  ]);
});

describe('a trend over older statistics', () => {
  const DAY_MS = 86_400_000;
  const NOW_MS = AT_MS + 150 * DAY_MS;
  // An intent every four hours.
  const hours = cellsOf(Array.from({ length: 150 * 6 }, (_, i) => made({ hour: 4 * i, evidence: [SUCCESS] })));

  test.each([
    [7.3, 0.2],
    [20.4, 0.2],
    [30.4, 30],
    [100.4, 3],
  ])(
    'no intent is in both periods, and no intent between them is lost: %d days ago against %d days',
    async (days, against) => {
      const folded = foldCells(hours, grainsAt(NOW_MS));
      const store = { ...memory(), features: async () => ['f'], cells: async () => folded };
      const fromMs = NOW_MS - days * DAY_MS;
      const report = await reportOf(store, { nowMs: NOW_MS, period: { fromMs }, againstMs: against * DAY_MS });
      const [trend] = report.trend?.features ?? [];
      const covered = report.features[0]?.coveredPeriod ?? { fromMs };
      const before = trend?.before ?? report.trend?.before ?? {};
      expect(before.toMs).toBe(Math.floor((covered.fromMs ?? 0) / 3_600_000) * 3_600_000);
      const between = (period: Period) =>
        hours.filter(({ key }) => key.scope === 'plan' && isIn(period, key.bucket)).length;
      expect(trend?.intents).toEqual({ before: between(before), now: between(covered) });
      expect(trend?.intents.before).toBeGreaterThan(0);
    },
  );
});
