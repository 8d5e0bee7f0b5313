/**
 * Usage objects as vendors and gateways really send them, each with the disjoint meters that its vendor bills, derived by
 * hand. The comment above a row says where the object was seen; "shape" says that the names are the vendor's and the numbers ours.
 */
import type { StatedCost } from '../../src/contracts/wire.ts';
import type { Usage } from '../../src/core/ledger/usage.ts';

export interface Dialect {
  readonly vendor: string;
  readonly api: 'chat' | 'responses';
  readonly usage: object;
  readonly meters: Usage;
  /** Fields of the reply beside its usage. */
  readonly reply?: Readonly<Record<string, unknown>>;
  /** What no meter can hold, by its path. */
  readonly unpriced?: readonly string[];
  readonly cost?: StatedCost;
  /** Default: none is named, or the standard one. */
  readonly tier?: string;
  readonly speed?: string;
  readonly region?: string;
}

const whole = (nanoUsd: number): StatedCost => ({ nanoUsd, isWhole: true });
const chat = (vendor: string, usage: object, meters: Usage, more: Partial<Dialect> = {}): Dialect => ({
  vendor,
  api: 'chat',
  usage,
  meters,
  ...more,
});
const responses = (vendor: string, usage: object, meters: Usage, more: Partial<Dialect> = {}): Dialect => ({
  ...chat(vendor, usage, meters, more),
  api: 'responses',
});

