/** The standard cost of a plan that serves every conversation equals its billed cost, however many characters its texts have per token. */
import { expect, test } from 'vitest';
import { toUsd } from '../../src/core/ledger/money.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeTask } from '../../src/public/testing.ts';
import { startFakeProvider, testRuntime } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';

const TTL_MS = 300_000;
const OUTPUT = 200;
const SESSIONS = 4;

async function standardOverBilled(
  charsPerToken: number,
  { intents, requests }: { readonly intents: number; readonly requests: number },
) {
  const runtime = testRuntime({ seed: 'density' });
  const held = new Map<string, { tokens: number; atMs: number }>();
  const fake = await startFakeProvider({
    runtime,
    models: {
      'mini-1': {
        price: { input: '1', cacheRead: '0.1', output: '5' },
        tokens({ request }: FakeTask) {
          const text = JSON.stringify(request);
          const [, session = ''] = /\[of (\w+)\]/.exec(text) ?? [];
          const [before, tokens] = [held.get(session), Math.ceil(text.length / charsPerToken)];
          const isAlive = before !== undefined && runtime.nowMs() - before.atMs < TTL_MS && before.tokens >= 1024;
          held.set(session, { tokens, atMs: runtime.nowMs() });
          const cacheRead = isAlive ? Math.min(before.tokens, tokens) : 0;
          return { input: tokens - cacheRead, cacheRead, output: OUTPUT };
        },
      },
    },
  });
  const price = { inputUsdPerMillion: 1, cacheReadUsdPerMillion: 0.1, outputUsdPerMillion: 5 };
  const router = createRouterOn(runtime, {
    models: { mini: { provider: 'openai', model: 'mini-1', price } },
    features: { f: { candidates: ['mini'], failureCostUsd: 1, policy: fixed('mini') } },
    store: memory(),
  });
  for (let session = 0; session < SESSIONS; session++) {
    let chars = 16_000 + 200 * session;
    for (let intent = 0; intent < intents; intent++) {
      runtime.advance(intent % 4 === 3 ? 2 * TTL_MS : 20_000);
      const { model } = router.feature('f').intent({ session: `s${session}` });
      for (let request = 0; request < requests; request++) {
        chars += 2000;
        const content = `[of s${session}] ${'x'.repeat(chars)}`;
        await router.fetch(`${fake.openaiBaseURL}/chat/completions`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
        });
        chars += OUTPUT * charsPerToken;
      }
    }
  }
  const { features } = await router.report();
  const { plans = [] } = features[0] ?? {};
  const billedUsd = toUsd(fake.bill().totalNanoUsd) / (SESSIONS * intents);
  await router.close();
  await fake.close();
  return (plans[0]?.standardSpendUsd?.value ?? 0) / billedUsd;
}

test.each([3.2, 4, 5, 6.5])(
  'at %f characters a token, the standard cost of a plan that serves all conversations equals its bill',
  async charsPerToken => {
    for (const intents of [1, 6])
      for (const requests of [1, 3])
        expect(await standardOverBilled(charsPerToken, { intents, requests })).toBeCloseTo(1, 4);
  },
);
