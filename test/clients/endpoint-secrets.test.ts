/** An endpoint repeats the key that it was called with, over HTTP with the official client: the caller never gets the key in any form. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { createRouterOn } from '../../src/router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { body, chat, chatChunk, json, scriptedServer, sse, status } from '../support/scripted-server.ts';

const KEY = 'endpoint-key/"of"-the-arm';
const TEAM = 'team-of-the-arm';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

async function routedTo(...script: readonly Answer[]) {
  const server = await scriptedServer(script);
  servers.push(server);
  const events: unknown[] = [];
  const router = createRouterOn(testRuntime(), {
    models: {
      a: {
        provider: 'openai',
        model: 'a-1',
        baseURL: `${server.url}/v1`,
        apiKey: () => KEY,
        headers: { 'x-team': TEAM },
        price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 },
      },
    },
    features: { f: { candidates: ['a'], failureCostUsd: 15, retries: 0 } },
    observers: [
      {
        name: 'test',
        decided: event => void events.push(event),
        attempted: event => void events.push(event),
        faulted: ({ error, ...fault }) => void events.push(fault, String(error), error),
      },
    ],
  });
  const client = new OpenAI({ apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0 });
  const openai = router.wrap(client);
  const anthropic = router.wrap(new Anthropic({ apiKey: 'sk-client', baseURL: 'http://127.0.0.1:9', maxRetries: 0 }));
  const question = {
    model: router.feature('f').model,
    messages: [{ role: 'user' as const, content: 'Hi' }],
  };
  return { router, openai, anthropic, question, events };
}

/** Everything that an error says, its response included. */
function textOf(error: unknown): string {
  const { message, headers, error: said } = error as InstanceType<typeof OpenAI.APIError>;
  return [message, JSON.stringify([...(headers ?? [])]), JSON.stringify(said)].join('\n');
}

const says = `Incorrect API key: ${KEY} of ${TEAM}`;

describe('no error of an endpoint quotes its key or headers', () => {
  test.each<readonly [string, Answer]>([
    [
      'a status',
      status(401, { 'x-request-id': KEY, 'www-authenticate': `Bearer ${KEY}` }, { message: says, code: KEY }),
    ],
    ['a page', (_, response) => void response.writeHead(403, `No ${KEY}`, { 'content-type': 'text/html' }).end(says)],
    ['a status 200', json({ error: { message: says, code: KEY } })],
    ['a status 200 that is not a reply', body([`<p>${says}</p>`], { type: 'text/html' })],
    ['a body that is too long to be read', status(401, {}, { message: says + '.'.repeat(70_000) + says })],
  ])('no error quotes the key or the headers of an endpoint: %s', async (_, answer) => {
    for (const stream of [false, true]) {
      const { openai, question, events, router } = await routedTo(answer);
      const error = await openai.chat.completions.create({ ...question, stream }).then(
        async reply => (stream ? Array.fromAsync(reply as AsyncIterable<unknown>) : reply),
        (thrown: unknown) => textOf(thrown),
      );
      await router.flush();
      expect(`${JSON.stringify(error)} ${JSON.stringify(events)}`).not.toMatch(/endpoint-key|team-of/);
    }
  });

  test('an error event of a stream has no key and no header, wherever the transport cuts it', async () => {
    const events = [
      sse(chatChunk({ role: 'assistant', content: 'Yes' })),
      sse({ error: { message: says, code: KEY } }, 'error'),
    ].join('');
    for (const pieces of [[events], events.split('')]) {
      const { openai, question } = await routedTo(body(pieces));
      const read = openai.chat.completions
        .create({ ...question, stream: true })
        .then(async stream => Array.fromAsync(stream));
      const error: unknown = await read.catch((thrown: unknown) => thrown);
      expect(textOf(error)).toContain('Incorrect API key');
      expect(textOf(error)).not.toMatch(/endpoint-key|team-of/);
    }
  });
});

