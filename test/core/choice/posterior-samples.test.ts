import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { enumeratePlans, planGraph, planRates } from '../../../src/core/beliefs/plan-graph.ts';
import type {
  BetaShape,
  Mixture,
  NodeComponent,
  NodePosterior,
  Posterior,
} from '../../../src/core/beliefs/posterior.ts';
import { asMixture, expectedRates, nodePosterior } from '../../../src/core/beliefs/posterior.ts';
import { poolPriors } from '../../../src/core/beliefs/priors.ts';
import { NO_SUMS } from '../../../src/core/beliefs/routing-sums.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import type { RateCell } from '../../../src/core/cells/rate-cells.ts';
import type { Plan } from '../../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { meanTable, sampleMixture, sampleTable } from '../../../src/core/choice/posterior-samples.ts';
import { free } from '../support/free-models.ts';

describe('sampleTable', () => {
  test('the samples of a table average to its posterior means where every combination of rates is possible', () => {
    const graph = planGraph(enumeratePlans(['a', 'b'], true));
    const posterior: Posterior = {
      graph,
      nodes: graph.nodes.map((node, i) => ({
        node,
        n: 10,
        outcomes: 10,
        costUsd: 0.01 * (i + 1),
        costLogSd: 0.3,
        climb: { a: 40, b: 60 },
        accepted: { a: 90, b: 10 },
        rejected: { a: 20, b: 50 },
        ended: { a: 80, b: 20 },
      })),
    };
    const rows = 100_000;
    const table = sampleTable(posterior, seededRandom('means'), rows);
    const means = meanTable(posterior);
    for (let k = 0; k < 3; k++) {
      let [cost, fail] = [0, 0];
      for (let row = 0; row < rows; row++) {
        cost += (table.costUsd[row * 3 + k] as number) / rows;
        fail += (table.fail[row * 3 + k] as number) / rows;
      }
      expect(cost / (table.meanCostUsd[k] as number)).toBeCloseTo(1, 2);
      expect(fail / (table.meanFail[k] as number)).toBeCloseTo(1, 2);
    }
    // 0.6 accepted of which 0.1 fail, 0.4 rejected: returned 5/7 fail, climbed on 0.2 fail.
    expect([...means.meanFail].map(x => Number(x.toFixed(6)))).toEqual([0.345714, 0.14, 0.2]);
    means.meanFail.forEach((fail, k) => expect((table.meanFail[k] as number) / fail).toBeCloseTo(1, 2));
    means.meanCostUsd.forEach((usd, k) => expect((table.meanCostUsd[k] as number) / usd).toBeCloseTo(1, 2));
  });

  test('in every row, the cost and failure of a plan that climbs twice follow from the rates of its nodes', () => {
    const graph = planGraph(enumeratePlans(['a', 'b', 'c'], true));
    const sure = (rate: number): BetaShape => ({ a: 1e9 * rate, b: 1e9 * (1 - rate) });
    const nodes = graph.nodes.map(
      (node, i): NodePosterior => ({
        node,
        n: 1e9,
        outcomes: 1e9,
        costUsd: 0.01 * (i + 1),
        costLogSd: 1e-6,
        climb: sure(0.3 + 0.02 * i),
        accepted: sure(0.9 - 0.01 * i),
        rejected: sure(0.3),
        ended: sure(0.8),
      }),
    );
    const table = sampleTable({ graph, nodes }, seededRandom('sure'), 16);
    expect(graph.paths.some(path => path.length === 3)).toBe(true);
    const rates = nodes.map(expectedRates);
    for (let index = 0; index < table.fail.length; index++) {
      const expected = planRates(graph, index % table.plans, rates);
      expect(table.costUsd[index]).toBeCloseTo(expected.costUsd, 5);
      expect(table.fail[index]).toBeCloseTo(expected.fail, 3);
    }
  });

  test('where plans climb, in hardly any row a model fails more often after a rejection than when it is asked for every intent', () => {
    const graph = planGraph(enumeratePlans(['a', 'b'], true));
    const nodes = graph.nodes.map(
      (node): NodePosterior => ({
        ...(free([[1, 1]]).nodes[0] as NodePosterior),
        node,
        // Half of the replies are rejected, and those that are accepted are good.
        climb: { a: 1e6, b: 1e6 },
        accepted: { a: 1e6, b: 1 },
        ended: { a: 1, b: 1 },
      }),
    );
    const { rows, plans, fail, meanFail } = sampleTable({ graph, nodes }, seededRandom('consistent'));
    const failures = (plan: string): Float64Array =>
      fail.filter((_, index) => index % plans === graph.keys.indexOf(plan));
    const instead = failures('b');
    const impossible = failures('a>b').filter((climbed, row) => climbed > (instead[row] as number) + 1e-3);
    // Of independent rates it would be a quarter.
    expect(impossible.length).toBeLessThan(0.05 * rows);
    const climbed = failures('a>b');
    expect(meanFail[graph.keys.indexOf('a>b')]).toBeCloseTo(climbed.reduce((sum, x) => sum + x, 0) / rows, 12);
  });

  test('a table has 256 rows by default', () => {
    expect(sampleTable(free([[1, 1]]), seededRandom(1))).toMatchObject({ rows: 256, plans: 1, fail: { length: 256 } });
    expect(meanTable(free([[1, 1]]))).toMatchObject({ rows: 0, plans: 1, fail: { length: 0 } });
  });

  test('the logarithm of a sampled cost has the standard deviation of the posterior', () => {
    const rows = 20_000;
    const { costUsd } = sampleTable(free([[1, 1]], 0.01), seededRandom('cost'), rows);
    const logs = costUsd.map(usd => Math.log(usd));
    const mean = logs.reduce((sum, log) => sum + log, 0) / rows;
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / rows);
    expect(Math.abs(deviation - 0.2)).toBeLessThan(0.004);
    expect(Math.abs(mean - (Math.log(0.01) - 0.02))).toBeLessThan(0.006);
  });

  test('a free model costs 0 in every row, so that it can have the lowest score', () => {
    const prior = { success: { a: 9, b: 1 }, climb: { a: 1, b: 1 }, rejected: { a: 1, b: 1 }, costUsd: 0 };
    const posterior = free([[9, 1]]);
    const node = nodePosterior('m0', { decayed: NO_SUMS, undecayed: NO_SUMS, prior });
    expect(sampleTable({ ...posterior, nodes: [node] }, seededRandom(1)).costUsd.every(usd => usd === 0)).toBe(true);
  });
});

