/** Writes a request in the format of Anthropic's Messages API. */
import type { ContentPart, Conversation, ConversationTurn, Output, Tool } from '../neutral/conversation.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isObject } from '../neutral/json-values.ts';
import { hasNote, putBack } from '../neutral/own.ts';
import type { TargetModel } from '../neutral/translator.ts';
import { distinctCalls } from '../neutral/distinct-calls.ts';
import { MAX_BREAKPOINTS, writtenCacheControl } from './cache-control.ts';
import { sentReasoning } from './reasoning.ts';
import { sentSampling } from './sampling.ts';
import { isStrictSchema, objectSchema, outputSchema } from './schema.ts';
import { alternating } from './turns.ts';
import type { BlockContext } from './write-blocks.ts';
import { writeContent } from './write-blocks.ts';

const API = 'anthropic-messages';

/** The body. Tools come before the instructions and these before the messages, as in the vendor's cache. */
export function writeRequest(conversation: Conversation, target: TargetModel): string {
  const { settings, own, output } = conversation;
  const isOwn = conversation.api === API;
  const turns = isOwn ? conversation.turns : alternating(distinctCalls(conversation.turns));
  const tools = sentTools(conversation);
  const context: BlockContext = { isOwn, target, cacheControl: breakpoints(conversation, turns) };
  const reasoning = sentReasoning(conversation, target);
  const body: JsonDraft = {
    model: target.model,
    max_tokens: sentLimit(conversation, target),
    tools: tools.length === 0 ? undefined : tools.map(tool => writeTool(tool, context)),
    tool_choice: writeToolChoice(conversation, tools.length > 0),
    system: writeSystem(conversation, context),
    messages: turns.flatMap(turn => writeTurn(turn, context)),
    ...sentSampling(conversation, target),
    stop_sequences: settings.stop,
    metadata: settings.user === undefined ? undefined : { user_id: settings.user },
    cache_control:
      settings.cacheAuto && (isOwn || isWorthCaching(conversation))
        ? writtenCacheControl(settings.cacheAuto)
        : undefined,
    thinking: reasoning.thinking,
    stream: conversation.isStream ? true : undefined,
  };
  const format: JsonObject | undefined =
    output?.kind === 'schema' ? { type: 'json_schema', schema: isOwn ? output.schema : described(output) } : undefined;
  const isOlder = isOwn && hasNote(own, 'output_format');
  if (isOlder) body.output_format = format;
  if (reasoning.effort !== undefined || (format !== undefined && !isOlder)) {
    body.output_config = { effort: reasoning.effort, format: isOlder ? undefined : format };
  }
  if (isOwn) putBack(body, own);
  return jsonText(body);
}

/** The schema of another API's output format, with the description of that format, for which this API has no field. */
function described({ schema, description }: Extract<Output, { kind: 'schema' }>): JsonValue {
  const written = outputSchema(schema) ?? schema;
  if (description === undefined || !isObject(written)) return written;
  const own = typeof written.description === 'string' ? `\n\n${written.description}` : '';
  return { ...written, description: description + own };
}

/** The vendor refuses a request without a limit, and one above the model's own. */
export function sentLimit({ settings, api }: Conversation, { maxOutputTokens }: TargetModel): number | undefined {
  const { maxTokens = maxOutputTokens } = settings;
  if (api === API || maxTokens === undefined || maxOutputTokens === undefined) return maxTokens;
  return Math.min(maxTokens, maxOutputTokens);
}

/** A cache write costs more than plain input, so it is worth its price only if another request continues from this one. */
function isWorthCaching({ turns, tools }: Conversation): boolean {
  return turns.length > 1 || tools.length > 0;
}

/** The last breakpoints, as many as the vendor accepts: they cover the longest prefixes. */
function breakpoints(conversation: Conversation, turns: readonly ConversationTurn[]): BlockContext['cacheControl'] {
  if (conversation.api === API) return writtenCacheControl;
  const { system, tools, settings } = conversation;
  const counted = (parts: readonly ContentPart[]): number =>
    parts.reduce((sum, part) => {
      const inner = part.kind === 'tool-result' ? part.content : [];
      return sum + (part.cache === undefined ? 0 : 1) + counted(inner);
    }, 0);
  const asked =
    counted(system) +
    turns.reduce((sum, { parts }) => sum + counted(parts), 0) +
    tools.filter(tool => tool.form !== 'opaque' && tool.cache !== undefined).length;
  let left = asked - MAX_BREAKPOINTS + (settings.cacheAuto === undefined ? 0 : 1);
  return cache => (left-- > 0 ? undefined : writtenCacheControl(cache));
}

function writeSystem({ system }: Conversation, context: BlockContext): JsonValue | undefined {
  if (system.length === 0) return undefined;
  const written = writeContent(system, context);
  return written.length === 0 ? undefined : written;
}

function writeTurn({ role, parts, own }: ConversationTurn, context: BlockContext): readonly JsonObject[] {
  const content = writeContent(parts, context);
  // A message that could not be read is kept whole, not as a part of one.
  const [only] = parts;
  if (context.isOwn && only?.kind === 'opaque' && parts.length === 1 && isMessage(only.value)) return [only.value];
  if (content.length === 0 && !context.isOwn) return [];
  const message: JsonDraft = { role: role === 'developer' ? 'system' : role, content };
  if (context.isOwn) putBack(message, own);
  return [message];
}

function isMessage(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && 'role' in value;
}

/** All tools, or the ones that the choice allows: the vendor has no field for some of them. */
function sentTools({ tools, toolChoice }: Conversation): Conversation['tools'] {
  if (toolChoice?.kind !== 'some') return tools;
  const { names } = toolChoice;
  return tools.filter(tool => tool.form !== 'opaque' && names.includes(tool.name));
}

function writeTool(tool: Conversation['tools'][number], context: BlockContext): JsonValue {
  if (tool.form === 'opaque') return tool.value;
  const { name, description, cache } = tool;
  const written: JsonDraft = {
    name,
    description,
    input_schema: context.isOwn ? tool.input : objectSchema(tool.input),
    strict: sentStrict(tool, context),
    cache_control: cache && context.cacheControl(cache),
  };
  if (context.isOwn) putBack(written, tool.own);
  return written;
}

function sentStrict({ strict, input }: Tool, { isOwn }: BlockContext): boolean | undefined {
  if (isOwn) return strict ?? undefined;
  return strict === true && isStrictSchema(objectSchema(input)) ? true : undefined;
}

function writeToolChoice({ toolChoice, parallelTools, api }: Conversation, hasTools: boolean): JsonObject | undefined {
  if (!hasTools && api !== API) return undefined;
  const flag = parallelTools === false ? { disable_parallel_tool_use: true } : {};
  switch (toolChoice?.kind) {
    case undefined:
      return parallelTools === false ? { type: 'auto', ...flag } : undefined;
    case 'none':
      return { type: 'none' };
    case 'one':
      return { type: 'tool', name: toolChoice.name, ...flag };
    case 'required':
      return { type: 'any', ...flag };
    case 'some':
      return { type: toolChoice.isRequired ? 'any' : 'auto', ...flag };
    case 'auto':
      return { type: 'auto', ...flag };
  }
}
