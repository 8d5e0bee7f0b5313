import { expect, test } from 'vitest';
import type { Cell } from '../../../src/core/cells/cell.ts';
import { featureFeeds, partOf } from '../../../src/engine/state/feature-feeds.ts';

const CELL: Cell = {
  key: { scope: 'node', feature: 'f', segment: '', subject: 'mini', version: '', bucket: 1 },
  sums: { n: 2n, requests: 3n },
};

test('a feature whose cells only routing reads keeps only the sums that routing uses', () => {
  const feedOf = featureFeeds({}, feature => (feature === 'observed' ? 'later' : undefined));
  expect(partOf(feedOf('observed'), [CELL])).toEqual([CELL]);
  expect(partOf(feedOf('other'), [CELL])).toEqual([{ ...CELL, sums: { n: 2n } }]);
  expect(feedOf('other')).toBe(feedOf('other'));
});

test('a private store is read completely, because it keeps no packed cells', () => {
  expect(featureFeeds({ isPrivate: true }, () => undefined)('f').needsAll).toBe('first');
});
