/** What is refused or dropped when another API's request is written as responses. */
import type { ContentPart, Conversation } from '../neutral/conversation.ts';
import type { SettingMarks } from '../neutral/settings.ts';
import type { TargetFinding, TargetModel, Translator } from '../neutral/translator.ts';
import { sharedFindings } from '../openai/findings.ts';
import { MIN_OUTPUT_TOKENS } from './write-request.ts';

export const NAMES: Translator['names'] = {
  maxTokens: 'max_output_tokens',
  temperature: 'temperature',
  topP: 'top_p',
  topK: 'top_k',
  seed: 'seed',
  frequencyPenalty: 'frequency_penalty',
  presencePenalty: 'presence_penalty',
  stop: 'stop',
  verbosity: 'text.verbosity',
  choices: 'n',
  topLogprobs: 'top_logprobs',
  reasoningShown: 'reasoning.summary',
  serviceTier: 'service_tier',
  cacheAuto: 'prompt_cache_options',
  cacheKey: 'prompt_cache_key',
  user: 'safety_identifier',
  metadata: 'metadata',
  moderation: 'moderation',
  system: 'instructions',
  turns: 'input',
  tools: 'tools',
  toolChoice: 'tool_choice',
  parallelTools: 'parallel_tool_calls',
  output: 'text.format',
  effort: 'reasoning.effort',
  thinking: 'reasoning',
};

export const SETTINGS: SettingMarks = {
  maxTokens: 'mapped',
  temperature: 'mapped',
  topP: 'mapped',
  topK: { mark: 'preference', reason: 'there is no limit to the number of likely tokens' },
  seed: { mark: 'preference', reason: 'responses are not made repeatable' },
  frequencyPenalty: { mark: 'preference', reason: 'there is no penalty for repeated words' },
  presencePenalty: { mark: 'preference', reason: 'there is no penalty for repeated words' },
  stop: { mark: 'unable', reason: 'responses do not stop at a text' },
  verbosity: 'mapped',
  choices: { mark: 'unable', reason: 'there is one reply to a request' },
  topLogprobs: 'mapped',
  reasoningShown: 'mapped',
  serviceTier: 'mapped',
  cacheAuto: 'mapped',
  cacheKey: 'mapped',
  user: 'mapped',
  metadata: 'mapped',
  moderation: 'mapped',
};

export function findings(conversation: Conversation, target: TargetModel): readonly TargetFinding[] {
  const { settings, turns } = conversation;
  const found: TargetFinding[] = [...sharedFindings(conversation, target, partFinding)];
  if (settings.maxTokens !== undefined && settings.maxTokens < MIN_OUTPUT_TOKENS)
    found.push({ at: 'maxTokens', mark: 'preference', reason: `the lowest limit is ${MIN_OUTPUT_TOKENS} tokens` });
  for (const { path, name } of turns)
    if (name !== undefined)
      found.push({ at: { path: `${path}.name` }, mark: 'preference', reason: 'participants have no names' });
  return found;
}

function partFinding({ kind }: ContentPart): Omit<TargetFinding, 'at'> | undefined {
  return kind === 'audio' ? { mark: 'unable', reason: 'responses take no sound' } : undefined;
}
