import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Group } from '../../../src/core/beliefs/bucket-groups.ts';
import { ROUTING_SUMS } from '../../../src/core/beliefs/routing-sums.ts';
import { divideNewestHour, groupOf, mergeOldGroups, middleOf } from '../../../src/core/beliefs/bucket-groups.ts';

/** One visit in each of the buckets. */
function groupsOf(buckets: Iterable<number>): Group[] {
  const groups: Group[] = [];
  for (const bucket of buckets) count(groupOf(groups, { start: bucket, end: bucket + 1 }));
  return groups;
}

function count(group: Group): void {
  group.sums[0] = (group.sums[0] as number) + 1;
}

const visits = ({ sums }: Group): number => sums[0] as number;
const visitsOf = (groups: readonly Group[]): number => groups.reduce((sum, group) => sum + visits(group), 0);
const range = (from: number, to: number): readonly number[] => Array.from({ length: to - from }, (_, i) => from + i);

describe('groupOf', () => {
  test('groups are kept in time order, one per bucket, whatever order the buckets arrive in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(100), { maxLength: 80 }), buckets => {
        const groups = groupsOf(buckets);
        const distinct = [...new Set(buckets)].toSorted((x, y) => x - y);
        expect(groups.map(({ start, end }) => [start, end])).toEqual(distinct.map(bucket => [bucket, bucket + 1]));
        expect(visitsOf(groups)).toBe(buckets.length);
      }),
    );
  });

  test('a late delta for a bucket that has been merged goes to the merged group', () => {
    const groups = groupsOf(range(0, 200));
    mergeOldGroups(groups, { halfLife: 128, cut: Number.NEGATIVE_INFINITY });
    const before = groups.length;
    for (const bucket of range(0, 200)) {
      const group = groupOf(groups, { start: bucket, end: bucket + 1 });
      expect(bucket).toBeGreaterThanOrEqual(group.start);
      expect(bucket).toBeLessThan(group.end);
    }
    expect(groups).toHaveLength(before);
  });
});

describe('the parts of the newest hour', () => {
  const LABELLED = ROUTING_SUMS.indexOf('labelled');
  /** One label at each moment. */
  function labelledAt(moments: Iterable<number>, groups: Group[] = [], cut = Number.NEGATIVE_INFINITY): Group[] {
    for (const moment of moments) {
      const start = Math.floor(moment);
      divideNewestHour(groups, { moment, cut });
      const { sums } = groupOf(groups, { start, end: start + 1 }, moment);
      sums[LABELLED] = (sums[LABELLED] as number) + 1;
    }
    return groups;
  }
  const spans = (groups: readonly Group[]): unknown =>
    groups.map(({ start, end, sums }) => [start, end, sums[LABELLED]]);
  const evenly = (count: number): readonly number[] => range(0, count).map(i => 7 + i / 128);

  test('a part ends at the first moment after its 15th label, and the next one begins there', () => {
    expect(spans(labelledAt(evenly(15)))).toEqual([[7, 8, 15]]);
    expect(spans(labelledAt(evenly(31)))).toEqual([
      [7, 7 + 15 / 128, 15],
      [7 + 15 / 128, 7 + 30 / 128, 15],
      [7 + 30 / 128, 8, 1],
    ]);
  });

  test('intents that were decided at the same moment are in the same part', () => {
    expect(spans(labelledAt([7, ...Array.from({ length: 60 }, () => 7.5)]))).toEqual([
      [7, 7.5, 15],
      [7.5, 8, 46],
    ]);
  });

  test('a late delta goes to the part that contains its moment, and a delta without a moment to the newest part of its hour', () => {
    const groups = labelledAt([...evenly(31), 9.5]);
    for (const moment of [7.01, 7 + 15 / 128]) count(groupOf(groups, { start: 7, end: 8 }, moment));
    const newest = groupOf(groups, { start: 7, end: 8 });
    expect(newest).toBe(groups[2]);
    // A read of the store may come when the hour is over.
    expect(groupOf(groups, { start: 7, end: 8 }, 9.6)).toBe(newest);
    expect(groups.map(visits)).toEqual([1, 1, 0, 0]);
  });

  test('an hour that arrived as one total is divided into parts only from the next moment on', () => {
    const groups: Group[] = [];
    groupOf(groups, { start: 7, end: 8 }).sums[LABELLED] = 3600;
    expect(spans(labelledAt([7.5, 7.75], groups))).toEqual([
      [7, 7.5, 3600],
      [7.5, 8, 2],
    ]);
  });

  test('after a change a part also ends when the time since the change has grown by a quarter, however few labels the part has', () => {
    const cut = 7;
    const moments = [7, 7.1, 7.12, 7.13, 7.17];
    expect(spans(labelledAt(moments, [], cut))).toEqual([
      [7, 7.1, 1],
      [7.1, 7.13, 2],
      [7.13, 7.17, 1],
      [7.17, 8, 1],
    ]);
    expect(spans(labelledAt(moments))).toEqual([[7, 8, 5]]);
  });

  test('adding a bucket for a day merges the parts of its hours into one group', () => {
    const groups = labelledAt(evenly(31));
    expect(groupOf(groups, { start: 0, end: 24 }).sums[LABELLED]).toBe(31);
    expect(groups).toHaveLength(1);
  });
});