describe('no error quotes them in another spelling', () => {
  const escaped = (text: string): string =>
    text.replaceAll(/[^]/g, char => String.raw`\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const said = (spell: (text: string) => string): string =>
    `{"error":{"type":"x","message":"bad ${spell(KEY)} of ${spell(TEAM)}","param":"${spell(KEY)}","code":null}}`;
  const slashed = (text: string): string => JSON.stringify(text).slice(1, -1).replaceAll('/', String.raw`\/`);
  const at =
    (code: number, text: string): Answer =>
    (_, response) =>
      void response
        .writeHead(code, { 'content-type': 'application/json', 'x-said': encodeURIComponent(KEY) })
        .end(text);

  test.each([
    ['a key with every character escaped', escaped],
    ['a key with its slashes and quotes escaped', slashed],
    ['a key in an address', encodeURIComponent],
    ['a key in base64, as the password of `Basic`', (text: string) => Buffer.from(`user:${text}`).toString('base64')],
  ])('a client of any API reads an ellipsis in place of %s', async (_, spell) => {
    const event = `event: error\ndata: ${said(spell)}\n\n`;
    const begun = sse(chatChunk({ role: 'assistant', content: 'Yes' }));
    for (const answer of [at(401, said(spell)), at(200, said(spell)), body((begun + event).split(''))]) {
      const { openai, anthropic, question, events, router } = await routedTo(answer);
      const stream = true;
      const texts = await Promise.all(
        [
          openai.chat.completions.create(question),
          openai.chat.completions.create({ ...question, stream }).then(async each => Array.fromAsync(each)),
          anthropic.messages.create({ ...question, max_tokens: 9 }),
          anthropic.messages.create({ ...question, max_tokens: 9, stream }).then(async each => Array.fromAsync(each)),
          anthropic.messages.countTokens(question),
        ].map(async asked => asked.then(reply => JSON.stringify(reply), textOf)),
      );
      await router.flush();
      expect([...texts, JSON.stringify(events)].join('\n')).not.toMatch(
        /endpoint-key|team-of|u0065|bmRwb2ludC1r|ZWFtLW9mLXRo/,
      );
      // In base64, the letters beside the key stay.
      expect(texts.join('\n')).toMatch(/bad \w{0,7}….{0,4} of \w{0,7}…/);
    }
  });
});

describe('no answer that the router passes on quotes the key or headers in an error', () => {
  const QUEUED = { id: 'resp_1', object: 'response', status: 'queued', output: [], usage: null };
  const said = [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: TEAM }] }];

  test('a reply that is retrieved, also one of status 200, quotes no key in its error', async () => {
    const failed = { ...QUEUED, status: 'failed', error: { code: 'server_error', message: says } };
    const completed = { ...QUEUED, status: 'completed', output: said };
    const { openai, question } = await routedTo(
      json(QUEUED),
      json(failed),
      json(completed),
      status(500, {}, { message: says }),
    );
    await openai.responses.create({ model: question.model, input: 'Hi', background: true });
    const { error } = await openai.responses.retrieve('resp_1');
    expect(error?.message).toBe('Incorrect API key: … of …');
    expect((await openai.responses.retrieve('resp_1')).output_text).toBe(TEAM);
    const thrown: unknown = await openai.responses.retrieve('resp_1').catch((refusal: unknown) => refusal);
    expect(textOf(thrown)).toContain('Incorrect API key: … of …');
  });

  test('the answer to a count of tokens quotes no key, also with status 200', async () => {
    const answers = [json({ error: { message: says } }), json({ input_tokens: 7 })];
    const { router, question } = await routedTo(...answers);
    const count = async () => {
      const body = JSON.stringify({ model: question.model, input: 'Hi' });
      return (await router.fetch('http://127.0.0.1:9/v1/responses/input_tokens', { method: 'POST', body })).text();
    };
    expect(await count()).toContain('Incorrect API key: … of …');
    expect(JSON.parse(await count())).toEqual({ input_tokens: 7 });
  });
});

test('the router does not change what the model writes, even if it contains the same words', async () => {
  const plain = await routedTo(chat(TEAM));
  const reply = await plain.openai.chat.completions.create(plain.question);
  expect(reply.choices[0]?.message.content).toBe(TEAM);
  const events = sse(chatChunk({ role: 'assistant', content: TEAM })) + sse(chatChunk({}, {})) + sse('[DONE]');
  const streamed = await routedTo(body(events.split('')));
  const chunks = await Array.fromAsync(
    await streamed.openai.chat.completions.create({ ...streamed.question, stream: true }),
  );
  expect(chunks[0]?.choices[0]?.delta.content).toBe(TEAM);
});
