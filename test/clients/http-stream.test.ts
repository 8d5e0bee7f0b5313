import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, test } from 'vitest';
import type { Fetch } from '../../src/clients/http-request.ts';
import type { StreamEnd } from '../../src/engine/attempts/exchange.ts';
import { systemRuntime } from '../../src/runtime.ts';
import type { Answer } from '../support/scripted-server.ts';
import { body, chat, chatChunk, chatStream, sse } from '../support/scripted-server.ts';
import type { ExchangeOptions } from './exchanged.ts';
import { closeServers, exchanged, textOf } from './exchanged.ts';

afterEach(closeServers);

const unfinished = body([sse(chatChunk({ content: 'a' }))], { open: true });

describe('a stream', () => {
  async function opened(answer: Answer, options: ExchangeOptions = {}) {
    const { result } = await exchanged(answer, { stream: true, ...options });
    if (!('stream' in result)) throw new Error('no stream');
    const ends: StreamEnd[] = [];
    result.stream.onEnd(end => void ends.push(end));
    return { result, ends };
  }

  test('the caller has the stream from its first chunk, and its usage is known when it ends', async () => {
    const { result, ends } = await opened(chatStream(['a', 'b']));
    expect(ends).toEqual([]);
    expect(await textOf(result)).toContain('[DONE]');
    expect(ends).toMatchObject([
      { status: 'ok', answer: { provenance: 'reported', usage: { input: 100, output: 2 }, text: 'ab' } },
    ]);
    // A listener that is added after the end is called at once.
    const late: StreamEnd[] = [];
    result.stream.onEnd(end => void late.push(end));
    expect(late).toEqual(ends);
  });

  test.each([
    ['headers', ': a comment\n\n'],
    ['first-event', sse(chatChunk({ role: 'assistant' }))],
    ['output', sse(chatChunk({ content: 'a' }))],
  ] as const)('a stream with release at `%s` reaches the caller as soon as that has arrived', async (release, sent) => {
    const { result } = await opened(body([sent], { open: true }), { release });
    expect(result.status).toBe('ok');
    await result.reply.body?.cancel();
  });

  test.each(['headers', 'first-event', 'output'] as const)(
    'a stream released at `%s` has its bytes in order for reads that do not wait for each other',
    async release => {
      const events = Array.from({ length: 100 }, (_, index) => sse(chatChunk({ content: `w${index}` })));
      const oneByOne: Answer = (_, response) => {
        const left = [...events, 'data: [DONE]\n\n'];
        const send = (): void => {
          const event = left.shift();
          if (event === undefined) response.end();
          else response.write(event, () => setImmediate(send));
        };
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        send();
      };
      const { result } = await opened(oneByOne, { release });
      const reader = result.reply.body?.getReader();
      const reads = [reader?.read(), reader?.read(), reader?.read()];
      let text = '';
      for (let next = await reads.shift(); next?.done === false; next = await reads.shift()) {
        text += new TextDecoder().decode(next.value);
        reads.push(reader?.read());
      }
      expect(text).toBe(`${events.join('')}data: [DONE]\n\n`);
    },
  );

  test('a last event that no blank line ends is read, and reaches the caller', async () => {
    const usage = { prompt_tokens: 5, completion_tokens: 6 };
    const events = [
      sse(chatChunk({ content: 'a' })),
      sse({ ...chatChunk({}), choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
      sse({ ...chatChunk({}), choices: [], usage }),
    ];
    for (const last of ['data: [DONE]\n', 'data: [DONE]']) {
      const { result, ends } = await opened(body([...events, last]));
      expect(await textOf(result)).toBe(`${events[0] ?? ''}${events[1] ?? ''}${last}`);
      expect(ends).toMatchObject([
        { status: 'ok', answer: { provenance: 'reported', usage: { input: 5, output: 6 } } },
      ]);
    }
  });

  test('a stream that the caller cancels is recorded as aborted, with estimated usage', async () => {
    const { result, ends } = await opened(chatStream(['aaaa', 'bbbb'], { cut: 2 }));
    const reader = (result.reply.body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    await reader.cancel();
    expect(ends).toMatchObject([{ status: 'aborted', answer: { provenance: 'estimated' } }]);
  });

  test('usage that follows an error is recorded even if the caller stops reading at the error', async () => {
    const failed = {
      ...chatChunk({}),
      choices: [{ index: 0, delta: {}, finish_reason: 'error' }],
      error: { code: 500 },
    };
    const usage = sse({ ...chatChunk({}), choices: [], usage: { prompt_tokens: 5, completion_tokens: 6 } });
    const pieces = [
      sse(failed),
      ...Array.from({ length: usage.length / 7 + 1 }, (_, at) => usage.slice(7 * at, 7 * at + 7)),
    ];
    const oneByOne =
      (first: readonly string[]): Answer =>
      (_, response) => {
        const left = [...first, ...pieces];
        const send = (): void =>
          void response.write(left.shift() ?? '', () => (left.length > 0 ? setImmediate(send) : response.end()));
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        send();
      };
    const billed = { provenance: 'reported', usage: { input: 5, output: 6 } };
    const { result, ends } = await opened(oneByOne([sse(chatChunk({ content: 'aaaa' }))]));
    const reader = (result.reply.body as ReadableStream<Uint8Array>).getReader();
    let text = '';
    while (!text.includes('error')) text += new TextDecoder().decode((await reader.read()).value);
    await reader.cancel();
    expect(ends).toMatchObject([{ status: 'broken', answer: billed }]);
    const early = await exchanged(oneByOne([sse(chatChunk({ role: 'assistant' }))]), {
      stream: true,
      release: 'output',
    });
    expect(early.result).toMatchObject({ status: 'provider-fault', answer: billed });
  });

  test('a stream that ends before the provider’s last event is broken', async () => {
    const { result, ends } = await opened(chatStream(['aaaa', 'bbbb'], { cut: 2 }));
    await textOf(result);
    expect(ends).toMatchObject([{ status: 'broken', answer: { provenance: 'estimated', usage: { output: 2 } } }]);
  });

  test.each([
    ['the caller', 'aborted'],
    ['a time limit', 'timeout'],
  ] as const)('a stream that %s stops is recorded as %s immediately', async (who, status) => {
    const stop = new AbortController();
    const paused = body([sse(chatChunk({ content: 'aaaa' }))], { open: true });
    const options = who === 'the caller' ? { caller: stop.signal } : { limit: stop.signal };
    const { ends } = await opened(paused, options);
    stop.abort();
    expect(ends).toMatchObject([{ status, answer: { provenance: 'estimated' } }]);
  });

  test.each([
    [new DOMException('late', 'TimeoutError'), 'timeout'],
    [new TypeError('terminated'), 'broken'],
  ] as const)('a stream that fails with %s is recorded as %s', async (error, status) => {
    let fail = (): void => {};
    const failing: Fetch = async () => {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          controller.enqueue(new TextEncoder().encode(sse(chatChunk({ content: 'a' }))));
          fail = () => controller.error(error);
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    const { result, ends } = await opened(chat('unused'), { fetch: failing });
    fail();
    await expect(textOf(result)).rejects.toBe(error);
    expect(ends).toMatchObject([{ status }]);
  });

  test('a stream that has ended leaves no listener on the signal', async () => {
    const limit = new AbortController();
    const withoutSignal: Fetch = async (url, init) => globalThis.fetch(url, { ...init, signal: null });
    const { result } = await opened(chatStream(['a']), { limit: limit.signal, fetch: withoutSignal });
    expect(getEventListeners(limit.signal, 'abort')).toHaveLength(1);
    await textOf(result);
    expect(getEventListeners(limit.signal, 'abort')).toEqual([]);
  });

  test('an abandoned stream is recorded when it is garbage-collected', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const ends: StreamEnd[] = [];
    const abandon = async (): Promise<void> => {
      const { result } = await exchanged(unfinished, { stream: true });
      if (!('stream' in result)) throw new Error('no stream');
      result.stream.onEnd(end => void ends.push(end));
    };
    await abandon();
    await expect.poll(() => (collect(), ends)).toMatchObject([{ status: 'aborted' }]);
  });

  test('a stream that its caller aborted is garbage-collected, also where the reason of the abort refers to it', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const aborted = async (): Promise<WeakRef<ReadableStream>> => {
      const caller = new AbortController();
      // Breaks off after its first event, without a reference to the signal, which fetch would keep for a while.
      const broken: Fetch = async () => {
        const events = [sse(chatChunk({ content: 'a' }))];
        const text = new TextEncoder();
        const body = new ReadableStream<Uint8Array>({
          pull(controller) {
            const event = events.shift();
            if (event === undefined) controller.error(new Error('stop'));
            else controller.enqueue(text.encode(event));
          },
        });
        return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
      };
      const { result } = await exchanged(chat('unused'), { stream: true, caller: caller.signal, fetch: broken });
      const stream = (result.reply as Response).body as ReadableStream;
      // The error keeps the result, as the stack of an error does, because the engine keeps its asynchronous frames.
      caller.abort(Object.assign(new Error('stop'), { result }));
      await textOf(result).catch(() => {});
      return new WeakRef(stream);
    };
    const stream = await aborted();
    // The error of a failed expectation would keep the stream itself.
    await expect.poll(() => (collect(), stream.deref() === undefined)).toBe(true);
  });

  test('an abort after the end of a stream changes nothing', async () => {
    const caller = new AbortController();
    const { result, ends } = await opened(chatStream(['a']), { caller: caller.signal });
    await textOf(result);
    caller.abort();
    expect(ends.map(({ status: end }) => end)).toEqual(['ok']);
  });

  test('an abandoned stream is recorded once, with the usage seen so far, and the caller can read on', async () => {
    let finish = (): void => {};
    const slow: Answer = (_, response) => {
      body([sse(chatChunk({ content: 'a' }))], { open: true })(_, response);
      finish = () => void response.end(sse('[DONE]'));
    };
    const { result, ends } = await opened(slow);
    result.stream.abandon();
    finish();
    expect(await textOf(result)).toContain('[DONE]');
    expect(ends.map(({ status: end }) => end)).toEqual(['aborted']);
  });

  test('a held stream reaches the caller after its end, chunk by chunk as it came', async () => {
    const { result } = await exchanged(chatStream(['a', 'b']), { stream: true, hold: true });
    expect(result).toMatchObject({ status: 'ok', httpStatus: 200, answer: { text: 'ab', provenance: 'reported' } });
    expect(result).not.toHaveProperty('stream');
    expect(await textOf(result)).toContain('[DONE]');
  });

  test('a held stream that breaks off is a broken reply, which can be retried', async () => {
    const cut: Answer = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"index":0,"delta":{"content":"aaaa"}}]}\n\n', () => response.destroy());
    };
    const { result } = await exchanged(cut, { stream: true, hold: true });
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated' } });
  });

  test('a held stream whose connection fails after the provider’s last event is a complete reply', async () => {
    const parts = [sse(chatChunk({ content: 'a' })), sse(chatChunk({})), 'data: [DONE]\n\n'];
    const failing: Fetch = async () => {
      const body = new ReadableStream<Uint8Array>({
        pull(controller) {
          const part = parts.shift();
          if (part === undefined) controller.error(new TypeError('terminated'));
          else controller.enqueue(new TextEncoder().encode(part));
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    const { result } = await exchanged(chat('unused'), { fetch: failing, stream: true, hold: true });
    expect(result).toMatchObject({ status: 'ok', answer: { text: 'a' } });
  });

  test('a stream whose second event is not JSON is broken, and its request is charged by estimate', async () => {
    const garbled = body([sse(chatChunk({ role: 'assistant' })), 'data: {"choi\n\n']);
    const { result } = await exchanged(garbled, { stream: true, release: 'output' });
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated' } });
  });

  test('a held stream that reports a failure keeps its connection until it is discarded or read', async () => {
    const closed = Promise.withResolvers<void>();
    const failing: Answer = (_, response) => {
      response.on('close', closed.resolve);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(sse({ error: { message: 'overloaded', type: 'server_error' } }));
    };
    const { result } = await exchanged(failing, { stream: true, hold: true, runtime: systemRuntime() });
    if (result.status === 'ok') throw new Error('it has failed');
    result.discard?.();
    await closed.promise;
    expect(result).toMatchObject({ status: 'provider-fault', reply: { status: 200 } });
  });

  test('a stream that was released by its headers and only reports a failure has failed for that reason', async () => {
    const error = { message: 'You exceeded your quota', code: 'insufficient_quota', type: 'insufficient_quota' };
    const { result, ends } = await opened(body([sse({ error })]), { release: 'headers' });
    expect(await textOf(result)).toContain('insufficient_quota');
    expect(ends).toMatchObject([{ status: 'refused', refusal: { about: 'account' } }]);
  });

  test('a plain reply to a streaming request is read as a plain reply', async () => {
    expect((await exchanged(chat('hi'), { stream: true })).result).toMatchObject({
      status: 'ok',
      answer: { text: 'hi' },
    });
  });
});
