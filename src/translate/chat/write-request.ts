/** Writes a chat completion request. */
import type { Conversation, Output, Tool, ToolChoice } from '../neutral/conversation.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import type { TargetModel } from '../neutral/translator.ts';
import { breakpointsOf, writtenCacheOptions } from '../openai/cache-breakpoints.ts';
import { sentEffort } from '../openai/effort.ts';
import { isObject } from '../neutral/json-values.ts';
import { hasNote, noted, putBack, sharedOwn } from '../neutral/own.ts';
import { sharedMembers, writtenSchema } from '../openai/shared-fields.ts';
import { formOf, isStrict, writtenParameters } from '../openai/tools.ts';
import { writeMessages } from './write-messages.ts';

export function writeRequest(conversation: Conversation, target: TargetModel): JsonObject {
  const { api, settings, output, own } = conversation;
  const isOwn = api === 'openai-chat';
  const { maxTokens, topLogprobs } = settings;
  const limitName = isOwn && hasNote(own, 'max_tokens') ? 'max_tokens' : target.limitName;
  const body: JsonDraft = {
    model: target.model,
    messages: writeMessages(conversation, { isOwn, breakpoints: breakpointsOf(conversation, target) }),
    [limitName ?? 'max_completion_tokens']: maxTokens,
    ...sharedMembers(conversation, target),
    frequency_penalty: settings.frequencyPenalty,
    presence_penalty: settings.presencePenalty,
    service_tier: settings.serviceTier === 'ultrafast' ? undefined : settings.serviceTier,
    seed: settings.seed,
    n: settings.choices,
    stop: settings.stop,
    logprobs: topLogprobs === undefined ? undefined : true,
    top_logprobs: topLogprobs === 0 ? undefined : topLogprobs,
    verbosity: settings.verbosity,
    reasoning_effort: sentEffort(conversation.reasoning, target),
    response_format: output && writeOutput(output, conversation),
    prompt_cache_options: writtenCacheOptions(conversation, 'openai-chat'),
    ...writeTools(conversation),
  };
  // A client of another API gets the usage at the end of every stream.
  if (!isOwn && conversation.isStream) body.stream_options = { include_usage: true };
  putBack(body, isOwn ? own : sharedOwn(own, 'openai-chat'));
  return body;
}

function writeOutput(output: Output, conversation: Conversation): JsonObject {
  return output.kind === 'json'
    ? { type: 'json_object' }
    : { type: 'json_schema', json_schema: writtenSchema(output, conversation) };
}

/** The tools and the choice among them. Without tools, a choice is refused. */
function writeTools(conversation: Conversation): JsonDraft {
  const { tools, toolChoice, api } = conversation;
  if (tools.length === 0) return {};
  const isOwn = api === 'openai-chat';
  if (isOwn && tools.every(tool => tool.form !== 'opaque' && hasNote(tool.own, 'functions')))
    return {
      functions: tools.map(tool => (tool.form === 'opaque' ? tool.value : writtenFunction(conversation, tool))),
      function_call: toolChoice?.kind === 'one' ? { name: toolChoice.name } : toolChoice?.kind,
    };
  return {
    tools: tools.flatMap((tool): readonly JsonValue[] =>
      tool.form !== 'opaque' ? [writeTool(conversation, tool)] : tool.api === 'openai-chat' ? [tool.value] : [],
    ),
    tool_choice: toolChoice && writeChoice(conversation, toolChoice),
  };
}

function writeTool(conversation: Conversation, tool: Tool): JsonObject {
  const { name, description, form, own } = tool;
  const written: JsonDraft =
    form === 'free'
      ? { type: 'custom', custom: { name, description, format: nestedFormat(noted(own, 'format')) } }
      : { type: 'function', function: writtenFunction(conversation, tool) };
  if (conversation.api === 'openai-chat') putBack(written, own);
  return written;
}

/** A grammar is nested in an object in chat completions. */
function nestedFormat(format: JsonValue | undefined): JsonValue | undefined {
  if (!isObject(format) || format.type !== 'grammar') return format;
  const { type, ...grammar } = format;
  return { type, grammar };
}

function writtenFunction(conversation: Conversation, tool: Tool): JsonObject {
  const { name, description, strict, input } = tool;
  const isOwn = conversation.api === 'openai-chat';
  return {
    name,
    description,
    parameters: isOwn ? input : writtenParameters(conversation, tool),
    strict: isOwn ? (strict ?? undefined) : isStrict(conversation, tool) || undefined,
  };
}

function writeChoice(conversation: Conversation, choice: ToolChoice): JsonValue {
  const named = (name: string): JsonObject =>
    formOf(conversation, name) === 'free'
      ? { type: 'custom', custom: { name } }
      : { type: 'function', function: { name } };
  if (choice.kind === 'one') return named(choice.name);
  if (choice.kind !== 'some') return choice.kind;
  const mode = choice.isRequired ? 'required' : 'auto';
  return { type: 'allowed_tools', allowed_tools: { mode, tools: choice.names.map(named) } };
}
