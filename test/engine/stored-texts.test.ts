/** Whatever text a provider writes in its replies, every store keeps the attempt and its cost. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Fault } from '../../src/contracts/observer.ts';
import type { Store } from '../../src/contracts/store.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeProvider } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { sqlite } from '../../src/stores/sqlite.ts';
import { describeOnPostgres, openPostgres } from '../support/postgres.ts';
import { unlimited } from '../support/routed.ts';

let provider: FakeProvider;
beforeAll(async () => {
  const price = { input: '1', output: '2' };
  provider = await startFakeProvider({ models: { 'mini-1': { price }, 'pro-1': { price } } });
});
afterAll(async () => provider.close());

function routerOn(store: Store) {
  const faults: Fault[] = [];
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouterOn(unlimited(), {
    models: {
      mini: { provider: 'openai', model: 'mini-1', price },
      pro: { provider: 'openai', model: 'pro-1', price },
    },
    features: {
      work: { candidates: ['mini', 'pro'], failureCostUsd: 1, policy: fixed('pro') },
      later: { candidates: ['mini', 'pro'], failureCostUsd: 1, policy: fixed('mini') },
    },
    store,
    observers: [{ name: 'faults', faulted: fault => void faults.push(fault) }],
  });
  const ask = async (model: string, more: object = {}): Promise<string> => {
    const body = JSON.stringify({ model, input: 'Hello', ...more });
    return (await router.fetch(`${provider.openaiBaseURL}/responses`, { method: 'POST', body })).text();
  };
  return { router, faults, ask };
}

const TEXTS = [
  ['a character 0', 'resp_\0a'],
  ['half of a surrogate pair', 'resp_\ud800a'],
  ['other control characters', 'resp_\u0001\u0085\n\ta'],
  // Random digits: PostgreSQL compresses any other text before it is too long for an index.
  ['20,000 characters', Array.from({ length: 1_000 }, (_, i) => Math.sin(i + 1).toFixed(18)).join('')],
  ['pairs that a cut would halve', '😀a'.repeat(400)],
] as const;

function providerTexts(open: () => Promise<Store>): void {
  test.each(TEXTS)(
    'with %s: the ledger has the billed amount, and a later request finds the reply',
    async (_, text) => {
      const store = await open();
      const { router, faults, ask } = routerOn(store);
      const before = provider.bill().totalNanoUsd;
      const edits = [
        { id: text },
        { model: text },
        { service_tier: text },
        { output: [{ type: 'reasoning', id: text, summary: [], encrypted_content: text }] },
        { output: [{ type: text }] },
      ];
      for (const edit of edits) {
        provider.reply({
          text: 'Hi',
          tokens: { input: 1_000, output: 10 },
          edit: json => ({ ...(json as object), ...edit }),
        });
        const intent = router.feature('work').intent();
        await ask(intent.model);
        await intent.fail();
      }
      await router.flush();
      expect(faults.filter(({ where }) => where !== 'price')).toEqual([]);

      // Another process knows of the reply from the store alone.
      const another = store.modelOfReply === undefined ? { router, ask } : routerOn(store);
      await another.ask('feature:later', { previous_response_id: text });
      await another.router.flush();
      const records = await Array.fromAsync(store.scan());
      const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
      expect(attempts.map(({ model }) => model)).toEqual(Array.from({ length: edits.length + 1 }, () => 'pro'));
      const recorded = attempts.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0);
      expect(recorded).toBe(Number(provider.bill().totalNanoUsd - before));
      expect(await rebuildCells(store, 'work')).toMatchObject({ corrected: 0 });
      await store.close();
    },
  );
}

describe('the memory store', () => providerTexts(async () => memory()));
describe('the SQLite store', () => providerTexts(async () => sqlite(':memory:')));
describeOnPostgres('the PostgreSQL store', () => {
  providerTexts(async () => {
    return openPostgres();
  });
});
