/** The route handler. Next.js bundles it with the package and the client, and loads it in the building process too. */
import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { sqlite } from 'outcome-router/stores/sqlite';
import { handleIntents, resultOf, routerOf } from '../../../../shared/work.js';

export const runtime = 'nodejs';

// In development a changed module is loaded again: the ledger is opened once.
const router = (globalThis.outcomeRouter ??= routerOf(createRouter, sqlite(process.env.LEDGER)));

export async function POST(request) {
  const { baseURL, count } = await request.json();
  await handleIntents(router, OpenAI, baseURL, count);
  return Response.json(await resultOf(router, RouterError));
}
