import { expect, test } from 'vitest';
import type { Fetch } from '../../src/clients/http-request.ts';
import { lazyFetch } from '../../src/clients/lazy-fetch.ts';
import type { RouterCore } from '../../src/clients/lazy-routing.ts';
import { lazyRouting } from '../../src/clients/lazy-routing.ts';

const URL_OF_CHAT = 'https://api.openai.com/v1/chat/completions';
const passed: Fetch = async () => new Response('passed');
const textOf = async (reply: Promise<Response>): Promise<string> => (await reply).text();

/** Counts how often a `fetch` is made. */
function core(): { readonly core: RouterCore; readonly made: () => number } {
  let made = 0;
  const fetch: RouterCore['fetch'] = (_inner, target) => {
    made++;
    return async () => new Response(`routed to ${target}`);
  };
  return { core: { fetch } as RouterCore, made: () => made };
}

test('calls made before the code is loaded wait for it, and all of them share one fetch', async () => {
  const load = Promise.withResolvers<RouterCore>();
  const { core: loaded, made } = core();
  const fetch = lazyFetch(
    lazyRouting(async () => load.promise),
    passed,
    'feature:f',
  );
  const early = [fetch(URL_OF_CHAT), fetch(URL_OF_CHAT)].map(textOf);
  load.resolve(loaded);
  expect(await Promise.all(early)).toEqual(['routed to feature:f', 'routed to feature:f']);
  expect([await textOf(fetch(URL_OF_CHAT)), made()]).toEqual(['routed to feature:f', 1]);
});

const gone = lazyRouting(async () => Promise.reject(new Error('gone')));

test.each([
  ['a body without a feature', URL_OF_CHAT, { method: 'POST', body: '{"model":"gpt-5"}' }],
  ['no body', new URL('https://api.openai.com/v1/models'), undefined],
  ['a request', new Request(URL_OF_CHAT, { method: 'POST', body: '{"model":"gpt-5"}' }), undefined],
])('where the code cannot be loaded, a call that is not routed passes: %s', async (_, input, init) => {
  expect(await textOf(lazyFetch(gone, passed)(input, init))).toBe('passed');
});

test.each([
  ['a feature in the body', undefined, URL_OF_CHAT, { method: 'POST', body: '{"model":"feature:f"}' }],
  ['a feature in the URL', undefined, 'https://api.openai.com/v1/models/feature:f', undefined],
  ['a fetch of a feature', 'feature:f', URL_OF_CHAT, { method: 'POST', body: '{"model":"gpt-5"}' }],
])(
  'where the code cannot be loaded, a call that is routed rejects with the loader’s error: %s',
  async (_, target, url, init) => {
    await expect(lazyFetch(gone, passed, target)(url, init)).rejects.toThrow('gone');
  },
);
