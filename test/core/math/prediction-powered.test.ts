import { describe, expect, test } from 'vitest';
import type { AuditCounts } from '../../../src/core/math/prediction-powered.ts';
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
  test('without an audit the rate is the proxy’s', () => {
    const counts = judged(200, { p: 0.9, forgives: 0.5, audits: 0, seed: 1 });
    expect(correctedRate(counts)).toEqual({ rate: counts.successes / 200, n: 200 });
    expect(correctedRate({ ...counts, labelled: 0, successes: 0 })).toEqual({ rate: 0, n: 0 });
  });

  test('a forgiving proxy is corrected without bias, where the proxy alone is off by six points', () => {
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

  test('a good proxy is worth many audits, and a useless one none', () => {
    const sizeWith = (forgives: number): number => over(100, { n: 2000, p: 0.85, forgives, audits: 0.1, seed: 0 }).size;
    expect(sizeWith(0.02)).toBeGreaterThan(900);
    expect(sizeWith(0.98)).toBeLessThan(260);
  });

  test('the rate of a sample that is audited in full is that of the audits', () => {
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
