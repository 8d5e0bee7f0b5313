/** What is refused or dropped when another API's request is written as chat completions. */
import type { ContentPart, Conversation } from '../neutral/conversation.ts';
import type { SettingMarks } from '../neutral/settings.ts';
import type { TargetFinding, TargetModel, Translator } from '../neutral/translator.ts';
import { sharedFindings } from '../openai/findings.ts';

export const NAMES: Translator['names'] = {
  maxTokens: 'max_completion_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  stop: 'stop',
  verbosity: 'verbosity',
  choices: 'n',
  topLogprobs: 'logprobs',
  reasoningShown: 'reasoning_summary',
  serviceTier: 'service_tier',
  cacheAuto: 'prompt_cache_options',
  cacheKey: 'prompt_cache_key',
  user: 'safety_identifier',
  metadata: 'metadata',
  moderation: 'moderation',
  system: 'messages',
  turns: 'messages',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  output: 'response_format',
  effort: 'reasoning_effort',
  thinking: 'reasoning_effort',
};

export const SETTINGS: SettingMarks = {
  maxTokens: 'mapped',
  temperature: 'mapped',
  topP: 'mapped',
  topK: { mark: 'preference', reason: 'there is no limit to the number of likely tokens' },
  seed: 'mapped',
  frequencyPenalty: 'mapped',
  presencePenalty: 'mapped',
  stop: 'mapped',
  verbosity: 'mapped',
  choices: 'mapped',
  topLogprobs: 'mapped',
  reasoningShown: { mark: 'preference', reason: 'chat completions show no reasoning' },
  serviceTier: 'mapped',
  cacheAuto: 'mapped',
  cacheKey: 'mapped',
  user: 'mapped',
  metadata: 'mapped',
  moderation: 'mapped',
};

const MAX_STOPS = 4;

export function findings(conversation: Conversation, target: TargetModel): readonly TargetFinding[] {
  const { stop = [], serviceTier, cacheAuto } = conversation.settings;
  const found: TargetFinding[] = [...sharedFindings(conversation, target, partFinding)];
  if (stop.length > MAX_STOPS)
    found.push({ at: 'stop', mark: 'unable', reason: `a request has ${MAX_STOPS} stop texts at most` });
  if (serviceTier === 'ultrafast')
    found.push({ at: 'serviceTier', mark: 'preference', reason: 'only responses are served in this tier' });
  if (conversation.api === 'openai-responses' && cacheAuto?.ttl === '12h')
    found.push({ at: 'cacheAuto', mark: 'preference', reason: 'chat completions are cached for the short time only' });
  for (const { path, phase } of conversation.turns)
    if (phase !== undefined)
      found.push({ at: { path: `${path}.phase` }, mark: 'preference', reason: 'only responses tell phases apart' });
  return found;
}

function partFinding(part: ContentPart): Omit<TargetFinding, 'at'> | undefined {
  if (part.kind !== 'document' || part.from.kind !== 'url') return undefined;
  return { mark: 'unable', reason: 'a file is sent itself, and not by its address' };
}
