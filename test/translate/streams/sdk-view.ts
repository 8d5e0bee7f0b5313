/** What an application sees of a final object that a vendor's SDK made of a stream. */
import type Anthropic from '@anthropic-ai/sdk';
import type OpenAI from 'openai';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { GoldenStream } from './golden.ts';

export interface SdkView {
  /** All texts joined; `undefined` for none. */
  readonly text?: string;
  readonly refusal?: string;
  readonly reasoning?: string;
  /** Name and input of each call, in order; the input is the streamed text. */
  readonly calls: readonly string[];
  readonly finish: string | null | undefined;
  /** Tokens of input (with cached ones), tokens read from a cache, and tokens of output. */
  readonly tokens: readonly number[];
}

type SdkResponse = OpenAI.Responses.Response;

export const VIEWS: Readonly<Record<Api, (final: unknown) => SdkView>> = {
  'openai-chat': final => {
    const { choices, usage } = final as OpenAI.ChatCompletion;
    const { message, finish_reason: finish } = choices[0] as OpenAI.ChatCompletion.Choice;
    const calls = message.tool_calls?.map(call =>
      call.type === 'function'
        ? `${call.function.name} ${call.function.arguments}`
        : `${call.custom.name} ${call.custom.input}`,
    );
    return {
      ...(message.content ? { text: message.content } : {}),
      ...(message.refusal ? { refusal: message.refusal } : {}),
      calls: calls ?? [],
      finish,
      tokens: [
        usage?.prompt_tokens ?? 0,
        usage?.prompt_tokens_details?.cached_tokens ?? 0,
        usage?.completion_tokens ?? 0,
      ],
    };
  },
  'openai-responses': final => {
    const { output, usage, status, incomplete_details: details } = final as SdkResponse;
    const parts = output.flatMap(item => (item.type === 'message' ? item.content : []));
    const text = parts.map(part => (part.type === 'output_text' ? part.text : '')).join('');
    const refusal = parts.map(part => (part.type === 'refusal' ? part.refusal : '')).join('');
    const reasoning = output.flatMap(item => (item.type === 'reasoning' ? item.summary : [])).map(part => part.text);
    return {
      ...(text && { text }),
      ...(refusal && { refusal }),
      ...(reasoning.length > 0 && { reasoning: reasoning.join('') }),
      calls: output.flatMap(item => {
        if (item.type === 'function_call') return [`${item.name} ${item.arguments}`];
        return item.type === 'custom_tool_call' ? [`${item.name} ${item.input}`] : [];
      }),
      finish: status === 'incomplete' ? details?.reason : status,
      tokens: [usage?.input_tokens ?? 0, usage?.input_tokens_details.cached_tokens ?? 0, usage?.output_tokens ?? 0],
    };
  },
  'anthropic-messages': final => {
    const { content, usage, stop_reason: finish } = final as Anthropic.Message;
    const text = content.map(block => (block.type === 'text' ? block.text : '')).join('');
    const reasoning = content.map(block => (block.type === 'thinking' ? block.thinking : '')).join('');
    const cached = usage.cache_read_input_tokens ?? 0;
    return {
      ...(text && { text }),
      ...(reasoning && { reasoning }),
      calls: content.flatMap(block =>
        block.type === 'tool_use' ? [`${block.name} ${JSON.stringify(block.input)}`] : [],
      ),
      finish,
      tokens: [usage.input_tokens + cached + (usage.cache_creation_input_tokens ?? 0), cached, usage.output_tokens],
    };
  },
};

const FINISHES: Readonly<Record<Api, Partial<Record<string, string>>>> = {
  'openai-chat': { length: 'length', 'tool-calls': 'tool_calls', 'content-filter': 'content_filter' },
  'openai-responses': { length: 'max_output_tokens', 'content-filter': 'content_filter' },
  'anthropic-messages': {
    length: 'max_tokens',
    'tool-calls': 'tool_use',
    'stop-sequence': 'stop_sequence',
    refusal: 'refusal',
    'content-filter': 'refusal',
  },
};
const ENDS: Readonly<Record<Api, string>> = {
  'openai-chat': 'stop',
  'openai-responses': 'completed',
  'anthropic-messages': 'end_turn',
};

const UNEXPLAINED = 'The model refused to answer, and its vendor gives no reason.';

/** The content that an application with this `api` must see in the stream. */
export function expectedView(api: Api, { parts, finish = 'stop', usage = {} }: GoldenStream): SdkView {
  const said = (kind: string): string =>
    parts
      .filter(part => part.startsWith(`${kind} `))
      .map(part => part.slice(kind.length + 1))
      .join('');
  const isAnthropic = api === 'anthropic-messages';
  const refusal = said('refusal') || (finish === 'refusal' ? UNEXPLAINED : '');
  // The text of a refusal is a text there.
  const text = said('text') + (isAnthropic ? said('refusal') : '');
  const reasoning = parts.flatMap(part => /^reasoning (?<shown>.*) \[/s.exec(part)?.groups?.shown ?? []).join('');
  const calls = parts.flatMap(part => /^tool-call \S+ (?<call>.*)$/s.exec(part)?.groups?.call ?? []);
  const { input = 0, cacheRead = 0, cacheWrite5m = 0, cacheWrite1h = 0, output = 0 } = usage;
  return {
    ...(text && { text }),
    ...(!isAnthropic && refusal && { refusal }),
    ...(api !== 'openai-chat' && reasoning && { reasoning }),
    calls: isAnthropic ? calls.map(asParsed) : calls,
    finish: FINISHES[api][finish] ?? ENDS[api],
    tokens: [input + cacheRead + cacheWrite5m + cacheWrite1h, cacheRead, output],
  };
}

/** Anthropic's SDK gives the input as a parsed value; if the input was cut off, it gives the part that came. */
function asParsed(call: string): string {
  const space = call.indexOf(' ');
  const input = call.slice(space + 1);
  const parsed: Readonly<Record<string, string>> = { '{"text": "onc': '{}', '{"a":[1': '{"a":[]}', '': '{}' };
  return `${call.slice(0, space)} ${parsed[input] ?? JSON.stringify(JSON.parse(input))}`;
}
