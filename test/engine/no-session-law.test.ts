/** The law of intents without a session: knowledge about sessions changes nothing in their decisions, not even a bit. */
import { afterEach, expect, test } from 'vitest';
import { thompson } from '../../src/policies/thompson.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { closeAll, routed } from '../support/routed.ts';
import type { Answer } from '../support/scripted-server.ts';
import { chat } from '../support/scripted-server.ts';

afterEach(closeAll);

const INTENTS = 48;

/**
 * Prompts of a conversation: every second one is read from the cache, so that the cost of a prompt does not predict that of the next one.
 */
const answers: readonly Answer[] = Array.from({ length: INTENTS }, (_, i) =>
  chat('hi', {
    prompt_tokens: 8000 + 40 * i,
    completion_tokens: 10 + (i % 7),
    prompt_tokens_details: { cached_tokens: i % 4 < 2 ? 7000 : 0 },
  }),
);

/** Every other intent is of a session, and pinned to one model after the other; the rest are the policy's. */
async function decided(sessionCosts: boolean, named: (i: number) => { readonly session?: string } = () => ({})) {
  const feature = { policy: thompson(), sessionCosts, failureCostUsd: 0.05 };
  const { router, ask, ledger } = await routed(answers, feature, { runtime: testRuntime({ seed: 'law' }) });
  const support = router.feature('support');
  for (let i = 0; i < INTENTS; i++) {
    const isOfSession = i % 2 === 0;
    await support.pin(isOfSession ? (i % 4 === 0 ? 'mini' : 'premium') : undefined);
    const intent = support.intent(isOfSession ? { session: `s${i % 6}` } : named(i));
    await ask(intent.model, { messages: [{ role: 'user', content: 'x'.repeat(32_000) }] });
    await intent.outcome({ success: i % 5 > 0 });
  }
  const records = await ledger();
  const decisions = records.flatMap(record => (record.kind === 'decided' ? [record.decision] : []));
  const prefixes = records.flatMap(record => (record.kind === 'attempted' ? (record.attempt.prefixNanoUsd ?? []) : []));
  return { own: decisions.filter(({ policy }) => policy !== 'forced'), prefixes: prefixes.length };
}

test('law: intents without a session are decided exactly as in a feature that does not count session costs', async () => {
  const counted = await decided(true);
  const uncounted = await decided(false);
  expect(counted.own).toEqual(uncounted.own);
  expect([counted.own.length, counted.prefixes, uncounted.prefixes]).toEqual([INTENTS / 2, INTENTS / 2, 0]);
  expect(new Set(counted.own.map(({ propensity }) => propensity)).size).toBeGreaterThan(INTENTS / 8);
});

test('law: an intent that names its session is decided by that session, unless its feature does not count session costs', async () => {
  const named = (i: number) => ({ session: `t${i % 3}` });
  const without = await decided(false);
  expect((await decided(false, named)).own).toEqual(without.own);
  expect((await decided(true, named)).own).not.toEqual(without.own);
});
