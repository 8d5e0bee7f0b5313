import { describe, expect, test } from 'vitest';
import { extraLabels, observedFailureFraction, meanFailureDelayMs } from '../../../src/core/beliefs/late-outcomes.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';

const TIMING = { windowMs: 1000, meanDelayMs: 200 };

describe('heardShare', () => {
  test('is the mean of 1 − exp(−age/delay) over the decisions, and 1 after the window', () => {
    for (const [startMs, endMs, nowMs] of [
      [0, 100, 150],
      [0, 100, 60],
      [0, 600, 1100],
      [0, 10, 5000],
      [0, 3000, 3000],
    ] as const) {
      let sum = 0;
      const steps = 100_000;
      const end = Math.min(endMs, nowMs);
      for (let i = 0; i < steps; i++) {
        const age = nowMs - (startMs + ((i + 0.5) / steps) * (end - startMs));
        sum += age >= TIMING.windowMs ? 1 : 1 - Math.exp(-age / TIMING.meanDelayMs);
      }
      expect(observedFailureFraction({ startMs, endMs, nowMs }, TIMING)).toBeCloseTo(sum / steps, 4);
    }
  });

  test('nothing is heard of what has not happened yet', () => {
    expect(observedFailureFraction({ startMs: 100, endMs: 200, nowMs: 100 }, TIMING)).toBe(0);
  });
});

describe('exposure', () => {
  test('failures over exposure is the failure rate: 1,000 intents of which half have been heard', () => {
    const sums = { ...NO_SUMS, n: 1000, ended: 1000, labelled: 25, successes: 0 };
    const { accepted, rejected } = extraLabels(sums, 0.5);
    expect(sums.labelled + accepted).toBe(500);
    expect(25 / (sums.labelled + accepted)).toBe(0.05);
    expect(rejected).toBe(0);
  });

  test('a success said early does not count before silence could have said the same of the others', () => {
    const sums = { ...NO_SUMS, n: 100, ended: 100, labelled: 42, successes: 40 };
    expect(sums.labelled + extraLabels(sums, 0.2).accepted).toBe(20);
  });

  test('exposure is never less than the failures themselves', () => {
    const sums = { ...NO_SUMS, n: 10, ended: 10, labelled: 4, successes: 0 };
    expect(extraLabels(sums, 0.1).accepted).toBe(0);
  });

  test('replies returned although rejected are counted by themselves, and those that climbed not at all', () => {
    // 100 visits: 60 accepted, 40 rejected, of which 30 climbed and 10 were returned.
    const sums = { ...NO_SUMS, n: 100, rejected: 40, ended: 70, labelled: 8, successes: 0, labelledRejected: 5 };
    const { accepted, rejected } = extraLabels(sums, 1);
    expect(8 - 5 + accepted).toBe(60);
    expect(5 + rejected).toBe(10);
  });
});

test('the mean delay starts at a third of the window and goes to what is seen', () => {
  expect(meanFailureDelayMs(900, { count: 0, totalMs: 0 })).toBe(300);
  expect(meanFailureDelayMs(900, { count: 998, totalMs: 998 * 50 })).toBeCloseTo(50.5, 9);
});