describe('a rate with a pooled prior', () => {
  test('samples are drawn from both components in proportion to their weights, also where plans climb', () => {
    const mixture = { like: { a: 1, b: 99 }, unlike: { a: 99, b: 1 }, likeness: 0.8, logEvidence: 0 };
    const rows = 20_000;
    const failingPart = (plans: readonly Plan[]): number => {
      const graph = planGraph(plans);
      const nodes = graph.nodes.map(
        (node): NodePosterior => ({
          ...(free([[1, 1]]).nodes[0] as NodePosterior),
          node,
          // Hardly any reply is rejected.
          climb: { a: 1, b: 1e6 },
          mixed: { accepted: mixture, ended: mixture },
        }),
      );
      const { fail } = sampleTable({ graph, nodes }, seededRandom('mixture'), rows);
      return fail.filter((_, index) => index % plans.length === 0).filter(x => x > 0.5).length / rows;
    };
    // Five standard errors.
    const tolerance = 5 * Math.sqrt((0.8 * 0.2) / rows);
    expect(Math.abs(failingPart([['a']]) - 0.8)).toBeLessThan(tolerance);
    expect(Math.abs(failingPart([['a'], ['a', 'b']]) - 0.8)).toBeLessThan(tolerance);
  });
});

describe('a mixture', () => {
  const nodeOf = (ended: BetaShape): NodePosterior => ({ ...(free([[1, 1]]).nodes[0] as NodePosterior), ended });
  const LIKELY: readonly NodeComponent[] = [
    { node: nodeOf({ a: 800, b: 200 }), weight: 0.25 },
    { node: nodeOf({ a: 200, b: 800 }), weight: 0.75 },
  ];
  const graph = planGraph([['a'], ['b']]);

  test('each component gets rows in proportion to its weight, and the mean is weighted the same way', () => {
    const table = sampleMixture({ graph, nodes: [LIKELY, LIKELY] }, seededRandom('mixture'), { rows: 4096 });
    const low = Array.from({ length: table.rows }, (_, row) => table.fail[2 * row] as number).filter(x => x < 0.5);
    expect(low.length).toBe(1024);
    expect([...table.meanFail]).toEqual([expect.closeTo(0.65, 12), expect.closeTo(0.65, 12)]);
  });

  test('law: every row is sampled, for any weights', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }), parts => {
        const sum = parts.reduce((x, y) => x + y, 0);
        const likely = parts.map(part => ({ node: nodeOf({ a: 5, b: 5 }), weight: part / sum }));
        const table = sampleMixture({ graph, nodes: [likely, likely] }, seededRandom('full'));
        expect(table.costUsd.every(costUsd => costUsd > 0)).toBe(true);
        expect(table.fail.every(fail => fail > 0)).toBe(true);
      }),
    );
  });

  test('the samples of climbing plans have the means of their mixture', () => {
    const climbing = planGraph(enumeratePlans(['a', 'b', 'c'], true));
    // Components have one rejection rate: it is what the others are multiplied with, so that means are products of means.
    const component = (i: number, more: number, weight: number): NodeComponent => ({
      weight,
      node: {
        node: climbing.nodes[i] as string,
        n: 10,
        outcomes: 10,
        costUsd: 0.01 * (i + 1 + more),
        costLogSd: 0.3,
        climb: { a: 40 + 20 * i, b: 120 },
        accepted: { a: 180, b: 20 + 20 * (i + more) },
        rejected: { a: 40, b: 100 + 20 * (i + more) },
        ended: { a: 160, b: 40 + 20 * (i + more) },
      },
    });
    const nodes = climbing.nodes.map((_, i) => [component(i, 0, 0.3), component(i, 5, 0.7)]);
    const rows = 60_000;
    const table = sampleMixture({ graph: climbing, nodes }, seededRandom('climbing'), { rows: rows });
    climbing.plans.forEach((_, k) => {
      let [cost, fail] = [0, 0];
      for (let row = 0; row < rows; row++) {
        cost += (table.costUsd[row * table.plans + k] as number) / rows;
        fail += (table.fail[row * table.plans + k] as number) / rows;
      }
      expect(Math.abs(cost / (table.meanCostUsd[k] as number) - 1)).toBeLessThan(0.01);
      expect(Math.abs(fail / (table.meanFail[k] as number) - 1)).toBeLessThan(0.01);
    });
  });

  test('the mean of a plan in one of several segments equals the mean of its rows, also where priors are pooled over features', () => {
    const learned = createLearnedFeature({
      feature: 'chat',
      plans: [['a'], ['b']],
      priorCostUsd: { a: 0.002, b: 0.014 },
    });
    const row = (feature: string): RateCell[] => [
      { feature, node: 'a', n: 200, s: 140 },
      { feature, node: 'b', n: 200, s: 180 },
    ];
    learned.setPriors(poolPriors(['one', 'two', 'three'].flatMap(row))('chat', []));
    const outcomes = (segment: string, subject: string, successes: bigint): Cell => ({
      key: { scope: 'node', feature: 'chat', segment, subject, version: 'v', bucket: 0 },
      sums: { n: 100n, ended: 100n, labelled: 100n, successes },
    });
    learned.apply([
      outcomes('easy', 'a', 95n),
      outcomes('hard', 'a', 20n),
      outcomes('easy', 'b', 96n),
      outcomes('hard', 'b', 90n),
    ]);
    for (const segment of ['easy', 'hard']) {
      const rows = 4096;
      const mixture = learned.segment(segment).mixture(BUCKET_MS);
      const table = sampleMixture(mixture, seededRandom(segment), { rows });
      for (let plan = 0; plan < 2; plan++) {
        let fail = 0;
        for (let row = 0; row < rows; row++) fail += (table.fail[2 * row + plan] as number) / rows;
        expect(table.meanFail[plan]).toBeCloseTo(fail, 2);
      }
    }
  });

  test('each row draws a component with a probability equal to its weight', () => {
    const random = seededRandom('rows');
    const half = LIKELY.map(component => ({ ...component, weight: 0.5 }));
    const tables = 2000;
    let low = 0;
    for (let i = 0; i < tables; i++) {
      const { fail } = sampleMixture({ graph, nodes: [half, half] }, random, { rows: 2 });
      if ((fail[0] as number) < 0.5) low++;
    }
    // Five standard errors.
    expect(Math.abs(low / tables - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / tables));
  });

  test('the components of two nodes are independent', () => {
    const table = sampleMixture({ graph, nodes: [LIKELY, LIKELY] }, seededRandom('apart'), { rows: 4096 });
    let both = 0;
    for (let row = 0; row < table.rows; row++) {
      if ((table.fail[2 * row] as number) < 0.5 && (table.fail[2 * row + 1] as number) < 0.5) both++;
    }
    // 4096/16, within four standard deviations.
    expect(Math.abs(both - 256)).toBeLessThan(56);
  });

  test('a table that is reused gives the same samples as a new one', () => {
    const [before, now] = [free([[1, 1]]), free([[8, 2]])].map(asMixture);
    const random = seededRandom('before');
    const reused = sampleMixture(before as Mixture, random);
    const made = sampleMixture(now as Mixture, seededRandom(1), { reused });
    expect(made).toBe(reused);
    expect(made).toEqual(sampleMixture(now as Mixture, seededRandom(1)));
  });

  test('a table of another number of rows or plans is not reused', () => {
    const one = asMixture(free([[1, 1]]));
    const random = seededRandom('other');
    const short = sampleMixture(one, random, { rows: 64 });
    expect(sampleMixture(one, random, { reused: short })).not.toBe(short);
    const ofTwo = sampleMixture(
      asMixture(
        free([
          [1, 1],
          [2, 1],
        ]),
      ),
      random,
    );
    expect(sampleMixture(one, random, { reused: ofTwo })).not.toBe(ofTwo);
  });

  test('a mixture with one component per node gives the same table as the posterior', () => {
    const posterior = free([
      [8, 2],
      [3, 3],
    ]);
    expect(sampleMixture(asMixture(posterior), seededRandom(1))).toEqual(sampleTable(posterior, seededRandom(1)));
  });
});
