import { expect, test } from 'vitest';
import { HOW_TO_RECORD, neverLabelled, unknownOf } from '../../../src/core/report/recording-words.ts';
import { cellsOf, FAILURE, many } from '../support/cells.ts';

const none = cellsOf(many(7, {}), many(5, { plan: ['premium'] }));
const some = cellsOf(many(7, {}), many(1, { plan: ['premium'], evidence: [FAILURE] }));

test('intents count as never labelled only while no plan has any outcome, success or failure', () => {
  expect(neverLabelled(none)).toBe(12);
  expect(neverLabelled(some)).toBe(0);
  expect(neverLabelled([])).toBe(0);
});

test('the note says how to record outcomes, but not where silence counts as one', () => {
  const { isUnknown, notes } = unknownOf(none, {});
  expect(isUnknown).toBe(true);
  expect(notes).toEqual([`No outcome has ever been recorded: what follows is the prior. ${HOW_TO_RECORD}`]);
  const silent = unknownOf(none, { silence: { afterMs: 1 } });
  expect(silent.notes).toEqual([
    'No outcome has ever been recorded: what follows is the prior. The silence window of no intent has ended yet.',
  ]);
});

test('a configured prior distinguishes the plans, and once an outcome is recorded there is no note', () => {
  expect(unknownOf(none, { hasPrior: true })).toMatchObject({
    isUnknown: false,
    notes: [expect.stringMatching(/^No/u)],
  });
  expect(unknownOf(some, {})).toEqual({ isUnknown: false, notes: [] });
  expect(unknownOf([], {})).toEqual({ isUnknown: false, notes: [] });
});
