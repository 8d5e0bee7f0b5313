/** The events of a response as they pass. */
import { field, stringField } from './json-fields.ts';
import { responsesReply } from './openai-responses-reply.ts';
import type { GrowingText } from './server-sent-events.ts';
import { closingQuote, eventJson, finder, growingText, passEvents } from './server-sent-events.ts';
import type { StreamReader } from '../contracts/wire.ts';

const TEXT = 'response.output_text.delta';
/** What the model writes besides the text. */
const UNSEEN: ReadonlySet<string> = new Set([
  'response.function_call_arguments.delta',
  'response.custom_tool_call_input.delta',
  'response.mcp_call_arguments.delta',
  'response.reasoning_text.delta',
  'response.reasoning_summary_text.delta',
  'response.refusal.delta',
]);
const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed']);

const TYPE = '{"type":"';
const TEXT_EVENT = `${TYPE}${TEXT}",`;
const DELTA = '"delta":"';

export function openaiResponsesReader(options: { readonly wantsText: boolean }): StreamReader {
  const text = growingText();
  const unseen = growingText();
  let response: unknown;
  let done = false;
  const findDelta = finder(DELTA);

  function addPiece(into: GrowingText, bytes: string, dataAt: number, end: number): void {
    const at = findDelta(bytes, dataAt, end);
    const to = at < 0 ? -1 : closingQuote(bytes, at + DELTA.length);
    if (to >= 0 && to < end) into.addEncoded(bytes.slice(at + DELTA.length, to));
    else into.add(stringField(eventJson(bytes, dataAt, end), 'delta') ?? '');
  }

  function read(bytes: string, dataAt: number, end: number): void {
    const type = typeOf(bytes, dataAt, end);
    if (type === TEXT) addPiece(text, bytes, dataAt, end);
    else if (UNSEEN.has(type)) addPiece(unseen, bytes, dataAt, end);
    else if (type === 'response.created' || ENDS.has(type)) {
      response = field(eventJson(bytes, dataAt, end), 'response') ?? response;
      done = type !== 'response.created';
    }
  }

  const push = passEvents({
    event(bytes, dataAt, end) {
      if (bytes.slice(dataAt, dataAt + TEXT_EVENT.length) === TEXT_EVENT) addPiece(text, bytes, dataAt, end);
      else read(bytes, dataAt, end);
      return false;
    },
    mayHideNext: () => false,
  });

  return {
    push,
    facts() {
      const facts = responsesReply(response);
      const written = done ? facts.text : text.toString();
      return { ...facts, text: options.wantsText ? written : '' };
    },
    get chars() {
      return text.toString().length + unseen.toString().length;
    },
    get done() {
      return done;
    },
  };
}

function typeOf(bytes: string, dataAt: number, end: number): string {
  if (!bytes.startsWith(TYPE, dataAt)) return stringField(eventJson(bytes, dataAt, end), 'type') ?? '';
  return bytes.slice(dataAt + TYPE.length, bytes.indexOf('"', dataAt + TYPE.length));
}
