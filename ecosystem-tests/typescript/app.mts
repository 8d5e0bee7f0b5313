import OpenAI from 'openai';
import { createRouter, RouterError, type Router } from 'outcome-router';
import { memory } from 'outcome-router/stores/memory';
import { sqlite } from 'outcome-router/stores/sqlite';
import { fixed } from 'outcome-router/policies';

const router = createRouter({
  models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
  policy: fixed('mini'),
  store: process.env['LEDGER'] === undefined ? memory() : sqlite(process.env['LEDGER']),
});
const openai: OpenAI = router.wrap(new OpenAI());
const intent = router.feature('support.reply').intent();
const { choices } = await openai.chat.completions.create({ model: intent.model, messages: [] });
export const text: string | null | undefined = choices[0]?.message.content;
// @ts-expect-error: a feature that is not configured
router.feature('support.replies');
export const isOurs = (error: unknown): error is RouterError => error instanceof RouterError;
export type { Router };
