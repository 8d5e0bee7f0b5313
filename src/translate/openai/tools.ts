/** What chat completions and responses have in common about tools. */
import type { Conversation, Own, Tool, ToolChoice } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../neutral/json-values.ts';
import type { FieldsOf } from '../neutral/own.ts';
import { hasNote, hasUnknown, note, ownMembers, ownOf } from '../neutral/own.ts';
import { CUSTOM_FORMAT } from './shared-fields.ts';
import { strictSchema } from './strict-schema.ts';

/**
 * A function or a custom tool from its members; `undefined` without a name. The format of its input is in the format of responses.
 */
export function readTool(members: JsonObject, form: Tool['form'], fields: FieldsOf): Tool | undefined {
  const { name, description, parameters, strict, format } = members;
  if (typeof name !== 'string') return undefined;
  const own = ownMembers(members, fields);
  const formats = form === 'json' || !isObject(format) ? [] : [readFormat(format)];
  return {
    name,
    form,
    description: textOf(description),
    input: form === 'json' && isObject(parameters) ? parameters : undefined,
    strict: typeof strict === 'boolean' ? strict : undefined,
    own: [...formats, ...own],
  };
}

/** The format of a custom tool's input: free text or a grammar. Any other format is kept as a field that only this API has. */
function readFormat(format: JsonObject): Own {
  const isKnown = (format.type === 'text' || format.type === 'grammar') && !hasUnknown(format, CUSTOM_FORMAT);
  return isKnown ? note('format', format) : ownOf('format', format);
}

/** An object without properties must say so: the APIs refuse a schema that leaves them out. */
export function writtenParameters(conversation: Conversation, tool: Tool): JsonValue {
  const { input } = tool;
  if (isStrict(conversation, tool)) return strictSchema(input) ?? {};
  if (input === undefined) return { type: 'object', properties: {} };
  return isObject(input) && input.type === 'object' && input.properties === undefined
    ? { ...input, properties: {} }
    : input;
}

/**
 * Whether a function's arguments must follow its schema strictly. The default is no in chat completions and in Anthropic's API,
 * and yes in responses, which change a schema for it. Strict mode is requested only with a schema that it accepts unchanged.
 */
export function isStrict({ api }: Conversation, { strict, input }: Tool): boolean {
  const isAsked = strict ?? api === 'openai-responses';
  return isAsked && strictSchema(input) !== undefined;
}

/** Whether the request asks for strict arguments, and a target of OpenAI would refuse the schema. */
export function losesStrict(conversation: Conversation, tool: Tool): boolean {
  return tool.form === 'json' && tool.strict === true && !isStrict(conversation, tool);
}

/** Reads `auto`, `none` or `required`. `auto` is the default where there are tools. */
export function readWord(value: JsonValue): ToolChoice | undefined {
  return value === 'auto' || value === 'none' || value === 'required' ? { kind: value } : undefined;
}

/** A choice among some tools; `undefined` if one of them is hosted. `nameOf` reads the name of one tool. */
export function readAllowed(
  allowed: JsonValue | undefined,
  nameOf: (tool: JsonValue) => string | undefined,
): ToolChoice | undefined {
  const tools = memberOf(allowed, 'tools');
  const mode = memberOf(allowed, 'mode');
  if (!isList(tools) || (mode !== 'auto' && mode !== 'required')) return undefined;
  const names = tools.map(nameOf);
  return names.includes(undefined)
    ? undefined
    : { kind: 'some', names: names as readonly string[], isRequired: mode === 'required' };
}

/** The form of a tool that the caller names. */
export function formOf({ tools }: Conversation, name: string): Tool['form'] {
  const tool = tools.find(each => each.form !== 'opaque' && each.name === name);
  return tool?.form === 'free' ? 'free' : 'json';
}

/** The ids of calls with free text: their results have a type of their own. */
export function freeCallIds({ turns }: Pick<Conversation, 'turns'>): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const { parts } of turns) {
    for (const part of parts) {
      if (part.kind === 'tool-call' && part.form === 'free') ids.add(part.id);
      if (part.kind === 'tool-result' && hasNote(part.own, 'custom')) ids.add(part.callId);
    }
  }
  return ids;
}
