/** Counting tokens: the request in the format of a counting endpoint, and its answer. */
import { topLevelMembers } from '../wires/top-level.ts';
import type { Api } from './neutral/conversation.ts';
import { jsonText, parseJsonText } from './neutral/json-text.ts';
import { memberOf, numberOf } from './neutral/json-values.ts';

/** Fields that counting endpoints accept; they refuse all others. Chat completions have no such endpoint. */
const COUNTED: Readonly<Partial<Record<Api, ReadonlySet<string>>>> = {
  'openai-responses': new Set([
    'model',
    'input',
    'instructions',
    'parallel_tool_calls',
    'reasoning',
    'text',
    'tool_choice',
    'tools',
    'truncation',
  ]),
  'anthropic-messages': new Set([
    'model',
    'messages',
    'system',
    'tools',
    'tool_choice',
    'thinking',
    'output_config',
    'cache_control',
  ]),
};

/** Whether the API has an endpoint that counts. */
export function counts(api: Api): boolean {
  return COUNTED[api] !== undefined;
}

/** A written request as the body of a request to count tokens; each value keeps its text. */
export function countBody(text: string, api: Api): string {
  const conversation = api === 'openai-responses' ? 'input' : 'messages';
  const members = topLevelMembers(text, { conversation }) ?? [];
  const kept = members.filter(({ key }) => COUNTED[api]?.has(key));
  return `{${kept.map(({ key, valueStart, end }) => `"${key}":${text.slice(valueStart, end)}`).join(',')}}`;
}

/** The count in an answer; `undefined` for a body that has none. */
export function readCount(text: string): number | undefined {
  try {
    return numberOf(memberOf(parseJsonText(text), 'input_tokens'));
  } catch {
    return undefined;
  }
}

/** The count in the format of the client's API. */
export function writtenCount(tokens: number, api: Api): string {
  const object = api === 'openai-responses' ? 'response.input_tokens' : undefined;
  return jsonText({ object, input_tokens: tokens });
}
