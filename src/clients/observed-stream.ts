/**
 * A reply's stream, observed on its way to the caller. No chunk is held back: one is read when the caller asks for one,
 * observed, and passed on. Iterating the body, as the SDKs do, costs one more call per chunk; a reader or a pipe goes
 * through a pull-through stream that buffers nothing either.
 */

export interface StreamListener {
  /** Returns the bytes of a chunk that the caller gets: the same object when it gets all of them. */
  readonly observe: (chunk: Uint8Array) => Uint8Array;
  /** The provider ended the stream. */
  readonly ended: () => void;
  /** The connection broke. */
  readonly failed: (error: unknown) => void;
  /** The caller stopped reading. */
  readonly cancelled: () => void;
}

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

/** @param first the chunk that was read to make sure that the stream has begun */
export function observedStream(
  first: Chunk,
  source: ReadableStreamDefaultReader<Uint8Array>,
  listener: StreamListener,
): ReadableStream<Uint8Array> {
  let pending: Chunk | undefined = first;
  let isOver = false;
  /** Held while the caller iterates, so that the stream counts as locked, and afterwards as read. No chunk goes through it. */
  let lock: ReadableStreamDefaultReader<Uint8Array> | undefined;

  async function read(): Promise<Chunk> {
    for (;;) {
      let chunk: Chunk;
      if (pending === undefined) {
        try {
          chunk = await source.read();
        } catch (error) {
          isOver = true;
          listener.failed(error);
          throw error;
        }
      } else {
        chunk = pending;
        pending = undefined;
      }
      if (chunk.done) {
        isOver = true;
        listener.ended();
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
