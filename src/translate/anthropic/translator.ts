/** Anthropic's Messages API: requests, replies and streams. */
import { withToolNames } from '../neutral/tool-names.ts';
import type { Translator } from '../neutral/translator.ts';
import { anthropicEventReader } from './event-reader.ts';
import { anthropicEventWriter } from './event-writer.ts';
import { ANTHROPIC_SETTINGS, anthropicFindings } from './findings.ts';
import { readReply } from './read-reply.ts';
import { readRequest } from './read-request.ts';
import { withoutEnvelopes } from './strip-envelopes.ts';
import { writeReply } from './write-reply.ts';
import { writeRequest } from './write-request.ts';

export const anthropicTranslator: Translator = Object.freeze({
  api: 'anthropic-messages',
  names: {
    maxTokens: 'max_tokens',
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
    seed: 'seed',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    stop: 'stop_sequences',
    verbosity: 'verbosity',
    choices: 'n',
    topLogprobs: 'top_logprobs',
    reasoningShown: 'thinking.display',
    serviceTier: 'service_tier',
    cacheAuto: 'cache_control',
    cacheKey: 'prompt_cache_key',
    user: 'metadata.user_id',
    metadata: 'metadata',
    moderation: 'moderation',
    system: 'system',
    turns: 'messages',
    tools: 'tools',
    toolChoice: 'tool_choice',
    parallelTools: 'tool_choice.disable_parallel_tool_use',
    output: 'output_config.format',
    effort: 'output_config.effort',
    thinking: 'thinking',
  },
  settings: ANTHROPIC_SETTINGS,
  findings: anthropicFindings,
  readRequest,
  writeRequest: (conversation, target) => writeRequest(withToolNames(conversation, 'anthropic-messages'), target),
  withoutEnvelopes,
  readReply,
  writeReply,
  eventReader: anthropicEventReader,
  eventWriter: anthropicEventWriter,
} satisfies Translator);
