/**
 * A reply's stream, observed on its way to the caller. One chunk is read when the caller asks for one, observed, and passed on; none is
 * held back, unless the listener reads ahead. It is a byte stream like any other: it can be piped and teed, read into buffers and made a
 * body. A plain reader, or a loop over the stream as in the SDKs, gets the source's own promise without a second one, as long as one read
 * at a time is outstanding. Such a promise cannot be withdrawn: a read that is outstanding at `releaseLock()` is not rejected, as in other
 * streams, but gets its chunk, and the next reader continues after it.
 */
import type { BodySource, Chunk } from './body-source.ts';

export interface StreamListener {
  /** Returns the bytes of a chunk that the caller gets: the same object when it gets all of them. */
  readonly observe: (chunk: Uint8Array) => Uint8Array;
  /**
   * The caller gets every chunk as it came, and nothing else: `observe` returns its argument and does not throw, and `ended` returns no
   * bytes.
   */
  readonly passesAll?: boolean;
  /** Called before the caller gets a chunk, which waits for the promise that it returns. Not called where `passesAll`. */
  readonly readAhead?: () => Promise<void> | undefined;
  /** The provider ended the stream. Returns the last bytes that the caller gets. */
  readonly ended: () => Uint8Array;
  /** The connection broke. */
  readonly failed: (error: unknown) => void;
  /** The caller stopped reading. */
  readonly cancelled: () => void;
}

const plainReader = ReadableStream.prototype.getReader;

interface Watched {
  readonly source: BodySource;
  readonly listener: StreamListener;
}

