import { expect, test } from 'vitest';
import { thompson } from '../../../src/policies/thompson.ts';
import { checkObjective, checkPolicy, checkPrior } from '../../../src/replay/common/replay-arguments.ts';
import { refusal } from '../../support/refusal.ts';

test('a policy is accepted, and a value without decide() is not', () => {
  expect(() => checkPolicy(thompson(), 'policy')).not.toThrow();
  for (const value of [undefined, null, 'thompson', thompson, { policy: thompson() }])
    expect(refusal(() => checkPolicy(value, 'policy')).path).toBe('policy');
});

test('a misspelled objective gets a suggestion', () => {
  expect(refusal(() => checkObjective('cost-per-sucess', 'objective')).message).toContain('"cost-per-success"?');
});

test('a prior is evidence, or a success rate with its strength by model', () => {
  for (const prior of [{ of: () => [] }, {}, { mini: { success: 1 } }, { mini: { success: 0, strength: 3 } }])
    expect(() => checkPrior(prior, 'prior')).not.toThrow();
  expect(refusal(() => checkPrior({ mini: { success: 1.1 } }, 'prior')).path).toBe('prior["mini"].success');
  expect(refusal(() => checkPrior({ mini: { success: 1, strength: 0 } }, 'prior')).path).toBe('prior["mini"].strength');
  for (const value of [null, 5, 'coding', []]) expect(refusal(() => checkPrior(value, 'prior')).path).toBe('prior');
});
