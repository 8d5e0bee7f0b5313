/**
 * A new process until its first reply: `direct`, or routed by the built package with prices that are `configured` or from the
 * `book`. Sends the CPU time of its thread to the process that forked it. Imports nothing of the package, or that the package
 * imports, before the clock starts.
 */
import { client, messagesOf, plainFetch } from '../stubbed-client.ts';
import { threadCpuUs } from '../thread-cpu.ts';

const PRICES = {
  mini: { inputUsdPerMillion: 1, outputUsdPerMillion: 4 },
  premium: { inputUsdPerMillion: 10, outputUsdPerMillion: 40 },
};

const startUs = threadCpuUs();
const kind = process.argv[2];
let openai = client(plainFetch);
let model = 'gpt-5-mini';
if (kind !== 'direct') {
  const built = new URL('../../dist/index.js', import.meta.url).href;
  const { createRouter } = (await import(built)) as typeof import('../../src/index.ts');
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini', ...(kind === 'configured' ? { price: PRICES.mini } : {}) },
      premium: { provider: 'openai', model: 'gpt-5', ...(kind === 'configured' ? { price: PRICES.premium } : {}) },
    },
    features: { plain: { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
  });
  openai = router.wrap(openai);
  model = 'feature:plain';
}
await openai.chat.completions.create({ model, messages: messagesOf(600) });
process.send?.(threadCpuUs() - startUs);
process.disconnect();
