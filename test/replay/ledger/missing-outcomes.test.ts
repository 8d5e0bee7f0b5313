import { describe, expect, test } from 'vitest';
import { missingByKind as missingIn } from '../../../src/replay/ledger/missing-outcomes.ts';
import type { Kind, SeenDecision } from './seen-outcomes.ts';
import { decisions, outcomesSeen } from './seen-outcomes.ts';

const missingByKind = (seen: readonly SeenDecision[]) => missingIn(outcomesSeen(seen));

const refusals = (runs: number, kind: Kind): number =>
  Array.from({ length: runs }, (_, seed) => missingByKind(decisions(seed, kind))).filter(reason => reason !== undefined)
    .length;

describe('missingByKind', () => {
  test('outcomes that are missing at random cause a refusal in at most 1 % of logs', () => {
    expect(refusals(400, { intents: 1000, labels: () => 0.3 })).toBeLessThanOrEqual(4);
    expect(refusals(200, { intents: 1000, premium: 0.05, labels: () => 0.9 })).toBeLessThanOrEqual(2);
  });

  test('segments may have different shares of outcomes, because each is compared separately', () => {
    expect(refusals(100, { premium: 0.9, labels: ({ stratum }) => (stratum === 'a' ? 0.8 : 0.2) })).toBeLessThanOrEqual(
      1,
    );
  });

  test('the share of outcomes may change in time, as long as the success rate stays the same', () => {
    expect(refusals(100, { labels: ({ time }) => (time < 0.5 ? 0.2 : 0.6) })).toBeLessThanOrEqual(2);
  });

  test('no log with all its outcomes is refused', () => {
    expect(missingByKind(decisions(1, { labels: () => 1 }))).toBeUndefined();
  });

  test('a log with outcomes of 60 % of the failures and 30 % of the successes is refused, by comparing the plans', () => {
    expect(refusals(20, { labels: ({ failed }) => (failed ? 0.6 : 0.3) })).toBeGreaterThanOrEqual(18);
    expect(missingByKind(decisions(1, { labels: ({ failed }) => (failed ? 0.6 : 0.3) }))).toMatch(
      /^\d+\.\d % of the intents with (mini|premium) have an outcome, where \d+\.\d % would if that did not depend on the plan\./,
    );
  });

  test('a log with only the failures known at its end is refused, even with one plan', () => {
    const end = { labels: ({ failed, time }: { failed: boolean; time: number }) => (failed || time < 0.8 ? 1 : 0) };
    expect(refusals(20, end)).toBe(20);
    const onePlan = decisions(1, { ...end, success: { mini: 0.9, premium: 0.9 } }).map(one => ({
      ...one,
      plan: 'mini',
    }));
    expect(missingByKind(onePlan)).toMatch(/^in a tenth of the log, \d+\.\d % of the intents have an outcome, where/);
  });

  test('if the plans are equally good, outcomes that depend on success cannot be distinguished from chance', () => {
    const equal = {
      success: { mini: 0.9, premium: 0.9 },
      labels: ({ failed }: { failed: boolean }) => (failed ? 0.6 : 0.3),
    };
    expect(refusals(100, equal)).toBeLessThanOrEqual(2);
  });

  const inOneOfFour = (share: number, plan: string): Kind => ({
    intents: 8000,
    strata: 4,
    premium: share,
    labels: intent => (intent.failed && intent.stratum === 'c' && intent.plan === plan ? 0.5 : 1),
  });

  test("a log that lacks half of a plan's failures in one of four segments is refused, and the segment is named", () => {
    expect(refusals(20, inOneOfFour(0.3, 'premium'))).toBeGreaterThanOrEqual(18);
    expect(refusals(20, inOneOfFour(0.5, 'premium'))).toBeGreaterThanOrEqual(18);
    expect(refusals(20, inOneOfFour(0.05, 'mini'))).toBe(20);
    expect(missingByKind(decisions(1, inOneOfFour(0.3, 'premium')))).toMatch(
      /^in the segment 'c', 9\d\.\d % of the intents with premium have an outcome, where 99\.\d % would if that did not depend on the plan\./,
    );
  });

  test('outcomes that are missing equally often from both plans of a segment cause a refusal in at most 1 % of logs', () => {
    const equally: Kind = { intents: 2000, strata: 4, labels: ({ stratum }) => (stratum === 'c' ? 0.6 : 1) };
    expect(refusals(200, equally)).toBeLessThanOrEqual(2);
    expect(refusals(200, { ...equally, premium: 0.05 })).toBeLessThanOrEqual(2);
  });

  test('outcomes that are missing at random from many segments cause a refusal in at most 1 % of logs', () => {
    const many: Kind = { intents: 2000, strata: 20, premium: 0.1, labels: () => 0.97 };
    expect(refusals(200, many)).toBeLessThanOrEqual(2);
    expect(refusals(20, { ...many, labels: () => 1 })).toBe(0);
  });
});
