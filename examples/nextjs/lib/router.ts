/**
 * One router per process. In development Next.js loads a changed module again, and `next start` loads it once for every bundle that
 * needs it: each of them would open the ledger once more. What is kept on `globalThis` survives.
 */
import OpenAI from 'openai';
import { createRouter } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';

function opened() {
  const router = createRouter({
    models: {
      mini: { provider: 'openai', model: 'gpt-5-mini' },
      premium: { provider: 'openai', model: 'gpt-5' },
    },
    features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
    store: sqlite(process.env['LEDGER'] ?? 'router.db'),
  });
  return { router, openai: router.wrap(new OpenAI()) };
}

const kept = globalThis as typeof globalThis & { outcomeRouter?: ReturnType<typeof opened> };
export const { router, openai } = (kept.outcomeRouter ??= opened());
