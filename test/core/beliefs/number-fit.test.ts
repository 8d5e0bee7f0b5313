import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CodeCounts } from '../../../src/core/beliefs/number-fit.ts';
import { averageShift, fitRate, levelOf } from '../../../src/core/beliefs/number-fit.ts';
import { sigmoid } from '../../../src/core/math/sigmoid.ts';

const codeAt = (x: number, base = '') => ({ base, kind: 'x=16:1', numbers: [x] });

/** As many hits as expected, at 16 numbers of mean 0 and variance 1. */
function expectedCounts(rate: (x: number, node: number) => number, trials: number, base = ''): readonly CodeCounts[] {
  return [0, 1].flatMap(node =>
    Array.from({ length: 16 }, (_, i) => {
      const x = (2 * i - 15) * Math.sqrt(3 / 255);
      return { node, code: codeAt(x, base), trials, hits: trials * rate(x, node) };
    }),
  );
}

describe('the fit of a rate', () => {
  test('rates that depend on a number are found at every number', () => {
    const rate = (x: number, node: number): number => sigmoid(1 + node - (1.2 - 0.6 * node) * x);
    const fit = fitRate(expectedCounts(rate, 400));
    for (const x of [-1.5, -0.5, 0.5, 1.5])
      for (const node of [0, 1]) expect(fit?.rateAt({ node, code: codeAt(x) })).toBeCloseTo(rate(x, node), 1);
    expect(fit?.gain).toBeGreaterThan(100);
  });

  test('rates that are low at both ends are found', () => {
    const rate = (x: number): number => sigmoid(2 - x * x);
    const fit = fitRate(expectedCounts(rate, 400));
    expect(fit?.rateAt({ node: 0, code: codeAt(0) })).toBeGreaterThan(0.8);
    expect(fit?.rateAt({ node: 0, code: codeAt(-1.7) })).toBeLessThan(0.45);
    expect(fit?.rateAt({ node: 0, code: codeAt(1.7) })).toBeLessThan(0.45);
  });

  test('numbers that predict nothing have less evidence than a fit without numbers', () => {
    expect(fitRate(expectedCounts((_, node) => 0.7 + 0.2 * node, 20))?.gain).toBeLessThan(0);
  });

  test('a difference between segments is not taken for an effect of the numbers', () => {
    const easy = expectedCounts(() => 0.9, 20, 'plan=free').filter(({ code }) => (code.numbers[0] ?? 0) < 0);
    const hard = expectedCounts(() => 0.4, 20, 'plan=paid').filter(({ code }) => (code.numbers[0] ?? 0) > 0);
    expect(fitRate([...easy, ...hard])?.gain).toBeLessThan(2);
  });

  test('evidence on one node also counts for the other node, and counts less, the more evidence that node has itself', () => {
    const slope = (trials: number): number => {
      const counts = expectedCounts((x, node) => sigmoid(1 - (node === 0 ? 1 : 0) * x), 200);
      const fit = fitRate(
        counts.map(each => (each.node === 0 ? each : { ...each, trials, hits: trials * sigmoid(1) })),
      );
      return fit?.shiftAt({ node: 1, code: codeAt(1) }).mean ?? Number.NaN;
    };
    expect(slope(0.1)).toBeLessThan(-0.3);
    expect(Math.abs(slope(200))).toBeLessThan(0.1);
  });

  test('without observations there is no fit', () => {
    expect(fitRate([])).toBeUndefined();
    expect(fitRate([{ node: 0, code: codeAt(0), trials: -1, hits: 0 }])).toBeUndefined();
  });
});

test('the shift of an average request leads to the mean rate over all requests', () => {
  const request = (trials: number, mean: number): { trials: number; mean: number; variance: number } => ({
    trials,
    mean,
    variance: trials,
  });
  const { mean, variance } = averageShift(0.6, [request(30, 1), request(10, -2), request(-1, 5)]);
  const logit = Math.log(0.6 / 0.4);
  expect(sigmoid(logit + mean)).toBeCloseTo(0.75 * sigmoid(logit + 1) + 0.25 * sigmoid(logit - 2), 12);
  expect(variance).toBeCloseTo(25, 12);
  expect(averageShift(0.6, [])).toEqual({ mean: 0, variance: 0 });
});

test('once the level is added to the logit of a rate, the mean over the mix of shifts is that rate', () => {
  const part = fc.record({
    trials: fc.double({ min: 0.1, max: 100, noNaN: true }),
    shift: fc.double({ min: -3, max: 3, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 0.95, noNaN: true }), fc.array(part, { minLength: 1 }), (rate, mix) => {
      const level = levelOf(rate, mix);
      const total = mix.reduce((sum, { trials }) => sum + trials, 0);
      const logit = Math.log(rate / (1 - rate));
      const mean = mix.reduce((sum, { trials, shift }) => sum + trials * sigmoid(logit + level + shift), 0) / total;
      expect(mean).toBeCloseTo(rate, 2);
    }),
  );
});
