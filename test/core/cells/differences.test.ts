import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { cellKeyString } from '../../../src/core/cells/cell.ts';
import { difference } from '../../../src/core/cells/sums.ts';
import { missingCells } from '../../../src/core/cells/differences.ts';
import { NO_GRAINS, foldCells } from '../../../src/core/cells/grains.ts';

const aCell = fc
  .record({
    subject: fc.constantFrom('mini', 'premium'),
    bucket: fc.integer({ min: 1, max: 3 }),
    n: fc.bigInt(-3n, 3n),
    cost: fc.bigInt(-3n, 3n),
  })
  .map(
    ({ subject, bucket, ...sums }): Cell => ({
      key: { scope: 'node', feature: 'support', segment: '', subject, version: '', bucket },
      sums: difference(sums, {}),
    }),
  );
const cells = fc.array(aCell).map(list => foldCells(list, NO_GRAINS));

const sorted = (list: readonly Cell[]): readonly Cell[] =>
  list.toSorted((a, b) => (cellKeyString(a.key) < cellKeyString(b.key) ? -1 : 1));

it('law: cells plus what is missing from them equal the other cells, and nothing is missing where both are equal', () => {
  fc.assert(
    fc.property(cells, cells, (some, others) => {
      const missing = missingCells(some, others);
      const made = foldCells([...some, ...missing], NO_GRAINS);
      expect(missingCells(made, others)).toEqual([]);
      expect(sorted(made)).toEqual(sorted(others));
      if (missing.length === 0) expect(sorted(some)).toEqual(sorted(others));
    }),
  );
});
