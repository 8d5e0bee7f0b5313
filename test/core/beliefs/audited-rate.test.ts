import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { believedRate } from '../../../src/core/beliefs/audited-rate.ts';
import type { AuditCounts } from '../../../src/core/math/prediction-powered.ts';
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

describe('believedRate', () => {
  test('the rate and its effective labels are those computed by hand from two strata', () => {
    // 100 labels, 90 of them successes: 84 of 90 by the proxy alone, 6 of 10 by the audit, where the proxy has 8.
    const counts = {
      labelled: 100,
      successes: 90,
      audited: 10,
      auditedSuccesses: 6,
      auditedProxySuccesses: 8,
      auditedBothSuccesses: 6,
    };
    const [good, bad] = [6.25 / 8.5, 0.25 / 2.5];
    const rate = 0.92 * good + 0.08 * bad;
    const variance =
      0.92 ** 2 * ((good * (1 - good)) / 9.5) +
      0.08 ** 2 * ((bad * (1 - bad)) / 3.5) +
      ((good - bad) ** 2 * 0.92 * 0.08) / 100;
    const found = believedRate(counts);
    expect(found.rate).toBeCloseTo(rate, 12);
    expect(found.n).toBeCloseTo((rate * (1 - rate)) / variance, 9);
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
        const { rate, n } = believedRate(each);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).toBeLessThanOrEqual(1);
        expect(n).toBeGreaterThanOrEqual(each.audited);
        expect(n).toBeLessThanOrEqual(each.labelled);
      }),
      { numRuns: 1000 },
    );
  });

  test('without an audit the rate is the proxy’s rate', () => {
    const counts = judged(200, { p: 0.9, forgives: 0.5, audits: 0, seed: 1 });
    expect(believedRate(counts)).toEqual({ rate: counts.successes / 200, n: 200 });
    expect(believedRate({ ...counts, labelled: 0, successes: 0 })).toEqual({ rate: 0, n: 0 });
  });

  test('the rate of a fully audited sample is the rate of its audits', () => {
    const counts = judged(100, { p: 0.8, forgives: 0.5, audits: 1, seed: 3 });
    expect(believedRate(counts)).toEqual({ rate: counts.auditedSuccesses / 100, n: 100 });
  });

  test('one audit among a thousand labels weighs about as much as one label', () => {
    const one = {
      labelled: 1000,
      successes: 999,
      audited: 1,
      auditedSuccesses: 0,
      auditedProxySuccesses: 1,
      auditedBothSuccesses: 0,
    };
    expect(believedRate(one).n).toBeLessThan(10);
    expect(believedRate(one).rate).toBeGreaterThanOrEqual(0);
  });
});
