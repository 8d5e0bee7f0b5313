/** Writes the bytes of a reply or an error: compressed, delayed, in chunks of a chosen size, on a connection that may break. */
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from '../core/math/random.ts';
import { drawCount } from './fake-count.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import { bodyEncoder, deliveredHeaders, encodedBody } from './fake-delivery.ts';
import type { FakeBreak } from './faults.ts';

/** The status line and headers of a response, and how it is delivered. */
export interface FakeHead {
  readonly status: number;
  /** The usual headers, `content-type` too. */
  readonly headers: Readonly<Record<string, string>>;
  readonly delivery: FakeDelivery;
  /** Draws the sizes of chunks. */
  readonly random: SeededRandom;
}

/** A body that is written piece by piece. */
export interface BodyWriter {
  write(text: string): Promise<void>;
  /** Sends bytes that do not fill a chunk yet. */
  flush(): Promise<void>;
  end(): Promise<void>;
}

/** Sends the head; the body follows. */
export function openBody(response: ServerResponse, { status, headers, delivery, random }: FakeHead): BodyWriter {
  response.writeHead(status, deliveredHeaders(headers, delivery));
  const encoder = bodyEncoder(delivery.encoding);
  const { chunkBytes } = delivery;
  const chunks = chunkBytes === undefined ? undefined : chunker(() => drawCount(chunkBytes, random));
  const send = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length === 0 || response.closed) return;
    if (chunks !== undefined) {
      // Chunks that are written in one turn of the event loop would be sent as one.
      await new Promise<unknown>(resolve => response.write(bytes, resolve));
    } else if (!response.write(bytes)) {
      await Promise.race([once(response, 'drain'), once(response, 'close')]);
    }
  };
  const add = async (bytes: Uint8Array): Promise<void> => {
    for (const chunk of chunks?.add(bytes) ?? [bytes]) await send(chunk);
  };
  const flush = async (): Promise<void> => {
    if (chunks !== undefined) await send(chunks.rest());
  };
  return {
    write: async text => add(await encoder.encode(Buffer.from(text))),
    flush,
    async end() {
      await add(await encoder.end());
      await flush();
      response.end();
    },
  };
}

/**
 * Sends a whole body and resolves when the exchange is over. The length is announced, unless the body is divided into chunks.
 * `sending` is called before the first byte of the body.
 */
export async function sendBody(
  response: ServerResponse,
  text: string,
  head: FakeHead,
  sending: () => void = () => undefined,
): Promise<void> {
  const { delivery } = head;
  if (delivery.chunkBytes === undefined) {
    const bytes = await encodedBody(text, delivery.encoding);
    const begun = announced(response, head, bytes.length);
    await beforeBody(response, delivery);
    sending();
    begun.end(bytes);
  } else {
    const body = openBody(response, head);
    await beforeBody(response, delivery);
    sending();
    await body.write(text);
    await body.end();
  }
  await closed(response);
}

/** Sends the head of a body of this length. */
export function announced(response: ServerResponse, head: FakeHead, length: number): ServerResponse {
  const headers = deliveredHeaders(head.headers, head.delivery);
  return response.writeHead(head.status, { ...headers, 'content-length': length });
}

/** The delay between the headers, which are sent at once, and the body. */
export async function beforeBody(response: ServerResponse, { firstEventAfterMs = 0 }: FakeDelivery): Promise<void> {
  if (firstEventAfterMs > 0) response.flushHeaders();
  await waitFor(firstEventAfterMs, response);
}

/** Waits, but ends early if the client disconnects. */
export async function waitFor(ms: number, response: ServerResponse): Promise<void> {
  if (ms > 0) await Promise.race([delay(ms), closed(response)]);
}

export async function closed(response: ServerResponse): Promise<void> {
  if (!response.closed) await once(response, 'close');
}

/** Some clients lose response headers that arrive together with the end of the connection, so the end waits this long. */
const HEAD_START_MS = 15;

/** Breaks the connection off within a reply. */
export async function breakOff(response: ServerResponse, by: FakeBreak = 'close'): Promise<void> {
  response.flushHeaders();
  await delay(HEAD_START_MS);
  breakConnection(response, by);
}

export function breakConnection({ socket }: ServerResponse, by: FakeBreak): void {
  if (by === 'reset') socket?.resetAndDestroy();
  else if (by === 'close') socket?.destroySoon();
  else socket?.end();
}

/** Divides bytes into chunks of the next sizes, independent of the pieces in which the bytes come. */
export function chunker(nextSize: () => number): {
  add(bytes: Uint8Array): readonly Uint8Array[];
  rest(): Uint8Array;
} {
  let waiting: Uint8Array = Buffer.alloc(0);
  let size = nextSize();
  return {
    add(bytes) {
      waiting = Buffer.concat([waiting, bytes]);
      const chunks: Uint8Array[] = [];
      let start = 0;
      while (waiting.length - start >= size) {
        chunks.push(waiting.subarray(start, start + size));
        start += size;
        size = nextSize();
      }
      waiting = waiting.subarray(start);
      return chunks;
    },
    rest() {
      const last = waiting;
      waiting = Buffer.alloc(0);
      return last;
    },
  };
}
