import { describe, expect, test } from 'vitest';
import { bodySource } from '../../src/clients/body-source.ts';
import type { StreamListener } from '../../src/clients/observed-stream.ts';
import { observedStream, unobservedStream } from '../../src/clients/observed-stream.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);

/** An observed source of these chunks, which ends at an error; `events` has what happened, in order. */
function observed(chunks: readonly (string | Error)[], observe?: StreamListener['observe']) {
  const events: string[] = [];
  const left = [...chunks];
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = left.shift();
        events.push(`pulled ${chunk instanceof Error ? 'an error' : (chunk ?? 'the end')}`);
        if (chunk === undefined) controller.close();
        else if (chunk instanceof Error) controller.error(chunk);
        else controller.enqueue(encode(chunk));
      },
      cancel: reason => void events.push(`source cancelled${reason === undefined ? '' : `: ${String(reason)}`}`),
    },
    { highWaterMark: 0 },
  );
  const body = bodySource(source);
  const promised = new Set<Promise<unknown>>();
  const read = (): ReturnType<typeof body.read> => {
    const chunk = body.read();
    promised.add(chunk);
    return chunk;
  };
  const stream = observedStream(
    { ...body, read },
    {
      observe: observe ?? (chunk => chunk),
      passesAll: observe === undefined,
      ended: () => (events.push('ended'), new Uint8Array()),
      failed: error => events.push(`failed: ${(error as Error).message}`),
      cancelled: () => events.push('cancelled'),
    },
  );
  return { stream, events, promised };
}

const iterated = (stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> => stream;

test('no chunk is read before the caller asks for it', async () => {
  const { stream, events } = observed(['a', 'b', 'c']);
  const reader = stream.getReader();
  expect(decode((await reader.read()).value)).toBe('a');
  expect(events).toEqual(['pulled a']);
  expect(decode((await reader.read()).value)).toBe('b');
  expect(events).toEqual(['pulled a', 'pulled b']);
});

test.each([
  ['iterated', async (stream: ReadableStream<Uint8Array>) => (await Array.fromAsync(iterated(stream))).map(decode)],
  ['by its values', async (stream: ReadableStream<Uint8Array>) => (await Array.fromAsync(stream.values())).map(decode)],
  [
    'by a reader',
    async (stream: ReadableStream<Uint8Array>) => {
      const reader = stream.getReader();
      const all: string[] = [];
      for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) all.push(decode(chunk.value));
      return all;
    },
  ],
])('a stream read to its end (%s) gives every chunk unchanged and ends once', async (_, read) => {
  const { stream, events } = observed(['a', 'b', 'c']);
  expect(await read(stream)).toEqual(['a', 'b', 'c']);
  expect(events).toEqual(['pulled a', 'pulled b', 'pulled c', 'pulled the end', 'ended']);
});

test('a stream can be piped and teed', async () => {
  const piped = observed(['a', 'b']);
  expect(await new Response(piped.stream.pipeThrough(new TransformStream())).text()).toBe('ab');
  const [left, right] = observed(['a', 'b']).stream.tee();
  expect(await Promise.all([new Response(left).text(), new Response(right).text()])).toEqual(['ab', 'ab']);
});

test('the caller gets the bytes that `observe` returns, and no empty chunk', async () => {
  const { stream } = observed(['a', 'hidden', 'b'], chunk =>
    decode(chunk) === 'hidden' ? new Uint8Array() : encode(decode(chunk).toUpperCase()),
  );
  expect((await Array.fromAsync(iterated(stream))).map(decode)).toEqual(['A', 'B']);
});

test('leaving the loop cancels the source once', async () => {
  const { stream, events } = observed(['a', 'b']);
  for await (const chunk of iterated(stream)) if (chunk.length > 0) break;
  expect(events).toEqual(['pulled a', 'cancelled', 'source cancelled']);
});

test('an iterator whose loop was left early yields no more chunks', async () => {
  const { stream } = observed(['a', 'b']);
  const chunks = iterated(stream)[Symbol.asyncIterator]();
  await chunks.next();
  await chunks.return?.();
  expect(await chunks.next()).toMatchObject({ done: true });
});

test('cancelling an unread stream passes the reason on', async () => {
  const { stream, events } = observed(['a', 'b']);
  await stream.cancel('enough');
  expect(events).toEqual(['cancelled', 'source cancelled: enough']);
});

test.each(['iterated', 'by a reader'])('an error of the source reaches the caller (%s)', async way => {
  const { stream, events } = observed(['a', new Error('reset')]);
  const read = async (): Promise<unknown> => {
    if (way === 'iterated') return Array.fromAsync(iterated(stream));
    const reader = stream.getReader();
    await reader.read();
    return reader.read();
  };
  await expect(read()).rejects.toThrow('reset');
  expect(events).toEqual(['pulled a', 'pulled an error', 'failed: reset']);
});

test('leaving a loop after an error does not fail', async () => {
  const { stream } = observed([new Error('reset')]);
  const chunks = iterated(stream)[Symbol.asyncIterator]();
  await expect(chunks.next()).rejects.toThrow('reset');
  expect(await chunks.return?.()).toEqual({ done: true, value: undefined });
});

