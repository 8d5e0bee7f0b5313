import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import { decisionLog } from '../../../src/replay/ledger/decision-log.ts';
import type { LoggedDecision } from '../../../src/replay/ledger/logged-decision.ts';
import { stratified } from '../../../src/replay/ledger/stratified.ts';
import { logged } from './logged.ts';

function answered(log: readonly LoggedDecision[]) {
  const found = stratified(decisionLog(log));
  if (typeof found === 'string') throw new Error(found);
  return found;
}

/** The log sends a tenth of the users, whose failures cost $20, to premium; of the others, with $0.10, few. */
function users(seed: number, intents = 2000): readonly LoggedDecision[] {
  const random = seededRandom(seed);
  return Array.from({ length: intents }, () => {
    const failureCostUsd = random.next() < 0.1 ? 20 : 0.1;
    const share = failureCostUsd > 1 ? 0.95 : 0.1;
    const isPremium = random.next() < share;
    const failed = random.next() < (isPremium ? 0.05 : 0.2);
    return logged({
      plan: isPremium ? 'premium' : 'mini',
      propensity: isPremium ? share : 1 - share,
      target: { mini: 1 },
      failureCostUsd,
      failed,
      spendUsd: isPremium ? 0.014 : 0.002,
    });
  });
}

/** A failure costs 0.1·$20 + 0.9·$0.10 on average. */
const ALWAYS_MINI = 0.002 + 0.2 * 2.09;

describe('stratified', () => {
  test('users with a high failure cost count by their number, not by how often the log sent them to the plan', () => {
    let value = 0;
    let covered = 0;
    for (let seed = 0; seed < 20; seed++) {
      const { costUsd } = answered(users(seed));
      value += costUsd.value / 20;
      if (costUsd.low <= ALWAYS_MINI && ALWAYS_MINI <= costUsd.high) covered++;
    }
    // A mean that weighs users by 1/√propensity alone would be below $0.25.
    expect(Math.abs(value - ALWAYS_MINI)).toBeLessThan(0.08);
    expect(covered).toBeGreaterThanOrEqual(18);
  });

  test('the saving is exactly the log’s cost less the target’s cost', () => {
    const { costUsd, loggedUsd, savedUsd } = answered(users(1));
    expect(savedUsd.value).toBe(loggedUsd - costUsd.value);
    expect(savedUsd.low).toBeLessThan(savedUsd.value);
    expect(savedUsd.high).toBeGreaterThan(savedUsd.value);
  });

  test('a stratum that the log never sent to the plan is refused when it has more than 1 % of the intents', () => {
    const known = Array.from({ length: 990 }, (_, i) => logged({ failed: i % 10 === 0 }));
    const unknown = (n: number) =>
      Array.from({ length: n }, () =>
        logged({ plan: 'mini', target: { premium: 1 }, segment: 'new', failureCostUsd: 1 }),
      );
    expect(stratified(decisionLog([...known, ...unknown(11)]))).toMatch(
      /^the log never chose premium for the 11 intents of the segment new with a failure cost of \$1\.00, and the other policy would: set holdout/,
    );
    const { failed } = answered([...known, ...unknown(10)]);
    // They may all succeed, or all fail.
    expect(failed.value).toBeCloseTo(0.1, 2);
    expect(failed.high - failed.value).toBeGreaterThan(0.9 * 0.01);
  });

  test('segments in which other plans win are compared separately', () => {
    const random = seededRandom('segments');
    const log = Array.from({ length: 4000 }, (_, i) => {
      const segment = i % 2 === 0 ? 'easy' : 'hard';
      const share = segment === 'easy' ? 0.9 : 0.05;
      const isMini = random.next() < share;
      const failed = random.next() < (isMini ? (segment === 'easy' ? 0.02 : 0.6) : 0.05);
      const plan = isMini ? 'mini' : 'premium';
      return logged({ plan, propensity: isMini ? share : 1 - share, target: { mini: 1 }, segment, failed });
    });
    const { failed } = answered(log);
    expect(failed.low).toBeLessThan(0.31);
    expect(failed.high).toBeGreaterThan(0.31);
  });
});