export const DIALECTS: readonly Dialect[] = [
  // A saved reply of gpt-5.6-sol, 2026-08-18.
  chat(
    'OpenAI',
    {
      prompt_tokens: 182,
      completion_tokens: 1826,
      total_tokens: 2008,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0 },
      completion_tokens_details: {
        reasoning_tokens: 512,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    { input: 182, output: 1826, reasoning: 512 },
    { reply: { service_tier: 'default' } },
  ),
  // Cache writes of gpt-5.6-luna.
  chat(
    'OpenAI, cache writes',
    {
      prompt_tokens: 9657,
      completion_tokens: 78,
      total_tokens: 9735,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 9654, audio_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
    { input: 3, cacheWrite5m: 9654, output: 78 },
  ),
  // Predicted outputs of gpt-4.1-mini, in a request log of Copilot's next edits.
  chat(
    'OpenAI, predicted output',
    {
      completion_tokens: 142,
      completion_tokens_details: {
        accepted_prediction_tokens: 112,
        audio_tokens: 0,
        reasoning_tokens: 0,
        rejected_prediction_tokens: 1,
      },
      prompt_tokens: 2434,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      total_tokens: 2576,
    },
    { input: 2434, output: 142 },
  ),
  // Audio of OpenAI's realtime models through a gateway; `cached_tokens_details` says which cached tokens are audio.
  chat(
    'OpenAI, cached audio',
    {
      prompt_tokens: 400,
      completion_tokens: 192,
      total_tokens: 592,
      prompt_tokens_details: {
        text_tokens: 200,
        audio_tokens: 200,
        cached_tokens: 192,
        cached_tokens_details: { text_tokens: 64, audio_tokens: 128 },
      },
      completion_tokens_details: { text_tokens: 64, audio_tokens: 128 },
    },
    { input: 136, cacheRead: 64, inputAudio: 72, cacheReadAudio: 128, output: 64, outputAudio: 128 },
  ),
  // litellm#35127.
  responses(
    'OpenAI',
    {
      input_tokens: 12000,
      input_tokens_details: { cached_tokens: 11008 },
      output_tokens: 40,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 12040,
    },
    { input: 992, cacheRead: 11008, output: 40 },
  ),
  // The lifetimes of cache writes: `openai` 7.57, resources/responses/responses.d.ts.
  responses(
    'OpenAI, cache writes by lifetime',
    {
      input_tokens: 9657,
      input_tokens_details: {
        cached_tokens: 0,
        cache_write_tokens: 9654,
        cache_write_tokens_details: { ttl_30m_tokens: 654, ttl_12h_tokens: 9000 },
      },
      output_tokens: 78,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 9735,
    },
    { input: 3, cacheWrite5m: 654, cacheWrite1h: 9000, output: 78 },
  ),
  // Fast mode as served; ultrafast has no list price: `ServiceTier` in the same file.
  responses(
    'OpenAI, ultrafast',
    { input_tokens: 1_000_000, output_tokens: 100_000, total_tokens: 1_100_000 },
    { input: 1_000_000, output: 100_000 },
    { reply: { service_tier: 'ultrafast' }, tier: 'ultrafast' },
  ),
  responses(
    'OpenAI, priority',
    { input_tokens: 100, output_tokens: 10, total_tokens: 110 },
    { input: 100, output: 10 },
    { reply: { service_tier: 'fast' }, tier: 'priority' },
  ),
  // An image drawn by a tool: langfuse#8252.
  responses(
    'OpenAI, image tool',
    {
      input_tokens: 100,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 50,
      output_tokens_details: { reasoning_tokens: 10 },
      total_tokens: 150,
    },
    { input: 100, output: 50, reasoning: 10, imageGenInput: 12, imageGenOutput: 196 },
    {
      reply: {
        tool_usage: {
          image_gen: {
            input_tokens: 12,
            input_tokens_details: { image_tokens: 0, text_tokens: 12 },
            output_tokens: 196,
            output_tokens_details: { image_tokens: 196, text_tokens: 0 },
            total_tokens: 208,
          },
          web_search: { num_requests: 0 },
        },
      },
    },
  ),
  // Azure AI Foundry's latency checkpoint, seen with gpt-5.6.
  chat(
    'Azure OpenAI',
    {
      completion_tokens: 5,
      completion_tokens_details: {
        accepted_prediction_tokens: 0,
        audio_tokens: 0,
        reasoning_tokens: 0,
        rejected_prediction_tokens: 0,
      },
      latency_checkpoint: { engine_tbt_ms: 11, engine_ttft_ms: 84, service_ttlt_ms: 578, user_visible_ttft_ms: 453 },
      prompt_tokens: 19,
      prompt_tokens_details: { audio_tokens: 0, cached_tokens: 0 },
      total_tokens: 24,
    },
    { input: 19, output: 5 },
    { reply: { service_tier: 'default' } },
  ),
  // Azure's content filter ends a reply: no completion, no total.
  chat('Azure OpenAI, filtered', { prompt_tokens: 2, completion_tokens: 0 }, { input: 2, output: 0 }),
  responses(
    'Azure OpenAI',
    {
      input_tokens: 26,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 381,
      output_tokens_details: { reasoning_tokens: 224 },
      total_tokens: 407,
    },
    { input: 26, output: 381, reasoning: 224 },
    { reply: { service_tier: null } },
  ),
  // litellm#5017.
  chat(
    'DeepSeek',
    {
      prompt_tokens: 100,
      completion_tokens: 40,
      total_tokens: 140,
      prompt_cache_hit_tokens: 80,
      prompt_cache_miss_tokens: 20,
    },
    { input: 20, cacheRead: 80, output: 40 },
  ),
  // DeepSeek's own API sends the hits twice.
  chat(
    'DeepSeek, both spellings',
    {
      prompt_tokens: 8537,
      completion_tokens: 1783,
      total_tokens: 10320,
      prompt_tokens_details: { cached_tokens: 7936 },
      prompt_cache_hit_tokens: 7936,
      prompt_cache_miss_tokens: 601,
    },
    { input: 601, cacheRead: 7936, output: 1783 },
  ),
  // deepseek-v4-pro with thinking.
  chat(
    'DeepSeek, reasoner',
    {
      prompt_tokens: 20,
      completion_tokens: 7,
      total_tokens: 27,
      prompt_cache_hit_tokens: 12,
      prompt_cache_miss_tokens: 8,
      completion_tokens_details: { reasoning_tokens: 5 },
    },
    { input: 8, cacheRead: 12, output: 7, reasoning: 5 },
  ),
  // go-moonshot#17: the usage is in the last choice of a stream.
  chat('Moonshot', { prompt_tokens: 19, completion_tokens: 13, total_tokens: 32 }, { input: 19, output: 13 }),
  // vercel/ai#12352: cached tokens at the top level.
  chat(
    'Moonshot, cached',
    { prompt_tokens: 900, completion_tokens: 100, total_tokens: 1000, cached_tokens: 500 },
    { input: 400, cacheRead: 500, output: 100 },
  ),
  // bike4mind#1089: in both spellings.
  chat(
    'Moonshot, cached in both spellings',
    {
      prompt_tokens: 2989,
      completion_tokens: 12,
      total_tokens: 3001,
      cached_tokens: 2989,
      prompt_tokens_details: { cached_tokens: 2989 },
    },
    { input: 0, cacheRead: 2989, output: 12 },
  ),
  // any-llm#1290: the thoughts are in the total alone.
  chat('Gemini', { prompt_tokens: 20, completion_tokens: 198, total_tokens: 623 }, { input: 20, output: 603 }),
  // Gemini leaves out the completion when the thoughts used it up.
  chat('Gemini, no completion', { prompt_tokens: 8, total_tokens: 208 }, { input: 8, output: 200 }),
  // Vertex AI's endpoint names the thoughts beside a completion without them.
  chat(
    'Vertex AI',
    {
      completion_tokens: 3,
      completion_tokens_details: { reasoning_tokens: 20 },
      extra_properties: { google: { traffic_type: 'ON_DEMAND' } },
      prompt_tokens: 2000,
      total_tokens: 2023,
    },
    { input: 2000, output: 23, reasoning: 20 },
  ),
  // litellm#37724: the tier that served is a type of traffic.
  chat(
    'Vertex AI, flex',
    {
      completion_tokens: 205,
      extra_properties: { google: { traffic_type: 'ON_DEMAND_FLEX' } },
      prompt_tokens: 7,
      total_tokens: 212,
    },
    { input: 7, output: 205 },
    { tier: 'flex' },
  ),
  // An image of gemini-2.5-flash-image through a gateway.
  chat(
    'Gemini, image output',
    {
      prompt_tokens: 14,
      completion_tokens: 1301,
      total_tokens: 1315,
      completion_tokens_details: { image_tokens: 1290 },
    },
    { input: 14, output: 11, outputImage: 1290 },
  ),
  // docs.x.ai, prompt caching.
  chat(
    'xAI',
    {
      prompt_tokens: 125,
      completion_tokens: 48,
      total_tokens: 173,
      prompt_tokens_details: { text_tokens: 125, audio_tokens: 0, image_tokens: 0, cached_tokens: 98 },
      completion_tokens_details: {
        reasoning_tokens: 0,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
    },
    { input: 27, cacheRead: 98, output: 48 },
  ),
  // Reasoning beside the completion, inside the total.
  chat(
    'xAI, reasoning',
    {
      prompt_tokens: 10120,
      completion_tokens: 1499,
      total_tokens: 14428,
      prompt_tokens_details: { text_tokens: 10120, audio_tokens: 0, image_tokens: 0, cached_tokens: 128 },
      completion_tokens_details: {
        reasoning_tokens: 2809,
        audio_tokens: 0,
        accepted_prediction_tokens: 0,
        rejected_prediction_tokens: 0,
      },
      num_sources_used: 0,
    },
    { input: 9992, cacheRead: 128, output: 4308, reasoning: 2809 },
  ),
  // The same without a total: more reasoning than completion cannot be a part of it.
  chat(
    'xAI, reasoning without a total',
    { prompt_tokens: 32, completion_tokens: 9, completion_tokens_details: { reasoning_tokens: 94 } },
    { input: 32, output: 103, reasoning: 94 },
  ),
  // xAI's cost: 10¹⁰ ticks a dollar.
  chat(
    'xAI, stated cost',
    { prompt_tokens: 199, completion_tokens: 1, total_tokens: 200, num_sources_used: 0, cost_in_usd_ticks: 158500 },
    { input: 199, output: 1 },
    { cost: whole(15_850) },
  ),
  // A saved review by grok-4.3, 2026-07-10.
  responses(
    'xAI',
    {
      input_tokens: 36361,
      input_tokens_details: { cached_tokens: 192 },
      output_tokens: 1252,
      output_tokens_details: { reasoning_tokens: 763 },
      total_tokens: 37613,
      num_sources_used: 0,
      num_server_side_tools_used: 0,
      cost_in_usd_ticks: 483796500,
      context_details: { input_tokens: 36361, output_tokens: 1253 },
    },
    { input: 36169, cacheRead: 192, output: 1252, reasoning: 763 },
    { cost: whole(48_379_650) },
  ),
  // Searches of xAI's own tools, with a fee for each; no meter holds searches on X.
  responses(
    'xAI, tools',
    {
      input_tokens: 21365,
      input_tokens_details: { cached_tokens: 10496 },
      output_tokens: 3646,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 25011,
      num_sources_used: 0,
      num_server_side_tools_used: 10,
      cost_in_usd_ticks: 648004500,
      server_side_tool_usage_details: {
        web_search_calls: 2,
        x_search_calls: 8,
        code_interpreter_calls: 0,
        file_search_calls: 0,
        mcp_calls: 0,
        document_search_calls: 0,
        image_generation_calls: 0,
      },
      context_details: { input_tokens: 12334, output_tokens: 3184 },
    },
    { input: 10869, cacheRead: 10496, output: 3646, webSearch: 2 },
    { cost: whole(64_800_450), unpriced: ['usage.server_side_tool_usage_details.x_search_calls'] },
  ),
  // console.groq.com, a reply of gpt-oss-20b.
  chat(
    'Groq',
    {
      queue_time: 0.037493756,
      prompt_tokens: 18,
      prompt_time: 0.000680594,
      completion_tokens: 556,
      completion_time: 0.463333333,
      total_tokens: 574,
      total_time: 0.464013927,
    },
    { input: 18, output: 556 },
    { reply: { x_groq: { id: 'req_1' }, usage_breakdown: null, service_tier: 'on_demand' } },
  ),
  // gpt-oss-120b on Groq.
  chat(
    'Groq, cached',
    {
      queue_time: 0.053267522,
      prompt_tokens: 4641,
      prompt_time: 0.0239,
      completion_tokens: 1817,
      completion_time: 0.699691476,
      total_tokens: 6458,
      total_time: 0.723620984,
      prompt_tokens_details: { cached_tokens: 4608 },
      completion_tokens_details: { reasoning_tokens: 664 },
    },
    { input: 33, cacheRead: 4608, output: 1817, reasoning: 664 },
    { reply: { x_groq: { id: 'req_1' }, service_tier: 'on_demand' } },
  ),
  // console.groq.com, performance tier: paid as provisioned throughput, so no list price.
  chat(
    'Groq, performance tier',
    { prompt_tokens: 51, completion_tokens: 682, total_tokens: 733, completion_tokens_details: null },
    { input: 51, output: 682 },
    { reply: { service_tier: 'performance' }, tier: 'performance' },
  ),
  // docs.mistral.ai, chat completion.
  chat(
    'Mistral',
    {
      prompt_tokens: 13,
      completion_tokens: 7,
      total_tokens: 20,
      num_cached_tokens: 0,
      prompt_audio_seconds: 0,
      prompt_tokens_details: { cached_tokens: 0 },
    },
    { input: 13, output: 7 },
  ),
  chat(
    'Mistral, cached',
    {
      prompt_tokens: 1300,
      completion_tokens: 7,
      total_tokens: 1307,
      num_cached_tokens: 1024,
      prompt_tokens_details: null,
    },
    { input: 276, cacheRead: 1024, output: 7 },
  ),
  // A saved reply of voxtral-mini: audio is outside the prompt, inside the total, and billed by the minute.
  chat(
    'Mistral, audio',
    {
      prompt_audio_seconds: 12,
      prompt_tokens: 3,
      total_tokens: 419,
      completion_tokens: 41,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 375 },
      service_tier: 'standard',
    },
    { input: 3, inputAudio: 375, output: 41 },
    { unpriced: ['usage.prompt_audio_seconds'] },
  ),
  // Shape of Together's replies: cached tokens at the top level.
  chat(
    'Together',
    { prompt_tokens: 1042, completion_tokens: 62, total_tokens: 1104, cached_tokens: 512 },
    { input: 530, cacheRead: 512, output: 62 },
  ),
  // Shape of docs.stigg.io's description of Fireworks: the prompt includes its cached tokens.
  chat(
    'Fireworks',
    {
      prompt_tokens: 1240,
      total_tokens: 1620,
      completion_tokens: 380,
      prompt_tokens_details: { cached_tokens: 1152 },
    },
    { input: 88, cacheRead: 1152, output: 380 },
  ),
  // A saved reply of moonshotai/kimi-k3, 2026-09-15.
  chat(
    'OpenRouter',
    {
      prompt_tokens: 17135,
      completion_tokens: 26792,
      total_tokens: 43927,
      cost: 0.453285,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
      cost_details: {
        upstream_inference_cost: 0.453285,
        upstream_inference_prompt_cost: 0.051405,
        upstream_inference_completions_cost: 0.40188,
      },
      completion_tokens_details: { reasoning_tokens: 23538, image_tokens: 0, audio_tokens: 0 },
    },
    { input: 17135, output: 26792, reasoning: 23538 },
    { cost: whole(453_285_000) },
  ),
  // gpt-oss-20b on Bedrock by OpenRouter: the account pays less than the upstream price.
  chat(
    'OpenRouter, discounted',
    {
      prompt_tokens: 94,
      completion_tokens: 15,
      total_tokens: 109,
      cost: 0.0000087417,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 0, audio_tokens: 0, video_tokens: 0 },
      cost_details: { upstream_inference_cost: 0.00000883 },
      completion_tokens_details: { reasoning_tokens: 4, image_tokens: 0, audio_tokens: 0 },
    },
    { input: 94, output: 15, reasoning: 4 },
    { cost: whole(8_742) },
  ),
  // forgecode#1641: with an own key the provider bills the model, and OpenRouter a fee.
  chat(
    'OpenRouter, own key',
    {
      prompt_tokens: 9171,
      completion_tokens: 113,
      total_tokens: 9284,
      cost: 0,
      is_byok: true,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
      cost_details: {
        upstream_inference_cost: 0.0360795,
        upstream_inference_prompt_cost: 0.0343845,
        upstream_inference_completions_cost: 0.001695,
      },
      completion_tokens_details: { reasoning_tokens: 55, image_tokens: 0 },
    },
    { input: 9171, output: 113, reasoning: 55 },
    { cost: whole(36_079_500) },
  ),
  chat(
    'OpenRouter, own key at a price that it does not say',
    { prompt_tokens: 10, completion_tokens: 1, total_tokens: 11, cost: 0.00005, is_byok: true, cost_details: null },
    { input: 10, output: 1 },
    { cost: { nanoUsd: 50_000, isWhole: false } },
  ),
  // A free model: nothing is billed anywhere.
  chat(
    'OpenRouter, free',
    {
      completion_tokens: 4369,
      completion_tokens_details: { audio_tokens: 0, image_tokens: 0, reasoning_tokens: 2958 },
      cost: 0,
      cost_details: { upstream_inference_cost: 0 },
      is_byok: false,
      prompt_tokens: 21278,
      prompt_tokens_details: { audio_tokens: 0, cache_write_tokens: 0, cached_tokens: 0, video_tokens: 0 },
      total_tokens: 25647,
    },
    { input: 21278, output: 4369, reasoning: 2958 },
    { cost: whole(0) },
  ),
  // OpenRouter's search tool.
  chat(
    'OpenRouter, web search',
    {
      prompt_tokens: 3213,
      completion_tokens: 72,
      total_tokens: 3285,
      prompt_tokens_details: { cached_tokens: 982, cache_write_tokens: 2225 },
      cost: 0.0082,
      server_tool_use_details: { web_search_requests: 1, tool_calls_requested: 1, tool_calls_executed: 1 },
    },
    { input: 6, cacheRead: 982, cacheWrite5m: 2225, output: 72, webSearch: 1 },
    { cost: whole(8_200_000) },
  ),
  // OpenRouter counts video in its prompt details; whether it costs as much as text depends on the model.
  chat(
    'OpenRouter, video',
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      prompt_tokens_details: { cached_tokens: 0, video_tokens: 40 },
    },
    { input: 100, output: 10 },
    { unpriced: ['usage.prompt_tokens_details.video_tokens'] },
  ),
  // OpenRouter draws an image.
  chat(
    'OpenRouter, image output',
    {
      prompt_tokens: 12,
      completion_tokens: 1290,
      total_tokens: 1302,
      cost: 0.0387036,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0, video_tokens: 0 },
      cost_details: { upstream_inference_cost: null },
      completion_tokens_details: { reasoning_tokens: 0, image_tokens: 1290 },
    },
    { input: 12, output: 0, outputImage: 1290 },
    { cost: whole(38_703_600) },
  ),
  // vercel/ai#13705.
  chat(
    'Perplexity',
    {
      prompt_tokens: 50,
      completion_tokens: 100,
      total_tokens: 150,
      search_context_size: 'low',
      cost: { input_tokens_cost: 0.00005, output_tokens_cost: 0.0001, request_cost: 0.005, total_cost: 0.00515 },
    },
    { input: 50, output: 100 },
    {
      cost: whole(5_150_000),
      reply: { citations: ['https://a.example'], search_results: [{ url: 'https://a.example' }] },
    },
  ),
  // sonar-deep-research: its cost shows that citations, reasoning and searches are billed beside the total.
  chat(
    'Perplexity, deep research',
    {
      prompt_tokens: 1188,
      completion_tokens: 4240,
      total_tokens: 5428,
      citation_tokens: 8014,
      num_search_queries: 54,
      reasoning_tokens: 92431,
      cost: {
        input_tokens_cost: 0.00238,
        output_tokens_cost: 0.03392,
        citation_tokens_cost: 0.01603,
        reasoning_tokens_cost: 0.27729,
        search_queries_cost: 0.27,
        total_cost: 0.59962,
      },
    },
    { input: 1188, output: 4240, reasoning: 4240, webSearch: 54 },
    { cost: whole(599_620_000), unpriced: ['usage.citation_tokens', 'usage.reasoning_tokens'] },
  ),
  // Perplexity's Agent API: its tools are counted in the usage, and the results are items.
  responses(
    'Perplexity, agent',
    {
      cost: { currency: 'USD', tool_calls_cost: 0.005, total_cost: 0.0174 },
      input_tokens: 3681,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 780,
      output_tokens_details: { reasoning_tokens: 0 },
      tool_calls_details: { search_web: { invocation: 1 } },
      total_tokens: 4461,
    },
    { input: 3681, output: 780, webSearch: 1 },
    { cost: whole(17_400_000), reply: { output: [{ type: 'search_results', results: [] }] } },
  ),
  // litellm#31724.
  chat(
    'LiteLLM proxy, Claude',
    {
      prompt_tokens: 4818,
      completion_tokens: 47,
      total_tokens: 4865,
      prompt_tokens_details: {
        cached_tokens: 0,
        cache_creation_tokens: 4803,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 4803, ephemeral_1h_input_tokens: 0 },
      },
      cache_creation_input_tokens: 4803,
      cache_read_input_tokens: 0,
    },
    { input: 15, cacheWrite5m: 4803, output: 47 },
  ),
  chat(
    'LiteLLM proxy, Claude with writes for an hour',
    {
      completion_tokens: 31,
      prompt_tokens: 8781,
      total_tokens: 8812,
      completion_tokens_details: { reasoning_tokens: 0, text_tokens: 31 },
      prompt_tokens_details: {
        cached_tokens: 8728,
        text_tokens: 3,
        cache_write_tokens: 50,
        cache_creation_tokens: 50,
        cache_creation_token_details: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 50 },
      },
      cache_creation_input_tokens: 50,
      cache_read_input_tokens: 8728,
    },
    { input: 3, cacheRead: 8728, cacheWrite1h: 50, output: 31 },
  ),
  // LiteLLM passes on what Anthropic says of speed, place and searches.
  chat(
    'LiteLLM proxy, Claude in fast mode',
    {
      prompt_tokens: 7034,
      completion_tokens: 1000,
      total_tokens: 8034,
      prompt_tokens_details: { cached_tokens: 6034, text_tokens: 1000 },
      cache_read_input_tokens: 6034,
      cache_creation_input_tokens: 0,
      server_tool_use: { web_search_requests: 1, web_fetch_requests: 2 },
      speed: 'fast',
      inference_geo: 'us',
      service_tier: 'standard',
    },
    { input: 1000, cacheRead: 6034, output: 1000, webSearch: 1 },
    { speed: 'fast', region: 'us' },
  ),
  // litellm#22984.
  chat(
    'vLLM',
    {
      total_tokens: 150687,
      prompt_tokens: 150383,
      completion_tokens: 304,
      prompt_tokens_details: { text_tokens: null, audio_tokens: null, image_tokens: null, cached_tokens: 149936 },
      completion_tokens_details: { text_tokens: null, reasoning_tokens: 15, accepted_prediction_tokens: null },
    },
    { input: 447, cacheRead: 149936, output: 304, reasoning: 15 },
  ),
  // A server without prefix caching.
  chat(
    'vLLM, no details',
    { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: null },
    { input: 7, output: 3 },
    { reply: { service_tier: null, prompt_logprobs: null, kv_transfer_params: null } },
  ),
  // SGLang's reply of Qwen2.5-VL.
  chat(
    'SGLang',
    { prompt_tokens: 307, total_tokens: 377, completion_tokens: 70, prompt_tokens_details: null, reasoning_tokens: 0 },
    { input: 307, output: 70 },
    { reply: { metadata: { weight_version: 'default' } } },
  ),
  // Shape of NVIDIA NIM: reasoning at the top level.
  chat(
    'NVIDIA NIM',
    {
      prompt_tokens: 18,
      total_tokens: 322,
      completion_tokens: 304,
      prompt_tokens_details: null,
      reasoning_tokens: 280,
    },
    { input: 18, output: 304, reasoning: 280 },
  ),
  // docs.ollama.com.
  chat(
    'Ollama',
    { prompt_tokens: 16, completion_tokens: 24, total_tokens: 40 },
    { input: 16, output: 24 },
    { reply: { system_fingerprint: 'fp_ollama' } },
  ),
  // A server for one machine: rates beside the counts.
  chat(
    'OmniInfer',
    {
      prompt_tokens: 19,
      completion_tokens: 8,
      total_tokens: 27,
      prompt_tokens_details: {
        text_tokens: 19,
        cached_tokens: 0,
        cache_creation_input_tokens: 19,
        cache_type: 'ephemeral',
      },
      performance: { prefill_time_ms: 150, prefill_tokens_per_second: 126.7, decode_tokens_per_second: 28.6 },
    },
    { input: 0, cacheWrite5m: 19, output: 8 },
  ),
  // gpt-oss on Bedrock's OpenAI endpoint.
  chat(
    'Bedrock',
    { prompt_tokens: 94, completion_tokens: 15, total_tokens: 109 },
    { input: 94, output: 15 },
    { reply: { service_tier: 'default' } },
  ),
  // Kimi on Bedrock.
  chat(
    'Bedrock, Kimi',
    {
      prompt_tokens: 50,
      completion_tokens: 5,
      total_tokens: 55,
      prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 40 },
    },
    { input: 10, cacheWrite5m: 40, output: 5 },
  ),
  // Claude on Bedrock behind agentgateway.
  chat(
    'agentgateway, Bedrock',
    {
      prompt_tokens: 13,
      completion_tokens: 18,
      total_tokens: 31,
      prompt_tokens_details: { cached_tokens: 0 },
      cache_read_input_tokens: 0,
      cache_creation_input_tokens: 0,
    },
    { input: 13, output: 18 },
  ),
  // inference-docs.cerebras.ai.
  chat(
    'Cerebras',
    {
      prompt_tokens: 12,
      completion_tokens: 10,
      total_tokens: 22,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { accepted_prediction_tokens: 0, rejected_prediction_tokens: 0 },
    },
    { input: 12, output: 10 },
    { reply: { time_info: { queue_time: 0.000073161, total_time: 0.0222 } } },
  ),
  // With `auto` asked for, Cerebras names the tier that served beside it.
  chat(
    'Cerebras, tier',
    {
      prompt_tokens: 10,
      completion_tokens: 5,
      total_tokens: 15,
      image_tokens: 2,
      prompt_tokens_details: { cached_tokens: 3 },
    },
    { input: 7, cacheRead: 3, output: 5 },
    { reply: { service_tier: 'auto', service_tier_used: 'priority' }, tier: 'priority' },
  ),
  // SambaNova's reply of DeepSeek-V3-0324.
  chat(
    'SambaNova',
    {
      completion_tokens: 51,
      completion_tokens_after_first_per_sec: 203.1970451845694,
      completion_tokens_after_first_per_sec_first_ten: 204.03983207094663,
      completion_tokens_per_sec: 135.12995588730448,
      end_time: 1746852567.7429223,
      is_last_response: true,
      prompt_tokens: 10,
      start_time: 1746852567.3655078,
      stop_reason: 'stop',
      time_to_first_token: 0.1313478946685791,
      total_latency: 0.3774144649505615,
      total_tokens: 61,
      total_tokens_per_sec: 161.6260256691289,
    },
    { input: 10, output: 51 },
  ),
  // Shape of Claude on Databricks (litellm#36933, databricks-ai-bridge#446): the prompt includes its cached tokens.
  chat(
    'Databricks, Claude',
    {
      prompt_tokens: 9612,
      completion_tokens: 4,
      total_tokens: 9616,
      cache_read_input_tokens: 9600,
      cache_creation_input_tokens: 0,
    },
    { input: 12, cacheRead: 9600, output: 4 },
  ),
  // gemma-4 on Workers AI.
  chat(
    'Cloudflare Workers AI',
    {
      prompt_tokens: 147,
      completion_tokens: 16,
      total_tokens: 163,
      prompt_tokens_details: { cached_tokens: 0 },
      neurons: 1.7727272510528564,
    },
    { input: 147, output: 16 },
  ),
  // Shape of Z.ai's context caching.
  chat(
    'Z.ai',
    { prompt_tokens: 1200, completion_tokens: 300, total_tokens: 1500, prompt_tokens_details: { cached_tokens: 800 } },
    { input: 400, cacheRead: 800, output: 300 },
  ),
  // glm with its search tool: the results are beside the choices.
  chat(
    'Z.ai, web search',
    { prompt_tokens: 353, completion_tokens: 1389, total_tokens: 1742 },
    { input: 353, output: 1389, webSearch: 1 },
    { reply: { web_search: [{ refer: 'ref_1', title: 't', link: 'https://a.example', content: 'c' }] } },
  ),
  // Alibaba's documentation of explicit caching: the first request writes, the second reads.
  chat(
    'DashScope, cache write',
    {
      prompt_tokens: 18628,
      completion_tokens: 344,
      total_tokens: 18972,
      prompt_tokens_details: {
        text_tokens: 18628,
        cache_creation_input_tokens: 18613,
        cache_type: 'ephemeral',
        cached_tokens: 0,
        cache_creation: { ephemeral_5m_input_tokens: 18613 },
      },
    },
    { input: 15, cacheWrite5m: 18613, output: 344 },
  ),
  chat(
    'DashScope, cache read and write',
    {
      prompt_tokens: 3019,
      completion_tokens: 104,
      total_tokens: 3123,
      prompt_tokens_details: {
        cached_tokens: 2048,
        cache_creation: { cache_creation_input_tokens: 500, cache_type: 'ephemeral' },
      },
    },
    { input: 471, cacheRead: 2048, cacheWrite5m: 500, output: 104 },
  ),
  // DashScope's Responses API repeats the usage under `x_details`.
  responses(
    'DashScope',
    {
      input_tokens: 1524,
      input_tokens_details: { cached_tokens: 1305 },
      output_tokens: 1534,
      output_tokens_details: { reasoning_tokens: 1187 },
      total_tokens: 3058,
      x_details: [
        {
          input_tokens: 1524,
          output_tokens: 1534,
          output_tokens_details: { reasoning_tokens: 1187 },
          prompt_tokens_details: {
            cache_creation: { ephemeral_5m_input_tokens: 213 },
            cache_creation_input_tokens: 213,
            cache_type: 'ephemeral',
            cached_tokens: 1305,
          },
          total_tokens: 3058,
          x_billing_type: 'response_api',
        },
      ],
    },
    { input: 6, cacheRead: 1305, cacheWrite5m: 213, output: 1534, reasoning: 1187 },
  ),
  // Qwen's searches, in a chat completion and in a response; a tool that reads pages is billed too.
  chat(
    'DashScope, web search',
    {
      prompt_tokens: 10,
      completion_tokens: 4,
      total_tokens: 14,
      plugins: { search: { count: 1, strategy: 'agent' } },
    },
    { input: 10, output: 4, webSearch: 1 },
    { reply: { search_info: { search_results: [] } } },
  ),
  responses(
    'DashScope, web search',
    {
      input_tokens: 7,
      output_tokens: 4,
      total_tokens: 11,
      x_tools: { web_search: { count: 1 }, web_extractor: { count: 2 } },
      x_details: [{ plugins: { web_search: { count: 1 } }, input_tokens: 7, output_tokens: 4, total_tokens: 11 }],
    },
    { input: 7, output: 4, webSearch: 1 },
    { unpriced: ['usage.x_tools.web_extractor.count'] },
  ),
  // MiniMax-M1.
  chat(
    'MiniMax',
    {
      total_tokens: 249,
      total_characters: 0,
      prompt_tokens: 26,
      completion_tokens: 223,
      completion_tokens_details: { reasoning_tokens: 214 },
    },
    { input: 26, output: 223, reasoning: 214 },
    { reply: { base_resp: { status_code: 0, status_msg: '' } } },
  ),
  // Shape of Cohere's compatibility API.
  chat('Cohere', { prompt_tokens: 37, completion_tokens: 11, total_tokens: 48 }, { input: 37, output: 11 }),
  // jamba-instruct.
  chat(
    'AI21',
    { prompt_tokens: 8, completion_tokens: 12, total_tokens: 20 },
    { input: 8, output: 12 },
    { reply: { meta: { requestDurationMillis: 288 } } },
  ),
  // DeepInfra states what it charges.
  chat(
    'DeepInfra',
    {
      prompt_tokens: 60,
      total_tokens: 76,
      completion_tokens: 16,
      estimated_cost: 0.00000494,
      prompt_tokens_details: null,
    },
    { input: 60, output: 16 },
    { cost: whole(4_940) },
  ),
  // Shape of Novita and Hyperbolic: plain totals, or null details.
  chat(
    'Novita',
    {
      prompt_tokens: 25,
      completion_tokens: 2,
      total_tokens: 27,
      prompt_tokens_details: null,
      completion_tokens_details: null,
    },
    { input: 25, output: 2 },
  ),
  chat('Hyperbolic', { prompt_tokens: 20, total_tokens: 50, completion_tokens: 30 }, { input: 20, output: 30 }),
  // copilot-api: a bill of its own beside the usage.
  chat(
    'GitHub Copilot',
    { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7, prompt_tokens_details: { cached_tokens: 1 } },
    { input: 4, cacheRead: 1, output: 2 },
    { reply: { copilot_usage: { total_nano_aiu: 1_000_000_000 } } },
  ),
  // Vercel's gateway states the cost as text in the message's metadata.
  chat(
    'Vercel AI Gateway',
    { prompt_tokens: 15, completion_tokens: 300, total_tokens: 315 },
    { input: 15, output: 300 },
    {
      reply: {
        provider_metadata: { gateway: { cost: '0.0045405', marketCost: '0.0045405', generationId: 'gen_1' } },
      },
      cost: whole(4_540_500),
    },
  ),
  // OpenAI's o3-mini through a proxy that writes the details in the singular.
  chat(
    'proxy with singular details',
    {
      prompt_tokens: 12,
      completion_tokens: 4,
      total_tokens: 16,
      prompt_token_details: { cached_tokens: 2, cache_write_tokens: 1 },
      completion_token_details: { reasoning_tokens: 3 },
    },
    { input: 9, cacheRead: 2, cacheWrite5m: 1, output: 4, reasoning: 3 },
  ),
  // DeepSeek through Portkey, which keeps the vendor's fields.
  chat(
    'Portkey',
    {
      prompt_tokens: 13,
      completion_tokens: 300,
      total_tokens: 313,
      prompt_cache_hit_tokens: 0,
      prompt_cache_miss_tokens: 13,
    },
    { input: 13, output: 300 },
    { reply: { provider: 'deepseek' } },
  ),
  // Helicone's gateway, and LiteLLM with `include_cost_in_streaming_usage`, put one number there.
  chat(
    'Helicone',
    { prompt_tokens: 120, completion_tokens: 85, total_tokens: 205, cost: 0.00031 },
    { input: 120, output: 85 },
    { cost: whole(310_000) },
  ),
  // new-api fills the fields of the other API with zeros.
  chat(
    'new-api',
    {
      prompt_tokens: 1459,
      completion_tokens: 91,
      total_tokens: 1550,
      prompt_tokens_details: { cached_tokens: 0, text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
      completion_tokens_details: { text_tokens: 0, audio_tokens: 0, reasoning_tokens: 0 },
      input_tokens: 0,
      output_tokens: 0,
      input_tokens_details: null,
      claude_cache_creation_5_m_tokens: 0,
      claude_cache_creation_1_h_tokens: 0,
    },
    { input: 1459, output: 91 },
  ),
  // Claude through new-api.
  chat(
    'new-api, Claude',
    {
      prompt_tokens: 120,
      completion_tokens: 85,
      total_tokens: 205,
      prompt_tokens_details: { cached_tokens: 30, cached_creation_tokens: 10 },
      completion_tokens_details: { reasoning_tokens: 42 },
      claude_cache_creation_5_m_tokens: 8,
      claude_cache_creation_1_h_tokens: 2,
    },
    { input: 80, cacheRead: 30, cacheWrite5m: 8, cacheWrite1h: 2, output: 85, reasoning: 42 },
  ),
  // new-api repeats the usage that it billed.
  chat(
    'new-api, with its bill',
    {
      prompt_tokens: 1984,
      completion_tokens: 312,
      total_tokens: 2296,
      usage_semantic: 'openai',
      prompt_tokens_details: { cached_tokens: 1536, text_tokens: 0, audio_tokens: 0, image_tokens: 0 },
      completion_tokens_details: { text_tokens: 0, audio_tokens: 0, image_tokens: 0, reasoning_tokens: 289 },
      billing_usage: {
        source: 'oai_chat',
        openai_usage: { prompt_tokens: 1984, completion_tokens: 312, total_tokens: 2296 },
      },
    },
    { input: 448, cacheRead: 1536, output: 312, reasoning: 289 },
  ),
  // Shape of OmniRoute#477: a gateway that passes on Anthropic's input, which excludes cached tokens; its total includes them.
  chat(
    'OmniRoute, Claude',
    {
      prompt_tokens: 14,
      completion_tokens: 200,
      total_tokens: 150214,
      cache_read_input_tokens: 148000,
      cache_creation_input_tokens: 2000,
    },
    { input: 14, cacheRead: 148000, cacheWrite5m: 2000, output: 200 },
  ),
  // The same where the total leaves them out too: more cached tokens than the prompt has cannot be a part of it.
  chat(
    'OmniRoute, Claude without them in the total',
    {
      prompt_tokens: 14,
      completion_tokens: 200,
      total_tokens: 214,
      cache_read_input_tokens: 148000,
      cache_creation_input_tokens: 0,
    },
    { input: 14, cacheRead: 148000, output: 200 },
  ),
  // Codex's session log, as some proxies send it on.
  responses(
    'Codex proxy, totals of a session',
    {
      input_tokens: 11,
      cached_input_tokens: 7,
      output_tokens: 5,
      reasoning_output_tokens: 3,
      total_tokens: 16,
    },
    { input: 4, cacheRead: 7, output: 5, reasoning: 3 },
  ),
  responses(
    'Codex proxy',
    {
      input_tokens: 500,
      output_tokens: 100,
      total_tokens: 600,
      reasoning_tokens: 0,
      cache_read_input_tokens: 100,
      cache_write_input_tokens: 10,
    },
    { input: 390, cacheRead: 100, cacheWrite5m: 10, output: 100 },
  ),
  // No vendor's dialect yet.
  chat(
    'a field that is not known',
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110, video_tokens: 40, holograms: { tokens: 0 } },
    { input: 100, output: 10 },
    { unpriced: ['usage.video_tokens'] },
  ),
  chat(
    'a call that is not known',
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      total_tokens: 110,
      advisor: { model: 'm', input_tokens: 500, output_tokens: 0 },
    },
    { input: 100, output: 10 },
    { unpriced: ['usage.advisor.input_tokens'] },
  ),
];
