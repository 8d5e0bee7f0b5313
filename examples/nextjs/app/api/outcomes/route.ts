/** POST /api/outcomes: another service says how it went. */
import { outcomeHandler } from 'outcome-router/outcomes';
import { router } from '../../../lib/router.ts';

export const runtime = 'nodejs';

export const POST = outcomeHandler(router, {
  token: process.env['OUTCOMES_TOKEN'] ?? '',
  features: ['support.reply'],
});
