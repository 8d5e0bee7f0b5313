import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CostPrior } from '../../../src/core/beliefs/cost-belief.ts';
import type { BetaShape, NodePosterior, NodePrior } from '../../../src/core/beliefs/posterior.ts';
import {
  asMixture,
  betaMean,
  betaOfMoments,
  betaVariance,
  expectedMixtureRates,
  expectedRates,
  expectedSuccess,
  flipped,
  nodePosterior,
  UNIFORM,
  withFormer,
} from '../../../src/core/beliefs/posterior.ts';
import type { RoutingSums } from '../../../src/core/beliefs/routing-sums.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';
import { believedRate } from '../../../src/core/beliefs/audited-rate.ts';

const PRIOR: NodePrior = { success: { a: 3, b: 2 }, climb: UNIFORM, rejected: UNIFORM, costUsd: 0.01 };

function believe(
  sums: Partial<RoutingSums>,
  { undecayed = sums, prior = PRIOR }: { undecayed?: Partial<RoutingSums>; prior?: NodePrior } = {},
): NodePosterior {
  return nodePosterior('mini', {
    decayed: { ...NO_SUMS, ...sums },
    undecayed: { ...NO_SUMS, ...undecayed },
    prior,
  });
}

const EVERY_KIND = {
  n: 50,
  rejected: 10,
  ended: 45,
  labelled: 40,
  successes: 30,
  labelledRejected: 5,
  successesRejected: 1,
};

describe('rates', () => {
  test('without evidence the posterior is the prior', () => {
    const node = believe({});
    expect(node.ended).toEqual(PRIOR.success);
    expect(node.climb).toEqual(UNIFORM);
    expect(node.costUsd).toBe(0.01);
  });

  test('visits and those with a known outcome are counted apart', () => {
    expect(believe({})).toMatchObject({ n: 0, outcomes: 0 });
    expect(believe(EVERY_KIND)).toMatchObject({ n: 50, outcomes: 40 });
  });

  test('counts are added to the prior, separately for accepted and for returned replies', () => {
    const node = believe(EVERY_KIND);
    expect(node.climb).toEqual({ a: 11, b: 41 });
    expect(node.accepted).toEqual({ a: 3 + 29, b: 2 + 6 });
    expect(node.rejected).toEqual({ a: 2, b: 5 });
    expect(node.ended).toEqual({ a: 33, b: 12 });
  });

  test('every rate gets back up to five outcomes that decay removed, at their undecayed rate', () => {
    const undecayed = {
      ...EVERY_KIND,
      n: 200,
      rejected: 50,
      labelled: 160,
      successes: 100,
      labelledRejected: 10,
      successesRejected: 2,
    };
    const faded = believe({ n: 1, rejected: 1, labelled: 1, successes: 1 }, { undecayed });
    const remembered = (prior: BetaShape, kept: number, rate: number): unknown => ({
      a: expect.closeTo(prior.a + kept + 5 * rate, 12),
      b: expect.closeTo(prior.b + 5 * (1 - rate), 12),
    });
    expect(faded.climb).toEqual(remembered(UNIFORM, 1, 50 / 200));
    expect(faded.accepted).toEqual(remembered(PRIOR.success, 1, 98 / 150));
    expect(faded.rejected).toEqual(remembered(UNIFORM, 0, 2 / 10));
    expect(faded.ended).toEqual(remembered(PRIOR.success, 1, 100 / 160));
  });

  test('a rate never counts more outcomes than were observed', () => {
    const { ended } = believe({ labelled: 0.5, successes: 0.5 }, { undecayed: { labelled: 2, successes: 2 } });
    expect(ended).toEqual({ a: 3 + 2, b: 2 });
  });

  test('audits correct the success rate of accepted replies, and leave the rate of returned replies unchanged', () => {
    const sums = {
      ...NO_SUMS,
      ...EVERY_KIND,
      audited: 20,
      auditedSuccesses: 8,
      auditedProxySuccesses: 16,
      auditedBothSuccesses: 8,
    };
    const { rate, n } = believedRate({ ...sums, labelled: 35, successes: 29 });
    const { accepted, rejected, ended } = believe(sums);
    expect(betaMean(accepted)).toBeLessThan(betaMean(believe(EVERY_KIND).accepted) - 0.05);
    expect(accepted).toEqual({ a: expect.closeTo(3 + n * rate, 9), b: expect.closeTo(2 + n * (1 - rate), 9) });
    expect(rejected).toEqual({ a: 2, b: 5 });
    expect(ended).toEqual({ a: expect.closeTo(accepted.a + 1, 9), b: expect.closeTo(accepted.b + 4, 9) });
  });

  test('sums that rounding has made slightly negative count as zero', () => {
    const node = believe({ n: -1e-17, labelled: -1e-17, successes: 1e-17, rejected: -1e-17 });
    expect(node.n).toBe(0);
    expect(node.climb.a).toBe(1);
    expect(node.ended.b).toBeGreaterThanOrEqual(2);
    expect(node.costLogSd).toBeGreaterThan(0);
  });
});

