import { describe, expect, test } from 'vitest';
import { rateCells, sumEvidence } from '../../../src/core/cells/rate-cells.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';

describe('evidence', () => {
  const cell = (subject: string, sums: Cell['sums'], key: Partial<Cell['key']> = {}): Cell => ({
    key: { scope: 'node', feature: 'f', segment: '', subject, version: '', bucket: 1, ...key },
    sums,
  });

  test('is summed over segments, versions and buckets; rejected replies that were returned are not the model’s accepted ones', () => {
    const cells = [
      cell('mini', { n: 10n, labelled: 10n, successes: 7n, labelledRejected: 4n, successesRejected: 1n }),
      cell('mini', { n: 5n, labelled: 5n, successes: 5n }, { segment: 'pro', version: 'v2', bucket: 9 }),
      cell('mini', { n: 99n, labelled: 99n }, { scope: 'plan' }),
      cell('mini', { n: 1n, labelled: 1n }, { feature: 'g' }),
    ];
    expect(rateCells(cells)).toMatchObject([
      { feature: 'f', node: 'mini', n: 11, s: 11 },
      { feature: 'g', node: 'mini', n: 1, s: 0 },
    ]);
  });

  test('the candidates’ places and prices are known before any outcome', () => {
    const starts = new Map([
      ['a', 0.001],
      ['b', 0.004],
      ['c', 0],
    ]);
    const placed = rateCells([cell('c', { n: 1n, cost: 20_000_000n })], { feature: 'f', starts });
    expect(placed.map(({ node, place, priorCostUsd }) => ({ node, place, priorCostUsd }))).toEqual([
      { node: 'a', place: 0, priorCostUsd: 0.001 },
      { node: 'b', place: 0.5, priorCostUsd: 0.004 },
      { node: 'c', place: 1, priorCostUsd: undefined },
    ]);
    expect(placed[2]).toMatchObject({ visits: 1, costUsd: 0.02, costUsd2: 0 });
  });

  test('a retraction is taken back', () => {
    const evidence = sumEvidence();
    evidence.add([cell('mini', { n: 1n, labelled: 1n, successes: 1n })]);
    evidence.add([cell('mini', { successes: -1n })]);
    expect(evidence.cells()).toMatchObject([{ n: 1, s: 0 }]);
  });
});
