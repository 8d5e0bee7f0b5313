/** What the readers of all three APIs' streams have in common: events from bytes, errors, and the end. */
import { readEventError } from '../../wires/reply-error.ts';
import { decodeUtf8 } from '../../wires/encoded-text.ts';
import { eventJson, eventName, MAX_EVENT_BYTES, passEvents } from '../../wires/server-sent-events.ts';
import type { Api } from './conversation.ts';
import type { JsonValue } from './json-text.ts';
import type { PartOrder } from './part-order.ts';
import { partOrder } from './part-order.ts';
import type { EventPlace, SaidPiece } from './repeated-event.ts';
import { repeatedEvent } from './repeated-event.ts';
import type { ReplyEvent } from './reply.ts';
import type { EventReader } from './translator.ts';

/** Receives what a reader of one API has read. */
export interface NeutralStream {
  readonly parts: PartOrder;
  emit(event: ReplyEvent): void;
  /** Reports a part of the reply that has no neutral form. @param name the vendor's name of the part */
  leaveOut(name: string): void;
  /** Ends the stream with an error. Nothing after it is read. */
  fail(error: JsonValue): void;
  /** The reply is complete. Nothing after it is read. */
  finish(): void;
}

/** The events of one API. */
export interface NativeEvents {
  /**
   * An event whose data is JSON, and reports no error.
   *
   * @param data the JSON as it was written, for numbers that JavaScript cannot hold
   * @returns how to read further events that differ only in a piece
   */
  read(json: unknown, data: () => string): SaidPiece | undefined;
  /** The stream has announced its end, with `[DONE]`. */
  done?(): void;
  /** The bytes have ended. Calls `finish` for a reply that is complete although its stream did not say so. */
  end?(): void;
}

/** An error of the router's own, in the format of vendors' errors. */
export function brokenStream(message: string): JsonValue {
  return { error: { message, type: 'api_error', code: 'broken_stream' } };
}

export const STREAM_ENDED = 'The stream ended before the reply did.';

export function eventReader(api: Api, nativeEvents: (stream: NeutralStream) => NativeEvents): EventReader {
  let events: ReplyEvent[] = [];
  let isOver = false;
  /** Bytes since the last event that was read. */
  let unread = 0;

  let hasStarted = false;

  function emit(event: ReplyEvent): void {
    if (isOver) return;
    const isOfReply = event.on !== 'ping' && event.on !== 'error' && event.on !== 'left-out';
    // Some compatible vendors omit the start event.
    if (!hasStarted && isOfReply && event.on !== 'start') events.push({ on: 'start', id: '', model: '' });
    hasStarted ||= isOfReply;
    events.push(event);
  }
  function fail(error: JsonValue): void {
    emit({ on: 'error', api, error });
    isOver = true;
  }
  const repeated = repeatedEvent();
  const native = nativeEvents({
    parts: partOrder(emit, reason => fail(brokenStream(reason))),
    emit,
    leaveOut: name => emit({ on: 'left-out', name }),
    fail,
    finish() {
      emit({ on: 'end' });
      isOver = true;
    },
  });

  function read(bytes: string, place: EventPlace): void {
    if (repeated.take(bytes, place)) return;
    repeated.settle();
    repeated.keep(bytes, place, readJson(bytes, place));
  }

  function readJson(bytes: string, { start, dataStart, end }: EventPlace): SaidPiece | undefined {
    const json = eventJson(bytes, dataStart, end);
    const name = dataStart - start > MIN_NAMED ? eventName(bytes, start, dataStart) : '';
    if (json === undefined) readText(bytes.slice(dataStart, end).trim(), name);
    else if (readEventError(json, false) !== undefined) fail(json as JsonValue);
    // An event named `error` is an error, whatever its data.
    else if (name === 'error') fail({ error: json as JsonValue });
    else return native.read(json, () => decodeUtf8(bytes.slice(dataStart, end)).trim());
    return undefined;
  }

  /** Handles data that is not JSON. */
  function readText(text: string, name: string): void {
    if (text === '[DONE]') native.done?.();
    else if (text !== '' && name !== 'ping') fail(brokenStream('An event of the stream is not JSON.'));
  }

  const { push, end: endOfBytes } = passEvents({
    event(bytes, dataStart, end, start) {
      unread = 0;
      if (!isOver) read(bytes, { start, dataStart, end });
      return false;
    },
    mayHideNext: () => false,
  });

  function taken(): readonly ReplyEvent[] {
    const read = events;
    if (read.length > 0) events = [];
    return read;
  }

  return {
    push(chunk) {
      if (isOver) return taken();
      unread += chunk.length;
      push(chunk);
      if (unread > MAX_EVENT_BYTES)
        fail(brokenStream(`An event of the stream has more than ${MAX_EVENT_BYTES} bytes.`));
      return taken();
    },
    end() {
      endOfBytes();
      repeated.settle();
      if (!isOver) native.end?.();
      if (!isOver) fail(brokenStream(STREAM_ENDED));
      return taken();
    },
  };
}

/** Characters of the shortest text before the data of an event with a name. */
const MIN_NAMED = 'event:\ndata:'.length;
