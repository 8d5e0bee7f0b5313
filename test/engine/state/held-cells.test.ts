import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CellsRead } from '../../../src/contracts/store.ts';
import type { LearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import { createLearnedFeature } from '../../../src/core/beliefs/learned-feature.ts';
import type { Cell, RoundedCell } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS, cellKeyString } from '../../../src/core/cells/cell.ts';
import { canonicalKey, foldCells, grainsAt, NO_GRAINS } from '../../../src/core/cells/grains.ts';
import { versionServedBy } from '../../../src/core/cells/served-version.ts';
import type { HeldCells } from '../../../src/engine/state/held-cells.ts';
import { heldCells } from '../../../src/engine/state/held-cells.ts';

const NOW_MS = Date.UTC(2026, 10, 29, 12);
const NOW_H = Math.floor(NOW_MS / BUCKET_MS);

interface Made {
  readonly hoursAgo: number;
  readonly model?: string;
  readonly segment?: string;
  readonly n?: bigint;
  readonly version?: string;
}

function cell({ hoursAgo, model = 'mini', segment = '', n = 1n, version = `${model}@1` }: Made): Cell {
  const key = { scope: 'node', feature: 'f', segment, subject: model, version, bucket: NOW_H - hoursAgo } as const;
  if (n === 0n) return { key, sums: {} };
  const sums = { n: 4n * n, cost: 7n * n, cost2: 13n * n, rejected: n, ended: 3n * n, labelled: 2n * n, successes: n };
  return { key, sums };
}

const byKey = (cells: readonly Cell[]): object =>
  Object.fromEntries(cells.map(({ key, sums }) => [cellKeyString(key), sums]));

const complete = (cells: readonly Cell[], grains = NO_GRAINS) => ({ cells, complete: true, grains });
const partial = (cells: readonly Cell[], grains = NO_GRAINS) => ({ cells, complete: false, grains });

/** All slices of a reading. */
const take = (held: HeldCells, read: Parameters<HeldCells['take']>[0]): readonly RoundedCell[] =>
  [...held.take(read)].flat();

test('the first reading adds its cells, those of a model’s own answers before those of models that answered in its place', () => {
  const byOther = cell({ hoursAgo: 5, version: versionServedBy('mini@1', 'pro') });
  const own = cell({ hoursAgo: 1 });
  expect([...heldCells().take(complete([byOther, own]))]).toEqual([[own, byOther]]);
});

test('the cells of a first reading are made slice by slice, and held as integers', () => {
  const held = heldCells();
  let made = 0;
  const whole = Array.from({ length: 600 }, (_, hoursAgo) => cell({ hoursAgo }));
  const cells = {
    *[Symbol.iterator]() {
      for (const { key, sums } of whole) {
        made++;
        yield { key, sums: Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, Number(sum)])) };
      }
    },
  };
  const taking = held.take({ cells, complete: true, grains: NO_GRAINS });
  taking.next();
  expect(made).toBe(250);
  Array.from(taking);
  expect(byKey(held.all())).toEqual(byKey(whole));
});

test('a later reading adds the differences from the held cells, which include this process’s own additions', () => {
  const held = heldCells();
  take(held, complete([cell({ hoursAgo: 1, n: 5n }), cell({ hoursAgo: 2 })]));
  held.add([cell({ hoursAgo: 1, n: 2n }), cell({ hoursAgo: 0 })]);
  const changes = take(held, partial([cell({ hoursAgo: 1, n: 10n }), cell({ hoursAgo: 0 })]));
  expect(changes).toEqual([cell({ hoursAgo: 1, n: 3n })]);
  expect(byKey(held.all())).toEqual(
    byKey([cell({ hoursAgo: 1, n: 10n }), cell({ hoursAgo: 2 }), cell({ hoursAgo: 0 })]),
  );
});

test('an empty cell, or one that a complete reading does not contain, is subtracted again', () => {
  const held = heldCells();
  take(held, complete([cell({ hoursAgo: 1, n: 5n }), cell({ hoursAgo: 2, n: 2n })]));
  expect(take(held, partial([cell({ hoursAgo: 1, n: 0n })]))).toEqual([cell({ hoursAgo: 1, n: -5n })]);
  expect(take(held, complete([]))).toEqual([cell({ hoursAgo: 2, n: -2n })]);
  expect(held.all()).toEqual([]);
});

test('an addition during a reading counts from the next reading on', () => {
  const held = heldCells();
  const taking = held.take(complete([cell({ hoursAgo: 1, n: 5n })]));
  taking.next();
  held.add([cell({ hoursAgo: 1 })]);
  taking.next();
  expect(take(held, partial([cell({ hoursAgo: 1, n: 6n })]))).toEqual([]);
});

test.each([1, 3_000])('after %i additions all cells include each of them', additions => {
  const held = heldCells();
  for (let i = 0; i < additions; i++) held.add([cell({ hoursAgo: 1 })]);
  expect(held.all()).toEqual([cell({ hoursAgo: 1, n: BigInt(additions) })]);
});

