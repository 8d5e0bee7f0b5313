import { expect, test } from 'vitest';
import { knownPlans } from '../../../src/core/report/known-plans.ts';
import { cellsOf, FAILURE, many, SUCCESS } from '../support/cells.ts';
import { AT_MS } from '../support/intents.ts';

const HOUR_MS = 3_600_000;

test('the predicted outcomes of a year follow from the rate of outcomes over the ledger’s hours', () => {
  const cells = cellsOf(
    many(30, { evidence: [SUCCESS] }),
    many(20, { plan: ['premium'], evidence: [FAILURE], hour: 39 }),
    many(7, {}),
  );
  const known = knownPlans(cells, {}, AT_MS + 50 * HOUR_MS);
  expect(known?.outcomesPerYear).toBeCloseTo((50 / 40) * 24 * 365, 9);
  expect(known?.sums.get('premium')).toMatchObject({ n: 20n, labelled: 20n });
});

test('a ledger of less than 24 hours does not predict the outcomes of a year', () => {
  for (const [hour, isKnown] of [
    [0, false],
    [22, false],
    [23, true],
  ] as const) {
    const cells = cellsOf(many(3, { evidence: [SUCCESS] }), many(2, { evidence: [FAILURE], hour }));
    const known = knownPlans(cells, {}, AT_MS + 50 * HOUR_MS);
    expect(known?.sums.get('mini')?.labelled).toBe(5n);
    expect(known?.outcomesPerYear !== undefined).toBe(isKnown);
  }
});

test('intents whose silence window has not ended are not counted', () => {
  const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(20, { evidence: [FAILURE], hour: 9 }));
  const known = knownPlans(cells, { silence: { afterMs: 2 * HOUR_MS } }, AT_MS + 10 * HOUR_MS);
  expect(known?.sums.get('mini')?.labelled).toBe(30n);
});

test('no plans are known before the first outcome', () => {
  expect(knownPlans(cellsOf(many(30, {})), {}, AT_MS)).toBeUndefined();
  expect(knownPlans([], {}, AT_MS)).toBeUndefined();
});

test('a last change that the caller gives is not searched for', () => {
  const cells = cellsOf(many(30, { evidence: [SUCCESS] }), many(20, { evidence: [SUCCESS], hour: 39 }));
  const labelled = (change?: { readonly atMs: number | undefined }): unknown =>
    knownPlans(cells, { change }, AT_MS + 50 * HOUR_MS)?.sinceChange.get('mini')?.labelled;
  expect(labelled()).toBe(50n);
  expect(labelled({ atMs: undefined })).toBe(50n);
  expect(labelled({ atMs: AT_MS + 20 * HOUR_MS })).toBe(20n);
});
