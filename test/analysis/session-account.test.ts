import { expect, test } from 'vitest';
import { sessionAccount } from '../../src/analysis/session-account.ts';
import type { Intent } from '../../src/core/ledger/records.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { attempt, AT_MS, intentOf } from '../core/support/intents.ts';

const price = resolvePrice({ provider: 'openai', model: 'gpt-5' });
const PRICES = { priceOf: () => price, cacheOf: () => ({ ttlMs: 300_000, minTokens: 1024 }) };
const usage = { input: 2000, output: 10 };

function intent(id: string, afterMs: number, parts: Parameters<typeof intentOf>[1]): Intent {
  const { decided, ...rest } = intentOf(['mini', 'premium'], parts);
  return { ...rest, id, decided: { ...decided, intentId: id, atMs: AT_MS + afterMs } };
}

const at = (afterMs: number, requestId: string) => ({ usage, startedAtMs: AT_MS + afterMs, requestId });

const ACCOUNT = sessionAccount(
  's1',
  [
    intent('second', 60_000, {
      attempts: [attempt('mini', 300, at(60_000, 'r3'))],
      evidence: [{ source: 'explicit', success: false, costNanoUsd: 2_500_000_000 }],
    }),
    intent('first', 0, {
      attempts: [
        attempt('mini', 100, at(0, 'r1')),
        attempt('mini>premium', 1000, at(2000, 'r1')),
        attempt('mini>premium', 20, { ...at(3000, 'r1'), kind: 'judge' }),
        attempt('mini>premium', 1000, at(9000, 'r2')),
      ],
      evidence: [{ source: 'explicit', success: true }],
    }),
  ],
  PRICES,
);

test('the cost of a session includes all attempts, judges too, and its failures, at a recorded cost before the configured one', () => {
  expect(ACCOUNT).toMatchObject({
    spendUsd: '0.00000242',
    failureUsd: '2.5',
    totalUsd: '2.50000242',
    successes: 1,
    failures: 1,
  });
});

test('the intents of a session are in the order of their decisions, each with the models that answered', () => {
  expect(ACCOUNT.steps).toMatchObject([
    { intentId: 'first', models: ['mini', 'premium'], requests: 2, outcome: 'success', spendUsd: '0.00000212' },
    { intentId: 'second', models: ['mini'], requests: 1, outcome: 'failure', failureUsd: '2.5' },
  ]);
});

test('a change of the model counts within an intent and between two intents, and a judge is not a change', () => {
  expect(ACCOUNT).toMatchObject({ intents: 2, requests: 3, switches: 2 });
});

test('the models are listed in order of their cost', () => {
  expect(ACCOUNT.models).toEqual([
    { model: 'premium', attempts: 3, spendUsd: '0.00000202' },
    { model: 'mini', attempts: 2, spendUsd: '0.0000004' },
  ]);
});

test('a session lasts from the first decision to the end of the last attempt', () => {
  expect([ACCOUNT.fromMs, ACCOUNT.toMs]).toEqual([AT_MS, AT_MS + 60_100]);
});

test('a session whose intents have no attempt yet costs nothing', () => {
  const account = sessionAccount('s1', [intent('only', 0, {})], PRICES);
  expect(account).toMatchObject({ spendUsd: '0', totalUsd: '0', switches: 0, fromMs: AT_MS, toMs: AT_MS });
});

test('a session may contain all intents of an application that gives each of them the same session name', () => {
  const many = Array.from({ length: 150_000 }, (_, i) => attempt('mini', 1, at(i, `r${i}`)));
  const { decided, ...rest } = intentOf(['mini'], {});
  const account = sessionAccount('default', [{ ...rest, decided, attempts: many }], PRICES);
  expect(account).toMatchObject({ spendUsd: '0.00015', requests: 150_000, toMs: AT_MS + 149_999 + 100 });
});
