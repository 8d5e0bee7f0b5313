/** A sale as the vendor writes it: a JSON body, or the events of a stream. It uses nothing from the router's readers. */
import type { Dice } from './draw-sale.ts';
import { totalOf } from './draw-sale.ts';
import type { Call, Sale, Tokens } from './sale.ts';

/** A body's text, and whether it is a stream of server-sent events. */
export interface Reply {
  readonly isStream: boolean;
  readonly body: string;
}

type Json = Record<string, unknown>;

const named = (type: string, data: Json) => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const unnamed = (chunks: readonly Json[]) =>
  `${chunks.map(chunk => `data: ${JSON.stringify(chunk)}\n\n`).join('')}data: [DONE]\n\n`;

export function replyOf(sale: Sale, on: Dice): Reply {
  const { isStream, body } = writtenReply(sale, on);
  // Lines of a stream end in any of the ways that the standard has, and comments keep its connection open.
  if (!isStream || on.chance(0.8)) return { isStream, body };
  return { isStream, body: `: keep-alive\n\n${body}`.replaceAll('\n', on.of(['\r\n', '\r'])) };
}

function writtenReply(sale: Sale, on: Dice): Reply {
  switch (sale.api) {
    case 'messages':
      return messagesReply(sale, on);
    case 'responses':
      return responsesReply(sale, on);
    case 'chat':
      return chatReply(sale, on);
  }
}

// Anthropic: https://platform.claude.com/docs/en/api/messages, and the SDK's BetaUsage

/** `input_tokens` excludes what was read from and written to the cache; `output_tokens` includes the thinking. */
function claudeCounts(tokens: Tokens, hasLifetimes: boolean): Json {
  return {
    input_tokens: tokens.input,
    cache_creation_input_tokens: tokens.cacheWrite + tokens.cacheWrite1h,
    cache_read_input_tokens: tokens.cacheRead,
    // Without the division by lifetime, all writes are of five minutes.
    cache_creation:
      hasLifetimes || tokens.cacheWrite1h > 0
        ? { ephemeral_5m_input_tokens: tokens.cacheWrite, ephemeral_1h_input_tokens: tokens.cacheWrite1h }
        : null,
    output_tokens: tokens.output,
  };
}

