import { expect, test } from 'vitest';
import type { SessionAccount } from '../../../src/analysis/session-account.ts';
import { renderSession, renderSessions } from '../../../src/cli/text/session-text.ts';

const ACCOUNT: SessionAccount = {
  session: 'chat-1',
  features: ['support.reply'],
  fromMs: 0,
  toMs: 60_000,
  intents: 1,
  requests: 2,
  successes: 1,
  failures: 0,
  totalUsd: '0.5',
  spendUsd: '0.5',
  failureUsd: '0',
  models: [{ model: 'premium', attempts: 2, spendUsd: '0.5' }],
  switches: 1,
  cache: {
    requests: 2,
    withoutPrice: 0,
    promptTokens: 40_000,
    readTokens: 10_000,
    savedUsd: '0.02',
    rereadUsd: { switched: '0.3', expired: '0', missed: '0.01' },
    rereadTokens: { switched: 9000, expired: 0, missed: 300 },
  },
  steps: [
    {
      intentId: 'i1',
      feature: 'support.reply',
      decidedAtMs: 0,
      plan: 'mini>premium',
      models: ['mini', 'premium'],
      requests: 2,
      outcome: 'success',
      spendUsd: '0.5',
      failureUsd: '0',
    },
  ],
};

test('a session shows its cost, the savings of its caches, and the cost of a change of the model', () => {
  const text = renderSession(ACCOUNT);
  expect(text).toContain('chat-1: 1 intent in 2 requests, 1 success, 0 failures; the model changed 1 time.');
  expect(text).toContain('Total cost $0.50 = model spend $0.50 + failure cost $0.00 (premium $0.50).');
  expect(text).toContain('25.0 % of 40,000 prompt tokens were read from one, which saved $0.020');
  expect(text).toContain('$0.30 after a change of the model, $0.00 after a pause');
  expect(text).toMatch(/mini, then premium if needed +│ mini, premium/);
});

test('requests without a known price are reported; if there are no others, nothing is printed about caches', () => {
  const cache = { ...ACCOUNT.cache, requests: 0, withoutPrice: 2, promptTokens: 0, readTokens: 0 };
  const text = renderSession({ ...ACCOUNT, models: [], cache });
  expect(text).toContain('2 requests of models without a known price are in no amount of caches.');
  expect(text).not.toContain('Prompt caches');
});

test('for a ledger without sessions, the text says how to start them', () => {
  const { session: _, steps, features, fromMs, toMs, requests, successes, failures, models, ...sums } = ACCOUNT;
  const perSessionUsd = { value: 0.5, low: 0.4, high: 0.6 };
  const report = { ...sums, sessions: 1, perSessionUsd, mostExpensive: [ACCOUNT] };
  expect(renderSessions({ ...report, sessions: 0 }, false)).toContain('intent({ session })');
  const text = renderSessions(report, false);
  expect(text).toContain('1 session with 1 intent; the model changed 1 time.');
  expect(text).toContain('$0.50 (0.40–0.60) per session.');
  expect(text).toMatch(/chat-1 +│ +1 │/);
});
