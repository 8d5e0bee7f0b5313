/**
 * A streamed reply goes to the caller with its headers, as without a router, even where its first event takes its time: a
 * reasoning model sends headers at once and then thinks. The body waits for that event; until it comes, the router may still
 * send the request again or to another model, whose stream then continues under the first headers.
 */
import type { Exchange } from '../engine/attempts/exchange.ts';
import type { Runtime } from '../runtime.ts';
import type { BodySource, Chunk } from './body-source.ts';
import type { Fetch } from './http-request.ts';
import { unobservedStream } from './observed-stream.ts';
import { withStream } from './reply-response.ts';

/** How long the first event may take before the headers go ahead. Most streams are faster, and their reply is the provider's own. */
const PATIENCE_MS = 20;

/** Wrappers around a request's `fetch` and its exchanges, which observe the headers of its attempts. */
export interface HeadersFirst {
  readonly fetch: (inner: Fetch) => Fetch;
  readonly exchange: (inner: Exchange<Response>) => Exchange<Response>;
}

export interface HeadersFirstOptions {
  readonly runtime: Pick<Runtime, 'after'>;
  readonly perform: (hooks: HeadersFirst) => Promise<Response>;
  /** Called when headers were sent ahead and the router's own reply has come. */
  readonly continued: (ahead: Response, reply: Response) => void;
}

/** Resolves to the reply of `perform`, or to its headers where its first event takes long. */
export async function headersFirst({ runtime, perform, continued }: HeadersFirstOptions): Promise<Response> {
  const waiting: AwaitedReply = {};
  return new Promise((resolve, reject) => {
    const reply = perform(hooksOf(waiting, runtime));
    waiting.goAhead = head => {
      const ahead = responseOf(head, reply);
      reply.then(own => continued(ahead, own)).catch(() => {});
      resolve(ahead);
    };
    reply.then(resolve, reject).finally(() => {
      waiting.goAhead = undefined;
    });
  });
}

/**
 * A request whose reply has not come. The hooks live as long as the reply's stream. They must not refer to the reply: a reply
 * that the caller drops unread is noticed by its garbage collection.
 */
interface AwaitedReply {
  goAhead?: ((head: Response) => void) | undefined;
  stop?: (() => void) | undefined;
}

function hooksOf(waiting: AwaitedReply, { after }: Pick<Runtime, 'after'>): HeadersFirst {
  const stop = (): void => {
    waiting.stop?.();
    waiting.stop = undefined;
  };
  return {
    fetch: inner => async (url, init) => {
      const head = await inner(url, init);
      if (head.ok) waiting.stop = after(PATIENCE_MS, () => waiting.goAhead?.(head));
      return head;
    },
    exchange: inner => async (model, signal) => inner(model, signal).finally(stop),
  };
}

function responseOf({ status, statusText, headers, url }: Response, reply: Promise<Response>): Response {
  const response = new Response(null, { status, statusText, headers });
  Object.defineProperty(response, 'url', { value: url });
  return withStream(response, unobservedStream(lateSource(reply)));
}

function lateSource(reply: Promise<Response>): BodySource {
  let chunks: AsyncIterator<Uint8Array> | undefined;
  const body = reply.then(async own => (own.ok ? own.body : errorEvent(await own.text())) ?? new Blob([]).stream());
  // The caller may never read this body: its error must not be an unhandled rejection.
  body.catch(() => {});

  async function begin(): Promise<Chunk> {
    chunks = (await body)[Symbol.asyncIterator]();
    return chunks.next() as Promise<Chunk>;
  }

  return {
    held: [],
    read: () => (chunks === undefined ? begin() : (chunks.next() as Promise<Chunk>)),
    arrived: async () => undefined,
    cancel: async reason => {
      if (chunks === undefined) await body.then(async stream => stream.cancel(reason));
      else await chunks.return?.(reason);
    },
  };
}

/** Reports a refusal to a caller that has already received a status of success: as an error event, which the clients of every API read. */
function errorEvent(text: string): ReadableStream<Uint8Array> {
  const data = text.split(/[\r\n]+/).join(' ');
  return new Blob([`event: error\ndata: ${data}\n\n`]).stream() as ReadableStream<Uint8Array>;
}
