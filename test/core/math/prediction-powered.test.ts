import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AuditCounts } from '../../../src/core/math/prediction-powered.ts';
import { wilson } from '../../../src/core/math/interval.ts';
import { correctedRate } from '../../../src/core/math/prediction-powered.ts';
import { seededRandom } from '../../../src/core/math/random.ts';

/** Counts of intents with a true rate p, a proxy that forgives a fraction of failures, and a fraction audited. */
function judged(
  n: number,
  { p, forgives, audits, seed }: { p: number; forgives: number; audits: number; seed: number },
): AuditCounts {
  const random = seededRandom(`audit ${seed}`);
  const counts = {
    labelled: 0,
    successes: 0,
    audited: 0,
    auditedSuccesses: 0,
    auditedProxySuccesses: 0,
    auditedBothSuccesses: 0,
  };
  for (let i = 0; i < n; i++) {
    const truth = random.next() < p;
    const proxy = truth || random.next() < forgives;
    const isAudited = random.next() < audits;
    counts.labelled++;
    if (isAudited ? truth : proxy) counts.successes++;
    if (!isAudited) continue;
    counts.audited++;
    if (truth) counts.auditedSuccesses++;
    if (proxy) counts.auditedProxySuccesses++;
    if (truth && proxy) counts.auditedBothSuccesses++;
  }
  return counts;
}

function over(
  seeds: number,
  of: Parameters<typeof judged>[1] & { n: number },
): { mean: number; sd: number; size: number } {
  const found = Array.from({ length: seeds }, (_, seed) => correctedRate(judged(of.n, { ...of, seed })));
  const mean = found.reduce((sum, { rate }) => sum + rate, 0) / seeds;
  const sd = Math.sqrt(found.reduce((sum, { rate }) => sum + (rate - mean) ** 2, 0) / seeds);
  return { mean, sd, size: found.reduce((sum, { n }) => sum + n, 0) / seeds };
}

