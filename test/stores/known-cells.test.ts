import { describe, expect, it } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { knownCells } from '../../src/stores/known-cells.ts';

function cell(feature: string, n: bigint): Cell {
  return { key: { scope: 'plan', feature, segment: '', subject: 'mini', version: '', bucket: 1 }, sums: { n } };
}

describe('statistics as one process knows them', () => {
  it('does not let its own changes pass for the statistics of a feature that was never read', () => {
    const known = knownCells();
    known.add([cell('support', 1n)]);
    expect(known.of('support')).toBeUndefined();
  });

  it('adds its own changes to what was read, and begins again with the next reading', () => {
    const known = knownCells();
    known.set('support', [cell('support', 5n)]);
    known.add([cell('support', 2n), cell('other', 1n)]);
    expect(known.of('support')).toEqual([cell('support', 7n)]);
    known.set('support', [cell('support', 6n)]);
    expect(known.of('support')).toEqual([cell('support', 6n)]);
    known.add([cell('support', -6n)]);
    expect(known.of('support')).toEqual([]);
  });
});
