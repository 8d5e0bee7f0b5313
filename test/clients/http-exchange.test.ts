import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Fetch, HttpRequest } from '../../src/clients/http-exchange.ts';
import { httpExchange } from '../../src/clients/http-exchange.ts';
import { learningTransforms } from '../../src/clients/transforms.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { Exchanged, StreamEnd } from '../../src/engine/attempts/exchange.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import type { RequestFacts } from '../../src/contracts/wire.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { chat, chatStream, hang, json, reset, scriptedServer, status } from '../support/scripted-server.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models } = resolveConfig(
  { models: { mini: { provider: 'openai', model: 'mini-1', price } }, features: {} },
  { policy: fixed('mini') },
);
const mini = models.get('mini') as ResolvedModel;

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

interface Asked {
  readonly stream?: boolean;
  readonly hold?: boolean;
  readonly caller?: AbortSignal;
  readonly limit?: AbortSignal;
  readonly fetch?: Fetch;
}

async function exchanged(
  answer: Answer,
  { stream = false, hold = false, caller, limit, fetch = globalThis.fetch }: Asked = {},
) {
  const server = await scriptedServer([answer]);
  servers.push(server);
  const body = JSON.stringify({ model: 'feature:support', messages: [], ...(stream ? { stream } : {}) });
  const request: HttpRequest = {
    wire: openaiChat,
    url: `${server.url}/v1/chat/completions`,
    init: { method: 'POST', body, ...(caller === undefined ? {} : { signal: caller }) },
    body,
    facts: openaiChat.read(body, 'feature:') as RequestFacts,
    fetch,
    runtime: testRuntime(),
    transforms: learningTransforms(() => {}),
    hold,
    wantsText: true,
    faulted: () => {},
  };
  return { server, result: await httpExchange(request)(mini, limit ?? caller) };
}

const textOf = async (result: Exchanged<Response>): Promise<string> => (await result.reply?.text()) ?? '';

describe('a plain reply', () => {
  test('is its answer: usage, text, finish, and the id of the exchange', async () => {
    const { result, server } = await exchanged(chat('hi'));
    expect(result).toMatchObject({
      status: 'ok',
      httpStatus: 200,
      answer: {
        usage: { input: 100, output: 10 },
        provenance: 'reported',
        finish: 'stop',
        text: 'hi',
        model: 'mini-1',
      },
    });
    expect(result.providerRequestId).toMatch(/^req_chatcmpl/);
    expect(server.received[0]?.body).toEqual({ model: 'mini-1', messages: [] });
  });

  test('without usage is estimated from what was sent and said', async () => {
    const body = { id: 'x', model: 'm', choices: [{ message: { content: 'a'.repeat(40) } }] };
    const { result } = await exchanged(json(body));
    expect(result).toMatchObject({ answer: { provenance: 'estimated', usage: { output: 10 } } });
  });

  test('of a shape that nobody knows goes back as it is, estimated', async () => {
    const { result } = await exchanged(json({ hello: 'world' }));
    expect(result).toMatchObject({ status: 'ok', answer: { provenance: 'estimated', finish: 'other', text: '' } });
    expect(await textOf(result)).toBe('{"hello":"world"}');
  });

  test('that is no JSON though it says so is broken, and can still be read', async () => {
    const broken: Answer = (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end('{"id":');
    const { result } = await exchanged(broken);
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated' } });
    expect(await textOf(result)).toBe('{"id":');
  });

  test('that is a page costs nothing and is nobody’s fault', async () => {
    const page: Answer = (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<p>');
    expect((await exchanged(page)).result).toMatchObject({ status: 'ok', answer: { provenance: 'none', usage: {} } });
  });

  test('that breaks off is charged by its announced length', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 400 });
      response.write('{"id":', () => response.destroy());
    };
    expect((await exchanged(cut)).result).toMatchObject({
      status: 'broken',
      answer: { provenance: 'estimated', usage: { output: 100 } },
    });
  });
});