describe('a prior that holds only if the feature is like the others', () => {
  const prior: NodePrior = { ...PRIOR, success: { a: 2, b: 8 }, likeness: 0.5 };
  const after = (labelled: number, successes: number): NodePosterior =>
    believe({ n: labelled, ended: labelled, labelled, successes }, { prior });

  test('outcomes update both components, and change their weights by how well each predicted the outcomes', () => {
    const { mixed, likeness } = after(2, 2);
    // Two successes: 2·3/(10·11) if the feature is like the others, 1·2/(2·3) if it is not.
    const [ifLike, ifNot] = [6 / 110, 1 / 3];
    const expected = {
      like: { a: 4, b: 8 },
      unlike: { a: 3, b: 1 },
      likeness: expect.closeTo(ifLike / (ifLike + ifNot), 12) as number,
      logEvidence: expect.closeTo(Math.log((ifLike + ifNot) / 2), 12) as number,
    };
    expect(mixed).toEqual({ accepted: expected, ended: expected });
    expect(likeness).toBe(0.5);
  });

  test('outcomes update the rate at every difficulty, from the prior at that difficulty', () => {
    const shapes = [
      { a: 1, b: 3 },
      { a: 2, b: 8 },
    ];
    const node = believe({ n: 2, ended: 2, labelled: 2, successes: 2 }, { prior: { ...prior, byDifficulty: shapes } });
    // Two successes: 1·2/(4·5) and 2·3/(10·11) if the feature is like the others, 1·2/(2·3) if it is not.
    expect(node.byDifficulty?.map(({ like }) => like)).toEqual([
      { a: 3, b: 3 },
      { a: 4, b: 8 },
    ]);
    expect(node.byDifficulty?.map(({ logEvidence }) => Math.exp(logEvidence))).toEqual([
      expect.closeTo((2 / 20 + 1 / 3) / 2, 12),
      expect.closeTo((6 / 110 + 1 / 3) / 2, 12),
    ]);
    expect(after(2, 2).byDifficulty).toBeUndefined();
  });

  test('a likelier prior stays likelier: posterior odds are prior odds × the Bayes factor', () => {
    const odds = (likeness: number): number => {
      const found =
        believe({ labelled: 2, successes: 2 }, { prior: { ...prior, likeness } }).mixed?.ended.likeness ?? 0;
      return found / (1 - found);
    };
    expect(odds(0.8) / odds(0.5)).toBeCloseTo(4, 9);
  });

  test('returned replies count in the success rate of intents that end at the node, not in that of accepted replies', () => {
    const { mixed } = believe({ labelled: 5, successes: 3, labelledRejected: 2, successesRejected: 1 }, { prior });
    expect(mixed?.accepted.like).toEqual({ a: 2 + 2, b: 8 + 1 });
    expect(mixed?.ended.like).toEqual({ a: 2 + 3, b: 8 + 2 });
  });

  test('a feature unlike the others soon departs from the pooled prior, and a feature like them keeps it', () => {
    expect(betaMean(after(12, 11).ended)).toBeGreaterThan(0.8);
    expect(after(12, 11).mixed?.ended.likeness).toBeLessThan(0.01);
    expect(after(12, 2).mixed?.ended.likeness).toBeGreaterThan(0.6);
  });

  test('the Beta that approximates the mixture has the mixture’s mean and variance', () => {
    const { ended, mixed } = after(4, 3);
    const { like, unlike, likeness } = mixed?.ended ?? { like: UNIFORM, unlike: UNIFORM, likeness: 0 };
    const mean = likeness * betaMean(like) + (1 - likeness) * betaMean(unlike);
    const square = [like, unlike].map(shape => betaVariance(shape) + betaMean(shape) ** 2) as [number, number];
    expect(betaMean(ended)).toBeCloseTo(mean, 12);
    expect(betaVariance(ended)).toBeCloseTo(likeness * square[0] + (1 - likeness) * square[1] - mean ** 2, 12);
  });

  test('before any outcome the expected success rate is the prior, mixed with the uniform prior where a likeness is given', () => {
    expect(expectedSuccess(PRIOR)).toBe(PRIOR.success);
    expect(betaMean(expectedSuccess({ ...prior, likeness: 0.75 }))).toBeCloseTo(0.75 * 0.2 + 0.25 * 0.5, 12);
  });
});