test('an iterated stream is locked, and counts as read afterwards', async () => {
  const { stream } = observed(['a', 'b']);
  const iterator = iterated(stream)[Symbol.asyncIterator]();
  await iterator.next();
  expect(stream.locked).toBe(true);
  expect(() => stream.getReader()).toThrow(TypeError);
  while ((await iterator.next()).done !== true);
  expect((await iterator.next()).done).toBe(true);
  expect(() => new Response(stream)).toThrow(TypeError);
});

test('an empty stream ends without a chunk', async () => {
  const { stream, events } = observed([]);
  expect(await Array.fromAsync(iterated(stream))).toEqual([]);
  expect(events).toEqual(['pulled the end', 'ended']);
});

test('a reader receives the source’s own promise, from the second chunk on', async () => {
  const { stream, promised } = observed(['a', 'b', 'c']);
  const reader = stream.getReader();
  await reader.read();
  const second = reader.read();
  expect(promised).toContain(second);
  expect(decode((await second).value)).toBe('b');
});

test('reads that do not wait for each other get the chunks in order', async () => {
  const { stream, events } = observed(['a', 'b', 'c']);
  const reader = stream.getReader();
  const chunks = await Promise.all([reader.read(), reader.read(), reader.read(), reader.read()]);
  expect(chunks.map(({ value }) => decode(value))).toEqual(['a', 'b', 'c', '']);
  expect(chunks[3]).toEqual({ done: true, value: undefined });
  expect(events.at(-1)).toBe('ended');
  await reader.closed;
});

/** Always has this many reads outstanding. */
async function readAhead(outstanding: number, read: () => Promise<{ done: boolean; value?: Uint8Array | undefined }>) {
  const reads = Array.from({ length: outstanding }, read);
  const all: string[] = [];
  for (let next = reads.shift(); next !== undefined; next = reads.shift()) {
    const { done, value } = await next;
    if (done) continue;
    all.push(decode(value));
    reads.push(read());
  }
  return all;
}

const letters = 'abcdefghijkl'.split('');
/** What a listener may do with a chunk: pass it, or hide it as the router does with an event that only it asked for. */
const observers = [undefined, (chunk: Uint8Array) => (/[bdei]/.test(decode(chunk)) ? new Uint8Array() : chunk)];

describe.each([1, 2, 3, 8])('with %i reads outstanding all the time', outstanding => {
  test.each(['bytes', undefined] as const)('a source of type %s is read in order', async type => {
    for (const held of [[], ['1'], ['1', '', '2', '3']])
      for (const observe of observers) {
        const left = [...letters];
        const source = bodySource(
          new ReadableStream<Uint8Array>({
            type: type as undefined,
            async pull(controller) {
              await new Promise(setImmediate);
              const letter = left.shift();
              if (letter !== undefined) return controller.enqueue(encode(letter));
              controller.close();
              (controller as unknown as ReadableByteStreamController).byobRequest?.respond(0);
            },
          }),
        );
        source.held.push(...held.map(encode));
        const stream = observedStream(source, {
          observe: observe ?? (chunk => chunk),
          passesAll: observe === undefined,
          ended: () => new Uint8Array(),
          failed: () => {},
          cancelled: () => {},
        });
        const reader = stream.getReader();
        const expected = observe === undefined ? 'abcdefghijkl' : 'acfghjkl';
        expect((await readAhead(outstanding, () => reader.read())).join('')).toBe(held.join('') + expected);
        await reader.closed;
      }
  });

  test('a reader into buffers gets the bytes in order', async () => {
    for (const observe of observers) {
      const reader = observed(letters, observe).stream.getReader({ mode: 'byob' });
      const expected = observe === undefined ? 'abcdefghijkl' : 'acfghjkl';
      expect((await readAhead(outstanding, () => reader.read(new Uint8Array(4)))).join('')).toBe(expected);
    }
  });

  test('every read after an error fails with it, and everything before it is in order', async () => {
    for (const observe of observers) {
      const { stream, events } = observed(['a', 'c', 'f', new Error('reset')], observe);
      const reader = stream.getReader();
      const all: string[] = [];
      const reads: ReturnType<typeof reader.read>[] = [];
      for (let length = 0; length < outstanding; length += 1) reads.push(reader.read());
      for (let count = 0; count < 3; count += 1) {
        all.push(decode((await reads.shift())?.value));
        reads.push(reader.read());
      }
      expect(all).toEqual(['a', 'c', 'f']);
      for (const { status } of await Promise.allSettled(reads)) expect(status).toBe('rejected');
      expect(events.filter(event => event.startsWith('failed'))).toEqual(['failed: reset']);
    }
  });
});

test('reads that begin while others are outstanding, and after all have ended, get the chunks in order', async () => {
  for (const observe of observers) {
    const reader = observed(letters, observe).stream.getReader();
    const all: string[] = [];
    for (const outstanding of [1, 1, 3, 1, 2, 1, 4]) {
      const chunks = await Promise.all(Array.from({ length: outstanding }, async () => reader.read()));
      all.push(...chunks.map(({ value }) => decode(value)));
    }
    expect(all.join('')).toBe(observe === undefined ? 'abcdefghijkl' : 'acfghjkl');
  }
});

