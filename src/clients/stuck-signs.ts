/** Signs in a request that an agent is stuck: its own last tool calls, in any of the three APIs. */
import { field, isPlainObject, listField, parseJson, stringField } from '../wires/json-fields.ts';

/** Of this many last calls, the newest one must occur {@link REPEATED} times to be a sign. */
const LAST_CALLS = 6;
const REPEATED = 3;
/** This many failed calls in a row are a sign. */
const FAILED = 3;

/**
 * True where the newest tool call was made three times among the last six, or the last three have failed.
 *
 * @param replies how many of the last replies are of this intent. A session's requests repeat those of its earlier intents, and an
 *   agent that runs the tests once in each of three tasks is not stuck.
 * @param isConversation the intent is a whole conversation: each message of the user begins another task
 */
export function showsStuck(body: string, replies = Number.POSITIVE_INFINITY, isConversation = false): boolean {
  const request = parseJson(body);
  const all = [...listField(request, 'messages'), ...listField(request, 'input')];
  const items = lastReplies(isConversation ? all.slice(all.findLastIndex(isAsked) + 1) : all, replies);
  const parts = items.flatMap(item => [item, ...listField(item, 'content'), ...listField(item, 'tool_calls')]);
  const last = parts.flatMap(part => callOf(part) ?? []).slice(-LAST_CALLS);
  const results = parts.flatMap(part => hasFailed(part) ?? []).slice(-FAILED);
  const isFailing = results.length === FAILED && results.every(Boolean);
  return isFailing || last.filter(call => call === last.at(-1)).length >= REPEATED;
}

/** Everything from the first of the last replies on; consecutive items of a model count as one reply. */
function lastReplies(items: readonly unknown[], replies: number): readonly unknown[] {
  let left = replies;
  for (let at = items.length - 1; at >= 0; at--)
    if (isWritten(items[at]) && !isWritten(items[at - 1]) && --left <= 0) return items.slice(at);
  return items;
}

/** Whether the user wrote the item. Anthropic's API sends tool results in the user's name. */
function isAsked(item: unknown): boolean {
  const isResult = (part: unknown): boolean => stringField(part, 'type')?.endsWith('tool_result') === true;
  return stringField(item, 'role') === 'user' && !listField(item, 'content').some(isResult);
}

/**
 * Whether a model wrote the item. In the Responses API, items without a role are a model's, except the results of its
 * calls.
 */
function isWritten(item: unknown): boolean {
  const role = stringField(item, 'role');
  return role === undefined
    ? isPlainObject(item) && !/_(?:output|response)$/.test(stringField(item, 'type') ?? '')
    : role === 'assistant';
}

/** Name and arguments of a tool call; `undefined` for anything else. */
function callOf(part: unknown): string | undefined {
  const type = stringField(part, 'type') ?? '';
  const called =
    field(part, 'function') ??
    field(part, 'function_call') ??
    field(part, 'custom') ??
    (/(?:tool_use|_call)$/.test(type) ? part : undefined);
  const input = field(called, 'arguments') ?? field(called, 'input') ?? field(called, 'action');
  if (input === undefined) return undefined;
  // Arguments are JSON, or JSON in a text. A model that repeats a call may write other white space and another order of members.
  const value = typeof input === 'string' ? (parseJson(input) ?? input) : input;
  return JSON.stringify([stringField(called, 'name') ?? type, value], (_, member: unknown) => inOrder(member));
}

function inOrder(value: unknown): unknown {
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** Whether a tool call has failed, by its result; `undefined` for anything that is not a result. */
function hasFailed(part: unknown): boolean | undefined {
  const type = stringField(part, 'type') ?? '';
  if (type === 'mcp_call') return isGiven(field(part, 'error'));
  if (type.endsWith('tool_result')) {
    const stated = field(part, 'is_error');
    return typeof stated === 'boolean' ? stated : saysError(field(part, 'content'));
  }
  // Our provider for the AI SDK marks a failed tool call with this status.
  if (type.endsWith('_call_output'))
    return stringField(part, 'status') === 'incomplete' || saysError(field(part, 'output'));
  return /^(?:tool|function)$/.test(stringField(part, 'role') ?? '') ? saysError(field(part, 'content')) : undefined;
}

/**
 * OpenAI's APIs have no field for a failed call, so frameworks write the failure at the beginning of the result: as a printed error, or in
 * their own words. A text that only begins with the word, or that counts no errors, does not match.
 */
const PRINTED = /^[^\w#/-]{0,4}(?:[\w.]{0,80}(?:error|exception)|fatal)(?:[*\]>]{0,3}:|[\]>])(?!\W*(?:0|none)\b)/i;
const INTRODUCED = /^(?:error (?:executing|running|calling)|an error occurred|exception in thread|traceback \(most)\b/i;

/** Fields of a JSON result that state success or failure, even beside an `error`, with the value that means failure. */
const FLAGS = [
  ['isError', true],
  ['is_error', true],
  ['success', false],
  ['ok', false],
] as const;

function saysError(content: unknown): boolean {
  const texts = Array.isArray(content) ? content.map(part => stringField(part, 'text') ?? '') : [content];
  const text = texts.join('\n').trimStart();
  const value = text.startsWith('{') ? parseJson(text) : undefined;
  if (value === undefined) return PRINTED.test(text) || INTRODUCED.test(text);
  const flag = FLAGS.find(([name]) => typeof field(value, name) === 'boolean');
  if (flag !== undefined) return field(value, flag[0]) === flag[1];
  return stringField(value, 'status') === 'error' || isGiven(field(value, 'error'));
}

function isGiven(error: unknown): boolean {
  if (typeof error === 'string') return !/^(?:none|no|null|)$/i.test(error.trim());
  return error === true || (isPlainObject(error) && Object.keys(error).length > 0);
}
