/** A reply in the format of each vendor, streamed as it streams. */
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { Sent } from './sent.ts';
import { chunks, named, numbered } from './sent.ts';

export interface NativeReply {
  /** Pieces of a text. */
  readonly text?: readonly string[];
  readonly calls?: readonly NativeCall[];
}

export interface NativeCall {
  readonly id: string;
  readonly name: string;
  /** Pieces of its arguments. */
  readonly input: readonly string[];
}

export function nativeStream(api: Api, reply: NativeReply): readonly Sent[] {
  return STREAMS[api](reply);
}

const STREAMS: Readonly<Record<Api, (reply: NativeReply) => readonly Sent[]>> = {
  'openai-chat': ({ text = [], calls = [] }) =>
    chunks(
      { role: 'assistant', content: '' },
      ...text.map(content => ({ content })),
      ...calls.flatMap(({ id, name, input }, index) => [
        { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
        ...input.map(piece => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ]),
      { finish_reason: calls.length > 0 ? 'tool_calls' : 'stop' },
      { choices: [], usage: { prompt_tokens: 10, completion_tokens: 7, total_tokens: 17 } },
      '[DONE]',
    ),
  'openai-responses': ({ text = [], calls = [] }) => {
    const response = { id: 'resp_1', object: 'response', model: 'gpt-5', status: 'in_progress', output: [] };
    const said = { type: 'output_text', text: text.join(''), annotations: [], logprobs: [] };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [said] };
    const items = calls.map(({ id, name, input }, index) => ({
      id: `fc_${index}`,
      type: 'function_call',
      status: 'completed',
      call_id: id,
      name,
      arguments: input.join(''),
    }));
    const offset = text.length > 0 ? 1 : 0;
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };
    return numbered(
      { type: 'response.created', response },
      ...(offset === 0
        ? []
        : [
            { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
            { type: 'response.content_part.added', ...place, part: { ...said, text: '' } },
            ...text.map(delta => ({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })),
            { type: 'response.output_text.done', ...place, text: said.text, logprobs: [] },
            { type: 'response.content_part.done', ...place, part: said },
            { type: 'response.output_item.done', output_index: 0, item: message },
          ]),
      ...items.flatMap((item, index) => {
        const at = { item_id: item.id, output_index: index + offset };
        return [
          { type: 'response.output_item.added', output_index: index + offset, item: { ...item, arguments: '' } },
          ...(calls[index]?.input ?? []).map(delta => ({
            type: 'response.function_call_arguments.delta',
            ...at,
            delta,
          })),
          { type: 'response.function_call_arguments.done', ...at, arguments: item.arguments },
          { type: 'response.output_item.done', output_index: index + offset, item },
        ];
      }),
      {
        type: 'response.completed',
        response: {
          ...response,
          status: 'completed',
          output: [...(offset === 0 ? [] : [message]), ...items],
          usage: { input_tokens: 10, output_tokens: 7, total_tokens: 17 },
        },
      },
    );
  },
  'anthropic-messages': ({ text = [], calls = [] }) => {
    const usage = { input_tokens: 10, output_tokens: 1 };
    const offset = text.length > 0 ? 1 : 0;
    return named([
      {
        type: 'message_start',
        message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'claude-opus-5', content: [], usage },
      },
      ...(offset === 0
        ? []
        : [
            { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
            ...text.map(piece => ({
              type: 'content_block_delta',
              index: 0,
              delta: { type: 'text_delta', text: piece },
            })),
            { type: 'content_block_stop', index: 0 },
          ]),
      ...calls.flatMap(({ id, name, input }, place) => {
        const index = place + offset;
        return [
          { type: 'content_block_start', index, content_block: { type: 'tool_use', id, name, input: {} } },
          ...input.map(piece => ({
            type: 'content_block_delta',
            index,
            delta: { type: 'input_json_delta', partial_json: piece },
          })),
          { type: 'content_block_stop', index },
        ];
      }),
      {
        type: 'message_delta',
        delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
        usage: { output_tokens: 7 },
      },
      { type: 'message_stop' },
    ]);
  },
};
