import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cell, SumName, Sums } from '../../../src/core/cells/cell.ts';
import { cellKeyString, SUM_NAMES } from '../../../src/core/cells/cell.ts';
import type { CellMap, GrowingSums } from '../../../src/core/cells/sums.ts';
import {
  addAt,
  addCell,
  addInto,
  difference,
  hasSums,
  sumOf,
  sumsBy,
  sumsByPlan,
} from '../../../src/core/cells/sums.ts';

/** Few names and small numbers beside large ones, so that sums often cancel. */
const anySums: fc.Arbitrary<Sums> = fc
  .dictionary(
    fc.constantFrom(...SUM_NAMES.slice(0, 5)),
    fc.oneof(fc.bigInt(-2n, 2n), fc.bigInt(-(10n ** 40n), 10n ** 40n)),
  )
  .map(canonical);

function canonical(sums: Record<string, bigint>): Sums {
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0n));
}

/** Adds the sums name by name, exactly as they are defined. */
function byName(all: readonly Sums[], sign: (index: number) => bigint = () => 1n): Sums {
  const of = (name: SumName): bigint => all.reduce((total, sums, i) => total + sign(i) * (sums[name] ?? 0n), 0n);
  return canonical(Object.fromEntries(SUM_NAMES.map(name => [name, of(name)])));
}

const anyCell: fc.Arbitrary<Cell> = fc.record({
  key: fc.record({
    scope: fc.constantFrom('node', 'plan'),
    feature: fc.constant('f'),
    segment: fc.constantFrom('', 'pro'),
    subject: fc.constantFrom('mini', 'premium'),
    version: fc.constantFrom('v1', 'v2'),
    bucket: fc.constantFrom(1, 2),
  }),
  sums: anySums,
});

describe('law: a sum is exact, in canonical form, and the same in any order and grouping', () => {
  test('sumOf adds name by name and leaves out sums that cancel to 0', () => {
    fc.assert(
      fc.property(fc.array(anySums), all => {
        expect(sumOf(all)).toEqual(byName(all));
        expect(sumOf(all.toReversed())).toEqual(sumOf(all));
        const half = Math.floor(all.length / 2);
        expect(sumOf([sumOf(all.slice(0, half)), sumOf(all.slice(half))])).toEqual(sumOf(all));
      }),
    );
  });

  test('difference undoes sumOf', () => {
    fc.assert(
      fc.property(anySums, anySums, (a, b) => {
        expect(difference(a, b)).toEqual(byName([a, b], i => (i === 0 ? 1n : -1n)));
        expect(difference(sumOf([a, b]), b)).toEqual(a);
        expect(difference(a, a)).toEqual({});
      }),
    );
  });

  test('a difference has no entry for a sum that an operand states as 0', () => {
    expect(difference({ n: 1n, cost: 0n }, { n: 1n, cost2: 0n })).toEqual({});
  });
});

describe('adding in place', () => {
  test('addInto changes only the total, never the sums that are added to it', () => {
    const total: GrowingSums = { n: 1n, cost: -3n };
    addInto(total, Object.freeze({ n: 2n, cost: 3n, cost2: 9n }));
    expect(total).toEqual({ n: 3n, cost2: 9n });
  });

  test('addAt starts the total of a new key as a copy, and leaves the added sums unchanged', () => {
    const totals = new Map<string, GrowingSums>();
    const first: Sums = Object.freeze({ n: 1n });
    addAt(totals, 'mini', first);
    addAt(totals, 'mini', { n: 2n });
    addAt(totals, 'premium', { n: 5n });
    expect([...totals]).toEqual([
      ['mini', { n: 3n }],
      ['premium', { n: 5n }],
    ]);
    expect(first).toEqual({ n: 1n });
  });
});

describe('law: cells with the same key are one cell', () => {
  test('addCell gives each key the sum of its cells, and changes none of them', () => {
    fc.assert(
      fc.property(fc.array(anyCell), all => {
        const before = structuredClone(all);
        const cells: CellMap = new Map();
        for (const cell of all) addCell(cells, cell);
        expect(all).toEqual(before);
        for (const [id, { key, sums }] of cells) {
          const same = all.filter(cell => cellKeyString(cell.key) === id);
          expect(cellKeyString(key)).toBe(id);
          expect(sums).toEqual(byName(same.map(cell => cell.sums)));
        }
        expect(cells.size).toBe(new Set(all.map(({ key }) => cellKeyString(key))).size);
      }),
    );
  });

  test('sumsBy and sumsByPlan add up one scope and leave the other out', () => {
    fc.assert(
      fc.property(fc.array(anyCell), all => {
        for (const scope of ['node', 'plan'] as const) {
          const found = sumsBy(all, { scope, by: cell => cell.key.segment });
          const own = all.filter(({ key }) => key.scope === scope);
          expect([...found.keys()]).toEqual([...new Set(own.map(({ key }) => key.segment))]);
          for (const [segment, sums] of found)
            expect(sums).toEqual(byName(own.filter(({ key }) => key.segment === segment).map(cell => cell.sums)));
        }
        expect(sumsByPlan(all)).toEqual(sumsBy(all, { scope: 'plan', by: cell => cell.key.subject }));
      }),
    );
  });
});

test('a cell has sums unless they have canceled each other', () => {
  const total: GrowingSums = {};
  addInto(total, { n: 2n });
  expect(hasSums({ sums: total })).toBe(true);
  addInto(total, { n: -2n });
  expect(hasSums({ sums: total })).toBe(false);
});
