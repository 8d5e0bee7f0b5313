import { expect, test } from 'vitest';
import { contribution } from '../../../src/core/cells/contribution.ts';
import { recentContributions } from '../../../src/engine/state/recent-contributions.ts';
import { made } from '../../core/support/cells.ts';

test('an intent’s contribution is computed once, until 1,024 other intents have come between', () => {
  const contributed = recentContributions();
  const intent = made({});
  const first = contributed(intent);
  expect(first).toEqual(contribution(intent));
  expect(contributed(intent)).toBe(first);
  for (let others = 0; others < 1_023; others++) contributed(made({}));
  expect(contributed(intent)).toBe(first);
  contributed(made({}));
  const again = contributed(intent);
  expect(again).not.toBe(first);
  expect(again).toEqual(first);
});
