import { describe, expect, test } from 'vitest';
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { FeatureView } from '../../src/contracts/policy.ts';
import { sharePolicy } from '../../src/policies/share-policy.ts';
import { NOW_MS, seen, viewOf } from './views.ts';

/** A policy with fixed shares that counts its calls. */
function counting(shares: readonly number[]) {
  const calls = { prepared: 0, shared: 0 };
  const policy = sharePolicy({
    name: 'counting',
    prepare: () => ++calls.prepared,
    shares: () => {
      calls.shared++;
      return Float64Array.from(shares);
    },
  });
  return { calls, policy };
}

const always = (x: number): Random => ({ next: () => x });

describe('the draw', () => {
  test('every plan is chosen as often as its share says, and the share is the propensity', () => {
    const { policy } = counting([0.5, 0, 0.2, 0.3]);
    const { view } = viewOf(['a', 'b', 'c', 'd']);
    const random = seededRandom('draw');
    const n = 100_000;
    const counts: Record<string, number> = {};
    for (let i = 0; i < n; i++) {
      const { plan, propensity } = policy.decide(view, random);
      const key = plan[0] as string;
      counts[key] = (counts[key] ?? 0) + 1;
      if (i < 100) expect(propensity).toBe({ a: 0.5, c: 0.2, d: 0.3 }[key]);
    }
    expect(counts.b).toBeUndefined();
    const chi2 = [
      ['a', 0.5],
      ['c', 0.2],
      ['d', 0.3],
    ].reduce((sum, [key, p]) => sum + (counts[key as string]! - n * (p as number)) ** 2 / (n * (p as number)), 0);
    expect(chi2).toBeLessThan(13.8); // two degrees of freedom, p = .001
  });

  test('a draw above the sum of the shares chooses the last plan with a share', () => {
    const { policy } = counting([0.3, 0.7 - 1e-9, 0]);
    const { view } = viewOf(['a', 'b', 'c']);
    expect(policy.decide(view, always(1 - 1e-12)).plan).toEqual(['b']);
  });

  test('the range of a plan’s draws excludes its end', () => {
    const { policy } = counting([0.5, 0.5]);
    const { view } = viewOf(['a', 'b']);
    const drawn = [0, 0.4999, 0.5].map(x => policy.decide(view, always(x)).plan);
    expect(drawn).toEqual([['a'], ['a'], ['b']]);
  });

  test.each([
    [0.00123, 'share 0.0012 of 2 plans'],
    [0.01, 'share 0.01 of 2 plans'],
    [0.123456, 'share 0.123 of 2 plans'],
  ])('a share of %d is written with its leading digits', (share, reason) => {
    const { policy } = counting([share, 1 - share]);
    expect(policy.decide(viewOf(['a', 'b']).view, always(0)).reason).toBe(reason);
  });

  test('the reason says when no other plan was eligible', () => {
    const { policy } = counting([0, 1]);
    const { view } = viewOf(['a', 'b'], { eligible: 0b10 });
    expect(policy.decide(view, always(0.5)).reason).toBe('the only eligible plan');
  });

  test('a decision records the eligible plans, the policy and the reason', () => {
    const { policy } = counting([0.25, 0.75, 0]);
    const { view } = viewOf(['a', 'b', 'c'], { eligible: 0b011 });
    expect(policy.decide(view, always(0.5))).toEqual({
      plan: ['b'],
      propensity: 0.75,
      eligible: ['a', 'b'],
      policy: 'counting',
      reason: 'share 0.75 of 2 plans',
    });
  });
});

