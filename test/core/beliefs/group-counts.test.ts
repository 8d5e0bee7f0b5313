import { expect, test } from 'vitest';
import type { Group } from '../../../src/core/beliefs/bucket-groups.ts';
import { changeIn, noCounts, setAccepted, setRejected } from '../../../src/core/beliefs/group-counts.ts';
import { setFloats, zeroSums } from '../../../src/core/beliefs/routing-sums.ts';
import type { RoundedSums } from '../../../src/core/cells/cell.ts';

const group = (hour: number, sums: RoundedSums): Group => {
  const floats = zeroSums();
  setFloats(floats, sums);
  return { start: hour, end: hour + 1, latest: hour, sums: floats };
};
/** 20 outcomes an hour: 18 successes until hour 6, then 2. */
const collapsed = Array.from({ length: 12 }, (_, hour) =>
  group(hour, { n: 20n, labelled: 20n, successes: hour < 6 ? 18n : 2n, rejected: hour < 9 ? 1n : 19n }),
);

test('the search finds a change in the requested rate, and returns the first group after the change', () => {
  expect(changeIn(collapsed, { first: 0, end: 12, counts: noCounts(), set: setAccepted })).toBe(6);
  expect(changeIn(collapsed, { first: 0, end: 12, counts: noCounts(), set: setRejected })).toBe(9);
  expect(changeIn(collapsed.slice(0, 6), { first: 0, end: 6, counts: noCounts(), set: setAccepted })).toBe(-1);
});

test('the counts of one search are reused by the next search, whatever its first group is', () => {
  const counts = noCounts();
  const find = (first: number, end: number): number => changeIn(collapsed, { first, end, counts, set: setAccepted });
  expect(find(3, 6)).toBe(-1);
  expect(find(4, 12)).toBe(6);
  expect(find(0, 12)).toBe(6);
  expect(find(6, 12)).toBe(-1);
  expect([counts.from, counts.to]).toEqual([6, 12]);
});

test('after a group has changed, the next search counts again from that group on', () => {
  const counts = noCounts();
  const groups = [...collapsed];
  const find = (): number => changeIn(groups, { first: 0, end: groups.length, counts, set: setAccepted });
  expect(find()).toBe(6);
  for (let hour = 6; hour < 12; hour++) groups[hour] = group(hour, { n: 20n, labelled: 20n, successes: 18n });
  counts.to = 6;
  expect(find()).toBe(-1);
});

test('rejected replies count neither as labels nor as successes, and successes never exceed the labels', () => {
  const counts = noCounts();
  const floats = group(0, { labelled: 10n, successes: 9n, labelledRejected: 4n, successesRejected: 1n }).sums;
  setAccepted(floats, counts, 0);
  expect([counts.trials[0], counts.hits[0]]).toEqual([6, 6]);
  setAccepted(group(1, { labelled: -2n, successes: 1n }).sums, counts, 1);
  expect([counts.trials[1], counts.hits[1]]).toEqual([0, 0]);
});
