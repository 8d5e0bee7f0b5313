import { expect, test } from 'vitest';
import { thompson } from '../../../src/policies/thompson.ts';
import { checkObjective, checkPolicy } from '../../../src/replay/common/replay-arguments.ts';
import { refusal } from '../../support/refusal.ts';

test('a policy is accepted, and what has no decide() is not', () => {
  expect(() => checkPolicy(thompson(), 'policy')).not.toThrow();
  for (const value of [undefined, null, 'thompson', thompson, { policy: thompson() }])
    expect(refusal(() => checkPolicy(value, 'policy')).path).toBe('policy');
});

test('a misspelt objective gets a suggestion', () => {
  expect(refusal(() => checkObjective('cost-per-sucess', 'objective')).message).toContain('"cost-per-success"?');
});
