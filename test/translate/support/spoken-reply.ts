/** One random reply in the format of each of the three APIs, and its content: written by hand, like the conversations. */
import type { SeededRandom } from '../../../src/core/math/random.ts';
import { parseWithInputs } from '../../../src/translate/anthropic/tool-inputs.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import { RawJson } from '../../../src/translate/neutral/json-text.ts';
import { oddJson, pick, randomText } from '../../support/random-values.ts';

export interface SpokenReply {
  readonly model: string;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly input: string }[];
  readonly end: 'stop' | 'length' | 'calls' | 'filter';
  /** All tokens of input, the cached part of them, and all tokens of output with the reasoning part of them. */
  readonly tokens: {
    readonly input: number;
    readonly cached: number;
    readonly written: number;
    readonly output: number;
    readonly reasoning: number;
  };
}

export function randomSpokenReply(random: SeededRandom): SpokenReply {
  const upTo = (most: number): number => Math.floor(random.next() * (most + 1));
  const calls = Array.from({ length: random.next() < 0.5 ? upTo(3) : 0 }, (_, index) => ({
    id: `call_${index}`,
    name: `tool_${index}`,
    input: oddJson(random).text,
  }));
  const output = upTo(500);
  const [cached, written] = [upTo(1000), upTo(100)];
  return {
    model: 'm-1',
    text: calls.length === 0 || random.next() < 0.5 ? randomText(random) : '',
    calls,
    end:
      calls.length > 0
        ? pick(random, ['calls', 'length'] as const)
        : pick(random, ['stop', 'length', 'filter'] as const),
    tokens: { input: cached + written + upTo(1000), cached, written, output, reasoning: upTo(output) },
  };
}

export function replyIn(api: Api, reply: SpokenReply): JsonObject {
  return { 'anthropic-messages': inAnthropic, 'openai-chat': inChat, 'openai-responses': inResponses }[api](reply);
}

/** The content of a reply, read by code of this file only. */
export function toldIn(api: Api, text: string): SpokenReply {
  return { 'anthropic-messages': toldInAnthropic, 'openai-chat': toldInChat, 'openai-responses': toldInResponses }[api](
    text,
  );
}

function inAnthropic({ model, text, calls, end, tokens }: SpokenReply): JsonObject {
  const { input, cached, written, output, reasoning } = tokens;
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model,
    content: [
      ...(text === '' ? [] : [{ type: 'text', text, citations: null }]),
      ...calls.map(call => ({ type: 'tool_use', ...call, input: new RawJson(call.input), caller: { type: 'direct' } })),
    ],
    stop_reason: { stop: 'end_turn', length: 'max_tokens', calls: 'tool_use', filter: 'refusal' }[end],
    stop_sequence: null,
    usage: {
      input_tokens: input - cached - written,
      cache_read_input_tokens: cached,
      cache_creation_input_tokens: written,
      cache_creation: { ephemeral_5m_input_tokens: written, ephemeral_1h_input_tokens: 0 },
      output_tokens: output,
      output_tokens_details: { thinking_tokens: reasoning },
    },
  };
}

interface AnthropicBody {
  readonly model: string;
  readonly content: readonly {
    readonly type: string;
    readonly text: string;
    readonly id: string;
    readonly name: string;
    readonly input: string;
  }[];
  readonly stop_reason: string;
  readonly usage: Readonly<Record<string, number>> & {
    readonly output_tokens_details?: { readonly thinking_tokens: number } | null;
  };
}

function toldInAnthropic(body: string): SpokenReply {
  const { model, content, stop_reason, usage } = parseWithInputs(body, ['content']) as unknown as AnthropicBody;
  const {
    input_tokens: input = 0,
    cache_read_input_tokens: cached = 0,
    cache_creation_input_tokens: written = 0,
  } = usage;
  return {
    model,
    text: content.flatMap(block => (block.type === 'text' ? [block.text] : [])).join(''),
    calls: content.flatMap(({ type, id, name, input: text }) =>
      type === 'tool_use' ? [{ id, name, input: text }] : [],
    ),
    end: endOf({ end_turn: 'stop', max_tokens: 'length', tool_use: 'calls', refusal: 'filter' }, stop_reason),
    tokens: {
      input: input + cached + written,
      cached,
      written,
      output: usage.output_tokens ?? 0,
      reasoning: usage.output_tokens_details?.thinking_tokens ?? 0,
    },
  };
}

function endOf(ends: Readonly<Record<string, SpokenReply['end']>>, end: string): SpokenReply['end'] {
  const found = ends[end];
  if (found === undefined) throw new Error(`the end ${end} is not known`);
  return found;
}