function messagesReply(sale: Sale, on: Dice): Reply {
  const writer = sale.served ?? sale.asked;
  // Totals describe the attempt that produced the message: neither advisors nor compactions nor declined attempts.
  const own = sale.calls.filter(
    ({ type, model }) => type === 'fallback_message' || (type === 'message' && model === writer),
  );
  const totals = totalOf(own);
  const hasFallback = sale.calls.some(({ type }) => type === 'fallback_message');
  const iterations: Json[] = sale.calls.map(call => ({
    type: call.type,
    ...(modelIsNamed(call, hasFallback, on) && { model: call.model === writer ? sale.namedAs : call.model }),
    // An iteration that wrote to the cache always says for how long.
    ...claudeCounts(call.tokens, call.tokens.cacheWrite > 0 || on.chance(0.5)),
  }));
  if (sale.oddity === 'iteration') {
    iterations.push({ type: 'reflection_message', ...claudeCounts({ ...totals, output: 7 }, false) });
  }
  const serverTools = {
    web_search_requests: sale.tools.searches,
    web_fetch_requests: sale.tools.pages,
    ...(sale.oddity === 'server_tool_use' && { map_lookup_requests: 2 }),
  };
  const hasTools = sale.tools.searches + sale.tools.pages > 0 || sale.oddity === 'server_tool_use' || on.chance(0.2);
  const terms = {
    ...(sale.tier !== undefined && { service_tier: sale.tier }),
    ...(sale.region !== undefined && { inference_geo: sale.region }),
    ...(sale.speed !== undefined && { speed: sale.speed }),
  };
  const odd = sale.oddity === 'usage.tokens' ? { video_input_tokens: 40 } : {};
  const tail = {
    server_tool_use: hasTools ? serverTools : null,
    ...(sale.isItemised && { iterations }),
    // "The refund is visible in the retry's usage": its counts are those that are billed.
    ...(on.chance(0.05) && { fallback_credit: { status: { type: 'redeemed' } } }),
    ...(totals.reasoning > 0 && { output_tokens_details: { thinking_tokens: totals.reasoning } }),
    ...odd,
  };
  const text = totals.output === 0 ? [] : [{ type: 'text', text: 'fine' }];
  // A block marks the hand-over, but "the signal for whether a fallback model served is … `usage.iterations`, not this block".
  const handovers =
    hasFallback && on.chance(0.7)
      ? [
          {
            type: 'fallback',
            from: { model: sale.asked },
            to: { model: sale.namedAs },
            trigger: { type: 'refusal', category: 'cyber' },
          },
        ]
      : [];
  const stop =
    sale.isRefused === true ? 'refusal' : on.of(['end_turn', 'end_turn', 'max_tokens', 'pause_turn', 'tool_use']);
  const details =
    sale.isRefused === true ? { stop_details: { type: 'refusal', category: on.of(['cyber', null]) } } : {};
  const message = { id: 'msg_1', type: 'message', role: 'assistant' };
  if (!sale.isStreamed) {
    return {
      isStream: false,
      body: JSON.stringify({
        ...message,
        model: sale.namedAs,
        content: [...handovers, ...text],
        stop_reason: stop,
        stop_sequence: null,
        ...details,
        usage: { ...claudeCounts(totals, on.chance(0.5)), ...tail, ...terms },
      }),
    };
  }
  // The first event tells the input of the first attempt; the last one the whole, cumulative. A stream that changes its model
  // midway has begun with the other one.
  const first = sale.isItemised ? (sale.calls.find(({ type }) => type === 'message') ?? sale.calls[0]) : undefined;
  const opening = first?.tokens ?? totals;
  const deltaTellsAll = sale.isItemised || on.chance(0.5);
  const { cache_creation: _, ...counts } = claudeCounts(totals, false);
  return {
    isStream: true,
    body: [
      named('message_start', {
        message: {
          ...message,
          model: hasFallback && on.chance(0.5) ? sale.asked : sale.namedAs,
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { ...claudeCounts({ ...opening, output: Math.min(1, opening.output) }, on.chance(0.5)), ...terms },
        },
      }),
      ...handovers.flatMap(content_block => [
        named('content_block_start', { index: 0, content_block }),
        named('content_block_stop', { index: 0 }),
      ]),
      ...text.flatMap(block => [
        named('content_block_start', { index: handovers.length, content_block: { ...block, text: '' } }),
        named('ping', {}),
        named('content_block_delta', { index: handovers.length, delta: { type: 'text_delta', text: block.text } }),
        named('content_block_stop', { index: handovers.length }),
      ]),
      named('message_delta', {
        delta: { stop_reason: stop, stop_sequence: null, ...details },
        usage: { ...(deltaTellsAll ? counts : { output_tokens: totals.output }), ...tail },
      }),
      named('message_stop', {}),
    ].join(''),
  };
}

const modelIsNamed = ({ type }: Call, hasFallback: boolean, on: Dice) => {
  if (type === 'compaction') return false;
  return type !== 'message' || hasFallback || on.chance(0.5);
};

// OpenAI's Responses: the SDK's Response, ResponseUsage and ToolUsage

const SVG = {
  id: 'ig_2',
  type: 'image_generation_call',
  status: 'completed',
  result: null,
  output_format: 'svg',
  svg_usage: { input_tokens: 90, model: 'svg-writer', output_tokens: 800, reasoning_tokens: 0, total_tokens: 890 },
};

