/** A plain reply as its vendor streams it, written from the vendors' documentation and not from the code. */
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { Sent, SentChunk, SentEvent } from '../streams/sent.ts';
import { chunks, named, numbered } from '../streams/sent.ts';

type Body = Readonly<Record<string, unknown>>;

export function streamOf(api: Api, reply: Body): readonly Sent[] {
  if (api === 'openai-chat') return chunks(...chatChunks(reply));
  return api === 'openai-responses' ? numbered(...responsesEvents(reply)) : named(anthropicEvents(reply));
}

/** Two pieces of a text, or none. */
function pieces(text: unknown): readonly string[] {
  if (typeof text !== 'string' || text === '') return [];
  const half = Math.ceil(text.length / 2);
  return [text.slice(0, half), text.slice(half)].filter(piece => piece !== '');
}

interface ChatMessage {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly reasoning_content?: string;
  readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
}

function chatChunks({ choices, usage }: Body): readonly SentChunk[] {
  const [{ message, ...end }] = choices as [{ message: ChatMessage }];
  const { content, refusal, reasoning_content: reasoning, tool_calls: calls = [] } = message;
  return [
    { role: 'assistant', content: '' },
    ...pieces(reasoning).map(piece => ({ reasoning_content: piece })),
    ...pieces(content).map(piece => ({ content: piece })),
    ...pieces(refusal).map(piece => ({ refusal: piece })),
    ...calls.flatMap(({ id, function: { name, arguments: input } }, index) => [
      { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
      ...pieces(input).map(piece => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
    ]),
    { choices: [{ ...end, index: 0, delta: {} }] },
    ...(usage === undefined ? [] : [{ choices: [], usage }]),
    '[DONE]',
  ];
}

interface Item {
  readonly type: string;
  readonly id?: string;
  readonly content?: readonly { type: string; text?: string; refusal?: string }[];
  readonly summary?: readonly { text: string }[];
  readonly arguments?: string;
}

function responsesEvents(reply: Body): readonly SentEvent[] {
  const output = reply.output as readonly Item[];
  const begun = { ...reply, status: 'in_progress', output: [], usage: undefined };
  return [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...output.flatMap((item, index) => {
      const at = { output_index: index, item_id: item.id };
      return [
        { type: 'response.output_item.added', output_index: index, item: emptied(item) },
        ...deltasOf(item).map(each => ({ ...each, ...at })),
        { type: 'response.output_item.done', output_index: index, item },
      ];
    }),
    { type: reply.status === 'incomplete' ? 'response.incomplete' : 'response.completed', response: reply },
  ];
}

function emptied(item: Item): Item {
  if (item.type === 'message') return { ...item, content: [] };
  return item.type === 'reasoning' ? { ...item, summary: [] } : { ...item, arguments: '' };
}

function deltasOf({ type, content = [], summary = [], arguments: input }: Item): readonly SentEvent[] {
  if (type === 'message')
    return content.flatMap((part, content_index) =>
      pieces(part.text ?? part.refusal).map(delta => ({
        type: part.refusal === undefined ? 'response.output_text.delta' : 'response.refusal.delta',
        content_index,
        delta,
        ...(part.refusal === undefined && { logprobs: [] }),
      })),
    );
  if (type === 'reasoning')
    return summary.flatMap(({ text }, summary_index) =>
      pieces(text).map(delta => ({ type: 'response.reasoning_summary_text.delta', summary_index, delta })),
    );
  return [
    ...pieces(input).map(delta => ({ type: 'response.function_call_arguments.delta', delta })),
    { type: 'response.function_call_arguments.done', arguments: input },
  ];
}

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly thinking?: string;
  readonly signature?: string;
  readonly input?: object;
}

function anthropicEvents({
  content,
  usage,
  stop_reason,
  stop_sequence,
  stop_details,
  ...message
}: Body): readonly SentEvent[] {
  const { output_tokens: output, output_tokens_details: details, ...input } = (usage ?? {}) as Body;
  return [
    {
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } },
    },
    ...(content as readonly Block[]).flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: begun(block) },
      ...deltas(block).map(delta => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason, stop_sequence, stop_details },
      usage: { output_tokens: output, output_tokens_details: details },
    },
    { type: 'message_stop' },
  ];
}

function begun(block: Block): object {
  if (block.type === 'text') return { ...block, text: '' };
  if (block.type === 'thinking') return { ...block, thinking: '', signature: '' };
  return block.type === 'tool_use' ? { ...block, input: {} } : block;
}

function deltas({ text, thinking, signature, input }: Block): readonly object[] {
  const json = input === undefined || Object.keys(input).length === 0 ? '' : JSON.stringify(input);
  return [
    ...pieces(text).map(piece => ({ type: 'text_delta', text: piece })),
    ...pieces(thinking).map(piece => ({ type: 'thinking_delta', thinking: piece })),
    ...(signature === undefined ? [] : [{ type: 'signature_delta', signature }]),
    ...pieces(json).map(piece => ({ type: 'input_json_delta', partial_json: piece })),
  ];
}
