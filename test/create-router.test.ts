/** A router in the moment after it is made, before the code that routes is loaded. */
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRouter } from '../src/create-router.ts';
import { RouterError } from '../src/errors.ts';
import type { ScriptedServer } from './support/scripted-server.ts';
import { chat, scriptedServer } from './support/scripted-server.ts';
import { filesMatching, readSource } from '../tools/sources.ts';

let server: ScriptedServer;
beforeAll(async () => {
  server = await scriptedServer([chat('hi')]);
});
afterAll(async () => server.close());

const messages = [{ role: 'user' as const, content: 'Hello' }];
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const models = {
  mini: { provider: 'openai', model: 'mini-1', price },
  premium: { provider: 'openai', model: 'premium-1', price },
} as const;
const made = () =>
  createRouter({ models, features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 1 } }, seed: 's' });
const client = () => new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1` });

test('an import of the package does not load the routing code', () => {
  const files = new Set(['src/index.ts']);
  for (const file of files)
    for (const { file: imported, typeOnly, dynamic } of readSource(file).imports)
      if (imported !== undefined && !typeOnly && !dynamic) files.add(imported);
  expect(files).toContain('src/config/resolve.ts');
  expect(
    [...files].filter(file => /^src\/(?:wires\/.*-(?:stream|reply|bill)|stores|translate|analysis)/.test(file)),
  ).toEqual([]);
  expect(filesMatching('src/engine/**/*.ts').filter(file => files.has(file))).toEqual([
    'src/engine/attempts/time-limit.ts',
    'src/engine/request/flushing.ts',
  ]);
});

test('calls of a wrapped client, of a fetch and of a function are routed from the first moment on', async () => {
  const router = made();
  const intent = router.feature('support').intent();
  const body = JSON.stringify({ model: 'feature:support', messages });
  const [reply, fetched, run] = await Promise.all([
    router.wrap(client()).chat.completions.create({ model: intent.model, messages }),
    router.fetch(`${server.url}/v1/chat/completions`, { method: 'POST', body }),
    router.run('support', async ({ model }) => ({ value: model, costUsd: 0.01 })),
    intent.succeed(),
  ]);
  expect(router.receipt(reply)?.intentId).toBe(intent.id);
  expect([fetched.status, ['mini', 'premium'].includes(run.value)]).toEqual([200, true]);
  expect(await router.report()).toMatchObject({ intents: 3, labelled: 1 });
  await router.close();
});

test('a pin and a switch set in the first moment apply to the calls after them', async () => {
  const router = made();
  const openai = router.wrap(client());
  void router.feature('support').pin('premium');
  const pinned = openai.chat.completions.create({ model: 'feature:support', messages });
  expect(router.receipt(await pinned)?.attempts.map(({ model }) => model)).toEqual(['premium']);
  await router.close();

  const other = made();
  void other.disable('mini');
  const call = other.wrap(client()).chat.completions.create({ model: 'feature:support', messages });
  expect(other.receipt(await call)?.attempts.map(({ model }) => model)).toEqual(['premium']);
  await other.close();
});

test('an unknown name or plan is an error in the first moment too, before the routing code is loaded', async () => {
  const router = made();
  expect(() => router.feature('suport' as never)).toThrow(expect.objectContaining({ code: 'unknown-feature' }));
  expect(() => router.disable('minni' as never)).toThrow(expect.objectContaining({ code: 'unknown-model' }));
  await expect(router.feature('support').pin('minni' as never)).rejects.toBeInstanceOf(RouterError);
  expect(router.receipt({})).toBeUndefined();
  await router.close();
});

test('a router that is closed in the first moment closes its store and its observers', async () => {
  const closed: string[] = [];
  const router = createRouter({
    models,
    features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
    observers: [{ name: 'one', close: async () => void closed.push('observer') }],
  });
  await router.close();
  expect(closed).toEqual(['observer']);
});
