import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { createRouterOn } from '../../src/router.ts';
import type { Feature, Script } from '../support/routed.ts';
import { closeAll, hasty, routed } from '../support/routed.ts';
import type { Answer } from '../support/scripted-server.ts';
import { chatStream, scriptedServer, status } from '../support/scripted-server.ts';

afterEach(closeAll);

const messages = [{ role: 'user' as const, content: 'Hello' }];
const LATE_MS = 400;

/** Headers at once, and then this text, late. */
const late =
  (text: string): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_first' }).flushHeaders();
    setTimeout(() => response.end(text), LATE_MS);
  };
const chunk = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] })}\n\n`;
const overloaded = 'data: {"error":{"message":"slow down","code":429}}\n\ndata: [DONE]\n\n';

async function world(script: Script, feature: Feature = {}) {
  const it = await routed(script, { retries: 0, ...feature });
  const openai = it.router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1`, logLevel: 'off' }));
  const ask = async () =>
    openai.chat.completions.create({ model: 'feature:support', messages, stream: true }).withResponse();
  return { it, ask };
}

async function textOf(stream: AsyncIterable<OpenAI.ChatCompletionChunk>): Promise<string> {
  let text = '';
  for await (const part of stream) text += part.choices[0]?.delta.content ?? '';
  return text;
}

describe('a stream whose first event is late', () => {
  test('the caller gets the headers at once, and the events follow', async () => {
    const { promise: hasHeaders, resolve } = Promise.withResolvers<void>();
    const { it, ask } = await world([
      (_, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'req_first' }).flushHeaders();
        // The first event comes only when the caller has the headers.
        void hasHeaders.then(() => response.end(`${chunk('Hel')}${chunk('lo')}data: [DONE]\n\n`));
      },
    ]);
    const { data, response, request_id: id } = await ask();
    resolve();
    expect([response.status, response.url, id]).toEqual([200, `${it.server.url}/v1/chat/completions`, 'req_first']);
    expect(await textOf(data)).toBe('Hello');
    expect(it.router.receipt(response)).toMatchObject({ model: 'mini' });
  });

  test('after an error as the first event the next model answers, and its events follow the headers already sent', async () => {
    const { it, ask } = await world({ 'mini-1': [late(overloaded)], 'premium-1': [chatStream(['Hi'])] });
    const { data, request_id: id } = await ask();
    expect([await textOf(data), id]).toEqual(['Hi', 'req_first']);
    expect((await it.attempts()).map(attempt => [attempt.model, attempt.status, attempt.costNanoUsd > 0])).toEqual([
      ['mini', 'provider-fault', false],
      ['premium', 'ok', true],
    ]);
  });

  test('a failure of every model is an error of the stream', async () => {
    const { it, ask } = await world({ 'mini-1': [late(overloaded)], 'premium-1': [status(503)] });
    const { data } = await ask();
    await expect(textOf(data)).rejects.toBeInstanceOf(OpenAI.APIError);
    expect((await it.attempts()).map(attempt => attempt.status)).toEqual(['provider-fault', 'provider-fault']);
  });

  test('a caller that stops before the first event aborts the stream', async () => {
    const { it, ask } = await world([late(chunk('Hello'))]);
    const { response } = await ask();
    await response.body?.cancel();
    expect((await it.attempts()).map(attempt => attempt.status)).toEqual(['aborted']);
  });

  test('an abort before the first event ends the stream at once', async () => {
    const { it, ask } = await world([late(chunk('Hello'))]);
    const { data } = await ask();
    const read = textOf(data);
    data.controller.abort();
    await read.catch(() => {});
    expect((await it.attempts()).map(attempt => attempt.status)).toEqual(['aborted']);
  });

  test('a stream that the caller drops unread is charged when it is garbage-collected', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage = runInNewContext('gc') as () => void;
    const { it } = await world([late(chunk('Hello'))]);
    await it.ask(undefined, { stream: true });
    await expect.poll(async () => (collectGarbage(), it.attempts())).toMatchObject([{ status: 'aborted' }]);
  });

  test('the headers of a held stream are sent at its end', async () => {
    const { ask } = await world([late(`${chunk('Hello')}data: [DONE]\n\n`)], {
      hold: 'until-verdict',
      checks: { empty: true },
    });
    const startMs = performance.now();
    await ask();
    expect(performance.now() - startMs).toBeGreaterThan(LATE_MS * 0.9);
  });
});

test('a failure of every model is an error of Anthropic’s stream too', async () => {
  const server = await scriptedServer({
    'claude-1': [late('event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n')],
    'claude-2': [status(529)],
  });
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouterOn(hasty(), {
    models: {
      a: { provider: 'anthropic', model: 'claude-1', price },
      b: { provider: 'anthropic', model: 'claude-2', price },
    },
    features: { support: { candidates: ['a', 'b'], failureCostUsd: 1, retries: 0 } },
  });
  void router.feature('support').pin('a');
  const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: server.url, logLevel: 'off' }));
  const stream = await anthropic.messages.create({ model: 'feature:support', max_tokens: 1, messages, stream: true });
  await expect(Array.fromAsync(stream)).rejects.toBeInstanceOf(Anthropic.APIError);
  await server.close();
});
