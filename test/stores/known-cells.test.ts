import { describe, expect, it } from 'vitest';
import type { Cell } from '../../src/core/cells/cell.ts';
import { knownCells } from '../../src/stores/known-cells.ts';

function cell(feature: string, n: bigint): Cell {
  return { key: { scope: 'plan', feature, segment: '', subject: 'mini', version: '', bucket: 1 }, sums: { n } };
}

describe('known cells', () => {
  it('`of()` returns undefined for a feature that was never read, even if this process changed it', () => {
    const known = knownCells();
    known.add([cell('support', 1n)]);
    expect(known.of('support')).toBeUndefined();
  });

  it('`of()` returns the cells last read plus this process’s later changes', () => {
    const known = knownCells();
    known.set('support', [cell('support', 5n)]);
    known.add([cell('support', 2n), cell('other', 1n)]);
    expect(known.of('support')).toEqual([cell('support', 7n)]);
    const late = { ...cell('support', 3n), key: { ...cell('support', 3n).key, bucket: 2 } };
    known.add([late]);
    expect(known.of('support')).toEqual([cell('support', 7n), late]);
    known.set('support', [cell('support', 6n)]);
    expect(known.of('support')).toEqual([cell('support', 6n)]);
    known.add([cell('support', -6n)]);
    expect(known.of('support')).toEqual([]);
  });
});
