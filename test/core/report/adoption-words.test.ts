import { expect, test } from 'vitest';
import { adoptionNotes } from '../../../src/core/report/adoption-words.ts';

const routed = [
  { plan: 'mini', share: 0.375 },
  { plan: 'mini>premium', share: 0 },
  { plan: 'premium', share: 0.625 },
];
const about = { observes: undefined, holdout: undefined, isPinned: false, canHoldOut: true, routed };
const ALONE = 'The policy alone would choose premium in 62.5 %; mini in 37.5 %.';

test('a note says which model answers an observed feature, and what the policy alone would choose', () => {
  expect(adoptionNotes({ ...about, observes: 'premium' })).toEqual([
    `The feature is only observed: premium answers every intent. ${ALONE}`,
  ]);
});

test('a note about an observed feature says only which model answers it, if the policy states no shares', () => {
  const unstated = routed.map(({ plan }) => ({ plan, share: 0 }));
  expect(adoptionNotes({ ...about, observes: 'premium', routed: unstated })).toEqual([
    'The feature is only observed: premium answers every intent.',
  ]);
});

test('a note states the fraction that is held out, and what the policy alone would choose, unless the holdout waits or a pin decides', () => {
  const holdout = { model: 'premium', fraction: 0.9 };
  expect(adoptionNotes({ ...about, holdout })).toEqual([
    `90.0 % of the intents go to premium as a baseline (holdout). ${ALONE}`,
  ]);
  expect(adoptionNotes({ ...about, holdout, canHoldOut: false })).toEqual([
    'The holdout of 90.0 % waits: premium cannot be chosen now.',
  ]);
  expect(adoptionNotes({ ...about, holdout, isPinned: true })[0]).toMatch(
    /^Of the intents that the pin does not serve/,
  );
});

test('a feature that is routed without a holdout has no note', () => {
  expect(adoptionNotes(about)).toEqual([]);
  expect(adoptionNotes({ ...about, holdout: { model: 'premium', fraction: 0 } })).toEqual([]);
});
