/**
 * Long conversations with two models: by the bill, the one that is rarely tried looks expensive, because it finds no cache. Which one is
 * cheaper is known from serving every conversation with it.
 */
import { expect, test } from 'vitest';
import { ledgerView } from '../../src/dashboard/ledger-view.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { randomMix } from '../../src/policies/random-mix.ts';
import type { FakeTask } from '../../src/public/testing.ts';
import { startFakeProvider, testRuntime } from '../../src/public/testing.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';

const SESSIONS = 20;
const INTENTS = 20;

// At list prices, because a ledger without the configuration knows only those: Haiku costs a third of Sonnet.
const MODELS = { haiku: 'claude-haiku-4-5', sonnet: 'claude-sonnet-4-5' } as const;
const PER_MILLION = {
  haiku: { input: '1', cacheRead: '0.1', cacheWrite5m: '1.25', cacheWrite1h: '2', output: '5' },
  sonnet: { input: '3', cacheRead: '0.3', cacheWrite5m: '3.75', cacheWrite1h: '6', output: '15' },
} as const;

async function conversations(policy: Policy) {
  const runtime = testRuntime({ seed: 'long conversations' });
  const held = new Map<string, { tokens: number; atMs: number }>();
  const model = (name: keyof typeof MODELS) => ({
    price: PER_MILLION[name],
    tokens({ request }: FakeTask) {
      const text = JSON.stringify(request);
      const key = `${name} ${/\[of (\w+)\]/.exec(text)?.[1] ?? ''}`;
      const [before, tokens] = [held.get(key), Math.ceil(text.length / 4)];
      held.set(key, { tokens, atMs: runtime.nowMs() });
      const isAlive = before !== undefined && runtime.nowMs() - before.atMs < 300_000;
      const cacheRead = isAlive ? Math.min(before.tokens, tokens) : 0;
      return { input: 0, cacheRead, cacheWrite5m: tokens - cacheRead, output: 200 };
    },
  });
  const fake = await startFakeProvider({
    runtime,
    models: { [MODELS.haiku]: model('haiku'), [MODELS.sonnet]: model('sonnet') },
  });
  const store = memory();
  const router = createRouterOn(runtime, {
    models: {
      haiku: { provider: 'anthropic', model: MODELS.haiku },
      sonnet: { provider: 'anthropic', model: MODELS.sonnet },
    },
    features: { f: { candidates: ['haiku', 'sonnet'], failureCostUsd: 0.02, policy } },
    store,
  });
  for (let session = 0; session < SESSIONS; session++) {
    let chars = 120_000;
    for (let index = 0; index < INTENTS; index++) {
      runtime.advance(20_000);
      const intent = router.feature('f').intent({ session: `s${session}` });
      chars += 2000;
      const response = await router.fetch(`${fake.anthropicBaseURL}/v1/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
        body: JSON.stringify({
          model: intent.model,
          max_tokens: 300,
          messages: [
            {
              role: 'user',
              content: [
                { type: 'text', text: `[of s${session}] ${'x'.repeat(chars)}`, cache_control: { type: 'ephemeral' } },
              ],
            },
          ],
        }),
      });
      expect(response.status).toBe(200);
      await response.text();
      await intent.outcome({ success: true });
    }
  }
  const report = await router.report();
  const explained = await router.explain('f');
  const view = ledgerView({ store, nowMs: () => runtime.nowMs(), elapsedMs: () => 0 });
  const { explanations } = await view.feature('f');
  const billedUsd = Number(fake.bill().totalNanoUsd) / 1e9 / (SESSIONS * INTENTS);
  await router.close();
  await fake.close();
  return { reported: report.features[0], explained, ofLedger: explanations[0], billedUsd };
}

test('in long conversations a report, explain and the ledger alone name the model that is cheaper when it serves them all', async () => {
  const haiku = await conversations(fixed('haiku'));
  const sonnet = await conversations(fixed('sonnet'));
  expect(haiku.billedUsd).toBeLessThan(0.5 * sonnet.billedUsd);

  const { reported, explained, ofLedger } = await conversations(randomMix({ haiku: 0.1, sonnet: 0.9 }));
  const [tried, usual] = reported?.plans ?? [];
  expect(tried?.spendUsd.value).toBeGreaterThan(usual?.spendUsd.value ?? Number.POSITIVE_INFINITY);
  expect((tried?.standardSpendUsd?.value ?? 0) / haiku.billedUsd).toBeCloseTo(1, 2);
  expect((usual?.standardSpendUsd?.value ?? 0) / sonnet.billedUsd).toBeCloseTo(1, 2);

  for (const decision of [reported?.decision, explained.decision, ofLedger?.decision]) {
    expect(decision?.sentence).toBe(reported?.decision?.sentence);
    expect(decision?.preferred.plan).toBe('haiku');
    expect(decision?.sentence).toContain('model spend here is what each plan would cost if it served whole sessions');
  }
  for (const { plans, notes } of [explained, ofLedger ?? explained]) {
    expect(plans[0]?.reason).toMatch(/^the lowest expected cost/);
    // What is believed keeps a little of the prior.
    expect(Math.abs((plans[0]?.spendUsd.value ?? 0) / haiku.billedUsd - 1)).toBeLessThan(0.1);
    expect(notes.join(' ')).toContain('if it served whole sessions');
  }
});
