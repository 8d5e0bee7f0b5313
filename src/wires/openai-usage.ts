/** Converts OpenAI's usage to disjoint meters. */
import type { ServiceTier, Usage } from '../core/ledger/usage.ts';
import { countField, field } from './json-fields.ts';
import { withoutZeros } from './canonical-usage.ts';

/** The field names of one API. */
interface FieldNames {
  readonly input: string;
  readonly output: string;
  readonly inputDetails: string;
  readonly outputDetails: string;
}

const CHAT: FieldNames = {
  input: 'prompt_tokens',
  output: 'completion_tokens',
  inputDetails: 'prompt_tokens_details',
  outputDetails: 'completion_tokens_details',
};
const RESPONSES: FieldNames = {
  input: 'input_tokens',
  output: 'output_tokens',
  inputDetails: 'input_tokens_details',
  outputDetails: 'output_tokens_details',
};

/** Usage of a chat completion; `undefined` when either total is missing. */
export function chatUsage(usage: unknown): Usage | undefined {
  return usageOf(usage, CHAT, 0);
}

/** Usage of a response, with the web searches it made. */
export function responsesUsage(usage: unknown, webSearches: number): Usage | undefined {
  return usageOf(usage, RESPONSES, webSearches);
}

function usageOf(usage: unknown, names: FieldNames, webSearch: number): Usage | undefined {
  const input = countField(usage, names.input);
  const completion = countField(usage, names.output);
  if (input === undefined || completion === undefined) return undefined;
  const inputDetails = field(usage, names.inputDetails);
  const outputDetails = field(usage, names.outputDetails);
  const cached = Math.min(countField(inputDetails, 'cached_tokens') ?? 0, input);
  const audio = Math.min(countField(inputDetails, 'audio_tokens') ?? 0, input);
  // Cached and audio tokens are parts of the input. Where they add up to more than it, the excess is cached audio.
  const cacheReadAudio = Math.max(0, cached + audio - input);
  const written = Math.min(
    countField(inputDetails, 'cache_write_tokens') ?? 0,
    input - cached - audio + cacheReadAudio,
  );
  const longLived = countField(field(inputDetails, 'cache_write_tokens_details'), 'ttl_12h_tokens') ?? 0;
  const cacheWrite1h = Math.min(longLived, written);
  const reasoning = countField(outputDetails, 'reasoning_tokens') ?? 0;
  // Some compatible vendors leave reasoning out of the completion; only the total shows it.
  const isSeparate = countField(usage, 'total_tokens') === input + completion + reasoning;
  const output = isSeparate ? completion + reasoning : completion;
  const outputAudio = Math.min(countField(outputDetails, 'audio_tokens') ?? 0, output);
  return withoutZeros({
    input: input - cached - audio + cacheReadAudio - written,
    cacheRead: cached - cacheReadAudio,
    cacheWrite5m: written - cacheWrite1h,
    cacheWrite1h,
    inputAudio: audio - cacheReadAudio,
    cacheReadAudio,
    output: output - outputAudio,
    outputAudio,
    webSearch,
    reasoning: Math.min(reasoning, output),
  });
}

const TIERS: ReadonlyMap<unknown, ServiceTier> = new Map([
  ['default', 'standard'],
  ['flex', 'flex'],
  ['priority', 'priority'],
  ['fast', 'priority'],
]);

/** The tier that served a call; `undefined` when the reply names no tier with its own price. */
export function tierOf(reply: unknown): ServiceTier | undefined {
  return TIERS.get(field(reply, 'service_tier'));
}
