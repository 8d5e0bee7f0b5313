/** Reads a chat completion request. */
import { invalidValue } from '../../errors.ts';
import type { Conversation, ToolChoice } from '../neutral/conversation.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, numberOf, textOf, textsOf } from '../neutral/json-values.ts';
import { hasUnknown, isNote, note, ownMembers, ownOf } from '../neutral/own.ts';
import type { FieldReader } from '../openai/shared-fields.ts';
import {
  effortOf,
  ignored,
  numberField,
  readFields,
  readOutput,
  SHARED_FIELDS,
  verbosityField,
} from '../openai/shared-fields.ts';
import { readAllowed, readTool, readWord } from '../openai/tools.ts';
import { CHAT_FIELDS } from './fields.ts';
import { readMessages } from './read-messages.ts';

const FIELDS: Readonly<Record<string, FieldReader>> = {
  ...SHARED_FIELDS,
  messages: ignored,
  frequency_penalty: numberField('frequencyPenalty', 0),
  presence_penalty: numberField('presencePenalty', 0),
  seed: numberField('seed'),
  n: numberField('choices', 1),
  max_completion_tokens: numberField('maxTokens'),
  max_tokens: (value, draft) => {
    const number = numberOf(value);
    // The newer field, which may come first, takes precedence.
    draft.settings.maxTokens ??= number;
    draft.own.push(note('max_tokens'));
    return number !== undefined;
  },
  verbosity: verbosityField,
  reasoning_effort: (value, draft) => {
    const effort = effortOf(value);
    if (effort !== undefined) draft.reasoning = { effort };
    return effort !== undefined;
  },
  stop: (value, { settings }) => {
    const texts = typeof value === 'string' ? [value] : textsOf(value);
    if (texts !== undefined && texts.length > 0) settings.stop = texts;
    return texts !== undefined;
  },
  logprobs: (value, { settings }) => {
    if (value === true) settings.topLogprobs ??= 0;
    return typeof value === 'boolean';
  },
  // Without `logprobs`, this field has no effect, and servers refuse it.
  top_logprobs: numberField('topLogprobs'),
  response_format: (value, draft) => {
    const schema = memberOf(value, 'json_schema');
    if (hasUnknown(value, CHAT_FIELDS.response_format) || hasUnknown(schema, CHAT_FIELDS.json_schema)) return false;
    const output = readOutput(value, schema);
    if (output !== undefined && output !== 'text') draft.output = output;
    return output !== undefined;
  },
  tools: (value, draft) => {
    if (!isList(value)) return false;
    draft.tools.push(...value.map(readChatTool));
    return true;
  },
  functions: (value, draft) => {
    if (!isList(value)) return false;
    for (const each of value) {
      const tool = isObject(each) ? readTool(each, 'json', CHAT_FIELDS.function) : undefined;
      draft.tools.push(
        tool === undefined ? opaqueTool(each) : { ...tool, own: [note('functions'), ...(tool.own ?? [])] },
      );
    }
    return true;
  },
  tool_choice: (value, draft) => {
    const choice = readChoice(value);
    if (choice !== undefined) draft.toolChoice = choice;
    return choice !== undefined;
  },
  function_call: (value, draft) => {
    const name = hasUnknown(value, CHAT_FIELDS.chosen) ? undefined : textOf(memberOf(value, 'name'));
    const choice: ToolChoice | undefined = name === undefined ? readWord(value) : { kind: 'one', name };
    if (choice !== undefined) draft.toolChoice = choice;
    return choice !== undefined;
  },
};

/** @throws RouterError `invalid-value` for a body without a list of messages */
export function readRequest(body: JsonValue): Conversation {
  if (!isObject(body)) throw invalidValue(body, 'body', 'a request of the chat completions API');
  const { system, turns } = readMessages(body.messages);
  return { api: 'openai-chat', system, turns, ...readFields(body, FIELDS, CHAT_FIELDS.request) };
}

function readChatTool(value: JsonValue): Conversation['tools'][number] {
  const type = memberOf(value, 'type') ?? 'function';
  if (!isObject(value) || (type !== 'function' && type !== 'custom')) return opaqueTool(value);
  const members = value[type];
  const tool = !isObject(members)
    ? undefined
    : type === 'custom'
      ? readTool({ ...members, format: flatFormat(members.format) }, 'free', CHAT_FIELDS.custom)
      : readTool(members, 'json', CHAT_FIELDS.function);
  if (tool === undefined) return opaqueTool(value);
  // Fields are recorded with their position; notes have none.
  const own = (tool.own ?? []).map(each => (isNote(each) ? each : { ...each, path: `${type}.${each.path}` }));
  return { ...tool, own: [...own, ...ownMembers(value, CHAT_FIELDS.tool)] };
}

/** A grammar, without the nested object that it has in chat completions. */
function flatFormat(format: JsonValue | undefined): JsonValue | undefined {
  const grammar = memberOf(format, 'grammar');
  if (!isObject(format) || !isObject(grammar) || hasUnknown(format, CHAT_FIELDS.custom_format)) return format;
  return { type: format.type, ...grammar };
}

function opaqueTool(value: JsonValue): Conversation['tools'][number] {
  return { form: 'opaque', api: 'openai-chat', value, reason: ownOf('', value).reason };
}

function readChoice(value: JsonValue): ToolChoice | undefined {
  const name = nameOfTool(value);
  if (name !== undefined) return { kind: 'one', name };
  const allowed = memberOf(value, 'allowed_tools');
  if (hasUnknown(value, CHAT_FIELDS.tool_choice) || hasUnknown(allowed, CHAT_FIELDS.allowed_tools)) return undefined;
  return readWord(value) ?? readAllowed(allowed, nameOfTool);
}

/** The name in `{ type: 'function', function: { name } }` or `{ type: 'custom', custom: { name } }`. */
function nameOfTool(value: JsonValue): string | undefined {
  const type = memberOf(value, 'type');
  if ((type !== 'function' && type !== 'custom') || hasUnknown(value, CHAT_FIELDS.tool)) return undefined;
  const chosen = memberOf(value, type);
  return hasUnknown(chosen, CHAT_FIELDS.chosen) ? undefined : textOf(memberOf(chosen, 'name'));
}
