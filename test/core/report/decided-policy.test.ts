import { expect, test } from 'vitest';
import { isLearningPolicy, policyNotes } from '../../../src/core/report/decided-policy.ts';

test('a ledger whose only policy learns needs no note', () => {
  expect(policyNotes([{ name: 'thompson', decisions: 50 }])).toEqual([]);
  expect(policyNotes()).toEqual([]);
  expect([isLearningPolicy('contextual'), isLearningPolicy('fixed')]).toEqual([true, false]);
});

test('a report of a ledger says from which decisions it infers the plans of new intents', () => {
  expect(policyNotes([{ name: 'fixed', decisions: 50 }])).toEqual([
    'A ledger does not name the policy of the next intents: it is assumed that they get the plans as in the latest 50 decisions (all by the policy fixed).',
  ]);
  expect(
    policyNotes([
      { name: 'thompson', decisions: 27 },
      { name: 'fixed', decisions: 23 },
    ]),
  ).toEqual([
    'A ledger does not name the policy of the next intents: it is assumed that they get the plans as in the latest 50 decisions (27 by the policy thompson, 23 by the policy fixed).',
  ]);
});
