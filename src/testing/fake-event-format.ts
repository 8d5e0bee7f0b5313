/** The forms that server-sent events may legally have, for streams that are read event by event. */
import type { RenderedEvent } from './fake-api.ts';

/** How the events of a stream are written. Their content stays the same, except for `done` and `usageChunk`. */
export interface FakeEventFormat {
  /** The stream begins with a byte-order mark. Default false. */
  readonly byteOrderMark?: boolean;
  /** The end of every line. Default `'\n'`. */
  readonly lineEnd?: '\n' | '\r\n' | '\r';
  /** `data: {…}` or `data:{…}`. Default true. */
  readonly spaceAfterColon?: boolean;
  /** The data has several lines, each with its own `data:`. Default false. */
  readonly splitData?: boolean;
  /** Every event has `id` and `retry`, and these and `event` come after the data. Default false. */
  readonly fieldsAfterData?: boolean;
  /** A comment, as proxies send it to keep a connection open, comes before every event. Default false. */
  readonly comments?: boolean;
  /** A `ping` event comes before the first event of a Messages stream. Default false: only after it. */
  readonly pings?: boolean;
  /** The last event ends with a blank line, as it must. Default true. */
  readonly lastBlankLine?: boolean;
  /** A chat stream ends with `data: [DONE]`. Default true. */
  readonly done?: boolean;
  /** A chat stream has the chunk with its usage, if the request asks for it. Default true; false: the usage is not reported. */
  readonly usageChunk?: boolean;
}

/** The events in this format, in the same order, without those that it leaves out. */
export function formatEvents(
  events: readonly RenderedEvent[],
  format: FakeEventFormat | undefined,
): readonly RenderedEvent[] {
  if (format === undefined) return events;
  const { done = true, usageChunk = true, byteOrderMark = false, lastBlankLine = true, pings = false } = format;
  const kept = events.filter(({ part }) => (part !== 'done' || done) && (part !== 'usage-chunk' || usageChunk));
  return kept.map((event, index) => {
    const mark = byteOrderMark && index === 0 ? '\uFEFF' : '';
    const ping = pings && event.text.startsWith('event: message_start') ? formatted(PING, index, format) : '';
    const text = mark + ping + formatted(event.text, index, format);
    const isShort = !lastBlankLine && index === kept.length - 1;
    return { ...event, text: isShort ? text.replace(/[\r\n]+$/, '') : text };
  });
}

const PING = 'event: ping\ndata: {"type":"ping"}\n\n';

function formatted(text: string, index: number, format: FakeEventFormat): string {
  const { lineEnd = '\n', spaceAfterColon = true, splitData, fieldsAfterData, comments } = format;
  const lines = text.trimEnd().split('\n');
  const data = lines
    .filter(line => line.startsWith('data:'))
    .flatMap(line => (splitData === true ? splitLine(line) : line));
  const fields = lines.filter(line => !line.startsWith('data:'));
  const event = fieldsAfterData === true ? [...data, ...fields, `id: ${index}`, 'retry: 3000'] : [...fields, ...data];
  const written = spaceAfterColon ? event : event.map(line => line.replace(': ', ':'));
  return [...(comments === true ? [': keep-alive', ''] : []), ...written, '', ''].join(lineEnd);
}

/** JSON may have line ends between its values. */
function splitLine(line: string): readonly string[] {
  const data = line.slice('data: '.length);
  if (!data.startsWith('{')) return [line];
  return JSON.stringify(JSON.parse(data), null, 1)
    .split('\n')
    .map(part => `data: ${part}`);
}
