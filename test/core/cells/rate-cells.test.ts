import { describe, expect, test } from 'vitest';
import { versionServedBy } from '../../../src/core/cells/served-version.ts';
import { growingRateCells, rateCells } from '../../../src/core/cells/rate-cells.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';

describe('rate cells', () => {
  const cell = (subject: string, sums: Cell['sums'], key: Partial<Cell['key']> = {}): Cell => ({
    key: { scope: 'node', feature: 'f', segment: '', subject, version: '', bucket: 1, ...key },
    sums,
  });

  test('outcomes are summed over segments, versions and buckets', () => {
    const cells = [
      cell('mini', { n: 10n, labelled: 10n, successes: 7n, labelledRejected: 4n, successesRejected: 1n }),
      cell('mini', { n: 5n, labelled: 5n, successes: 5n }, { segment: 'pro', version: 'v2', bucket: 9 }),
      cell('mini', { n: 99n, labelled: 99n }, { scope: 'plan' }),
      cell('mini', { n: 1n, labelled: 1n }, { feature: 'g' }),
    ];
    expect(rateCells(cells)).toMatchObject([
      { feature: 'f', node: 'mini', n: 15, s: 12 },
      { feature: 'g', node: 'mini', n: 1, s: 0 },
    ]);
  });

  test('several features are counted side by side, each with its own nodes', () => {
    const rates = growingRateCells();
    rates.expect('f', { starts: new Map([['mini', 0.001]]), climbing: new Set() });
    rates.expect('g', { starts: new Map([['mini', 0.1]]), climbing: new Set(['mini']) });
    const sums = { n: 2n, labelled: 2n, successes: 1n, labelledRejected: 1n };
    rates.add([cell('mini', sums), cell('mini', sums, { feature: 'g' }), cell('mini', sums, { feature: 'g' })]);
    const alone = growingRateCells();
    alone.expect('g', { starts: new Map([['mini', 0.1]]), climbing: new Set(['mini']) });
    alone.add([cell('mini', sums, { feature: 'g' }), cell('mini', sums, { feature: 'g' })]);
    expect(rates.cells('g')).toEqual(alone.cells());
    expect(rates.cells('f')).toMatchObject([{ node: 'mini', n: 2, s: 1, priorCostUsd: 0.001 }]);
    expect(rates.cells()).toEqual([...rates.cells('f'), ...rates.cells('g')]);
    expect([rates.cells('h'), rates.expects('h'), rates.expects('g')]).toEqual([[], false, true]);
  });

  test('rejected replies that were returned count where no plan climbs on from the node, and not where one does', () => {
    const cells = ['mini', 'premium'].map(node =>
      cell(node, { n: 10n, labelled: 10n, successes: 7n, labelledRejected: 4n, successesRejected: 1n }),
    );
    const rates = rateCells(cells, { feature: 'f', starts: new Map(), climbing: new Set(['mini']) });
    expect(rates).toMatchObject([
      { node: 'mini', n: 6, s: 6 },
      { node: 'premium', n: 10, s: 7 },
    ]);
  });

  test('features pool the billed cost with the prefixes of sessions, and separately the cost of everything else', () => {
    const sums = { n: 2n, cost: 10n ** 10n, cost2: 10n ** 20n };
    const parts = { withPrefix: 2n, prefixCost: 4n * 10n ** 9n, netCost: 6n * 10n ** 9n, netCost2: 36n * 10n ** 18n };
    const [{ net, ...billed } = {}] = rateCells([cell('mini', { ...sums, ...parts }), cell('mini', { n: 1n })]);
    expect([billed]).toEqual(rateCells([cell('mini', sums), cell('mini', { n: 1n })]));
    expect(net).toEqual({ visits: 2, costUsd: 6 });
  });

  test('costs are added up at the price that the node is expected to have', () => {
    const spent = { n: 10n, cost: 10n ** 10n, cost2: 10n ** 19n };
    const cells = [
      cell('mini', spent, { version: 'mini-1@1f0c$0.5' }),
      cell('mini', spent, { version: 'mini-1@9a9a$0.25' }),
      // An earlier ledger does not say what a request cost.
      cell('mini', spent, { version: 'mini-1@1f0c' }),
    ];
    const starts = new Map([['mini', 0.25]]);
    for (const node of ['mini', 'nano>mini']) {
      const of = cells.map(({ key, sums }) => ({ key: { ...key, subject: node }, sums }));
      const rates = rateCells(of, { feature: 'f', starts, climbing: new Set() });
      expect(rates.at(-1)).toMatchObject({ node, visits: 30, costUsd: 5 + 10 + 10, costUsd2: 2.5 + 10 + 10 });
    }
  });

  test('visits that another model served are left out of the rates and costs of the model that was asked', () => {
    const other = { version: versionServedBy('v1', 'gpt-5-pro') };
    const cells = [
      cell('mini', { n: 9n, labelled: 9n, cost: 10n ** 12n }, other),
      cell('mini', { n: 1n, labelled: 1n }),
    ];
    expect(rateCells(cells)).toMatchObject([{ n: 1, s: 0, visits: 1, costUsd: 0 }]);
  });

  test('the candidates’ cost ranks and prior costs are known before any outcome', () => {
    const starts = new Map([
      ['a', 0.001],
      ['b', 0.004],
      ['c', 0],
    ]);
    const ranked = rateCells([cell('c', { n: 1n, cost: 20_000_000n })], { feature: 'f', starts, climbing: new Set() });
    expect(ranked.map(({ node, costRank, priorCostUsd }) => ({ node, costRank, priorCostUsd }))).toEqual([
      { node: 'a', costRank: 0, priorCostUsd: 0.001 },
      { node: 'b', costRank: 0.5, priorCostUsd: 0.004 },
      { node: 'c', costRank: 1, priorCostUsd: undefined },
    ]);
    expect(ranked[2]).toMatchObject({ visits: 1, costUsd: 0.02, costUsd2: 0 });
  });

  test('a row includes the public evidence about its node', () => {
    const starts = new Map([
      ['a', 0.001],
      ['b', 0.004],
    ]);
    const expected = new Map([['b', { success: 0.8, outcomes: 4 }]]);
    const [a, b] = rateCells([], { feature: 'f', starts, climbing: new Set(), expected });
    expect(a?.expected).toBeUndefined();
    expect(b?.expected).toEqual({ success: 0.8, outcomes: 4 });
  });

  test('visits, costs and squared costs are summed, in USD', () => {
    const cells = [
      cell('mini', { n: 2n, cost: 3_000_000_000n, cost2: 5n * 10n ** 18n }),
      cell('mini', { n: 1n, cost: 500_000_000n, cost2: 25n * 10n ** 16n }, { segment: 'pro' }),
    ];
    expect(rateCells(cells)).toMatchObject([{ visits: 3, costUsd: 3.5, costUsd2: 5.25 }]);
  });

  test('a feature’s only candidate has no cost rank', () => {
    const [only] = rateCells([], { feature: 'f', starts: new Map([['a', 0.001]]), climbing: new Set() });
    expect(only).toMatchObject({ node: 'a', priorCostUsd: 0.001 });
    expect(only).not.toHaveProperty('costRank');
  });

  test('a retraction is subtracted', () => {
    const rates = growingRateCells();
    rates.add([cell('mini', { n: 1n, labelled: 1n, successes: 1n })]);
    rates.add([cell('mini', { successes: -1n })]);
    expect(rates.cells()).toMatchObject([{ n: 1, s: 0 }]);
  });
});
