import { expect, test } from 'vitest';
import { parseAuditWord, parseQuestion } from '../../src/dashboard/questions.ts';

test('a question is taken as it is meant', () => {
  const question = { feature: 'f', segment: '', failureCostUsd: 4, minSuccessRate: 0.9 };
  expect(parseQuestion(question)).toEqual(question);
  expect(parseAuditWord({ intentId: 'a', success: null })).toEqual({ intentId: 'a', success: null });
});

test.each([
  null,
  [],
  {},
  { feature: 'f' },
  { feature: 'f', segment: '', failureCostUsd: -1 },
  { feature: 'f', segment: '', failureCostUsd: Number.NaN },
  { feature: 'f', segment: '', minSuccessRate: 2 },
  { feature: 'f', segment: '', delete: true },
])('anything else is refused: %j', body => {
  expect(() => parseQuestion(body)).toThrow(expect.objectContaining({ code: 'invalid-value' }));
});

test('a label is yes, no or withdrawn', () => {
  for (const success of ['yes', 1, undefined]) {
    expect(() => parseAuditWord({ intentId: 'a', success })).toThrow(
      expect.objectContaining({ code: 'invalid-value' }),
    );
  }
});
