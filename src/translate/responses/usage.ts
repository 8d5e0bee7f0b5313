/** Usage in the format of the Responses API. */
import type { Usage } from '../../core/ledger/usage.ts';
import { inputTokens } from '../../core/ledger/usage.ts';

/** The usage of a response. Its input includes what was read from a cache or written to one. */
export function writtenUsage(usage: Usage) {
  const { cacheWrite5m = 0, cacheWrite1h = 0 } = usage;
  const input = inputTokens(usage);
  const output = (usage.output ?? 0) + (usage.outputAudio ?? 0) + (usage.outputImage ?? 0);
  return {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: (usage.cacheRead ?? 0) + (usage.cacheReadAudio ?? 0),
      cache_write_tokens: cacheWrite5m + cacheWrite1h,
      ...(cacheWrite1h > 0 && {
        cache_write_tokens_details: { ttl_30m_tokens: cacheWrite5m, ttl_12h_tokens: cacheWrite1h },
      }),
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: input + output,
  };
}
