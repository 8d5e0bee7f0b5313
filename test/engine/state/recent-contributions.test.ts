import { expect, test } from 'vitest';
import { contribution } from '../../../src/core/cells/contribution.ts';
import { recentContributions } from '../../../src/engine/state/recent-contributions.ts';
import { made } from '../../core/support/cells.ts';

test('an intent’s contribution is computed once while few other intents come between', () => {
  const contributed = recentContributions();
  const intent = made({});
  const first = contributed(intent);
  expect(first).toEqual(contribution(intent));
  expect(contributed(intent)).toBe(first);
  for (let others = 0; others < 2_000; others++) contributed(made({}));
  const again = contributed(intent);
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});
