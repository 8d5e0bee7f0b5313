/**
 * A reply's stream, observed as it passes to the caller. Nothing is held back: a chunk is read when the caller asks for
 * one, looked at, and handed on. Iterating the body, as the SDKs do, costs one call more a chunk; a reader or a pipe goes
 * through a pull-through stream that holds no chunk either.
 */

export interface StreamListener {
  /** Looks at a chunk and returns what the caller may see of it. */
  readonly observe: (chunk: Uint8Array) => Uint8Array;
  /** The provider has ended the stream. */
  readonly ended: () => void;
  /** The connection broke off. */
  readonly failed: (error: unknown) => void;
  /** The caller stopped reading. */
  readonly cancelled: () => void;
}

type Chunk = Awaited<ReturnType<ReadableStreamDefaultReader<Uint8Array>['read']>>;

/**
 * @param first what has been read already, to know that the stream has begun
 */
export function observedStream(
  first: Chunk,
  source: ReadableStreamDefaultReader<Uint8Array>,
  observation: StreamListener,
): ReadableStream<Uint8Array> {
  let pending: Chunk | undefined = first;
  let isOver = false;
  /** Of whoever iterates: the chunks do not come this way, but the stream is locked meanwhile, and read afterwards. */
  let lock: ReadableStreamDefaultReader<Uint8Array> | undefined;

  async function read(): Promise<Chunk> {
    for (;;) {
      let chunk: Chunk;
      if (pending === undefined) {
        try {
          chunk = await source.read();
        } catch (error) {
          isOver = true;
          observation.failed(error);
          throw error;
        }
      } else {
        chunk = pending;
        pending = undefined;
      }
      if (chunk.done) {
        isOver = true;
        observation.ended();
        if (lock !== undefined) await lock.cancel();
        return chunk;
      }
      const seen = observation.observe(chunk.value);
      if (seen === chunk.value) return chunk;
      // A chunk of which nothing is left for the caller is passed over: an empty one would be a surprise.
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
        observation.cancelled();
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
