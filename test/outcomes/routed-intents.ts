/** A router with intents whose outcomes are to come, and what a caller sends about them. */
import type { Store } from '../../src/contracts/store.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';

export const TOKEN = 'a-secret-of-the-tickets-service';

export function routerOfIntents(store: Store = memory()) {
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
    features: {
      'support.reply': {
        candidates: ['mini'],
        failureCostUsd: 15,
        signals: { resolved: true, stars: (stars: number) => stars.toFixed(0) >= '4' },
      },
      'sales.mail': { candidates: ['mini'], failureCostUsd: 2 },
      'chat.help': { candidates: ['mini'], failureCostUsd: 5, outcomeOf: 'session' },
    },
    store,
  });
  const call = async () => ({ value: 'an answer', costUsd: 0.001 });
  return {
    router,
    newIntent: async (feature: 'support.reply' | 'sales.mail' = 'support.reply') =>
      (await router.run(feature, call)).intent.id,
    async newSession(session: string) {
      await router.run('chat.help', call, { intent: router.feature('chat.help').intent({ session }) });
    },
  };
}

/** A POST of JSON with the token of the tests. */
export function posted(body: unknown, headers: Readonly<Record<string, string>> = {}): Request {
  return new Request('http://127.0.0.1/outcomes', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}
