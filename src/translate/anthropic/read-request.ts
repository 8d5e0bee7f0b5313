/** Reads a request of Anthropic's Messages API. */
import { invalidValue } from '../../errors.ts';
import { isEffort } from '../neutral/effort.ts';
import type {
  AskedReasoning,
  Conversation,
  ConversationTurn,
  OpaqueTool,
  Output,
  Own,
  SystemPart,
  Tool,
  ToolChoice,
} from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, memberOf, numberOf, textOf, textsOf } from '../neutral/json-values.ts';
import { note, ownMembers, ownOf } from '../neutral/own.ts';
import type { AskedSettings } from '../neutral/settings.ts';
import { readCacheControl } from './cache-control.ts';
import { ANTHROPIC_FIELDS, OPAQUE_TOOLS } from './fields.ts';
import { extras, readContent } from './read-blocks.ts';
import { parseWithInputs } from './tool-inputs.ts';

const API = 'anthropic-messages';

/** @throws RouterError `invalid-value` for a body without a list of messages */
export function readRequest(text: string): Conversation {
  const body = parseWithInputs(text, ['messages', 'content']);
  if (!isObject(body) || !isList(body.messages)) {
    throw invalidValue(memberOf(body, 'messages'), 'messages', 'a list of messages');
  }
  const own: Own[] = ownMembers(body, ANTHROPIC_FIELDS.request).map(each =>
    // A container that only lists skills does not bind the request to a model.
    each.path === 'container' &&
    memberOf(each.value, 'skills') !== undefined &&
    memberOf(each.value, 'id') === undefined
      ? { ...each, mark: 'unable' }
      : each,
  );
  const settings = readSettings(body, own);
  const output = readOutput(body, own);
  const reasoning = readReasoning(body, own);
  const shown = textOf(memberOf(body.thinking, 'display'));
  const choice = readToolChoice(body.tool_choice, own);
  return {
    api: API,
    system: readSystem(body.system, own),
    turns: body.messages.map(readTurn),
    tools: isList(body.tools) ? body.tools.map(readTool) : [],
    ...choice,
    isStream: body.stream === true,
    ...(output !== undefined && { output }),
    ...(reasoning !== undefined && { reasoning }),
    settings: shown === undefined ? settings : { ...settings, reasoningShown: shown },
    own,
  };
}

function readSettings(body: JsonObject, own: Own[]): AskedSettings {
  const { cache, own: inCache } = readCacheControl(body.cache_control);
  own.push(...inCache);
  if (isObject(body.metadata)) own.push(...ownMembers(body.metadata, ANTHROPIC_FIELDS.metadata, 'metadata.'));
  const settings: { -readonly [Name in keyof AskedSettings]: AskedSettings[Name] } = {};
  const stop = textsOf(body.stop_sequences);
  const user = textOf(memberOf(body.metadata, 'user_id'));
  if (stop !== undefined && stop.length > 0) settings.stop = stop;
  if (user !== undefined) settings.user = user;
  if (cache !== undefined) settings.cacheAuto = cache;
  for (const [name, setting] of NUMBERS) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    const number = numberOf(value);
    if (number === undefined) own.push(ownOf(name, value));
    else settings[setting] = number;
  }
  return settings;
}

const NUMBERS = [
  ['max_tokens', 'maxTokens'],
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
] as const;

function readSystem(system: JsonValue | undefined, own: Own[]): readonly SystemPart[] {
  if (system === undefined || system === null) return [];
  const parts = readContent(system);
  if (parts === undefined) own.push(ownOf('system', system));
  return (parts ?? []).map(part => ({ ...part, role: 'system' }));
}

function readTurn(message: JsonValue, index: number): ConversationTurn {
  const path = `messages[${index}]`;
  const role = memberOf(message, 'role');
  const parts = readContent(memberOf(message, 'content') ?? []);
  if (!isObject(message) || parts === undefined || (role !== 'user' && role !== 'assistant' && role !== 'system')) {
    const { reason } = ownOf('', message);
    return { path, role: 'user', parts: [{ kind: 'opaque', api: API, value: message, mark: 'unable', reason }] };
  }
  const own = ownMembers(message, ANTHROPIC_FIELDS.message);
  return { path, role, parts, ...(own.length > 0 && { own }) };
}