describe('correctedRate', () => {
  test('the rate and its effective labels are those computed by hand', () => {
    // 100 labels, 90 of them successes: 84 of 90 by the proxy alone, 6 of 10 by the audit, where the proxy has 8.
    const counts = {
      labelled: 100,
      successes: 90,
      audited: 10,
      auditedSuccesses: 6,
      auditedProxySuccesses: 8,
      auditedBothSuccesses: 6,
    };
    // Covariance .6 − .6 × .8 = .12; the proxy's variance .8 × .2 among the audits and .92 × .08 over all. 10 audits at .3 before.
    const weight = ((10 * 0.12 + 10 * 0.3 * 0.0736) / (10 * 0.16 + 10 * 0.0736)) * 0.9;
    const rate = 0.6 + weight * (0.92 - 0.8);
    const smoothed = (6 + 4 * rate + 0.5) / 15;
    const shared = (10 * 0.12) / 15;
    const ofAudited = smoothed * (1 - smoothed) - 2 * weight * shared + weight ** 2 * 0.0736;
    const ofAll = 2 * weight * (shared - weight * 0.0736) + weight ** 2 * 0.0736;
    const near = (10 * rate + 0.5) / 11;
    const found = correctedRate(counts);
    expect(found.rate).toBeCloseTo(rate, 12);
    expect(found.n).toBeCloseTo((near * (1 - near)) / (ofAudited / 10 + ofAll / 100), 9);
  });

  test('law: the rate lies in [0, 1], and the effective number of labels between the audits and all labels', () => {
    const upTo = (max: number) => fc.integer({ min: 0, max });
    const counts = upTo(60)
      .chain(audited => fc.tuple(fc.constant(audited), upTo(audited), upTo(audited), upTo(2000), upTo(2000)))
      .chain(([audited, auditedSuccesses, auditedProxySuccesses, others, otherSuccesses]) =>
        fc.record({
          labelled: fc.constant(audited + others),
          successes: fc.constant(auditedSuccesses + Math.min(others, otherSuccesses)),
          audited: fc.constant(audited),
          auditedSuccesses: fc.constant(auditedSuccesses),
          auditedProxySuccesses: fc.constant(auditedProxySuccesses),
          auditedBothSuccesses: fc.integer({
            min: Math.max(0, auditedSuccesses + auditedProxySuccesses - audited),
            max: Math.min(auditedSuccesses, auditedProxySuccesses),
          }),
        }),
      );
    fc.assert(
      fc.property(counts, each => {
        const { rate, n } = correctedRate(each);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(1);
        expect(n).toBeGreaterThanOrEqual(each.audited);
        expect(n).toBeLessThanOrEqual(each.labelled);
      }),
      { numRuns: 1000 },
    );
  });

  describe('of ten audits among 60 labels, over every possible sample at its exact probability', () => {
    const AUDITS = 10;
    const OTHERS = 50;

    /** P(k of n) for k = 0 … n. */
    const binomial = (n: number, rate: number): readonly number[] => {
      let row = [1];
      for (let i = 0; i < n; i++)
        row = Array.from({ length: i + 2 }, (_, k) => (row[k] ?? 0) * (1 - rate) + (row[k - 1] ?? 0) * rate);
      return row;
    };

    /** @param rejects P(the proxy rejects a failure); @param accepts P(it accepts a success) */
    function exactly(p: number, [rejects, accepts]: readonly [number, number]): { held: number; bias: number } {
      const others = binomial(OTHERS, p * accepts + (1 - p) * (1 - rejects));
      let [held, mean] = [0, 0];
      binomial(AUDITS, p).forEach((pSuccesses, successes) => {
        binomial(successes, accepts).forEach((pBoth, both) => {
          binomial(AUDITS - successes, 1 - rejects).forEach((pForgiven, forgiven) => {
            others.forEach((pJudged, judged) => {
              const probability = pSuccesses * pBoth * pForgiven * pJudged;
              if (probability < 1e-9) return;
              const { rate, n } = correctedRate({
                labelled: AUDITS + OTHERS,
                successes: successes + judged,
                audited: AUDITS,
                auditedSuccesses: successes,
                auditedProxySuccesses: both + forgiven,
                auditedBothSuccesses: both,
              });
              const { low, high } = wilson(rate * n, n);
              if (low <= p && p <= high) held += probability;
              mean += probability * rate;
            });
          });
        });
      });
      return { held, bias: mean - p };
    }

    const proxies: readonly (readonly [string, readonly [number, number]])[] = [
      ['lenient', [0.7, 0.9]],
      ['a coin', [0.5, 0.5]],
      ['inverted', [0.1, 0.2]],
      ['fooled by most failures', [0.2, 0.95]],
      ['perfect', [1, 1]],
      ['content with everything', [0, 1]],
    ];
    const found = proxies.map(([name, proxy]) => [name, [0.7, 0.9, 0.99].map(p => exactly(p, proxy))] as const);

    test.each(found)(
      'the rate is off by at most two points, and its interval contains the true rate if the proxy is %s',
      (_, own) => {
        expect(Math.min(...own.map(({ held }) => held))).toBeGreaterThan(0.88);
        expect(Math.max(...own.map(({ bias }) => Math.abs(bias)))).toBeLessThan(0.02);
      },
    );

    test('the intervals contain the true rate in more than 92 % of samples, over all these proxies', () => {
      const held = found.flatMap(([, own]) => own.map(each => each.held));
      expect(held.reduce((sum, each) => sum + each, 0) / held.length).toBeGreaterThan(0.92);
    });
  });

  test('without an audit the rate is the proxy’s rate', () => {
    const counts = judged(200, { p: 0.9, forgives: 0.5, audits: 0, seed: 1 });
    expect(correctedRate(counts)).toEqual({ rate: counts.successes / 200, n: 200 });
    expect(correctedRate({ ...counts, labelled: 0, successes: 0 })).toEqual({ rate: 0, n: 0 });
  });

  test('the labels of a lenient proxy are corrected without bias, while the proxy alone is off by six points', () => {
    const { mean } = over(300, { n: 2000, p: 0.85, forgives: 0.4, audits: 0.1, seed: 0 });
    expect(Math.abs(mean - 0.85)).toBeLessThan(0.005);
  });

  test('the effective number of labels agrees with the variance of the rate', () => {
    for (const forgives of [0.1, 0.5, 0.9]) {
      const { mean, sd, size } = over(300, { n: 2000, p: 0.85, forgives, audits: 0.1, seed: 0 });
      expect(size / ((mean * (1 - mean)) / sd ** 2)).toBeGreaterThan(0.75);
      expect(size / ((mean * (1 - mean)) / sd ** 2)).toBeLessThan(1.35);
    }
  });

  test('a good proxy is worth many audits, and a useless proxy none', () => {
    const sizeWith = (forgives: number): number => over(100, { n: 2000, p: 0.85, forgives, audits: 0.1, seed: 0 }).size;
    expect(sizeWith(0.02)).toBeGreaterThan(900);
    expect(sizeWith(0.98)).toBeLessThan(260);
  });

  test('the rate of a fully audited sample is the rate of its audits', () => {
    const counts = judged(100, { p: 0.8, forgives: 0.5, audits: 1, seed: 3 });
    expect(correctedRate(counts)).toEqual({ rate: counts.auditedSuccesses / 100, n: 100 });
  });

  test('one audit among a thousand labels counts as about one label', () => {
    const one = {
      labelled: 1000,
      successes: 999,
      audited: 1,
      auditedSuccesses: 0,
      auditedProxySuccesses: 1,
      auditedBothSuccesses: 0,
    };
    expect(correctedRate(one).n).toBeLessThan(10);
    expect(correctedRate(one).rate).toBeGreaterThanOrEqual(0);
  });
});