test('buckets become coarser with either boundary', () => {
  const held = heldCells();
  const { dayBefore, weekBefore } = grainsAt(NOW_MS);
  const old = cell({ hoursAgo: NOW_H - weekBefore + 1 });
  take(held, complete([old], { dayBefore, weekBefore: -Infinity }));
  take(held, partial([], { dayBefore, weekBefore }));
  expect(held.all().map(({ key }) => key.grain)).toEqual(['week']);
});

describe('laws', () => {
  const made: fc.Arbitrary<Made> = fc.record({
    hoursAgo: fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 200 * 24 })),
    model: fc.constantFrom('mini', 'premium'),
    segment: fc.constantFrom('', 'tier=free'),
    n: fc.bigInt(-1n, 3n),
  });
  type Step =
    | { readonly kind: 'own' | 'others'; readonly cells: readonly Made[] }
    | { readonly kind: 'read'; readonly isComplete: boolean; readonly daysOn: number };
  const step: fc.Arbitrary<Step> = fc.oneof(
    fc.record({ kind: fc.constantFrom('own' as const, 'others' as const), cells: fc.array(made, { maxLength: 12 }) }),
    fc.record({ kind: fc.constant('read' as const), isComplete: fc.boolean(), daysOn: fc.nat(40) }),
  );

  /** A store's sums, and what changed since its last reading. */
  function store(startDay: number) {
    let all: readonly Cell[] = [];
    let changed: readonly Cell[] = [];
    let days = startDay;
    let grains = grainsAt(NOW_MS + days * 86_400_000);
    return {
      add(cells: readonly Cell[]): void {
        all = foldCells([...all, ...cells], grains);
        changed = [...changed, ...cells];
      },
      read(isComplete: boolean, daysOn: number): Pick<CellsRead, 'cells' | 'complete' | 'grains'> {
        days = Math.min(0, days + daysOn);
        grains = grainsAt(NOW_MS + days * 86_400_000);
        all = foldCells(all, grains);
        const places = new Map(
          changed.map(({ key }) => canonicalKey(key, grains)).map(key => [cellKeyString(key), key]),
        );
        const sums = new Map(all.map(one => [cellKeyString(one.key), one]));
        changed = [];
        if (isComplete) return { cells: all, complete: true, grains };
        const cells = [...places].map(([id, key]) => sums.get(id) ?? { key, sums: {} });
        return { cells, complete: false, grains };
      },
    };
  }

  const learned = (): LearnedFeature =>
    createLearnedFeature({
      feature: 'f',
      plans: [['mini'], ['premium'], ['mini', 'premium']],
      priorCostUsd: { mini: 1, premium: 3 },
      versions: { mini: 'mini@1', premium: 'premium@1' },
    });

  test('cells that are updated reading by reading equal those of one full reading, also where older buckets become coarser', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), steps => {
        const world = store(-200);
        const held = heldCells();
        for (const one of steps) {
          if (one.kind === 'read') take(held, world.read(one.isComplete, one.daysOn));
          else {
            world.add(one.cells.map(cell));
            if (one.kind === 'own') held.add(one.cells.map(cell));
          }
        }
        take(held, world.read(false, 0));
        expect(byKey(held.all())).toEqual(byKey(world.read(true, 0).cells));
      }),
      { numRuns: 200 },
    );
  });

  test('beliefs that are updated reading by reading equal those of one full reading', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), steps => {
        const world = store(0);
        const held = heldCells();
        const grown = learned();
        const read = (isComplete: boolean): void => grown.apply(take(held, world.read(isComplete, 0)));
        // The speed at which evidence ages counts from the first intent ever; no read changes that.
        world.add([cell({ hoursAgo: 200 * 24, segment: 'first' })]);
        read(true);
        for (const one of steps) {
          // Cells of this process's own intents are at most 14 days old and hourly, as in the store.
          const cells = (one.kind === 'read' ? [] : one.cells)
            .filter(({ hoursAgo }) => one.kind === 'others' || hoursAgo < 14 * 24)
            .map(cell);
          if (one.kind === 'read') read(one.isComplete);
          else world.add(cells);
          if (one.kind !== 'own') continue;
          held.add(cells);
          grown.apply(cells);
        }
        read(false);
        const full = learned();
        full.replace(world.read(true, 0).cells);
        for (const segment of ['', 'tier=free']) {
          const [a, b] = [grown, full].map(each => each.segment(segment).posterior(NOW_MS));
          expect(a?.nodes.flatMap(({ ended, costUsd }) => [ended, costUsd])).toEqual(
            b?.nodes.flatMap(({ ended, costUsd }) => [closeTo(ended), closeTo(costUsd)]),
          );
        }
      }),
      { numRuns: 100 },
    );
  });
});

function closeTo(value: unknown): unknown {
  if (typeof value === 'number') return expect.closeTo(value, 6);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closeTo(part)]));
}
