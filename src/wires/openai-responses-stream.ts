/** The events of a response as they pass. */
import { field, stringField } from './json-fields.ts';
import { responsesReply } from './openai-responses-reply.ts';
import { closingQuote, eventJson, growingText, passEvents } from './server-sent-events.ts';
import type { StreamReader } from './wire.ts';

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
const DELTA = '"delta":"';

export function openaiResponsesReader(options: { readonly wantsText: boolean }): StreamReader {
  const text = growingText();
  const unseen = growingText();
  let response: unknown;
  let done = false;

  function read(type: string, bytes: string, dataAt: number, end: number): void {
    if (type === TEXT || UNSEEN.has(type)) {
      const into = type === TEXT ? text : unseen;
      const at = bytes.indexOf(DELTA, dataAt);
      const to = at < 0 || at >= end ? -1 : closingQuote(bytes, at + DELTA.length);
      if (to >= 0 && to < end) into.addEncoded(bytes.slice(at + DELTA.length, to));
      else into.add(stringField(eventJson(bytes, dataAt, end), 'delta') ?? '');
    } else if (type === 'response.created' || ENDS.has(type)) {
      response = field(eventJson(bytes, dataAt, end), 'response') ?? response;
      done = type !== 'response.created';
    }
  }

  const push = passEvents({
    event(bytes, dataAt, end) {
      let type: string | undefined;
      if (bytes.startsWith(TYPE, dataAt))
        type = bytes.slice(dataAt + TYPE.length, bytes.indexOf('"', dataAt + TYPE.length));
      else type = stringField(eventJson(bytes, dataAt, end), 'type');
      if (type !== undefined) read(type, bytes, dataAt, end);
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
