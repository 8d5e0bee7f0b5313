/** A handler as AWS Lambda calls it: twice on one warm instance, which keeps the router. */
import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { handleIntents, resultOf, routerOf } from '../shared/work.js';

const router = routerOf(createRouter);

export async function handler(event) {
  await handleIntents(router, OpenAI, event.baseURL, event.count);
  return { statusCode: 200, body: JSON.stringify(await resultOf(router, RouterError)) };
}

const [, , baseURL] = process.argv;
await handler({ baseURL, count: 4 });
const { body } = await handler({ baseURL, count: 6 });
console.log(body);
