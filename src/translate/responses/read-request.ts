/** Reads a request of OpenAI's Responses API. */
import { invalidValue } from '../../errors.ts';
import type { Conversation, SystemPart, ToolChoice } from '../neutral/conversation.ts';
import type { JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, numberOf, textOf, textsOf } from '../neutral/json-values.ts';
import { hasUnknown, note, ownMembers, ownOf } from '../neutral/own.ts';
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
import { OPAQUE_TOOLS, RESPONSES_FIELDS } from './fields.ts';
import { readInput } from './read-items.ts';

const LOGPROBS = 'message.output_text.logprobs';

const FIELDS: Readonly<Record<string, FieldReader>> = {
  ...SHARED_FIELDS,
  input: ignored,
  instructions: value => typeof value === 'string' || isList(value),
  store: value => typeof value === 'boolean',
  max_output_tokens: numberField('maxTokens'),
  top_logprobs: (value, { settings, own }) => {
    const number = numberOf(value);
    if (number === undefined) return false;
    if (number > 0) settings.topLogprobs = number;
    if (number > 0) own.push(note('top_logprobs'));
    return true;
  },
  include: (value, { settings, own }) => {
    const names = textsOf(value);
    if (names === undefined) return false;
    if (names.includes(LOGPROBS)) {
      settings.topLogprobs ??= 0;
      own.push(note('include_logprobs'));
    }
    const rest = names.filter(name => name !== LOGPROBS);
    const isDefault = rest.every(name => name === 'reasoning.encrypted_content');
    const reason = 'more of what tools of the vendor found';
    if (rest.length > 0) own.push({ path: 'include', value: rest, mark: isDefault ? 'default' : 'preference', reason });
    return true;
  },
  text: (value, draft) => {
    if (!isObject(value)) return false;
    const { format, verbosity } = value;
    const output = format === undefined || format === null ? 'text' : readOutput(format, format);
    if (output === undefined || hasUnknown(format ?? undefined, RESPONSES_FIELDS.format)) return false;
    if (output !== 'text') draft.output = output;
    if (verbosity !== undefined && verbosity !== null && !verbosityField(verbosity, draft)) return false;
    draft.own.push(...ownMembers(value, RESPONSES_FIELDS.text_config, 'text.'));
    return true;
  },
  reasoning: (value, draft) => {
    if (!isObject(value)) return false;
    const effort = effortOf(value.effort);
    if (effort === undefined && value.effort !== undefined && value.effort !== null) return false;
    if (effort !== undefined) draft.reasoning = { effort };
    draft.settings.reasoningShown = textOf(value.summary) ?? textOf(value.generate_summary);
    draft.own.push(...ownMembers(value, RESPONSES_FIELDS.reasoning_config, 'reasoning.'));
    return true;
  },
  tools: (value, draft) => {
    if (!isList(value)) return false;
    draft.tools.push(...value.map(readResponsesTool));
    return true;
  },
  tool_choice: (value, draft) => {
    const choice = readChoice(value);
    if (choice !== undefined) draft.toolChoice = choice;
    return choice !== undefined;
  },
};

/** @throws RouterError `invalid-value` for a body whose input is not a list of items */
export function readRequest(body: JsonValue): Conversation {
  if (!isObject(body)) throw invalidValue(body, 'body', 'a request of the Responses API');
  const { system, turns } = readInput(body.input);
  const draft = readFields(body, FIELDS, RESPONSES_FIELDS.request);
  if (body.store !== false) draft.own.push(STORED);
  return { api: 'openai-responses', system: [...readInstructions(body.instructions), ...system], turns, ...draft };
}

/** A request that omits the field means the same. */
const STORED = {
  path: 'store',
  value: true,
  mark: 'unable',
  reason: 'the vendor stores the reply unless `store` is false, and one of another vendor could not be found by its id',
} as const;

function readInstructions(value: JsonValue | undefined): readonly SystemPart[] {
  // A response repeats its instructions, which may be items.
  if (isList(value)) return readInput(value).system;
  const own = [note('instructions')];
  return typeof value === 'string' && value !== '' ? [{ kind: 'text', text: value, role: 'system', own }] : [];
}

function readResponsesTool(value: JsonValue): Conversation['tools'][number] {
  const type = textOf(memberOf(value, 'type')) ?? '';
  if (isObject(value) && (type === 'function' || type === 'custom')) {
    const tool = readTool(value, type === 'custom' ? 'free' : 'json', RESPONSES_FIELDS[type]);
    if (tool !== undefined) return tool;
  }
  const reason = Object.hasOwn(OPAQUE_TOOLS, type) ? OPAQUE_TOOLS[type] : undefined;
  return { form: 'opaque', api: 'openai-responses', value, reason: reason ?? ownOf('', value).reason };
}

function readChoice(value: JsonValue): ToolChoice | undefined {
  const name = nameOfTool(value);
  if (name !== undefined) return { kind: 'one', name };
  const isAllowed = memberOf(value, 'type') === 'allowed_tools' && !hasUnknown(value, RESPONSES_FIELDS.allowed_tools);
  return readWord(value) ?? (isAllowed ? readAllowed(value, nameOfTool) : undefined);
}

/** The name in `{ type: 'function', name }` or `{ type: 'custom', name }`. */
function nameOfTool(value: JsonValue): string | undefined {
  const type = memberOf(value, 'type');
  if ((type !== 'function' && type !== 'custom') || hasUnknown(value, RESPONSES_FIELDS.chosen)) return undefined;
  return textOf(memberOf(value, 'name'));
}
