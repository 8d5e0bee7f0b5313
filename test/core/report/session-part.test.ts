import { expect, test } from 'vitest';
import { sessionPart } from '../../../src/core/report/session-part.ts';

test('the session figures of a feature cover the intents whose prefix was known', () => {
  const sums = { n: 9n, withPrefix: 4n, prefixCost: 1_500_000_000n, prefixTokens: 20_000n };
  expect(sessionPart(sums, true)).toEqual({
    sessions: { intents: 4, prefixUsd: '1.5', meanPrefixTokens: 5000, isStandard: true },
  });
  expect(sessionPart({ ...sums, expectedTokens: 100n, readTokens: 90n }, false).sessions).toMatchObject({
    readFraction: 0.9,
    isStandard: false,
  });
});

test('a feature without intents of known prefix has no session figures', () => {
  expect(sessionPart({ n: 9n }, false)).toEqual({});
});
