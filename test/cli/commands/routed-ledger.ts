/** A ledger file made by real calls of the official clients, routed to a provider that keeps its own bill. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { fixed } from '../../../src/policies/fixed.ts';
import { createRouter } from '../../../src/create-router.ts';
import { sqlite } from '../../../src/stores/sqlite.ts';
import { startFakeProvider } from '../../../src/public/testing.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export interface RoutedLedger {
  readonly directory: string;
  /** The SQLite file. */
  readonly ledger: string;
  /** A module with the configuration that the router had. */
  readonly config: string;
  /** What the provider charged, by its own arithmetic. */
  readonly billNanoUsd: bigint;
  readonly requests: number;
}

/** Models at their list prices, so that the price book gives the same costs. */
const PROVIDER_MODELS = {
  'gpt-5-mini': {
    price: { input: '0.25', cacheRead: '0.025', output: '2' },
    tierPrices: { flex: { input: '0.125', cacheRead: '0.0125', output: '1' } },
    tokens: { input: [300, 900], cacheRead: [0, 500], output: [10, 90] },
    success: 0.5,
  },
  'gpt-5': { price: { input: '1.25', cacheRead: '0.125', output: '10' }, tokens: { output: [20, 60] } },
  'claude-opus-4-5': {
    price: { input: '5', cacheRead: '0.5', cacheWrite5m: '6.25', cacheWrite1h: '10', output: '25' },
    tokens: { input: [50, 99], cacheRead: [0, 700], cacheWrite5m: [0, 40], cacheWrite1h: [0, 30], output: [5, 40] },
  },
} as const;

const CONFIG = {
  models: {
    mini: { provider: 'openai', model: 'gpt-5-mini' },
    premium: { provider: 'openai', model: 'gpt-5' },
    opus: { provider: 'anthropic', model: 'claude-opus-4-5' },
  },
  features: {
    'support.reply': {
      candidates: ['mini', 'premium'],
      failureCostUsd: 15,
      silence: { after: '30m', means: 'success' },
      checks: { empty: true },
      budget: { usd: 100, per: 'month', onLimit: 'alert' },
    },
    'code.edit': { candidates: ['opus'], failureCostUsd: 4 },
  },
  budget: { usd: 0.01, per: 'day', onLimit: 'alert' },
} as const;

/** @param calls intents of each feature */
export async function routedLedger(calls = 12): Promise<RoutedLedger> {
  const directory = temporaryFolder();
  const ledger = join(directory, 'router.db');
  const config = join(directory, 'router.config.mjs');
  writeFileSync(config, `export default ${JSON.stringify(CONFIG)};\n`);
  await using provider = await startFakeProvider({ models: PROVIDER_MODELS, seed: 'finops' });
  const router = createRouter({
    models: CONFIG.models,
    features: {
      'support.reply': {
        ...CONFIG.features['support.reply'],
        validate: reply => reply.text.startsWith('[solved]'),
        policy: fixed(['mini', 'premium']),
      },
      'code.edit': CONFIG.features['code.edit'],
    },
    store: sqlite(ledger),
    seed: 1,
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'none', baseURL: provider.openaiBaseURL }));
  const anthropic = router.wrap(new Anthropic({ apiKey: 'none', baseURL: provider.anthropicBaseURL }));
  const messages = [{ role: 'user' as const, content: 'Where is my order?' }];
  for (let i = 0; i < calls; i++) {
    const support = router.feature('support.reply').intent({ session: `session-${i % 5}` });
    await openai.chat.completions.create({
      model: support.model,
      messages,
      ...(i % 3 === 0 ? { service_tier: 'flex' } : {}),
    });
    const stream = await openai.chat.completions.create({ model: support.model, messages, stream: true });
    await Array.fromAsync(stream);
    if (i % 4 === 0) await support.fail({ costUsd: 22.5 });
    else if (i % 4 === 1) await support.succeed();
    const edit = router.feature('code.edit').intent();
    await anthropic.messages.create({ model: edit.model, max_tokens: 500, messages });
    await edit.succeed();
  }
  await router.close();
  const { totalNanoUsd, requests } = provider.bill();
  return { directory, ledger, config, billNanoUsd: totalNanoUsd, requests: requests.length };
}
