/** The one form of bodies that mean the same in an API: nothing that is absent, null or the documented default. */
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../../../src/translate/neutral/json-text.ts';
import { jsonText, parseJsonText } from '../../../src/translate/neutral/json-text.ts';
import { isList, isObject } from '../../../src/translate/neutral/json-values.ts';
import { parseWithInputs } from '../../../src/translate/anthropic/tool-inputs.ts';
import { canonicalAnthropic } from './anthropic-samples.ts';

/** @param text the body of a request */
export function canonicalRequest(api: Api, text: string): JsonValue {
  if (api === 'anthropic-messages') return canonicalAnthropic(parseWithInputs(text, ['messages', 'content']));
  const { user, max_tokens: limit, input, include, ...body } = parseJsonText(text) as JsonObject;
  return canonicalOpenai({
    ...body,
    // Older names of the same.
    safety_identifier: body.safety_identifier ?? user,
    max_completion_tokens: body.max_completion_tokens ?? limit,
    input: typeof input === 'string' ? [{ role: 'user', content: input }] : input,
    // A set.
    include: isList(include) ? [...new Set(include.map(each => jsonText(each)))].toSorted() : undefined,
  });
}

const NOTHING: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  stream: value => value === false,
  stop: isEmpty,
  tools: isEmpty,
  parallel_tool_calls: value => value === true,
  n: value => value === 1,
  detail: value => value === 'auto',
  tool_choice: value => value === 'auto',
  // The router asks for the usage itself.
  include_usage: () => true,
  stream_options: isNothing,
  strict: value => value === false,
  mode: value => value === 'implicit',
  prompt_cache_options: isNothing,
  metadata: isNothing,
  text: isNothing,
  reasoning: isNothing,
  verbosity: value => value === 'medium',
  service_tier: value => value === 'auto',
  schema: isNothing,
  content: isEmpty,
  presence_penalty: value => value === 0,
  frequency_penalty: value => value === 0,
  format: value => JSON.stringify(value) === '{"type":"text"}',
  response_format: value => JSON.stringify(value) === '{"type":"text"}',
  top_logprobs: value => value === 0,
  logprobs: value => value === false || isEmpty(value),
  tool_calls: isEmpty,
  store: value => value === true,
  include: isEmpty,
};

function isEmpty(value: JsonValue): boolean {
  return isList(value) && value.length === 0;
}

function canonicalOpenai(given: JsonValue): JsonValue {
  if (isList(given)) return joined(given.map(canonicalOpenai));
  if (!isObject(given)) return given;
  const isRefused = given.role === 'assistant' && typeof given.refusal === 'string';
  const value: JsonObject = {
    ...given,
    ...(isRefused && { content: given.content ?? [] }),
    // The older name of the summary.
    ...('generate_summary' in given && {
      summary: given.summary ?? given.generate_summary,
      generate_summary: undefined,
    }),
  };
  const made: Record<string, JsonValue> = {};
  const { role } = value;
  for (const name of Object.keys(value).toSorted()) {
    const member = value[name];
    if (member === undefined || member === null) continue;
    const inner = canonicalOpenai(name === 'content' && typeof role === 'string' ? contentOf(value) : member);
    if (name === 'refusal' && role === 'assistant') continue;
    if (Object.hasOwn(NOTHING, name) && NOTHING[name]?.(inner) === true) continue;
    // A message needs no type.
    if (typeof role === 'string' && name === 'type' && inner === 'message') continue;
    // The kind of tool that a choice names.
    if (name === 'tool_choice' && isObject(inner)) made[name] = asFunction(inner);
    else made[name] = name === 'stop' && typeof inner === 'string' ? [inner] : inner;
  }
  return made;
}

function isNothing(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Instructions in a row are the same in one message. */
function joined(list: readonly JsonValue[]): readonly JsonValue[] {
  const made: JsonValue[] = [];
  for (const each of list) {
    const last = made.at(-1);
    if (isInstruction(each) && isInstruction(last))
      made[made.length - 1] = { ...last, content: [...last.content, ...each.content] };
    else made.push(each);
  }
  return made;
}

function isInstruction(value: JsonValue | undefined): value is { content: readonly JsonValue[] } {
  return isObject(value) && value.role === 'system' && isList(value.content);
}

function asFunction({ type, custom, ...choice }: JsonObject): JsonObject {
  return { type: type === 'custom' ? 'function' : type, ...(custom !== undefined && { function: custom }), ...choice };
}

/** A text becomes a list of one part, whatever the part is called; a refusal next to the content becomes another part. */
function contentOf({ content, role, refusal }: JsonObject): JsonValue {
  const list = typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  if (!isList(list)) return list ?? null;
  const more = typeof refusal === 'string' ? [{ type: 'refusal', refusal }] : [];
  const all: readonly JsonValue[] = [...list, ...more];
  const refused = all.flatMap(part => (isObject(part) && part.type === 'refusal' ? [part.refusal as string] : []));
  const isRefusal = role === 'assistant' && refused.length === all.length && refused.length > 0;
  const parts: readonly JsonValue[] = isRefusal ? [{ type: 'refusal', refusal: refused.join('') }] : all;
  return parts
    .filter(part => !isObject(part) || part.text !== '')
    .map(part =>
      isObject(part) && typeof part.text === 'string' && role !== 'tool' ? { ...part, type: 'text' } : part,
    );
}
