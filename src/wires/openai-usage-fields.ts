/** The names under which OpenAI and vendors with its format report usage: one table, nested like the usage. */

import type { UsageFields } from './reply-bill.ts';
import { usageFields as fields } from './reply-bill.ts';

const LIFETIMES = fields({
  ttl_30m_tokens: 'written5m',
  ephemeral_5m_input_tokens: 'written5m',
  ttl_12h_tokens: 'written1h',
  ephemeral_1h_input_tokens: 'written1h',
  cache_creation_input_tokens: 'written',
});

const CACHE = {
  cached_tokens: 'cached',
  cached_input_tokens: 'cached',
  cache_read_tokens: 'cached',
  cache_read_input_tokens: 'cached',
  cache_write_tokens: 'written',
  cache_write_input_tokens: 'written',
  cache_creation_tokens: 'written',
  cached_creation_tokens: 'written',
  cache_creation_input_tokens: 'written',
  cache_creation: LIFETIMES,
} as const;

const INPUT = fields({
  ...CACHE,
  cache_write_tokens_details: LIFETIMES,
  cache_creation_token_details: LIFETIMES,
  audio_tokens: 'audio',
  cached_tokens_details: fields({ audio_tokens: 'cachedAudio', text_tokens: 'part', image_tokens: 'part' }),
  text_tokens: 'part',
  image_tokens: 'part',
  web_search_requests: 'webSearch',
});

const OUTPUT = fields({
  reasoning_tokens: 'reasoning',
  thinking_tokens: 'reasoning',
  audio_tokens: 'outputAudio',
  image_tokens: 'outputImage',
  text_tokens: 'part',
  accepted_prediction_tokens: 'part',
  rejected_prediction_tokens: 'part',
});

const SERVER_TOOLS = fields({
  web_search_requests: 'webSearch',
  web_fetch_requests: 'part',
  // Totals that OpenRouter sends.
  tool_calls_requested: 'part',
  tool_calls_executed: 'part',
});

/** DashScope's searches. */
const PLUGINS = fields({ search: fields({ count: 'webSearch' }), web_search: fields({ count: 'webSearch' }) });

/** Every number of a usage object that some vendor sends, except those by which no vendor bills. */
export const USAGE = fields({
  ...CACHE,
  prompt_tokens: 'input',
  input_tokens: 'input',
  completion_tokens: 'output',
  output_tokens: 'output',
  total_tokens: 'total',
  prompt_tokens_details: INPUT,
  input_tokens_details: INPUT,
  completion_tokens_details: OUTPUT,
  output_tokens_details: OUTPUT,
  prompt_token_details: INPUT,
  input_token_details: INPUT,
  completion_token_details: OUTPUT,
  output_token_details: OUTPUT,
  reasoning_tokens: 'reasoning',
  reasoning_output_tokens: 'reasoning',
  image_tokens: 'part',
  // Fields of DeepSeek, Mistral and Perplexity.
  prompt_cache_hit_tokens: 'cached',
  prompt_cache_miss_tokens: 'part',
  num_cached_tokens: 'cached',
  prompt_audio_seconds: 'other',
  num_search_queries: 'webSearch',
  // Fields of gateways in front of Claude.
  claude_cache_creation_5_m_tokens: 'written5m',
  claude_cache_creation_1_h_tokens: 'written1h',
  server_tool_use: SERVER_TOOLS,
  server_tool_use_details: SERVER_TOOLS,
  // xAI's tools, and its sources, each of which once had a fee.
  num_sources_used: 'other',
  num_server_side_tools_used: 'part',
  server_side_tool_usage_details: fields({
    web_search_calls: 'webSearch',
    file_search_calls: 'fileSearch',
    mcp_calls: 'part',
  }),
  plugins: PLUGINS,
  x_tools: PLUGINS,
  // Fields of Perplexity's agents.
  tool_calls_details: fields({ search_web: fields({ invocation: 'webSearch' }) }),
  // Amounts of money, which `statedCost` reads.
  cost: 'part',
  cost_details: 'part',
  // Copies of the same usage; only DashScope's has counts that the totals omit.
  context_details: 'part',
  billing_usage: 'part',
  x_details: fields({
    plugins: PLUGINS,
    x_tools: PLUGINS,
    prompt_tokens_details: INPUT,
    input_tokens_details: INPUT,
    output_tokens_details: OUTPUT,
    input_tokens: 'part',
    output_tokens: 'part',
    total_tokens: 'part',
  }),
});

/** `tool_usage` of a response: what its hosted tools used, outside the usage of the model. */
export const TOOL_USAGE: ReadonlyMap<string, UsageFields> = new Map([
  ['web_search', fields({ num_requests: 'webSearch' })],
  ['file_search', fields({ num_requests: 'fileSearch' })],
  [
    'image_gen',
    fields({
      input_tokens: 'imageGenInput',
      input_tokens_details: fields({ image_tokens: 'imageGenInputImage', text_tokens: 'part' }),
      output_tokens: 'imageGenOutput',
      // Text that an image model writes and input that it has cached have separate prices.
      output_tokens_details: fields({ image_tokens: 'part', text_tokens: 'other' }),
      cached_tokens: 'other',
      cached_tokens_details: 'part',
      total_tokens: 'part',
    }),
  ],
]);
