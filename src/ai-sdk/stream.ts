/** The body of a streamed reply as the AI SDK's stream. */
import { eventJson, passEvents } from '../wires/server-sent-events.ts';
import type { StatedReply } from './reply.ts';
import { partReader } from './stream-parts.ts';
import type { StreamPart, CallWarning } from './specification.ts';

export interface StreamOptions {
  readonly warnings: CallWarning[];
  /** Also emit the events as they were received. */
  readonly includeRaw: boolean;
  readonly signal: AbortSignal | undefined;
  /** The known facts about a reply that has ended. */
  readonly metadata: (
    stated: StatedReply,
  ) => NonNullable<Extract<StreamPart, { readonly type: 'finish' }>['providerMetadata']>;
}

export function streamOf(body: ReadableStream<Uint8Array>, options: StreamOptions): ReadableStream<StreamPart> {
  const reader = body.getReader();
  const ready: StreamPart[] = [{ type: 'stream-start', warnings: options.warnings }];
  const parts = partReader(part => void ready.push(part));
  const events = passEvents({
    mayHideNext: () => false,
    event(bytes, start, end) {
      const event = eventJson(bytes, start, end);
      if (options.includeRaw) ready.push({ type: 'raw', rawValue: event });
      parts.read(event);
      return false;
    },
  });

  /** The last part waits for the end of the body, because the router has written its record by then. */
  function end(broken?: unknown): void {
    events.end();
    const stated = parts.end(broken);
    const { finishReason, usage } = stated;
    ready.push({ type: 'finish', finishReason, usage, providerMetadata: options.metadata(stated) });
  }

  /** Resolves to true at the end of the body. */
  async function read(): Promise<boolean> {
    try {
      const { done, value } = await reader.read();
      if (done) end();
      else events.push(value);
      return done;
    } catch (error) {
      // An error that is emitted as a part reaches the caller through the AI SDK, which reports an abort by itself.
      if (options.signal?.aborted === true) throw error;
      end(error);
      return true;
    }
  }

  return new ReadableStream<StreamPart>({
    async pull(controller) {
      let isOver = false;
      while (ready.length === 0 && !isOver) isOver = await read();
      for (const part of ready.splice(0)) controller.enqueue(part);
      if (isOver) controller.close();
    },
    cancel: async reason => reader.cancel(reason),
  });
}
