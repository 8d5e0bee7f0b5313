/**
 * A reply's stream, observed on its way to the caller. No chunk is held back: one is read when the caller asks for one,
 * observed, and passed on. Iterating the body, as the SDKs do, costs one more call per chunk; a reader or a pipe goes
 * through a pull-through stream that buffers nothing either.
 */
import type { BodySource, Chunk } from './body-source.ts';

export interface StreamListener {
  /** Returns the bytes of a chunk that the caller gets: the same object when it gets all of them. */
  readonly observe: (chunk: Uint8Array) => Uint8Array;
  /** The provider ended the stream. Returns the last bytes that the caller gets. */
  readonly ended: () => Uint8Array;
  /** The connection broke. */
  readonly failed: (error: unknown) => void;
  /** The caller stopped reading. */
  readonly cancelled: () => void;
}

/** @param source a body, with the chunks of it that were observed already */
export function observedStream(source: BodySource, listener: StreamListener): ReadableStream<Uint8Array> {
  const { held } = source;
  let isOver = false;
  /** Held while the caller iterates, so that the stream counts as locked, and afterwards as read. No chunk goes through it. */
  let lock: ReadableStreamDefaultReader<Uint8Array> | undefined;

  async function read(): Promise<Chunk> {
    if (isOver) return { done: true, value: undefined };
    const first = held.shift();
    if (first !== undefined) return { done: false, value: first };
    for (;;) {
      let chunk: Chunk;
      try {
        chunk = await source.read();
      } catch (error) {
        isOver = true;
        listener.failed(error);
        throw error;
      }
      if (chunk.done) {
        const rest = listener.ended();
        if (rest.length > 0) return { done: false, value: rest };
        isOver = true;
        if (lock !== undefined) await lock.cancel();
        return chunk;
      }
      const seen = listener.observe(chunk.value);
      if (seen === chunk.value) return chunk;
      // When no byte of the chunk is left, the next chunk is read: callers do not expect an empty one.
      if (seen.length > 0) return { done: false, value: seen };
    }
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const chunk = await read();
        if (chunk.done) controller.close();
        else controller.enqueue(chunk.value);
      },
      async cancel(reason) {
        if (isOver) return;
        isOver = true;
        listener.cancelled();
        await source.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );

  const iterate = (): AsyncIterableIterator<Uint8Array> => {
    const reader = stream.getReader();
    lock = reader;
    return {
      next: read,
      async return() {
        await reader.cancel();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return Object.defineProperties(stream, {
    [Symbol.asyncIterator]: { value: iterate },
    values: { value: iterate },
  });
}

/**
 * The rest of a body that is not observed any more, behind the chunks that are held.
 *
 * @param over called when the body was read, broke off or was cancelled
 */
export function unobservedStream(source: BodySource, over = (): void => {}): ReadableStream<Uint8Array> {
  const ended = (): Uint8Array => {
    over();
    return NO_BYTES;
  };
  return observedStream(source, { observe: chunk => chunk, ended, failed: over, cancelled: over });
}

const NO_BYTES = new Uint8Array();