describe('cost', () => {
  const spent = (n: number, usd: number, usd2: number): Partial<RoutingSums> => ({
    n,
    cost: usd * 1e9,
    cost2: usd2 * 1e18,
  });
  const afterVisits = (n: number, usd: number, usd2: number, cost?: CostPrior): NodePosterior =>
    believe(spent(n, usd, usd2), { prior: cost === undefined ? PRIOR : { ...PRIOR, cost } });

  test('the prior cost counts as one visit', () => {
    expect(afterVisits(4, 0.02, 0.0001).costUsd).toBeCloseTo((0.01 + 0.02) / 5, 12);
  });

  test('the uncertainty of a cost falls with the number of visits and rises with the spread of their costs', () => {
    // log1p(((2m² + ss)/(2 + n))/((n + 1)m²)), by hand.
    const m = 0.006;
    const ss = 0.0002 - 0.02 ** 2 / 4;
    expect(afterVisits(4, 0.02, 0.0002).costLogSd).toBeCloseTo(
      Math.sqrt(Math.log1p((2 * m * m + ss) / 6 / (5 * m * m))),
      12,
    );
    expect(afterVisits(4, 0.02, 0.0002).costLogSd).toBeGreaterThan(afterVisits(4, 0.02, 0.0001).costLogSd);
    expect(afterVisits(400, 2, 0.01).costLogSd).toBeLessThan(afterVisits(4, 0.02, 0.0001).costLogSd / 5);
  });

  test('a pooled cost has the weight of its `visits` and the spread of its `variation`', () => {
    const cost = { usd: 0.03, visits: 7, variation: 3, modelFraction: 1 };
    const { costUsd, costLogSd } = afterVisits(4, 0.02, 0.0002, cost);
    const m = (7 * 0.03 + 0.02) / 11;
    const ss = 0.0002 - 0.02 ** 2 / 4;
    expect(costUsd).toBeCloseTo(m, 12);
    expect(costLogSd).toBeCloseTo(Math.sqrt(Math.log1p((2 * 3 * m * m + ss) / 6 / (11 * m * m))), 12);
  });

  test('30 % of the standard deviation of a pooled cost differs by model, unless the prior gives another fraction', () => {
    const cost = { usd: 0.01, visits: 1, variation: 1 };
    for (const [n, usd, usd2] of [
      [0, 0, 0],
      [20, 0.4, 0.02],
    ] as const) {
      const whole = afterVisits(n, usd, usd2).costLogSd;
      expect(afterVisits(n, usd, usd2, cost).costLogSd).toBeCloseTo(0.3 * whole, 12);
      expect(afterVisits(n, usd, usd2, { ...cost, modelFraction: 0.5 }).costLogSd).toBeCloseTo(0.5 * whole, 12);
    }
  });

  test('rounding never makes the spread of equal costs negative', () => {
    expect(afterVisits(3, 0.3, 0.03 - 1e-12).costLogSd).toBe(afterVisits(3, 0.3, 0.03).costLogSd);
  });

  test('the cost of a free model is known to be 0', () => {
    const free = { ...PRIOR, costUsd: 0 };
    for (const n of [0, 5]) expect(believe({ n }, { prior: free })).toMatchObject({ costUsd: 0, costLogSd: 0 });
    // So cheap that the square of its cost is 0.
    expect(believe({}, { prior: { ...PRIOR, costUsd: 1e-200 } })).toMatchObject({ costUsd: 1e-200, costLogSd: 0 });
    const pooled = { ...free, cost: { usd: 0, visits: 3, variation: 1 } };
    expect(believe({ n: 5 }, { prior: pooled })).toMatchObject({ costUsd: 0, costLogSd: 0 });
  });
});

