import { describe, expect, test } from 'vitest';
import type { FakeRequest, FakeTier } from '../../src/testing/fake-api.ts';
import { tokensWith } from '../../src/testing/fake-tokens.ts';
import type { UnreportedRule } from '../../src/testing/fake-charges.ts';
import { chargeFor } from '../../src/testing/fake-charges.ts';
import type { SentPart } from '../../src/testing/fake-sending.ts';
import type { LoggedRequest } from '../../src/testing/request-log.ts';

const TOKENS = tokensWith({ input: 100, cacheRead: 30, output: 40, webSearch: 1, reasoning: 8 });
/** A body of 41 characters: 11 tokens by the rule. */
const entry = { requestId: 'req_1', model: 'mini', text: 'x'.repeat(41) } as LoggedRequest;
const price = { input: '1', output: '2', webSearch: '10' };
const model = { price, tierPrices: { flex: { input: '0.5', output: '1' } } };

function charge(sent: SentPart, rule: UnreportedRule = 'by-characters', tier: FakeTier = 'standard') {
  const request = { tier, model: 'mini' } as FakeRequest;
  return chargeFor({ entry, model, models: new Map(), request, plan: { tokens: TOKENS, finish: 'stop' }, sent }, rule);
}
const quantities = (sent: SentPart, rule: UnreportedRule) =>
  charge(sent, rule)?.lines.map(({ meter, quantity }) => [meter, quantity]);

describe('a reply whose usage reached the client', () => {
  const whole: SentPart = { reports: 'usage', chars: 160, ofChars: 160 };

  test('every token is charged, whatever the rule for unreported usage', () => {
    for (const rule of ['by-characters', 'actual', 'nothing'] as const) {
      expect(charge(whole, rule)).toMatchObject({ reported: true, tier: 'standard', costNanoUsd: 10_210_000n });
    }
  });

  test('a service tier with its own price is charged at that price, any other tier as standard', () => {
    expect(charge(whole, 'by-characters', 'flex')).toMatchObject({ tier: 'flex', costNanoUsd: 105_000n });
    expect(charge(whole, 'by-characters', 'priority')).toMatchObject({ tier: 'standard', costNanoUsd: 10_210_000n });
  });
});

describe('a reply that broke off before its usage', () => {
  const half: SentPart = { reports: 'nothing', chars: 81, ofChars: 160 };
  const afterInput: SentPart = { ...half, reports: 'input' };

  test.each([
    [
      'by-characters',
      half,
      [
        ['input', 11],
        ['output', 21],
      ],
    ],
    [
      'by-characters',
      afterInput,
      [
        ['input', 100],
        ['cacheRead', 30],
        ['output', 21],
      ],
    ],
    [
      'actual',
      half,
      [
        ['input', 100],
        ['cacheRead', 30],
        ['output', 20],
      ],
    ],
  ] as const)(
    'the rule %s charges a broken reply for its input and for the output that was sent (case %#)',
    (rule, sent, expected) => {
      expect(quantities(sent, rule)).toEqual(expected);
      expect(charge(sent, rule)?.reported).toBe(false);
    },
  );

  test('the rule `nothing` does not charge a broken reply', () => {
    expect(charge(half, 'nothing')).toBeUndefined();
  });
});
