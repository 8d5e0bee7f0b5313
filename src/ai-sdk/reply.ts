/** A reply of the Responses API in the form of the AI SDK: its content, how it ended, and its usage. */
import { countField, field, isPlainObject, listField, stringField } from '../wires/json-fields.ts';
import { REFUSAL_TEXT, reasoningMetadata } from './metadata.ts';
import type { Content, FinishReason, JsonFields, ToolCall, ModelUsage } from './specification.ts';

/** Facts that a reply states about itself. */
export interface StatedReply {
  readonly finishReason: FinishReason;
  readonly usage: ModelUsage;
  /** Why the model refused to answer. */
  readonly refusal?: string;
  readonly response: { readonly id?: string; readonly modelId?: string; readonly timestamp?: Date };
}

/** The content of a whole reply. Both versions of the specification have these parts. */
export function replyContent(reply: unknown): Content[] {
  const output = listField(reply, 'output');
  // The AI SDK joins the texts of a reply, so a refusal among them would look like a part of the answer.
  const isAnswered = output.flatMap(messageTexts).some(({ text, isRefusal }) => !isRefusal && text !== '');
  return output.flatMap(item => (isPlainObject(item) ? itemContent(item, isAnswered) : []));
}

function itemContent(item: Readonly<Record<string, unknown>>, isAnswered: boolean): readonly Content[] {
  switch (item['type']) {
    case 'message':
      return messageTexts(item).flatMap(({ text, isRefusal }): Content[] => {
        if (!isRefusal) return [{ type: 'text', text }];
        return isAnswered ? [] : [{ type: 'text', text, ...REFUSAL_TEXT }];
      });
    case 'reasoning':
      return [{ type: 'reasoning', text: reasoningText(item), ...reasoningMetadata(item) }];
    case 'function_call':
      return [toolCall(item)];
    default:
      return [];
  }
}

/** A text of a message, or why the model refused to write one. */
export interface MessageText {
  readonly text: string;
  readonly isRefusal: boolean;
}

export function messageTexts(item: unknown): readonly MessageText[] {
  if (field(item, 'type') !== 'message') return [];
  return listField(item, 'content').map(part => {
    const refusal = stringField(part, 'refusal');
    return { text: refusal ?? stringField(part, 'text') ?? '', isRefusal: refusal !== undefined };
  });
}

export function reasoningText(item: unknown): string {
  return [...listField(item, 'summary'), ...listField(item, 'content')]
    .map(part => stringField(part, 'text') ?? '')
    .join('\n\n');
}

/** A finished call of a tool. */
export function toolCall(item: unknown): ToolCall {
  return {
    type: 'tool-call',
    toolCallId: stringField(item, 'call_id') ?? '',
    toolName: stringField(item, 'name') ?? '',
    input: stringField(item, 'arguments') ?? '',
  };
}

/** @param streamed the refusal that came in pieces of the stream: not every server repeats it at the end */
export function statedReply(reply: unknown, streamed?: string): StatedReply {
  const refusal = streamed ?? refusalOf(reply);
  return {
    finishReason: finishReason(reply, refusal !== undefined),
    usage: usageOf(field(reply, 'usage')),
    response: identity(reply),
    ...(refusal !== undefined && { refusal }),
  };
}

function refusalOf(reply: unknown): string | undefined {
  const refusals = listField(reply, 'output')
    .flatMap(messageTexts)
    .filter(({ isRefusal }) => isRefusal);
  return refusals.length === 0 ? undefined : refusals.map(({ text }) => text).join('');
}

/** The reply's id, by which `router.receipt` finds it, and the model that the vendor names. */
export function identity(reply: unknown): StatedReply['response'] {
  const [id, modelId, createdAtS] = [stringField(reply, 'id'), stringField(reply, 'model'), field(reply, 'created_at')];
  return {
    ...(id !== undefined && { id }),
    ...(modelId !== undefined && { modelId }),
    ...(typeof createdAtS === 'number' && { timestamp: new Date(createdAtS * 1_000) }),
  };
}

function finishReason(reply: unknown, isRefusal: boolean): FinishReason {
  const output = listField(reply, 'output');
  const status = stringField(reply, 'status');
  const raw = stringField(field(reply, 'incomplete_details'), 'reason') ?? status;
  if (raw === 'max_output_tokens') return { unified: 'length', raw };
  if (raw === 'content_filter') return { unified: 'content-filter', raw };
  if (status === 'failed') return { unified: 'error', raw };
  if (status !== 'completed') return { unified: 'other', raw };
  if (output.some(item => field(item, 'type') === 'function_call')) return { unified: 'tool-calls', raw };
  if (isRefusal) return { unified: 'content-filter', raw: 'refusal' };
  return { unified: 'stop', raw };
}

/** A count that the vendor does not state is unknown, not zero. */
function usageOf(usage: unknown): ModelUsage {
  const input = countField(usage, 'input_tokens');
  const output = countField(usage, 'output_tokens');
  const details = field(usage, 'input_tokens_details');
  const cacheRead = countField(details, 'cached_tokens');
  const cacheWrite = countField(details, 'cache_write_tokens');
  const reasoning = countField(field(usage, 'output_tokens_details'), 'reasoning_tokens');
  return {
    inputTokens: {
      total: input,
      noCache: input === undefined ? undefined : input - (cacheRead ?? 0) - (cacheWrite ?? 0),
      cacheRead,
      cacheWrite,
    },
    outputTokens: {
      total: output,
      text: output === undefined ? undefined : output - (reasoning ?? 0),
      reasoning,
    },
    ...(isPlainObject(usage) && { raw: usage as JsonFields }),
  };
}