function responsesReply(sale: Sale, on: Dice): Reply {
  const tokens = totalOf(sale.calls);
  const { tools } = sale;
  const image = tools.image !== undefined && tools.image.text + tools.image.image + tools.image.output > 0;
  const lostImage = sale.oddity === 'image without counts';
  const hasToolUsage = image || sale.oddity === 'tool_usage' || on.chance(0.5);
  // A discounted search is in the output like any other, but is not counted in the usage.
  const discounted = hasToolUsage && on.chance(0.2) ? 1 : 0;
  const items = (count: number, item: (index: number) => Json) => Array.from({ length: count }, (_, at) => item(at));
  const action = (type: string) => (at: number) => ({
    id: `ws_${type}_${at}`,
    type: 'web_search_call',
    status: 'completed',
    action: type === 'search' ? { type, query: 'weather' } : { type, url: 'https://example.com' },
  });
  const output: Json[] = [
    ...(tokens.reasoning > 0 ? [{ id: 'rs_1', type: 'reasoning', summary: [] }] : []),
    ...items(tools.searches + discounted, action('search')),
    ...items(tools.pages, action(on.of(['open_page', 'find_in_page']))),
    ...items(tools.fileSearches, at => ({
      id: `fs_${at}`,
      type: 'file_search_call',
      status: 'completed',
      queries: ['a'],
    })),
    ...tools.codeRuns.map((container_id, at) => ({
      id: `ci_${at}`,
      type: 'code_interpreter_call',
      status: 'completed',
      code: '1 + 1',
      outputs: null,
      container_id,
    })),
    ...items(tools.computerCalls, at => ({
      id: `cu_${at}`,
      type: 'computer_call',
      status: 'completed',
      call_id: `call_${at}`,
      action: { type: 'screenshot' },
      pending_safety_checks: [],
    })),
    ...(image || lostImage ? [{ id: 'ig_1', type: 'image_generation_call', status: 'completed', result: 'AAAA' }] : []),
    ...(sale.oddity === 'svg' ? [SVG] : []),
    ...(sale.oddity === 'output.item' ? [{ id: 'ml_1', type: 'map_lookup_call', status: 'completed' }] : []),
    {
      id: 'msg_1',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: 'fine', annotations: [], logprobs: [] }],
    },
  ];
  const input = tokens.input + tokens.cacheRead + tokens.cacheWrite;
  // A reply that was cut off is billed like any other.
  const isCut = on.chance(0.1);
  const response = {
    id: 'resp_1',
    object: 'response',
    created_at: 1_780_000_000,
    status: isCut ? 'incomplete' : 'completed',
    background: false,
    error: null,
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    model: sale.namedAs,
    output,
    usage: {
      input_tokens: input,
      input_tokens_details: {
        cached_tokens: tokens.cacheRead,
        ...((tokens.cacheWrite > 0 || on.chance(0.5)) && { cache_write_tokens: tokens.cacheWrite }),
        // "The number of input tokens written with 30-minute retention": a part of the writes.
        ...(on.chance(0.3) && {
          cache_write_tokens_details: { ttl_12h_tokens: 0, ttl_30m_tokens: tokens.cacheWrite },
        }),
        ...(sale.oddity === 'usage.details.tokens' && { video_tokens: 40 }),
      },
      output_tokens: tokens.output,
      output_tokens_details: { reasoning_tokens: tokens.reasoning },
      total_tokens: input + tokens.output,
      ...(sale.oddity === 'usage.tokens' && { video_tokens: 40 }),
    },
    ...(hasToolUsage && {
      tool_usage: {
        image_gen: imageUsage(tools.image ?? { text: 0, image: 0, output: 0 }),
        web_search: { num_requests: tools.searches },
        ...(sale.oddity === 'tool_usage' && { map_lookup: { num_requests: 2 } }),
      },
    }),
    ...(sale.tier !== undefined && { service_tier: sale.tier }),
  };
  if (!sale.isStreamed) return { isStream: false, body: JSON.stringify(response) };
  const begun = { ...response, status: 'in_progress', output: [], usage: null, tool_usage: undefined };
  let sequence = 0;
  const event = (type: string, data: Json) => named(type, { sequence_number: sequence++, ...data });
  const last = output.length - 1;
  return {
    isStream: true,
    body: [
      event('response.created', { response: begun }),
      event('response.in_progress', { response: begun }),
      ...output
        .slice(0, -1)
        .flatMap((item, output_index) => [
          event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress' } }),
          event('response.output_item.done', { output_index, item }),
        ]),
      event('response.output_item.added', {
        output_index: last,
        item: { ...output[last], status: 'in_progress', content: [] },
      }),
      event('response.output_text.delta', { item_id: 'msg_1', output_index: last, content_index: 0, delta: 'fine' }),
      event('response.output_item.done', { output_index: last, item: output[last] }),
      event(isCut ? 'response.incomplete' : 'response.completed', { response }),
    ].join(''),
  };
}

function imageUsage({ text, image, output }: { text: number; image: number; output: number }): Json {
  return {
    input_tokens: text + image,
    input_tokens_details: { text_tokens: text, image_tokens: image },
    output_tokens: output,
    output_tokens_details: { image_tokens: output, text_tokens: 0 },
    total_tokens: text + image + output,
  };
}

// Chat completions: the SDK's CompletionUsage, and each vendor's own words

