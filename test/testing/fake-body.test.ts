import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunker } from '../../src/testing/fake-body.ts';
import type { FakeDelivery } from '../../src/testing/fake-delivery.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { FakeFault } from '../../src/testing/faults.ts';
import { ANTHROPICS, OPENAIS, user } from './official-clients.ts';

test('chunks have the configured sizes, wherever the pieces end, and keep every byte', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9 })), fc.integer({ min: 1, max: 7 }), (pieces, size) => {
      const chunks = chunker(() => size);
      const whole = pieces.flatMap(piece => chunks.add(piece));
      const last = chunks.rest();
      expect(whole.every(({ length }) => length === size)).toBe(true);
      expect(last.length).toBeLessThan(size);
      expect(Buffer.concat([...whole, last])).toEqual(Buffer.concat(pieces));
    }),
  );
});

describe('what a client sees', () => {
  const chat = { model: 'mini', messages: user('Hello') };
  let provider: FakeProvider;
  beforeAll(async () => {
    const price = { input: '1', output: '2' };
    provider = await startFakeProvider({
      models: { mini: { price, text: 'Grüße 😀', tokens: { input: 10, output: 5 } } },
    });
  });
  afterAll(() => provider.close());

  const post = (stream: boolean, signal: AbortSignal | null = null) =>
    fetch(`${provider.openaiBaseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ ...chat, stream }),
      signal,
    });
  const deliver = (delivery: FakeDelivery) => provider.reply({ kind: 'delivery', delivery });
  /** Not through `fetch`, which may hand over several chunks as one. */
  const chunkSizes = async (url: string, stream: boolean): Promise<readonly number[]> => {
    const sent = request(`${url}/chat/completions`, { method: 'POST' }).end(JSON.stringify({ ...chat, stream }));
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const sizes: number[] = [];
    response.on('data', (chunk: Buffer) => sizes.push(chunk.length));
    await once(response, 'end');
    return sizes;
  };

  test('chunks have the size that the test chose, of a stream and of a plain reply', async () => {
    for (const stream of [true, false]) {
      deliver({ chunkBytes: 7 });
      const sizes = await chunkSizes(provider.openaiBaseURL, stream);
      expect(sizes.length).toBeGreaterThan(20);
      expect(sizes.slice(0, -1).every(size => size === 7)).toBe(true);
      expect(sizes.at(-1)).toBeLessThanOrEqual(7);
    }
  });

  test('random sizes of chunks depend on the seed', async () => {
    const drawn = async (seed: number) => {
      await using other = await startFakeProvider({ models: { mini: { price: { input: '1', output: '1' } } }, seed });
      other.reply({ text: 'x', delivery: { chunkBytes: [1, 40] } });
      return await chunkSizes(other.openaiBaseURL, true);
    };
    const first = await drawn(1);
    expect(await drawn(1)).toEqual(first);
    expect(await drawn(2)).not.toEqual(first);
  });

  test('the headers and the first event can each be late', async () => {
    for (const stream of [true, false]) {
      deliver({ headersAfterMs: 30, firstEventAfterMs: 60 });
      const started = performance.now();
      const response = await post(stream);
      const headersMs = performance.now() - started;
      await response.body?.getReader().read();
      expect(headersMs).toBeGreaterThan(29);
      expect(performance.now() - started).toBeGreaterThan(89);
    }
    provider.reply({ kind: 'status', status: 500, delivery: { headersAfterMs: 30 } });
    const started = performance.now();
    await (await post(false)).text();
    expect(performance.now() - started).toBeGreaterThan(29);
  });

  test('a client that disconnects after the headers of a plain reply has not read its usage', async () => {
    const before = provider.bill().requests.length;
    deliver({ firstEventAfterMs: 10_000 });
    const leaving = new AbortController();
    const response = await post(false, leaving.signal);
    leaving.abort();
    await expect(response.text()).rejects.toThrow('aborted');
    await provider.idle();
    expect(provider.bill().requests.slice(before)).toMatchObject([{ reported: false }]);
  });

  test.each(['reset', 'close', 'half-close'] as const)(
    'a connection breaks before, and within, a reply (by: %s), and each SDK reports a failed connection',
    async by => {
      const before = provider.bill().requests.length;
      const broken: readonly FakeFault[] = [
        { kind: 'reset', by },
        { kind: 'cut', afterEvents: 0, by },
      ];
      for (const fault of broken) {
        provider.reply(fault, fault);
        await expect(OPENAIS[0][1](provider).chat.completions.create(chat)).rejects.toThrow();
        await expect(ANTHROPICS[0][1](provider).messages.create({ ...chat, max_tokens: 9 })).rejects.toThrow();
      }
      provider.reply({ kind: 'cut', afterEvents: 0, by });
      const response = await post(true);
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
      await provider.idle();
      expect(provider.bill().requests.slice(before)).toMatchObject(
        Array.from({ length: 3 }, () => ({ reported: false })),
      );
    },
  );

  test('a stale connection is reset by the next request, which is neither logged nor billed', async () => {
    await using own = await startFakeProvider({ models: { mini: { price: { input: '1', output: '1' } } } });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (): Promise<string> => {
      const sent = request(`${own.openaiBaseURL}/chat/completions`, { method: 'POST', agent }).end(
        JSON.stringify(chat),
      );
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      return (await response.toArray()).join('');
    };
    own.reply({ text: 'a', delivery: { staleConnection: true } }, 'b');
    expect(await ask()).toContain('"content":"a"');
    await expect(ask()).rejects.toThrow('ECONNRESET');
    expect(own.queuedReplies).toBe(1);
    expect(await ask()).toContain('"content":"b"');
    expect(own.requests()).toHaveLength(2);
    expect(own.bill().requests).toHaveLength(2);
    agent.destroy();
  });
});
