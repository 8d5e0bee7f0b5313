import { expect, test } from 'vitest';
import { RouterError } from '../../../src/errors.ts';
import { renamed, namedPolicy, POLICY_NAMES } from '../../../src/replay/common/named-policies.ts';
import { refusal } from '../../support/refusal.ts';

const plans = [['mini'], ['mini', 'premium'], ['premium']];

test('every known name creates the policy of that name', () => {
  for (const name of [...POLICY_NAMES, 'always:premium', 'always:mini>premium']) {
    expect(namedPolicy(name, plans).policy.name).toBe(name);
  }
});

test.each([
  ['thomson', 'thompson'],
  ['epsilon_greedy', 'epsilon-greedy'],
  ['always:premum', 'always:premium'],
])('the error for the misspelled name %s suggests %s and lists every accepted name', (typo, meant) => {
  const error = (() => {
    try {
      return namedPolicy(typo, plans);
    } catch (thrown) {
      return thrown;
    }
  })();
  if (!RouterError.isInstance(error)) throw new Error('no RouterError');
  expect(error.code).toBe('invalid-name');
  expect(error.message).toContain(`"${meant}"?`);
  expect(error.accepted).toContain('always:mini>premium');
});

test('an unrelated name gets no suggestion, and `toString` is not a policy', () => {
  expect(() => namedPolicy('zzzzzzzzzz', plans)).toThrow('no policy is named "zzzzzzzzzz" ');
  expect(() => namedPolicy('toString', plans)).toThrow('no policy is named');
});

test('a renamed policy decides as before', () => {
  const { policy } = namedPolicy('always:premium', plans);
  expect(renamed('mine', policy).name).toBe('mine');
  expect(renamed('mine', policy).decide).toBe(policy.decide);
});

test('a misspelled policy is refused with the nearest one when no plans are given', () => {
  const { path, message } = refusal(() => namedPolicy('thomson'));
  expect(path).toBe('--policy');
  expect(message).toContain('did you mean "thompson"?');
});
