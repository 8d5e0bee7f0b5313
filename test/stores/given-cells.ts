/** Cells of one feature as property tests make them. */
import fc from 'fast-check';
import { ROUTING_SUMS } from '../../src/core/beliefs/routing-sums.ts';
import type { Cell, CellKey, Sums } from '../../src/core/cells/cell.ts';
import { cellKeyString } from '../../src/core/cells/cell.ts';

export const HOUR = 3_600_000;
export const NOW = Date.UTC(2026, 10, 20, 12);

const names = fc.constantFrom('', 'short', 'a "quoted" one', '\u{1F600}', 'mini>premium');
const sums: fc.Arbitrary<Sums> = fc.dictionary(
  fc.constantFrom(...ROUTING_SUMS),
  // Floats hold the sums of all of them exactly.
  fc.bigInt({ min: -(2n ** 48n), max: 2n ** 48n }).filter(sum => sum !== 0n),
  { minKeys: 1 },
);
export const cells: fc.Arbitrary<readonly Cell[]> = fc.uniqueArray(
  fc.record({
    key: fc.record({ segment: names, subject: names, version: names, hoursAgo: fc.integer({ min: 0, max: 5000 }) }).map(
      ({ hoursAgo, ...place }): CellKey => ({
        scope: 'node',
        feature: 'support',
        ...place,
        bucket: Math.floor(NOW / HOUR) - hoursAgo,
      }),
    ),
    sums,
  }),
  { selector: ({ key }) => cellKeyString(key) },
);
