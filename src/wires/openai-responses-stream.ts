/** Reads a stream of OpenAI's Responses API. */
import type { GrowingText } from './encoded-text.ts';
import { closingQuote, finder, growingText } from './encoded-text.ts';
import { field, stringField } from './json-fields.ts';
import { responsesChars, responsesReply } from './openai-responses-reply.ts';
import { ReadStream } from './read-stream.ts';
import { unfinishedFacts } from './reply-bill.ts';
import { eventJson, eventName, isObject, passEvents } from './server-sent-events.ts';
import { readEventError, UNREADABLE } from './reply-error.ts';
import type { ReplyError, StreamReader } from '../contracts/wire.ts';

const TEXT = 'response.output_text.delta';
/** Events with text that is not visible to the user but is billed: arguments, reasoning, refusals. */
const HIDDEN: ReadonlySet<string> = new Set([
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
  'response.mcp_call_arguments.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
  'response.refusal.delta',
]);
/** Events about a response that has no output yet. */
const BEFORE_OUTPUT: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.failed',
]);
const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

/** An item of the output is complete. */
const ITEM = 'response.output_item.done';
const MESSAGE = '"type":"message"';

const TYPE = '{"type":"';
const TEXT_EVENT = `${TYPE}${TEXT}",`;
const DELTA = '"delta":"';

export function openaiResponsesReader(options: { readonly wantsText: boolean }): StreamReader {
  const text = growingText();
  const hidden = growingText();
  let response: unknown;
  const items: unknown[] = [];
  let done = false;
  let isGarbled = false;
  let error: ReplyError | undefined;
  let phase: StreamReader['phase'] = 'waiting';
  const findDelta = finder(DELTA);
  const findMessage = finder(MESSAGE);

  function addDelta(into: GrowingText, bytes: string, dataStart: number, end: number): void {
    const delta = findDelta(bytes, dataStart, end);
    const to = delta < 0 ? -1 : closingQuote(bytes, delta + DELTA.length);
    if (to >= 0 && to < end) into.addEncoded(bytes.slice(delta + DELTA.length, to));
    else into.add(stringField(eventJson(bytes, dataStart, end), 'delta') ?? '');
  }

  /** Messages are left out: they repeat their text, which is billed as tokens. */
  function addItem(bytes: string, dataStart: number, end: number): void {
    const message = findMessage(bytes, dataStart, end);
    if (message < 0) items.push(field(eventJson(bytes, dataStart, end), 'item'));
  }

  function read(bytes: string, dataStart: number, end: number, start: number): void {
    const type = isObject(bytes, end) ? typeOf(bytes, dataStart, end) : '';
    const isResponse = type.startsWith('response.');
    if (!isResponse) {
      const json = eventJson(bytes, dataStart, end);
      isGarbled ||= json === undefined && !bytes.startsWith('[DONE]', dataStart);
      error ??= readEventError(json, eventName(bytes, start, dataStart) === 'error');
    }
    // A stream with only invalid JSON is not a stream of this API at all.
    if (isGarbled && (isResponse || phase !== 'waiting')) error ??= UNREADABLE;
    if (!isResponse) return;
    if (!BEFORE_OUTPUT.has(type)) phase = 'output';
    else if (phase === 'waiting') phase = 'begun';
    if (type === TEXT) addDelta(text, bytes, dataStart, end);
    else if (HIDDEN.has(type)) addDelta(hidden, bytes, dataStart, end);
    else if (type === ITEM) addItem(bytes, dataStart, end);
    else if (type === 'response.created' || ENDS.has(type)) {
      response = field(eventJson(bytes, dataStart, end), 'response') ?? response;
      if (type === 'response.failed') error ??= readEventError(response, true);
      done = type !== 'response.created' && error === undefined;
    }
  }

  const { push, end } = passEvents({
    event(bytes, dataStart, end, start) {
      if (bytes.slice(dataStart, dataStart + TEXT_EVENT.length) === TEXT_EVENT && isObject(bytes, end)) {
        phase = 'output';
        addDelta(text, bytes, dataStart, end);
      } else read(bytes, dataStart, end, start);
      return false;
    },
    mayHideNext: () => false,
  });

  return new ReadStream({
    push,
    end,
    passesAll: true,
    facts() {
      // A background response continues without its stream, and can be retrieved.
      const goesOn = !done && error === undefined && field(response, 'background') === true;
      const ended = done || goesOn ? response : { ...(response as object | undefined), status: undefined };
      const facts = responsesReply(ended, items);
      // Some vendors omit the output in the last event.
      const written = (done && facts.text) || text.toString();
      const told = { ...facts, text: options.wantsText ? written : '' };
      return done || error !== undefined ? told : unfinishedFacts(told);
    },
    phase: () => phase,
    error: () => error,
    chars() {
      const said = text.toString().length + hidden.toString().length;
      // The last event repeats the deltas, and adds output that came without a delta.
      return done ? Math.max(said, responsesChars(response, items)) : said;
    },
    done: () => done,
  });
}

function typeOf(bytes: string, dataStart: number, end: number): string {
  if (!bytes.startsWith(TYPE, dataStart)) return stringField(eventJson(bytes, dataStart, end), 'type') ?? '';
  return bytes.slice(dataStart + TYPE.length, bytes.indexOf('"', dataStart + TYPE.length));
}
