/** The body of a reply as it is read: the router looks at its beginning first, the caller then gets all of it. */

export type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

export interface BodySource {
  /** Chunks that were read before the caller got the reply, without the parts that are not for the caller, in order. */
  readonly held: Uint8Array[];
  /** Reads the next chunk. Not async, so that it adds no promise to those of the body. */
  readonly read: () => Promise<Chunk>;
  /** The next chunk if it arrives before `patience` resolves; else `undefined`, and the next {@link read} returns it. */
  readonly arrived: (patience: Promise<undefined>) => Promise<Chunk | undefined>;
  readonly cancel: (reason?: unknown) => Promise<void>;
}

/** @param body of a Response; null counts as empty */
export function bodySource(body: ReadableStream<Uint8Array> | null): BodySource {
  const reader = (body ?? new Blob([]).stream()).getReader();
  /** A read of the body that has begun, and whose chunk was not taken yet. */
  let coming: Promise<Chunk> | undefined;

  function read(): Promise<Chunk> {
    const chunk = coming ?? reader.read();
    coming = undefined;
    return chunk;
  }

  return {
    held: [],
    read,
    async arrived(patience) {
      const next = read();
      const chunk = await Promise.race([next, patience]);
      if (chunk === undefined) {
        coming = next;
        // This read may fail before the caller reads on; without a handler that would be an unhandled rejection.
        next.catch(() => {});
      }
      return chunk;
    },
    cancel: async reason => reader.cancel(reason).finally(() => reader.releaseLock()),
  };
}

/**
 * One decoder for all bodies: it keeps no state between bodies that are decoded in one piece, and making one takes as long as decoding a
 * reply.
 */
const utf8 = new TextDecoder();

/** The text of chunks that are a whole body. */
export function decoded(chunks: readonly Uint8Array[]): string {
  // Most replies come in one chunk.
  if (chunks.length === 1) return utf8.decode(chunks[0]);
  const decoder = new TextDecoder();
  return chunks.map(chunk => decoder.decode(chunk, { stream: true })).join('') + decoder.decode();
}