function chatUsage(sale: Sale, on: Dice): Json {
  const tokens = totalOf(sale.calls);
  const prompt = tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.cacheWrite1h + tokens.audioInput;
  const completion = tokens.output + tokens.audioOutput;
  const whole = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  const reasoning = { reasoning_tokens: tokens.reasoning };
  const odd = sale.oddity === 'usage.tokens' ? { video_tokens: 40 } : {};
  const oddDetail = sale.oddity === 'usage.details.tokens' ? { hologram_tokens: 7 } : {};
  switch (sale.dialect) {
    case 'openai':
      return {
        ...whole,
        prompt_tokens_details: {
          cached_tokens: tokens.cacheRead,
          audio_tokens: tokens.audioInput,
          ...((tokens.cacheWrite > 0 || on.chance(0.3)) && { cache_write_tokens: tokens.cacheWrite }),
          ...oddDetail,
        },
        completion_tokens_details: {
          ...reasoning,
          audio_tokens: tokens.audioOutput,
          accepted_prediction_tokens: on.whole(0, Math.min(9, tokens.output)),
          rejected_prediction_tokens: on.whole(0, Math.min(9, tokens.output)),
        },
        ...odd,
      };
    case 'deepseek':
      return {
        ...whole,
        prompt_cache_hit_tokens: tokens.cacheRead,
        prompt_cache_miss_tokens: tokens.input,
        ...(on.chance(0.5) && { prompt_tokens_details: { cached_tokens: tokens.cacheRead } }),
        completion_tokens_details: { ...reasoning, ...oddDetail },
        ...odd,
      };
    case 'moonshot':
      return {
        ...whole,
        ...(tokens.cacheRead > 0 && { cached_tokens: tokens.cacheRead }),
        ...(sale.oddity === 'usage.details.tokens' && { completion_tokens_details: oddDetail }),
        ...odd,
      };
    case 'excluding':
      return {
        ...whole,
        prompt_tokens: tokens.input,
        prompt_tokens_details: { cached_tokens: tokens.cacheRead, ...oddDetail },
        completion_tokens_details: reasoning,
        ...odd,
      };
    case 'gemini':
      // The thoughts are in the total alone.
      return {
        ...whole,
        completion_tokens: completion - tokens.reasoning,
        ...(tokens.cacheRead > 0 && { prompt_tokens_details: { cached_tokens: tokens.cacheRead } }),
      };
    case 'xai-stated':
    case 'xai':
      // Reasoning stands beside the completion.
      return {
        ...whole,
        completion_tokens: completion - tokens.reasoning,
        prompt_tokens_details: {
          text_tokens: prompt,
          audio_tokens: 0,
          image_tokens: 0,
          cached_tokens: tokens.cacheRead,
        },
        completion_tokens_details: {
          ...reasoning,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
          ...oddDetail,
        },
        num_sources_used: 0,
        ...(sale.stated?.usd !== undefined && { cost_in_usd_ticks: Math.round(Number(sale.stated.usd) * 1e10) }),
        ...odd,
      };
    case 'groq':
      return {
        queue_time: 0.05,
        prompt_time: 0.012,
        completion_time: 0.61,
        total_time: 0.622,
        ...whole,
        ...(tokens.cacheRead > 0 || sale.oddity === 'usage.details.tokens'
          ? { prompt_tokens_details: { cached_tokens: tokens.cacheRead, ...oddDetail } }
          : {}),
        ...(tokens.reasoning > 0 && { completion_tokens_details: reasoning }),
        ...odd,
      };
    case 'litellm':
      return {
        ...whole,
        prompt_tokens_details: {
          audio_tokens: null,
          cached_tokens: tokens.cacheRead,
          text_tokens: null,
          image_tokens: null,
          cache_creation_tokens: tokens.cacheWrite + tokens.cacheWrite1h,
          ...((tokens.cacheWrite1h > 0 || on.chance(0.5)) && {
            cache_creation_token_details: {
              ephemeral_5m_input_tokens: tokens.cacheWrite,
              ephemeral_1h_input_tokens: tokens.cacheWrite1h,
            },
          }),
          ...oddDetail,
        },
        completion_tokens_details:
          tokens.reasoning > 0 ? { ...reasoning, text_tokens: tokens.output - tokens.reasoning } : null,
        cache_creation_input_tokens: tokens.cacheWrite + tokens.cacheWrite1h,
        cache_read_input_tokens: tokens.cacheRead,
        ...(sale.speed !== undefined && { speed: sale.speed }),
        ...(sale.region !== undefined && { inference_geo: sale.region }),
        ...odd,
      };
    case 'openrouter':
      return {
        ...whole,
        prompt_tokens_details: { cached_tokens: tokens.cacheRead, audio_tokens: 0, video_tokens: 0, ...oddDetail },
        completion_tokens_details: { ...reasoning, image_tokens: 0 },
        ...openRouterCost(sale.stated ?? {}, on),
        ...odd,
      };
    case 'perplexity-stated':
    case 'perplexity':
      return {
        ...whole,
        search_context_size: 'low',
        cost: {
          input_tokens_cost: prompt / 1e6,
          output_tokens_cost: completion / 1e6,
          request_cost: 0.005,
          total_cost: sale.stated?.usd === undefined ? (prompt + completion) / 1e6 + 0.005 : Number(sale.stated.usd),
        },
        ...(sale.oddity === 'usage.details.tokens' && { completion_tokens_details: oddDetail }),
        ...odd,
      };
  }
}