test('whatever buckets of hours, days and weeks arrive in any order, one group contains each of them, and groups never overlap', () => {
  const anyBucket = fc.tuple(fc.nat(400), fc.constantFrom(1, 24, 168)).map(([hour, width]) => {
    const start = Math.floor(hour / width) * width;
    return { start, end: start + width };
  });
  fc.assert(
    fc.property(fc.array(anyBucket, { maxLength: 40 }), buckets => {
      const groups: Group[] = [];
      for (const bucket of buckets) count(groupOf(groups, bucket));
      expect(visitsOf(groups)).toBe(buckets.length);
      for (const [i, group] of groups.entries())
        expect(groups[i + 1]?.start ?? Infinity).toBeGreaterThanOrEqual(group.end);
      for (const { start, end } of buckets)
        expect(groups.filter(group => group.start <= start && end <= group.end)).toHaveLength(1);
    }),
  );
});

test('the age of a group is measured from the middle of its time span', () => {
  expect(middleOf({ start: 4, end: 8 })).toBe(6);
});

test('the parts of an hour have the age of the hour', () => {
  expect(middleOf({ start: 4, end: 4.25 })).toBe(4.5);
  expect(middleOf({ start: 4.25, end: 5 })).toBe(4.5);
});

describe('mergeOldGroups', () => {
  const merged = (buckets: Iterable<number>, halfLife: number, cut = Number.NEGATIVE_INFINITY): Group[] => {
    const groups = groupsOf(buckets);
    mergeOldGroups(groups, { halfLife, cut });
    return groups;
  };

  test('the newest 64 groups stay as they are, and older ones are merged to a width of 1/16 of the half-life', () => {
    const groups = merged(range(0, 192), 128);
    expect(groups.slice(-64).every(({ start, end }) => end - start === 1)).toBe(true);
    expect(groups.slice(0, -64).map(({ start, end }) => [start, end])).toEqual(
      range(0, 16).map(slot => [8 * slot, 8 * slot + 8]),
    );
    expect(groups[0]?.sums[0]).toBe(8);
  });

  test('groups that ended at least eight half-lives before the newest 64 groups are merged into one', () => {
    const groups = merged([...range(0, 40), ...range(40 + 8 * 16, 40 + 8 * 16 + 64)], 16);
    expect(groups.slice(0, -64).map(({ start, end }) => [start, end])).toEqual([[0, 40]]);
    const within = merged([...range(0, 40), ...range(39 + 8 * 16, 39 + 8 * 16 + 64)], 16);
    expect(within.slice(0, -64).map(({ start, end }) => [start, end])).toEqual([
      [0, 39],
      [39, 40],
    ]);
  });

  test('no group spans the last change point', () => {
    for (const cut of [3, 8, 77]) {
      for (const { start, end } of merged(range(0, 200), 128, cut)) expect(start < cut && end > cut).toBe(false);
    }
  });

  test('groups before a change point are merged separately from the groups after it', () => {
    expect(
      merged(range(0, 80), 128, 3)
        .slice(0, -64)
        .map(({ start, end }) => [start, end]),
    ).toEqual([
      [0, 3],
      [3, 8],
      [8, 16],
    ]);
  });

  test('law: merging loses no visit, leaves no overlapping groups, and changes nothing when repeated', () => {
    const buckets = fc.uniqueArray(fc.nat(2000), { minLength: 65, maxLength: 300 });
    fc.assert(
      fc.property(buckets, fc.constantFrom(8, 100, 700), fc.nat(2000), (given, halfLife, cut) => {
        const groups = merged(given, halfLife, cut);
        expect(visitsOf(groups)).toBe(given.length);
        groups.slice(1).forEach(({ start }, index) => expect(start).toBeGreaterThanOrEqual(groups[index]?.end ?? 0));
        const again = groups.map(group => ({ ...group, sums: group.sums.slice() }));
        mergeOldGroups(again, { halfLife, cut });
        expect(again).toEqual(groups);
      }),
    );
  });
});
