/** The router is made while the script is loaded, as in any application; every request of the isolate shares it. */
import OpenAI from 'openai';
import { createRouter, RouterError } from 'outcome-router';
import { handleIntents, resultOf, routerOf } from '../shared/work.js';

const router = routerOf(createRouter);

// oxlint-disable-next-line import/no-default-export -- the shape that a worker has
export default {
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    await handleIntents(router, OpenAI, searchParams.get('baseURL'), Number(searchParams.get('count')));
    return Response.json(await resultOf(router, RouterError));
  },
};