/** @param source a body, with the chunks of it that were observed already */
export function observedStream(source: BodySource, listener: StreamListener): ReadableStream<Uint8Array> {
  /** Present until the end. A reply may be kept much longer, and must not keep the parts of its request in memory. */
  let watched: Watched | undefined = { source, listener };
  let isPulling = false;
  /** The first read goes through the stream, which then counts as read. */
  let isBegun = false;
  /** Reads that wait in the stream. */
  let waiting = 0;
  /** The outstanding read that bypassed the stream. There is one at a time, and the stream reads on after it. */
  let direct: Promise<Chunk> | undefined;
  let controller!: ReadableByteStreamController;

  /** Adds one promise to that of the source. It adds more only if it must wait, hold a chunk back or remove bytes from it. */
  function read({ source: from }: Watched): Promise<Chunk> {
    return from.held.length > 0 ? readOn() : from.read().then(checked, failed);
  }

  function checked(chunk: Chunk): Chunk | Promise<Chunk> {
    if (watched === undefined || chunk.done) return readOn(chunk);
    const value = watched.listener.observe(chunk.value);
    const ahead = watched.listener.readAhead?.();
    if (ahead !== undefined || value !== chunk.value || value.length === 0) return readOn(chunk, { value, ahead });
    direct = undefined;
    return chunk;
  }

  function failed(error: unknown): never {
    broke(error);
    throw error;
  }

  async function readOn(read?: Chunk, seen?: Seen): Promise<Chunk> {
    try {
      const chunk = watched === undefined ? (read ?? NO_CHUNK) : await nextOf(watched, read, seen);
      if (chunk.done) end();
      return chunk;
    } catch (error) {
      return failed(error);
    } finally {
      direct = undefined;
    }
  }

  /** The source's own promise: the caller gets exactly what it brings. */
  function shared({ source: from }: Watched): Promise<Chunk> {
    const chunk = from.read();
    chunk.then(see, broke);
    return chunk;
  }

  function see({ done, value }: Chunk): void {
    direct = undefined;
    if (watched === undefined) return;
    if (!done) watched.listener.observe(value);
    else {
      watched.listener.ended();
      end();
    }
  }

  function end(): void {
    if (watched === undefined) return;
    watched = undefined;
    controller.close();
    // A reader with its own buffer waits until that buffer is returned.
    controller.byobRequest?.respond(0);
  }

  function broke(error: unknown): void {
    const { listener: told } = watched ?? {};
    direct = undefined;
    watched = undefined;
    if (told === undefined) return;
    told.failed(error);
    controller.error(error);
  }

  const stream = new ReadableStream({
    type: 'bytes',
    start: own => void (controller = own),
    async pull() {
      isBegun = true;
      isPulling = true;
      try {
        if (direct !== undefined) await direct;
        if (watched === undefined) return;
        const chunk = await read(watched);
        // A copy: the stream takes over the memory of a chunk, which may belong to a pool of the source.
        if (watched !== undefined && !chunk.done) controller.enqueue(new Uint8Array(chunk.value));
      } finally {
        isPulling = false;
      }
    },
    async cancel(reason) {
      const left = watched;
      watched = undefined;
      left?.listener.cancelled();
      await left?.source.cancel(reason);
    },
  });

  function getReader(options?: { readonly mode?: 'byob' }): ReadableStreamDefaultReader<Uint8Array> {
    const reader = plainReader.call(stream, options as undefined) as ReadableStreamDefaultReader<Uint8Array>;
    if (options?.mode !== undefined) return reader;
    const { read: readStream, releaseLock } = reader;
    let isReleased = false;
    const over = (): void => void (waiting -= 1);
    function readInStream(): Promise<Chunk> {
      waiting += 1;
      const chunk = readStream.call(reader);
      chunk.then(over, over);
      return chunk;
    }
    reader.read = () => {
      // Reads are answered in order: all other outstanding reads, and the chunks that the stream has or is getting, come
      // first.
      const isAlone = isBegun && !isPulling && waiting === 0 && direct === undefined && controller.desiredSize === 0;
      if (watched === undefined || isReleased || !isAlone || watched.source.held.length > 0) return readInStream();
      direct = watched.listener.passesAll === true ? shared(watched) : read(watched);
      return direct;
    };
    reader.releaseLock = () => {
      isReleased = true;
      releaseLock.call(reader);
    };
    return reader;
  }

  const iterate = (): AsyncIterableIterator<Uint8Array> => {
    const reader = getReader();
    return {
      next: () => reader.read() as Promise<IteratorResult<Uint8Array>>,
      async return() {
        // After an error there is nothing to cancel, and leaving a loop does not fail.
        if (watched !== undefined) await reader.cancel();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
  return Object.defineProperties(stream, {
    getReader: { value: getReader },
    [Symbol.asyncIterator]: { value: iterate },
    values: { value: iterate },
  });
}

/** What the listener returned for a chunk. */
interface Seen {
  readonly value: Uint8Array;
  readonly ahead: Promise<void> | undefined;
}

const NO_CHUNK: Chunk = Object.freeze({ done: true, value: undefined });

/**
 * The next bytes for the caller. Empty chunks are skipped, because a byte stream may not pass them on.
 *
 * @param read a chunk that the source has given already
 * @param seen absent where the listener has not seen it
 */
async function nextOf({ source, listener }: Watched, read?: Chunk, seen?: Seen): Promise<Chunk> {
  let [given, known] = [read, seen];
  for (;;) {
    if (given === undefined)
      for (let first = source.held.shift(); first !== undefined; first = source.held.shift())
        if (first.length > 0) return { done: false, value: first };
    const chunk = given ?? (await source.read());
    const value = known?.value ?? (chunk.done ? listener.ended() : listener.observe(chunk.value));
    const ahead = known === undefined && !chunk.done ? listener.readAhead?.() : known?.ahead;
    if (ahead !== undefined) await ahead;
    if (value.length > 0) return { done: false, value };
    if (chunk.done) return chunk;
    given = known = undefined;
  }
}

/**
 * The rest of a body that is not observed any more, after the chunks that are held.
 *
 * @param over called when the body was read, broke off or was cancelled
 */
export function unobservedStream(source: BodySource, over = (): void => {}): ReadableStream<Uint8Array> {
  const ended = (): Uint8Array => {
    over();
    return NO_BYTES;
  };
  return observedStream(source, { observe: chunk => chunk, passesAll: true, ended, failed: over, cancelled: over });
}

const NO_BYTES = new Uint8Array();
