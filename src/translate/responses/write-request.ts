/** Writes a request of OpenAI's Responses API. */
import type { Conversation, Tool, ToolChoice } from '../neutral/conversation.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList } from '../neutral/json-values.ts';
import { hasNote, noted, putBack, sharedOwn } from '../neutral/own.ts';
import type { TargetModel } from '../neutral/translator.ts';
import { breakpointsOf, writtenCacheOptions } from '../openai/cache-breakpoints.ts';
import { sentEffort } from '../openai/effort.ts';
import { sharedMembers, writtenSchema } from '../openai/shared-fields.ts';
import { formOf, isStrict, writtenParameters } from '../openai/tools.ts';
import { writeInput } from './write-items.ts';

/** The vendor refuses a lower limit. */
export const MIN_OUTPUT_TOKENS = 16;

export function writeRequest(conversation: Conversation, target: TargetModel): JsonObject {
  const { api, settings, own } = conversation;
  const isOwn = api === 'openai-responses';
  const { maxTokens, topLogprobs } = settings;
  const breakpoints = breakpointsOf(conversation, target);
  const { instructions, items } = writeInput(conversation, { isOwn, breakpoints });
  const body: JsonDraft = {
    model: target.model,
    instructions,
    input: items,
    max_output_tokens: maxTokens === undefined || isOwn ? maxTokens : Math.max(maxTokens, MIN_OUTPUT_TOKENS),
    ...sharedMembers(conversation, target),
    service_tier: settings.serviceTier,
    top_logprobs: topLogprobs === 0 ? undefined : topLogprobs,
    text: writeText(conversation),
    reasoning: writeReasoning(conversation, target),
    prompt_cache_options: writtenCacheOptions(conversation, 'openai-responses'),
    ...writeTools(conversation),
    // The client does not look for the reply at this vendor.
    store: false,
  };
  putBack(body, isOwn ? own : sharedOwn(own, 'openai-responses'));
  const include = isList(body.include) ? [...body.include] : [];
  // Nothing is stored, so reasoning can only come back with its content. Models that do not reason refuse this value.
  if (!isOwn && reasons(conversation, target)) include.push('reasoning.encrypted_content');
  const asksLogprobs = topLogprobs !== undefined && (!isOwn || hasNote(own, 'include_logprobs'));
  if (asksLogprobs) include.push('message.output_text.logprobs');
  if (include.length > 0) body.include = include;
  return body;
}

function reasons({ reasoning }: Conversation, target: TargetModel): boolean {
  return (target.efforts ?? []).length > 0 || sentEffort(reasoning, target) !== undefined;
}

function writeText(conversation: Conversation): JsonObject | undefined {
  const { output, settings } = conversation;
  const { verbosity } = settings;
  if (output === undefined && verbosity === undefined) return undefined;
  return {
    format:
      output === undefined
        ? undefined
        : output.kind === 'json'
          ? { type: 'json_object' }
          : { type: 'json_schema', ...writtenSchema(output, conversation) },
    verbosity,
  };
}

/** Anthropic's ways to show reasoning, as values of this API. */
const SHOWN: Readonly<Record<string, string | undefined>> = { summarized: 'auto', omitted: undefined };

function writeReasoning(conversation: Conversation, target: TargetModel): JsonObject | undefined {
  const { reasoning, settings } = conversation;
  const { reasoningShown: shown } = settings;
  const effort = sentEffort(reasoning, target);
  const summary = shown !== undefined && Object.hasOwn(SHOWN, shown) ? SHOWN[shown] : shown;
  return effort === undefined && summary === undefined ? undefined : { effort, summary };
}

/** The tools and the choice among them. Without tools, a choice is refused. */
function writeTools(conversation: Conversation): JsonDraft {
  const { tools, toolChoice } = conversation;
  if (tools.length === 0) return {};
  return {
    tools: tools.flatMap((tool): readonly JsonValue[] =>
      tool.form !== 'opaque' ? [writeTool(conversation, tool)] : tool.api === 'openai-responses' ? [tool.value] : [],
    ),
    tool_choice: toolChoice && writeChoice(conversation, toolChoice),
  };
}

function writeTool(conversation: Conversation, tool: Tool): JsonObject {
  const { name, description, form, strict, own } = tool;
  const isOwn = conversation.api === 'openai-responses';
  const written: JsonDraft =
    form === 'free'
      ? { type: 'custom', name, description, format: noted(own, 'format') }
      : {
          type: 'function',
          name,
          description,
          parameters: isOwn ? (tool.input ?? null) : writtenParameters(conversation, tool),
          // If this is left out, the vendor makes the schema strict, and every property required.
          strict: isOwn ? (strict ?? null) : isStrict(conversation, tool),
        };
  if (isOwn) putBack(written, own);
  return written;
}

function writeChoice(conversation: Conversation, choice: ToolChoice): JsonValue {
  const named = (name: string): JsonObject => ({
    type: formOf(conversation, name) === 'free' ? 'custom' : 'function',
    name,
  });
  if (choice.kind === 'one') return named(choice.name);
  if (choice.kind !== 'some') return choice.kind;
  return { type: 'allowed_tools', mode: choice.isRequired ? 'required' : 'auto', tools: choice.names.map(named) };
}
