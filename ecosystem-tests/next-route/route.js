/** app/api/reply/route.js of a Next.js application: a route handler is a function of a Request. */
import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { handleIntents, resultOf, routerOf } from '../shared/work.js';

const router = routerOf(createRouter);

export async function POST(request) {
  const { baseURL, count } = await request.json();
  await handleIntents(router, OpenAI, baseURL, count);
  return Response.json(await resultOf(router, RouterError));
}
