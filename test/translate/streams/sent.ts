/** Streams as vendors send them, from the JSON of their events. */

/** How the events are written. */
export interface SentFormat {
  readonly lineEnd?: '\n' | '\r\n' | '\r';
  readonly hasMark?: boolean;
  readonly hasComments?: boolean;
  readonly isDense?: boolean;
  readonly isSplit?: boolean;
}

export interface Sent {
  readonly name: string | undefined;
  readonly data: string;
}

export interface SentEvent {
  readonly type: string;
  readonly [name: string]: unknown;
}

/** A delta of the first choice, which may have a `finish_reason` and a `usage`; or a chunk with `choices` or an `error`. */
export type SentChunk = Readonly<Record<string, unknown>> | '[DONE]';

export function named(events: readonly SentEvent[]): readonly Sent[] {
  return events.map(event => ({ name: event.type, data: JSON.stringify(event) }));
}

const CHUNK = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'gpt-5' };

export function chunks(...given: readonly SentChunk[]): readonly Sent[] {
  return given.map(each => {
    if (each === '[DONE]') return { name: undefined, data: each };
    const { finish_reason = null, usage, ...delta } = each;
    const isWhole = 'choices' in each || 'error' in each;
    const choices = [{ index: 0, delta, finish_reason }];
    const chunk = isWhole ? { ...CHUNK, ...each } : { ...CHUNK, choices, ...(usage === undefined ? {} : { usage }) };
    return { name: undefined, data: JSON.stringify(chunk) };
  });
}

/** Adds the numbers that every event of a response has. */
export function numbered(...events: readonly SentEvent[]): readonly Sent[] {
  return named(events.map((event, index) => ({ ...event, sequence_number: index })));
}

export function bytesOf(events: readonly Sent[], format: SentFormat = {}): Uint8Array {
  const { lineEnd = '\n', hasMark = false, hasComments = false, isDense = false, isSplit = false } = format;
  const colon = isDense ? ':' : ': ';
  const text = events.map(({ name, data }) => {
    const isRewritable = data.startsWith('{') && JSON.stringify(JSON.parse(data)) === data;
    const lines = isSplit && isRewritable ? JSON.stringify(JSON.parse(data), null, 1).split('\n') : [data];
    const fields = [
      ...(name === undefined ? [] : [`event${colon}${name}`]),
      ...lines.map(line => `data${colon}${line}`),
    ];
    return [...(hasComments ? [': still here', ''] : []), ...fields, '', ''].join(lineEnd);
  });
  return new TextEncoder().encode((hasMark ? '\uFEFF' : '') + text.join(''));
}