describe('a refusal', () => {
  test.each([408, 409, 429, 500, 502, 503, 529])('%i is the provider’s fault', async code => {
    const { result } = await exchanged(status(code, { 'retry-after': '2' }));
    expect(result).toMatchObject({ status: 'provider-fault', httpStatus: code, retryAfterMs: 2_000 });
    expect(await textOf(result)).toContain(`scripted ${code}`);
  });

  test.each([400, 401, 403, 404, 413, 422])('%i is what the request was', async code => {
    const { result } = await exchanged(status(code));
    expect(result).toMatchObject({ status: 'rejected-request', httpStatus: code, providerRequestId: `req_${code}` });
    expect(await textOf(result)).toContain(`scripted ${code}`);
  });

  test('a fault whose reply nobody will read lets go of its connection', async () => {
    let isClosed = false;
    const endless: Answer = (_, response) => {
      response.on('close', () => (isClosed = true));
      response.writeHead(503);
      response.write('x'.repeat(100));
    };
    const { result } = await exchanged(endless);
    if (result.status === 'ok') throw new Error('no fault');
    result.discard?.();
    await vi.waitFor(() => expect(isClosed).toBe(true));
  });

  test('a 400 says which parameter the model does not support', async () => {
    const refused = status(400, {}, { code: 'unsupported_parameter', param: 'temperature' });
    expect((await exchanged(refused)).result).toMatchObject({ isRewritten: true });
  });
});

describe('no reply', () => {
  test('a connection that breaks, with the error as fetch has it', async () => {
    const { result } = await exchanged(reset);
    expect(result).toMatchObject({ status: 'connection', error: expect.any(TypeError) as Error });
    expect(result).not.toHaveProperty('answer');
  });

  test.each([
    ['the caller', 'aborted'],
    ['a time limit', 'timeout'],
  ] as const)('stopped by %s: %s', async (who, status_) => {
    const stop = new AbortController();
    const leaving: Fetch = async (url, init) => {
      setImmediate(() => stop.abort());
      return globalThis.fetch(url, init);
    };
    const asked = who === 'the caller' ? { caller: stop.signal } : { limit: stop.signal };
    expect((await exchanged(hang, { ...asked, fetch: leaving })).result.status).toBe(status_);
  });
});

describe('a stream', () => {
  async function opened(answer: Answer, asked: Asked = {}) {
    const { result } = await exchanged(answer, { stream: true, ...asked });
    if (!('stream' in result)) throw new Error('no stream');
    const ends: StreamEnd[] = [];
    result.stream.onEnd(end => void ends.push(end));
    return { result, ends };
  }

  test('is with the caller from its first byte, and its answer is known when it ends', async () => {
    const { result, ends } = await opened(chatStream(['a', 'b']));
    expect(ends).toEqual([]);
    expect(await textOf(result)).toContain('[DONE]');
    expect(ends).toMatchObject([
      { status: 'ok', answer: { provenance: 'reported', usage: { input: 100, output: 2 }, text: 'ab' } },
    ]);
    // Who asks later is told at once.
    const late: StreamEnd[] = [];
    result.stream.onEnd(end => void late.push(end));
    expect(late).toEqual(ends);
  });

  test('that the caller leaves is aborted, and what was written by then estimated', async () => {
    const { result, ends } = await opened(chatStream(['aaaa', 'bbbb'], { cut: 2 }));
    const reader = (result.reply.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.cancel();
    expect(ends).toMatchObject([{ status: 'aborted', answer: { provenance: 'estimated' } }]);
  });

  test('that ends before its own end is broken', async () => {
    const { result, ends } = await opened(chatStream(['aaaa', 'bbbb'], { cut: 2 }));
    await textOf(result);
    expect(ends).toMatchObject([{ status: 'broken', answer: { provenance: 'estimated', usage: { output: 2 } } }]);
  });

  test('lets go of the caller’s signal when it is over', async () => {
    const caller = new AbortController();
    const { result, ends } = await opened(chatStream(['a']), { caller: caller.signal });
    await textOf(result);
    caller.abort();
    expect(ends.map(({ status: end }) => end)).toEqual(['ok']);
  });

  test('that is given up ends once, with what was seen of it', async () => {
    const { result, ends } = await opened(chatStream(['a', 'b']));
    result.stream.abandon();
    expect(await textOf(result)).toContain('[DONE]');
    expect(ends.map(({ status: end }) => end)).toEqual(['aborted']);
  });

  test('held, is read to its end before the caller has it, chunk by chunk as it came', async () => {
    const { result } = await exchanged(chatStream(['a', 'b']), { stream: true, hold: true });
    expect(result).toMatchObject({ status: 'ok', httpStatus: 200, answer: { text: 'ab', provenance: 'reported' } });
    expect(result).not.toHaveProperty('stream');
    expect(await textOf(result)).toContain('[DONE]');
  });

  test('held, that breaks off is a fault that can be asked again', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"aaaa"}}]}\n\n', () => response.destroy());
    };
    const { result } = await exchanged(cut, { stream: true, hold: true });
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated' } });
  });

  test('a stream that was asked for and comes as a plain reply is one', async () => {
    expect((await exchanged(chat('hi'), { stream: true })).result).toMatchObject({
      status: 'ok',
      answer: { text: 'hi' },
    });
  });
});
