import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { QualityHistory } from '../../../src/core/beliefs/quality-history.ts';
import { createQualityHistory } from '../../../src/core/beliefs/quality-history.ts';
import { costVisitsOf } from '../../../src/core/beliefs/routing-sums.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';

const cell = (bucket: number, { visits, cost }: { visits: number; cost: number }): Cell => ({
  key: { scope: 'node', feature: 'f', segment: '', subject: 'a', version: '', bucket },
  sums: {
    n: BigInt(visits),
    cost: BigInt(visits * cost),
    cost2: BigInt(visits * cost * cost),
    labelled: BigInt(visits),
    successes: BigInt(visits),
  },
});

/** Without decay. */
const NOW = { now: 100, halfLife: 1e12 };
const costOf = (history: QualityHistory, price?: string): readonly number[] => {
  const sums = history.decayed(NOW, price);
  const visits = costVisitsOf(sums);
  // Visits, mean and mean square.
  return [visits, sums.cost / visits, sums.cost2 / visits].map(value => Math.round(1e6 * value) / 1e6);
};

describe('the cost of a node', () => {
  test('at one price, all visits count', () => {
    const history = createQualityHistory();
    history.add('p$2', cell(1, { visits: 300, cost: 40 }));
    expect(history.decayed(NOW, 'p$2')).toEqual(history.series.decayed(NOW.now, NOW.halfLife));
    expect(costOf(history, 'p$2')).toEqual([300, 40, 1600]);
  });

  test('after a change of price, at most 20 visits at the earlier price count, with their cost multiplied by the change', () => {
    const history = createQualityHistory();
    history.add('p$2', cell(1, { visits: 300, cost: 40 }));
    expect(costOf(history, 'q$3')).toEqual([20, 60, 3600]);
    history.add('q$3', cell(2, { visits: 20, cost: 80 }));
    expect(costOf(history, 'q$3')).toEqual([40, 70, 5000]);
    // Back at the first price: its own visits, and what the others would have cost.
    expect(costOf(history, 'p$2').slice(0, 2)).toEqual([320, 40.833333]);
  });

  test('after a change of price, the net cost also counts at most 20 earlier visits, of those with a known prefix', () => {
    const history = createQualityHistory();
    const { key, sums } = cell(1, { visits: 300, cost: 40 });
    history.add('p$2', { key, sums: { ...sums, withPrefix: 200n, netCost: 6000n } });
    expect(history.decayed(NOW, 'p$2')).toMatchObject({
      withPrefix: expect.closeTo(200, 6),
      netCost: expect.closeTo(6000, 5),
    });
    const { netVisits = 0, netCost } = history.decayed(NOW, 'q$3');
    expect([netVisits, netCost / netVisits]).toEqual([expect.closeTo((20 * 200) / 300, 9), expect.closeTo(45, 9)]);
  });

  test('fewer than 20 visits at the earlier price count in full', () => {
    const history = createQualityHistory();
    history.add('p$2', cell(1, { visits: 3, cost: 40 }));
    expect(costOf(history, 'q$1')).toEqual([3, 20, 400]);
  });

  test('visits at a price that does not state its typical cost are not used for the cost at another price', () => {
    const history = createQualityHistory();
    history.add('p', cell(1, { visits: 300, cost: 40 }));
    expect(history.decayed(NOW, 'q$3')).toMatchObject({ costVisits: 0, cost: 0, cost2: 0 });
    expect(history.decayed(NOW, 'q$3').successes).toBeCloseTo(300, 6);
    expect(costOf(history, 'p$2')).toEqual([300, 40, 1600]);
  });

  test('where no price is given, the price of the latest evidence is used, whatever the order of arrival', () => {
    for (const order of [
      ['p$1', 'q$3'],
      ['q$3', 'p$1'],
    ]) {
      const history = createQualityHistory();
      for (const price of order) history.add(price, cell(price === 'p$1' ? 1 : 2, { visits: 100, cost: 10 }));
      expect(costOf(history)).toEqual(costOf(history, 'q$3'));
    }
  });

  test('law: the belief about success depends on no price, and the order of arrival changes nothing', () => {
    const visit = fc.record({
      bucket: fc.nat(50),
      price: fc.constantFrom('p$1', 'q$2', 'q$4', 'r'),
      visits: fc.integer({ min: 1, max: 50 }),
      cost: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(
      fc.property(fc.array(visit, { minLength: 1, maxLength: 20 }), visits => {
        const [one, other] = [createQualityHistory(), createQualityHistory()];
        for (const { bucket, price, ...seen } of visits) one.add(price, cell(bucket, seen));
        for (const { bucket, price, ...seen } of visits.toReversed()) other.add(price, cell(bucket, seen));
        for (const price of ['p$1', 'q$2', 'q$4', 's$1']) {
          const [sums, reversed] = [one.decayed(NOW, price), other.decayed(NOW, price)];
          expect(sums.successes).toBeCloseTo(one.series.decayed(NOW.now, NOW.halfLife).successes, 9);
          expect(costVisitsOf(sums)).toBeCloseTo(costVisitsOf(reversed), 6);
          expect(sums.cost).toBeCloseTo(reversed.cost, 3);
        }
      }),
    );
  });
});
