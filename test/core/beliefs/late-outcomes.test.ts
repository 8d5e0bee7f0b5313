import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { extraLabels, meanFailureDelayMs, observedFailureFraction } from '../../../src/core/beliefs/late-outcomes.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';

const TIMING = { windowMs: 1000, meanDelayMs: 200 };

describe('observedFailureFraction', () => {
  test.each([
    [0, 100, 150],
    [0, 100, 60],
    [0, 600, 1100],
    [0, 10, 5000],
    [0, 3000, 3000],
  ])(
    'for intents decided in [%d, %d) the fraction of failures observed by %d is the mean of 1 − exp(−age/delay), or 1 after the window',
    (startMs, endMs, nowMs) => {
      let sum = 0;
      const steps = 100_000;
      const end = Math.min(endMs, nowMs);
      for (let i = 0; i < steps; i++) {
        const age = nowMs - (startMs + ((i + 0.5) / steps) * (end - startMs));
        sum += age >= TIMING.windowMs ? 1 : 1 - Math.exp(-age / TIMING.meanDelayMs);
      }
      expect(observedFailureFraction({ startMs, endMs, nowMs }, TIMING)).toBeCloseTo(sum / steps, 4);
    },
  );

  test('the observed fraction is 0 at the start of the period', () => {
    expect(observedFailureFraction({ startMs: 100, endMs: 200, nowMs: 100 }, TIMING)).toBe(0);
    expect(observedFailureFraction({ startMs: 100, endMs: 200, nowMs: 50 }, TIMING)).toBe(0);
  });

  test('for intents decided at one moment the observed fraction is 1 − exp(−age/delay), and 1 once the window ends', () => {
    expect(observedFailureFraction({ startMs: 0, endMs: 0, nowMs: 200 }, TIMING)).toBeCloseTo(1 - Math.exp(-1), 12);
    expect(observedFailureFraction({ startMs: 0, endMs: 0, nowMs: 999 }, TIMING)).toBeLessThan(1);
    expect(observedFailureFraction({ startMs: 0, endMs: 0, nowMs: 1000 }, TIMING)).toBe(1);
  });

  test('law: the fraction lies between 0 and 1 and never falls once the period is over', () => {
    fc.assert(
      fc.property(
        fc.nat(2000),
        fc.integer({ min: 1, max: 2000 }),
        fc.nat(5000),
        fc.nat(500),
        (startMs, span, now, later) => {
          const at = (nowMs: number): number =>
            observedFailureFraction({ startMs, endMs: startMs + span, nowMs }, TIMING);
          const fraction = at(startMs + now);
          expect(fraction).toBeGreaterThanOrEqual(0);
          expect(fraction).toBeLessThanOrEqual(1);
          // Before the end of the period new intents lower the fraction.
          if (now >= span) expect(at(startMs + now + later)).toBeGreaterThanOrEqual(fraction - 1e-9);
        },
      ),
    );
  });
});

describe('extraLabels', () => {
  test('failures ÷ labels becomes the failure rate: 25 failures of 1,000 intents, half of which are observed', () => {
    const sums = { ...NO_SUMS, n: 1000, ended: 1000, labelled: 25, successes: 0 };
    const { accepted, rejected } = extraLabels(sums, 0.5);
    expect(25 / (sums.labelled + accepted)).toBe(0.05);
    expect(rejected).toBe(0);
  });

  test('early explicit successes do not raise the number of labels above the observed fraction of the intents', () => {
    const sums = { ...NO_SUMS, n: 100, ended: 100, labelled: 42, successes: 40 };
    expect(sums.labelled + extraLabels(sums, 0.2).accepted).toBe(20);
  });

  test('there are never fewer labels than failures', () => {
    const sums = { ...NO_SUMS, n: 10, ended: 10, labelled: 4, successes: 0 };
    expect(extraLabels(sums, 0.1).accepted).toBe(0);
  });

  test('returned rejected replies are counted separately from accepted ones, and replies after which the plan climbed are not counted', () => {
    // 100 visits: 60 accepted, 40 rejected, of which 30 climbed and 10 were returned.
    const sums = {
      ...NO_SUMS,
      n: 100,
      rejected: 40,
      ended: 70,
      labelled: 9,
      successes: 1,
      labelledRejected: 6,
      successesRejected: 1,
    };
    const { accepted, rejected } = extraLabels(sums, 1);
    expect(9 - 6 + accepted).toBe(60);
    expect(6 + rejected).toBe(10);
    // At 4 % observed there are no fewer labels than the 3 failures of accepted replies, nor than the 5 of returned ones.
    const young = extraLabels(sums, 0.04);
    expect(9 - 6 + young.accepted).toBe(3);
    expect(6 + young.rejected).toBe(5);
  });

  test('the number of returned replies is never negative, even if rounding leaves more climbs than rejections', () => {
    expect(extraLabels({ ...NO_SUMS, n: 10, rejected: 2, ended: 7 }, 1)).toEqual({ accepted: 7, rejected: 0 });
  });
});

test('the mean failure delay starts at a third of the window, which weighs as much as two observed failures', () => {
  expect(meanFailureDelayMs(900, { count: 0, totalMs: 0 })).toBe(300);
  expect(meanFailureDelayMs(900, { count: 998, totalMs: 998 * 50 })).toBeCloseTo(50.5, 9);
  // After a retraction, a rounding error must not reverse the delay.
  expect(meanFailureDelayMs(900, { count: -1, totalMs: -5 })).toBe(300);
});
