import { expect, test } from 'vitest';
import { archiveExistsError, forgottenBefore, intentRemovedError, recordsLeft } from '../../src/contracts/archiving.ts';
import { RouterError } from '../../src/errors.ts';

test('the error of a removed intent names it, and says where its records are and what to do', () => {
  expect(intentRemovedError('order-7', true).message).toMatch(/"order-7" are in the archive.*another id.*--archive/);
  expect(intentRemovedError('order-7', false).message).toMatch(/"order-7" were pruned.*another id/);
  expect(archiveExistsError().message).toContain('outcome-router archive');
});

test('ids are remembered for a year after their intents could be removed, and without limit where no time was given', () => {
  expect(forgottenBefore(Date.UTC(2026, 0, 1))).toBe(Date.UTC(2025, 0, 1));
  expect(forgottenBefore(Infinity)).toBe(-Infinity);
});

test('a removed intent has no records left, and any other loading error is passed on', async () => {
  const source = (thrown: Error) => ({ load: () => Promise.reject(thrown) });
  expect(await recordsLeft(source(intentRemovedError('a', true)), 'a')).toEqual([]);
  const lost = new RouterError('store-unusable', 'no connection');
  await expect(recordsLeft(source(lost), 'a')).rejects.toBe(lost);
});
