/** Usage in the format of Anthropic's Messages API. */
import type { Usage } from '../../core/ledger/usage.ts';
import { anthropicReply } from '../../wires/anthropic-reply.ts';

/** The counts of a reply or a stream, whether it is billed or not: a refusal may be free. */
export function readUsage(model: unknown, usage: unknown): Usage | undefined {
  return anthropicReply({ model, content: [], usage }).usage;
}

/** The usage of a message. Its input excludes what was read from a cache or written to one. */
export function writtenUsage(usage: Usage = {}) {
  const { cacheWrite5m = 0, cacheWrite1h = 0, reasoning } = usage;
  return {
    input_tokens: (usage.input ?? 0) + (usage.inputAudio ?? 0),
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_read_input_tokens: (usage.cacheRead ?? 0) + (usage.cacheReadAudio ?? 0),
    cache_creation: { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h },
    output_tokens: (usage.output ?? 0) + (usage.outputAudio ?? 0) + (usage.outputImage ?? 0),
    output_tokens_details: reasoning === undefined ? null : { thinking_tokens: reasoning },
    server_tool_use: null,
    service_tier: null,
    inference_geo: null,
    speed: null,
  };
}
