/** POST /api/outcomes: another service records the outcome of an intent. */
import { outcomeHandler } from 'outcome-router/outcomes';
import { router } from '../../../lib/router.ts';

export const runtime = 'nodejs';

export const POST = outcomeHandler(router, {
  token: process.env['OUTCOMES_TOKEN'] ?? '',
  features: ['support.reply'],
});