function readTool(tool: JsonValue): Tool | OpaqueTool {
  const name = textOf(memberOf(tool, 'name'));
  const type = textOf(memberOf(tool, 'type')) ?? 'custom';
  if (!isObject(tool) || name === undefined || type !== 'custom') {
    const family = type.replace(/_\d{8}$/, '');
    const reason = Object.hasOwn(OPAQUE_TOOLS, family) ? OPAQUE_TOOLS[family] : undefined;
    return { form: 'opaque', api: API, value: tool, reason: reason ?? 'this tool is not known' };
  }
  const { description, input_schema: input, strict } = tool;
  return {
    name,
    form: 'json',
    ...(typeof description === 'string' && { description }),
    ...(input !== undefined && input !== null && { input }),
    ...(typeof strict === 'boolean' && { strict }),
    ...extras(tool, ANTHROPIC_FIELDS.tool),
  };
}

function readToolChoice(
  choice: JsonValue | undefined,
  own: Own[],
): { readonly toolChoice?: ToolChoice; readonly parallelTools?: boolean } {
  if (choice === undefined || choice === null) return {};
  const toolChoice = toolChoiceOf(memberOf(choice, 'type'), textOf(memberOf(choice, 'name')));
  if (toolChoice === undefined || !isObject(choice)) {
    own.push(ownOf('tool_choice', choice));
    return {};
  }
  own.push(...ownMembers(choice, ANTHROPIC_FIELDS.tool_choice, 'tool_choice.'));
  return { toolChoice, ...(choice.disable_parallel_tool_use === true && { parallelTools: false }) };
}

function toolChoiceOf(type: JsonValue | undefined, name: string | undefined): ToolChoice | undefined {
  if (type === 'auto' || type === 'none') return { kind: type };
  if (type === 'any') return { kind: 'required' };
  return type === 'tool' && name !== undefined ? { kind: 'one', name } : undefined;
}

function readOutput(body: JsonObject, own: Own[]): Output | undefined {
  const config = body.output_config;
  if (isObject(config)) own.push(...ownMembers(config, ANTHROPIC_FIELDS.output_config, 'output_config.'));
  const newer = memberOf(config, 'format');
  const older = body.output_format ?? undefined;
  const isOlder = newer === undefined && older !== undefined;
  if (newer !== undefined && older !== undefined) own.push(ownOf('output_format', older));
  const format = newer ?? older;
  if (format === undefined) return undefined;
  const schema = memberOf(format, 'schema');
  if (memberOf(format, 'type') !== 'json_schema' || schema === undefined || hasMore(format)) {
    own.push(ownOf(isOlder ? 'output_format' : 'output_config.format', format));
    return undefined;
  }
  if (isOlder) own.push(note('output_format'));
  return { kind: 'schema', schema };
}

function hasMore(format: JsonValue): boolean {
  return isObject(format) && ownMembers(format, ANTHROPIC_FIELDS.format).length > 0;
}

const THINKING: Readonly<Record<string, NonNullable<AskedReasoning['thinking']>>> = {
  disabled: 'off',
  adaptive: 'adaptive',
  enabled: 'manual',
  between_tools: 'between-tools',
};

function readReasoning({ thinking, output_config: config }: JsonObject, own: Own[]): AskedReasoning | undefined {
  const effort = memberOf(config, 'effort');
  const type = textOf(memberOf(thinking, 'type')) ?? '';
  const way = Object.hasOwn(THINKING, type) ? THINKING[type] : undefined;
  const budgetTokens = numberOf(memberOf(thinking, 'budget_tokens'));
  if (effort !== undefined && !isEffort(effort)) own.push(ownOf('output_config.effort', effort));
  if (thinking !== undefined && thinking !== null && way === undefined) own.push(ownOf('thinking', thinking));
  else if (isObject(thinking)) own.push(...ownMembers(thinking, ANTHROPIC_FIELDS.thinking, 'thinking.'));
  if (!isEffort(effort) && way === undefined) return undefined;
  return {
    ...(isEffort(effort) && { effort }),
    ...(way !== undefined && { thinking: way }),
    ...(way === 'manual' && budgetTokens !== undefined && { budgetTokens }),
  };
}