describe('the cache', () => {
  function decideTimes(times: number, view: FeatureView, policy: ReturnType<typeof counting>['policy']): void {
    for (let i = 0; i < times; i++) policy.decide(view, always(0.1));
  }

  test('the sample table is reused until there is new evidence, and equal decisions are the same object', () => {
    const { calls, policy } = counting([1, 0]);
    const { view } = viewOf(['a', 'b']);
    const first = policy.decide(view, always(0.1));
    decideTimes(1000, view, policy);
    expect(policy.decide(view, always(0.1))).toBe(first);
    expect(Object.isFrozen(first)).toBe(true);
    expect(calls).toEqual({ prepared: 1, shared: 1 });
  });

  test('the sample table is rebuilt after the first outcome, and later whenever there are 2 % more outcomes', () => {
    const { calls, policy } = counting([1, 0]);
    const { view, learned } = viewOf(['a', 'b']);
    decideTimes(1, view, policy);
    seen(learned, { a: [1, 1] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(2);
    seen(learned, { a: [999, 900] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(3);
    seen(learned, { a: [19, 19] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(3);
    seen(learned, { a: [2, 2] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(4);
  });

  test('the sample table is rebuilt 50 decisions after new spend, and in any case after six hours', () => {
    const { calls, policy } = counting([1, 0]);
    const { view, learned } = viewOf(['a', 'b']);
    seen(learned, { a: [1000, 900] });
    decideTimes(1, view, policy);
    seen(learned, { a: [1, 1] });
    decideTimes(48, view, policy);
    expect(calls.prepared).toBe(1);
    decideTimes(2, view, policy);
    expect(calls.prepared).toBe(2);
    decideTimes(1, { ...view, nowMs: NOW_MS + 6 * 3_600_000 }, policy);
    expect(calls.prepared).toBe(3);
  });

  test('a sample table that is still valid after 50 decisions keeps its shares, until new outcomes or its age replace it', () => {
    const calls = { prepared: 0, asked: 0 };
    const policy = sharePolicy({
      name: 'still-valid',
      prepare: () => ++calls.prepared,
      isStillValid: () => ++calls.asked > 0,
      shares: () => Float64Array.of(1, 0),
    });
    const { view, learned } = viewOf(['a', 'b']);
    seen(learned, { a: [1000, 900] });
    const first = policy.decide(view, always(0.1));
    for (let i = 0; i < 3; i++) {
      seen(learned, { a: [1, 1] });
      decideTimes(50, view, policy);
    }
    expect(policy.decide(view, always(0.1))).toBe(first);
    expect(calls).toEqual({ prepared: 1, asked: 3 });
    seen(learned, { a: [1, 1] });
    decideTimes(10, view, policy);
    expect(calls.asked).toBe(3);
    seen(learned, { a: [30, 30] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(2);
    decideTimes(1, { ...view, nowMs: NOW_MS + 6 * 3_600_000 }, policy);
    expect(calls).toEqual({ prepared: 3, asked: 3 });
  });

  test('another failure cost, eligible set, objective or cost multiplier gets its own shares from the same sample table', () => {
    const { calls, policy } = counting([1, 0]);
    const { view } = viewOf(['a', 'b']);
    const views: readonly FeatureView[] = [
      view,
      { ...view, failureCostUsd: 200 },
      { ...view, eligible: 1 },
      { ...view, objective: 'cost-per-success' },
      { ...view, costMultiplier: 2 },
    ];
    for (let i = 0; i < 3; i++) for (const each of views) decideTimes(1, each, policy);
    expect(calls).toEqual({ prepared: 1, shared: 5 });
  });

  test('fifty new outcomes rebuild the sample table, no matter how many there were before', () => {
    const { calls, policy } = counting([1, 0]);
    const { view, learned } = viewOf(['a', 'b']);
    seen(learned, { a: [100_000, 90_000] });
    decideTimes(1, view, policy);
    seen(learned, { a: [49, 49] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(1);
    seen(learned, { a: [1, 1] });
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(2);
  });

  test('the shares for eight failure costs are cached, and a ninth replaces the oldest', () => {
    const { calls, policy } = counting([1, 0]);
    const { view } = viewOf(['a', 'b']);
    const decideAt = (...costs: readonly number[]): number => {
      for (const failureCostUsd of costs) policy.decide({ ...view, failureCostUsd }, always(0.1));
      return calls.shared;
    };
    expect(decideAt(1, 2, 3, 4, 5, 6, 7, 8)).toBe(8);
    expect(decideAt(1, 2, 3, 4, 5, 6, 7, 8)).toBe(8);
    expect(decideAt(9)).toBe(9);
    expect(decideAt(2, 3, 4, 5, 6, 7, 8, 9)).toBe(9);
    // The first was replaced; it replaces the second now.
    expect(decideAt(1)).toBe(10);
    expect(decideAt(3, 4, 5, 6, 7, 8, 9, 1)).toBe(10);
    expect(decideAt(2)).toBe(11);
  });

  test('another list of plans gets a new sample table', () => {
    const { calls, policy } = counting([1, 0]);
    const { view } = viewOf(['a', 'b']);
    decideTimes(1, view, policy);
    decideTimes(1, { ...view, plans: [['b'], ['a']] }, policy);
    expect(calls.prepared).toBe(2);
    expect(policy.decide({ ...view, plans: [['b'], ['a']] }, always(0.1)).plan).toEqual(['b']);
  });

  describe('when more tables are made than the budget allows', () => {
    /** A policy that has made all tables that it may for other features. */
    function spent(tables = 300) {
      const { calls, policy } = counting([1, 0]);
      for (let i = 0; i < tables; i++) decideTimes(1, viewOf(['a', 'b']).view, policy);
      calls.prepared = 0;
      return { calls, policy, ...viewOf(['a', 'b']) };
    }

    test('a feature without a table gets one, and new outcomes replace it after 50 decisions or when there is time again', () => {
      const { calls, policy, view, learned } = spent();
      decideTimes(1, view, policy);
      expect(calls.prepared).toBe(1);
      seen(learned, { a: [1, 1] });
      decideTimes(49, view, policy);
      expect(calls.prepared).toBe(1);
      decideTimes(1, view, policy);
      expect(calls.prepared).toBe(2);
      seen(learned, { a: [1, 1] });
      decideTimes(1, { ...view, nowMs: NOW_MS + 11 }, policy);
      expect(calls.prepared).toBe(3);
    });

    test('while the budget is low, a feature waits for its table until three in ten of its outcomes are new', () => {
      for (const [tables, made] of [
        [20, 2],
        [40, 1],
      ] as const) {
        const { calls, policy, view, learned } = spent(tables);
        seen(learned, { a: [20, 20] });
        decideTimes(1, view, policy);
        seen(learned, { a: [8, 8] });
        decideTimes(1, view, policy);
        expect(calls.prepared).toBe(made);
        seen(learned, { a: [4, 4] });
        decideTimes(1, view, policy);
        expect(calls.prepared).toBe(made + 1);
      }
    });

    test('an older table serves only the plans that it was made for', () => {
      const { calls, policy, view, learned } = spent();
      decideTimes(1, view, policy);
      seen(learned, { a: [1, 1] });
      decideTimes(1, { ...view, plans: [['b'], ['a']] }, policy);
      expect(calls.prepared).toBe(2);
    });

    test('an explanation gives the shares that the next decision draws from', () => {
      const { calls, policy, view, learned } = spent();
      decideTimes(1, view, policy);
      seen(learned, { a: [1, 1] });
      policy.allocation?.(view, always(0.1));
      decideTimes(1, view, policy);
      expect(calls.prepared).toBe(1);
    });
  });

  test('an explanation changes neither the sample table nor the next decision', () => {
    const { calls, policy } = counting([1, 0]);
    const { view } = viewOf(['a', 'b']);
    policy.allocation?.(view, always(0.1));
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(2);
    policy.allocation?.(view, always(0.1));
    expect(calls.prepared).toBe(2);
  });

  test('the shares of the last decision of a sample table are given from that table, without a new one', () => {
    const { calls, policy } = counting([1, 0]);
    const { view, learned } = viewOf(['a', 'b']);
    seen(learned, { a: [1000, 900] });
    decideTimes(1, view, policy);
    seen(learned, { a: [1, 1] });
    decideTimes(49, view, policy);
    policy.allocation?.(view, always(0.1));
    expect(calls.prepared).toBe(1);
    decideTimes(1, view, policy);
    expect(calls.prepared).toBe(2);
  });

  test('a decision’s table may reuse the memory of the table that it replaces, but an explanation’s table may not', () => {
    const replacedBy: unknown[] = [];
    const policy = sharePolicy({
      name: 'replacing',
      prepare: (_, __, { replaced }) => replacedBy.push(replaced),
      shares: () => Float64Array.of(1, 0),
    });
    const { view, learned } = viewOf(['a', 'b']);
    decideTimes(1, view, policy);
    seen(learned, { a: [1, 1] });
    policy.allocation?.(view, always(0.1));
    decideTimes(1, view, policy);
    expect(replacedBy).toEqual([undefined, undefined, 1]);
  });

  test('every feature and every segment has its own sample table', () => {
    const { calls, policy } = counting([1, 0]);
    const { view, learned } = viewOf(['a', 'b']);
    decideTimes(1, view, policy);
    decideTimes(1, { ...view, learned: learned.segment('pro') }, policy);
    decideTimes(1, viewOf(['a', 'b']).view, policy);
    expect(calls.prepared).toBe(3);
  });
});