test('once the outstanding reads have ended, the next read gets the source’s own promise again', async () => {
  const { stream, promised } = observed(letters);
  const reader = stream.getReader();
  await Promise.all([reader.read(), reader.read(), reader.read()]);
  const alone = reader.read();
  expect(promised).toContain(alone);
  expect(decode((await alone).value)).toBe('d');
});

test('the next reader continues after the pending read of a released one', async () => {
  const { stream } = observed(['a', 'b', 'c', 'd']);
  const first = stream.getReader();
  await first.read();
  const second = first.read();
  first.releaseLock();
  const reader = stream.getReader();
  const chunks = await Promise.all([second, reader.read(), reader.read(), reader.read()]);
  expect(chunks.map(({ value }) => decode(value))).toEqual(['b', 'c', 'd', '']);
});

test('the next reader continues where the last one was released', async () => {
  const { stream } = observed(['a', 'b', 'c', 'd']);
  const first = stream.getReader();
  await first.read();
  await first.read();
  first.releaseLock();
  await expect(first.read()).rejects.toThrow(TypeError);
  expect(stream.locked).toBe(false);
  expect(decode((await stream.getReader().read()).value)).toBe('c');
});

test('a stream of which a part was read cannot be a body, and one that was not begun can', async () => {
  const { stream } = observed(['a', 'b', 'c']);
  const reader = stream.getReader();
  await reader.read();
  await reader.read();
  reader.releaseLock();
  expect(() => new Response(stream)).toThrow(TypeError);
  expect(await new Response(observed(['a', 'b']).stream).text()).toBe('ab');
});

test('a stream can be read into buffers', async () => {
  const { stream, events } = observed(['abc', 'd']);
  const reader = stream.getReader({ mode: 'byob' });
  const parts: string[] = [];
  for (;;) {
    const { done, value } = await reader.read(new Uint8Array(2));
    if (done) break;
    parts.push(decode(value));
  }
  expect(parts).toEqual(['ab', 'c', 'd']);
  expect(events).toEqual(['pulled abc', 'pulled d', 'pulled the end', 'ended']);
});

test('a stream that was read in part gives the rest when it is teed', async () => {
  const { stream } = observed(['a', 'b', 'c', 'd']);
  const reader = stream.getReader();
  await reader.read();
  await reader.read();
  reader.releaseLock();
  const [left, right] = stream.tee();
  expect(await Promise.all([left, right].map(async half => new Response(half).text()))).toEqual(['cd', 'cd']);
});

test('a chunk keeps its memory, even if the stream is piped on', async () => {
  const chunk = encode('same');
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(chunk);
      controller.enqueue(chunk);
      controller.close();
    },
  });
  expect(await new Response(unobservedStream(bodySource(source))).text()).toBe('samesame');
  expect(decode(chunk)).toBe('same');
});

test('a cancelled reader ends the read that it waits for', async () => {
  const source = new ReadableStream<Uint8Array>({ start: controller => controller.enqueue(encode('a')) });
  const reader = unobservedStream(bodySource(source)).getReader();
  await reader.read();
  const waiting = reader.read();
  await reader.cancel('enough');
  expect(await waiting).toEqual({ done: true, value: undefined });
  await reader.closed;
});

test('chunks that were held come first, and are not observed a second time', async () => {
  const source = bodySource(new Blob(['b']).stream());
  source.held.push(encode('a'));
  const seen: string[] = [];
  const observe = (chunk: Uint8Array): Uint8Array => (seen.push(decode(chunk)), chunk);
  const stream = observedStream(source, {
    observe,
    ended: () => new Uint8Array(),
    failed: () => {},
    cancelled: () => {},
  });
  expect((await Array.fromAsync(iterated(stream))).map(decode)).toEqual(['a', 'b']);
  expect(seen).toEqual(['b']);
});

test('bytes that are released at the end come last, whether the stream is iterated or read', async () => {
  const reads = [
    (stream: ReadableStream<Uint8Array>) => Array.fromAsync(iterated(stream)),
    async (stream: ReadableStream<Uint8Array>) => [new Uint8Array(await new Response(stream).arrayBuffer())],
  ];
  for (const readAll of reads) {
    const last = [encode('b'), new Uint8Array()];
    const ended = (): Uint8Array => last.shift() as Uint8Array;
    const source = bodySource(new Blob(['a']).stream());
    const stream = observedStream(source, { observe: chunk => chunk, ended, failed: () => {}, cancelled: () => {} });
    expect((await readAll(stream)).map(decode).join('')).toBe('ab');
    expect(last).toEqual([]);
  }
});

test('an unobserved stream passes on the held chunks and all later ones', async () => {
  const source = bodySource(new Blob(['b']).stream());
  source.held.push(encode('a'));
  expect(await new Response(unobservedStream(source)).text()).toBe('ab');
});
