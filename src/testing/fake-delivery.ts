/** How the fake provider sends a reply or an error: headers, compression, redirects. The content stays the same. */
import { once } from 'node:events';
import { constants, createBrotliCompress, createDeflate, createGzip } from 'node:zlib';
import type { FakeCount } from './fake-count.ts';
import type { FakeEventFormat } from './fake-event-format.ts';

export type FakeEncoding = 'gzip' | 'br' | 'deflate';

/** How a reply or an error is sent. Every option is independent of the others. */
export interface FakeDelivery {
  /** The exact content type: `Text/Event-Stream`, `text/plain` … `null`: no such header. Default: the correct one. */
  readonly contentType?: string | null;
  /** More headers, and replacements of the usual ones: `{ 'x-should-retry': 'false' }`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Compresses the body. In a stream, each event can be read at once. */
  readonly encoding?: FakeEncoding;
  /** The request is first redirected to the same path with a query; the request that follows gets the reply. */
  readonly redirect?: 307 | 308;
  /** Milliseconds before the headers. Default 0. */
  readonly headersAfterMs?: number;
  /** Milliseconds between the headers and the first event, or the body. Default 0. */
  readonly firstEventAfterMs?: number;
  /** How the events of a stream are written. */
  readonly events?: FakeEventFormat;
  /** Bytes of each chunk that is sent, a number or a range to draw from: 1 divides every character. Default: as written. */
  readonly chunkBytes?: FakeCount;
  /** The connection stays open after the reply, and is reset when the client sends its next request on it. */
  readonly staleConnection?: boolean;
}

/** The headers to send. `headers` has the usual ones, including `content-type`. */
export function deliveredHeaders(
  headers: Readonly<Record<string, string>>,
  { contentType, headers: more, encoding }: FakeDelivery,
): Readonly<Record<string, string>> {
  const { 'content-type': usual, ...others } = headers;
  const type = contentType === undefined ? usual : contentType;
  return {
    ...(typeof type === 'string' ? { 'content-type': type } : {}),
    ...others,
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    ...more,
  };
}

/** Compresses a body piece by piece: what `encode` returns can be read without the pieces after it. */
export interface BodyEncoder {
  encode(piece: Uint8Array): Promise<Uint8Array>;
  /** The last bytes of the body. */
  end(): Promise<Uint8Array>;
}

const NOTHING = new Uint8Array();
const COMPRESSORS = {
  gzip: () => createGzip(),
  // At its usual quality, brotli would take more time than all the rest of a reply.
  br: () => createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MIN_QUALITY } }),
  deflate: () => createDeflate(),
};

export function bodyEncoder(encoding: FakeEncoding | undefined): BodyEncoder {
  if (encoding === undefined) return { encode: async piece => piece, end: async () => NOTHING };
  const compressor = COMPRESSORS[encoding]();
  const written: Buffer[] = [];
  compressor.on('data', (bytes: Buffer) => written.push(bytes));
  return {
    async encode(piece) {
      compressor.write(piece);
      await new Promise<void>(resolve => compressor.flush(resolve));
      return Buffer.concat(written.splice(0));
    },
    async end() {
      compressor.end();
      await once(compressor, 'end');
      return Buffer.concat(written.splice(0));
    },
  };
}

/** The whole body, compressed. */
export async function encodedBody(text: string, encoding: FakeEncoding | undefined): Promise<Uint8Array> {
  if (encoding === undefined) return Buffer.from(text);
  const encoder = bodyEncoder(encoding);
  return Buffer.concat([await encoder.encode(Buffer.from(text)), await encoder.end()]);
}