function inChat({ model, text, calls, end, tokens }: SpokenReply): JsonObject {
  const { input, cached, written, output, reasoning } = tokens;
  const called = calls.map(({ id, name, input: text }) => ({
    id,
    type: 'function',
    function: { name, arguments: text },
  }));
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: text || null,
          refusal: null,
          ...(called.length > 0 && { tool_calls: called }),
        },
        finish_reason: { stop: 'stop', length: 'length', calls: 'tool_calls', filter: 'content_filter' }[end],
        logprobs: null,
      },
    ],
    usage: {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
      completion_tokens_details: { reasoning_tokens: reasoning },
    },
  };
}

interface ChatBody {
  readonly model: string;
  readonly choices: readonly [
    {
      readonly finish_reason: string;
      readonly message: {
        readonly content: string | null;
        readonly refusal?: string | null;
        readonly tool_calls?: readonly {
          readonly id: string;
          readonly function: { readonly name: string; readonly arguments: string };
        }[];
      };
    },
  ];
  readonly usage: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number; readonly cache_write_tokens?: number };
    readonly completion_tokens_details?: { readonly reasoning_tokens?: number };
  };
}

function toldInChat(body: string): SpokenReply {
  const { model, choices, usage } = JSON.parse(body) as ChatBody;
  const [{ message, finish_reason }] = choices;
  return {
    model,
    text: message.content ?? '',
    calls: (message.tool_calls ?? []).map(({ id, function: called }) => ({
      id,
      name: called.name,
      input: called.arguments,
    })),
    // If Anthropic refuses without a text, the router adds one.
    end: message.refusal
      ? 'filter'
      : endOf({ stop: 'stop', length: 'length', tool_calls: 'calls', content_filter: 'filter' }, finish_reason),
    tokens: {
      input: usage.prompt_tokens,
      cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
      written: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
      output: usage.completion_tokens,
      reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
    },
  };
}

function inResponses({ model, text, calls, end, tokens }: SpokenReply): JsonObject {
  const { input, cached, written, output, reasoning } = tokens;
  const said = { type: 'output_text', text, annotations: [], logprobs: [] };
  const isWhole = end === 'stop' || end === 'calls';
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model,
    status: isWhole ? 'completed' : 'incomplete',
    incomplete_details: isWhole ? null : { reason: end === 'length' ? 'max_output_tokens' : 'content_filter' },
    output: [
      ...(text === ''
        ? []
        : [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [said] }]),
      ...calls.map(({ id, name, input: text }) => ({
        type: 'function_call',
        id: `fc_${id}`,
        call_id: id,
        name,
        arguments: text,
        status: 'completed',
      })),
    ],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: reasoning },
      total_tokens: input + output,
    },
  };
}

interface ResponsesBody {
  readonly model: string;
  readonly status: string;
  readonly incomplete_details: { readonly reason: string } | null;
  readonly output: readonly {
    readonly type: string;
    readonly call_id: string;
    readonly name: string;
    readonly arguments: string;
    readonly content: readonly { readonly text?: string; readonly refusal?: string }[];
  }[];
  readonly usage: {
    readonly input_tokens: number;
    readonly output_tokens: number;
    readonly input_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens?: number };
    readonly output_tokens_details: { readonly reasoning_tokens: number };
  };
}

function toldInResponses(body: string): SpokenReply {
  const { model, status, incomplete_details: why, output, usage } = JSON.parse(body) as ResponsesBody;
  const calls = output.flatMap(({ type, call_id: id, name, arguments: input }) =>
    type === 'function_call' ? [{ id, name, input }] : [],
  );
  const said = output.flatMap(({ type, content }) => (type === 'message' ? content : []));
  const isRefused = said.some(({ refusal }) => refusal !== undefined);
  const end = status === 'completed' ? (calls.length > 0 ? 'calls' : 'stop') : (why?.reason ?? '');
  return {
    model,
    text: said.map(({ text = '' }) => text).join(''),
    calls,
    end: isRefused
      ? 'filter'
      : endOf({ stop: 'stop', calls: 'calls', max_output_tokens: 'length', content_filter: 'filter' }, end),
    tokens: {
      input: usage.input_tokens,
      cached: usage.input_tokens_details.cached_tokens,
      written: usage.input_tokens_details.cache_write_tokens ?? 0,
      output: usage.output_tokens,
      reasoning: usage.output_tokens_details.reasoning_tokens,
    },
  };
}