describe('a Beta distribution', () => {
  test('the mean of a Beta is a/(a + b), and its variance ab/((a + b)²(a + b + 1))', () => {
    expect(betaMean({ a: 2, b: 6 })).toBe(0.25);
    expect(betaVariance({ a: 2, b: 6 })).toBeCloseTo(12 / (64 * 9), 15);
    expect(flipped({ a: 2, b: 6 })).toEqual({ a: 6, b: 2 });
  });

  test('law: a Beta is determined by its mean and variance', () => {
    const side = fc.double({ min: 0.1, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(side, side, (a, b) => {
        const found = betaOfMoments(betaMean({ a, b }), betaVariance({ a, b }));
        expect(found.a / a).toBeCloseTo(1, 6);
        expect(found.b / b).toBeCloseTo(1, 6);
      }),
    );
  });
});

describe('expected rates', () => {
  const one = believe(EVERY_KIND);
  const other = believe({
    n: 8,
    rejected: 6,
    labelled: 5,
    successes: 1,
    labelledRejected: 2,
    successesRejected: 0,
    cost: 9e9,
  });

  test('the expected rates of a node are its posterior means', () => {
    expect(expectedRates(one)).toEqual({
      costUsd: one.costUsd,
      climb: 11 / 52,
      failAccepted: expect.closeTo(8 / 40, 12) as number,
      failRejected: expect.closeTo(5 / 7, 12) as number,
      failEnded: expect.closeTo(12 / 45, 12) as number,
    });
  });

  test('the expected rates of a mixture are the weighted means of its components', () => {
    const [x, y] = [expectedRates(one), expectedRates(other)];
    const mixed = expectedMixtureRates([
      { node: one, weight: 0.25 },
      { node: other, weight: 0.75 },
    ]);
    for (const name of ['costUsd', 'climb', 'failAccepted', 'failRejected', 'failEnded'] as const) {
      expect(mixed[name]).toBeCloseTo(0.25 * x[name] + 0.75 * y[name], 12);
    }
    expect(expectedMixtureRates([{ node: one, weight: 1 }])).toEqual(x);
  });

  test('the former state of a node comes before its components, which keep the rest of the probability', () => {
    const [former, node] = [believe({ labelled: 100, successes: 95 }), believe({ labelled: 20, successes: 2 })];
    const components = [
      { node, weight: 0.5 },
      { node, weight: 0.5 },
    ];
    expect(withFormer(components, { node: former, weight: 0.2 }).map(({ weight }) => weight)).toEqual([0.2, 0.4, 0.4]);
    expect(withFormer(components, undefined)).toBe(components);
  });

  test('`asMixture` gives every node of a posterior one component and changes nothing else', () => {
    const graph = { plans: [], keys: [], nodes: ['mini'], paths: [], climbs: [], climbsTo: [] };
    expect(asMixture({ graph, nodes: [one], hasPooledPrior: true })).toEqual({
      graph,
      nodes: [[{ node: one, weight: 1 }]],
      hasPooledPrior: true,
    });
  });
});
