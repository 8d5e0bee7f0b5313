/**
 * The core and the memory store on the web platform alone: bundled for browsers, and run where there is no `process`, no `Buffer` and
 * no `setImmediate`. As on Cloudflare Workers, the script is loaded, and the router made, where timers, randomness and signals fail.
 */
import { createContext, runInContext } from 'node:vm';
import { rolldown } from 'rolldown';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../tools/sources.ts';

const APPLICATION = `
import { createRouter, RouterError } from 'outcome-router';
import { memory } from 'outcome-router/stores/memory';

const router = createRouter({
  models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
  features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15, checks: { json: true } } },
  store: memory(),
});

export async function work() {
  for (let i = 0; i < 10; i++) {
    const intent = router.feature('support.reply').intent();
    const body = JSON.stringify({ model: intent.model, messages: [{ role: 'user', content: 'Grüße ' + i }], stream: i > 6 });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const reply = await router.fetch('https://api.openai.com/v1/chat/completions', init);
    await reply.text();
    if (i % 2 === 0) await intent.succeed();
    else await intent.fail();
  }
  await router.flush();
  const { totals, features } = await router.report();
  const explanation = await router.explain('support.reply');
  await router.close();
  return { features: JSON.parse(JSON.stringify(features)), plans: explanation.plans.length };
}

export function spool() {
  const models = { mini: { provider: 'openai', model: 'gpt-5-mini' } };
  const features = { one: { candidates: ['mini'], failureCostUsd: 1 } };
  return createRouter({ models, features, spool: 'changes.spool' });
}

export { RouterError };
`;

let code = '';
const warnings: string[] = [];
const imported: string[] = [];

beforeAll(async () => {
  const build = await rolldown({
    input: 'application',
    platform: 'browser',
    onLog: (_, { code: what, message }) => void warnings.push(`${what}: ${message}`),
    plugins: [
      {
        name: 'application',
        resolveId: id =>
          id === 'application'
            ? '\0application'
            : id.startsWith('outcome-router')
              ? `${ROOT}/src/${id.slice('outcome-router/'.length) || 'index'}.ts`
              : undefined,
        load: id => (id === '\0application' ? APPLICATION : undefined),
      },
    ],
  });
  const { output } = await build.generate({ format: 'iife', name: 'application', codeSplitting: false });
  const { imports, dynamicImports } = output[0];
  code = output[0].code;
  imported.push(...imports, ...dynamicImports);
});

const LATER = ['setTimeout', 'setInterval', 'AbortController', 'crypto', 'fetch'] as const;

/** What a browser, a worker and an edge function have. */
const WEB = [
  'Request Response Headers URL URLSearchParams TextEncoder TextDecoder ReadableStream WritableStream TransformStream',
  'AbortSignal DOMException Event EventTarget Blob FormData MessageChannel atob btoa clearTimeout clearInterval',
  'queueMicrotask structuredClone performance console',
].flatMap(names => names.split(' '));

/** Code that exists only while a request is handled fails if it is used before. */
function webContext(reply: (body: string) => Response, more: Readonly<Record<string, unknown>> = {}) {
  const state = { isLoading: true, asked: 0 };
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    state.asked++;
    return reply(await new Request(input, init).text());
  };
  const all = globalThis as unknown as Readonly<Record<string, unknown>>;
  const global = createContext({ ...Object.fromEntries(WEB.map(name => [name, all[name]])), ...more });
  for (const name of LATER)
    Object.defineProperty(global, name, {
      get() {
        if (state.isLoading) throw new Error(`Disallowed operation called within global scope: ${name}`);
        return name === 'fetch' ? fetch : all[name];
      },
    });
  return { global, state };
}

const USAGE = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 };

function openaiReply(body: string): Response {
  const { model, stream } = JSON.parse(body) as { readonly model: string; readonly stream: boolean };
  const id = `chatcmpl-${Math.random()}`;
  if (!stream) {
    const message = { role: 'assistant', content: '{"answer":"grün"}' };
    const choices = [{ index: 0, message, finish_reason: 'stop' }];
    return Response.json({ id, object: 'chat.completion', created: 1, model, choices, usage: USAGE });
  }
  const chunks = [
    { choices: [{ index: 0, delta: { role: 'assistant', content: '{"answer":"grün"}' }, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    { choices: [], usage: USAGE },
  ];
  const events = chunks.map(
    chunk => `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created: 1, model, ...chunk })}\n\n`,
  );
  return new Response(`${events.join('')}data: [DONE]\n\n`, { headers: { 'content-type': 'text/event-stream' } });
}

interface Application {
  work(): Promise<{ readonly features: readonly { readonly intents: number }[]; readonly plans: number }>;
  spool(): unknown;
}

test('a bundle for browsers is built without a warning and imports no module', () => {
  expect(warnings).toEqual([]);
  expect(imported).toEqual([]);
});

test('a router that is made while a script loads routes, counts and reports with nothing but the web platform', async () => {
  const { global, state } = webContext(openaiReply);
  const application = runInContext(`${code};application`, global) as Application;
  state.isLoading = false;
  const { features, plans } = await application.work();
  expect(state.asked).toBeGreaterThanOrEqual(10);
  expect(features).toMatchObject([{ intents: 10 }]);
  expect(plans).toBeGreaterThan(1);
});

test('the router works although the methods of `process` only throw, as on Workers with `nodejs_compat`', async () => {
  const missing = (): never => {
    throw new Error('this method is not implemented');
  };
  const process = { versions: { node: '22.19.0' }, threadCpuUsage: missing, cpuUsage: missing, emitWarning: missing };
  const { global, state } = webContext(openaiReply, { process, Buffer, setImmediate: globalThis.setImmediate });
  const application = runInContext(`${code};application`, global) as Application;
  state.isLoading = false;
  expect((await application.work()).features).toMatchObject([{ intents: 10 }]);
});

test('a spool, which needs files, is refused where there are none', () => {
  const { global, state } = webContext(openaiReply);
  const application = runInContext(`${code};application`, global) as Application;
  state.isLoading = false;
  expect(application.spool).toThrow('a spool needs node:fs, which this platform does not have');
});