function openRouterCost({ usd, upstreamUsd }: NonNullable<Sale['stated']>, on: Dice): Json {
  if (usd === undefined) return {};
  if (upstreamUsd === undefined) {
    return {
      cost: Number(usd),
      is_byok: false,
      ...(on.chance(0.5) && { cost_details: { upstream_inference_cost: null } }),
    };
  }
  const upstream = upstreamUsd === null ? null : Number(upstreamUsd);
  return { cost: Number(usd), is_byok: true, cost_details: { upstream_inference_cost: upstream } };
}

function chatReply(sale: Sale, on: Dice): Reply {
  const usage = chatUsage(sale, on);
  const tier = sale.tier === undefined ? {} : { service_tier: sale.tier };
  const about = { id: 'chatcmpl-1', created: 1_780_000_000, model: sale.namedAs };
  if (!sale.isStreamed) {
    return {
      isStream: false,
      body: JSON.stringify({
        ...about,
        object: 'chat.completion',
        choices: [
          {
            index: 0,
            message: { role: 'assistant', content: 'fine', refusal: null },
            logprobs: null,
            finish_reason: 'stop',
          },
        ],
        usage,
        ...tier,
        ...(sale.dialect === 'groq' && { x_groq: { id: 'req_1' } }),
      }),
    };
  }
  const chunk = (choices: readonly Json[], rest: Json = {}) => ({
    ...about,
    object: 'chat.completion.chunk',
    ...tier,
    choices,
    ...rest,
  });
  const delta = (content: string) => ({ index: 0, delta: { role: 'assistant', content }, finish_reason: null });
  const stop = { index: 0, delta: {}, finish_reason: 'stop' };
  switch (sale.dialect) {
    case 'moonshot':
      return { isStream: true, body: unnamed([chunk([delta('fine')]), chunk([{ ...stop, usage }])]) };
    case 'groq':
      return {
        isStream: true,
        body: unnamed([
          chunk([delta('fine')], { x_groq: { id: 'req_1' } }),
          chunk([stop], { x_groq: { id: 'req_1', usage } }),
          ...(on.chance(0.5) ? [chunk([], { usage })] : []),
        ]),
      };
    case 'perplexity-stated':
    case 'perplexity': {
      // Cumulative, in every chunk: the last counts.
      const { prompt_tokens: input, completion_tokens: output } = usage as Readonly<Record<string, number>>;
      const soFar = { ...usage, completion_tokens: Math.min(1, output ?? 0), total_tokens: input };
      return { isStream: true, body: unnamed([chunk([delta('fi')], { usage: soFar }), chunk([stop], { usage })]) };
    }
    case 'gemini':
    case 'deepseek':
      // With the last choice, not after it.
      return { isStream: true, body: unnamed([chunk([delta('fine')]), chunk([stop], { usage })]) };
    case 'openai':
    case 'xai':
    case 'xai-stated':
    case 'litellm':
    case 'excluding':
    case 'openrouter':
      return {
        isStream: true,
        body: unnamed([chunk([delta('fine')], { usage: null }), chunk([stop], { usage: null }), chunk([], { usage })]),
      };
  }
}
