/** Reads the events of a streamed response, one by one, into parts of the AI SDK's stream. */
import { field, isPlainObject, stringField } from '../wires/json-fields.ts';
import { REFUSAL_TEXT, reasoningMetadata } from './metadata.ts';
import type { StatedReply } from './reply.ts';
import { identity, messageTexts, reasoningText, statedReply, toolCall } from './reply.ts';
import type { StreamPart } from './specification.ts';

export interface PartReader {
  /** @param event the data of one event; an event without a counterpart in the AI SDK's stream is ignored */
  read(event: unknown): void;
  /**
   * The facts that the reply stated about itself. A stream that ends before its reply does is an error, which is emitted here.
   *
   * @param broken the error with which the body broke off
   */
  end(broken?: unknown): StatedReply;
}

/** @param emit called with each part, in order; both versions of the specification have these parts */
export function partReader(emit: (part: StreamPart) => void): PartReader {
  /** The texts that have begun and not ended, by their ids. */
  const open = new Set<string>();
  /** Ids of the texts and the reasoning of which a piece was sent: some servers send no pieces, only the whole text at its end. */
  const sent = new Set<string>();
  /** The reply in the last event of the stream. */
  let last: unknown;
  let hasEnded = false;
  /** The model has begun to answer. */
  let isAnswered = false;
  /** Why the model refused, in the part of the stream that was read so far. */
  let refusal: string | undefined;

  function fail(error: unknown): void {
    hasEnded = true;
    last = { ...(isPlainObject(last) ? last : {}), status: 'failed' };
    emit({ type: 'error', error });
  }

  function textDelta(id: string, delta: string): void {
    isAnswered ||= delta !== '';
    pieceOf(id, delta);
  }

  function refusalDelta(id: string, delta: string): void {
    refusal = (refusal ?? '') + delta;
    sent.add(id);
    // The AI SDK joins the texts of a reply, so a refusal among them would look like a part of the answer.
    if (!isAnswered) pieceOf(id, delta, REFUSAL_TEXT);
  }

  function pieceOf(id: string, delta: string, mark: Partial<typeof REFUSAL_TEXT> = {}): void {
    if (!open.has(id)) emit({ type: 'text-start', id, ...mark });
    open.add(id);
    sent.add(id);
    emit({ type: 'text-delta', id, delta });
  }

  function reasoningDelta(id: string, delta: string): void {
    sent.add(id);
    emit({ type: 'reasoning-delta', id, delta });
  }

  /** Sends the content that no piece of the stream has brought. */
  function sendRest(item: unknown, id: string): void {
    if (field(item, 'type') === 'reasoning') {
      const text = reasoningText(item);
      if (text !== '' && !sent.has(id)) reasoningDelta(id, text);
    }
    for (const [index, { text, isRefusal }] of messageTexts(item).entries()) {
      const part = `${id}:${index}`;
      if (text !== '' && !sent.has(part)) (isRefusal ? refusalDelta : textDelta)(part, text);
    }
  }

  function begin(item: unknown, id: string): void {
    const type = field(item, 'type');
    if (type === 'reasoning') emit({ type: 'reasoning-start', id });
    if (type !== 'function_call') return;
    emit({ type: 'tool-input-start', id: toolCall(item).toolCallId, toolName: toolCall(item).toolName });
    calls.set(id, toolCall(item).toolCallId);
  }
  const calls = new Map<string, string>();

  function finish(item: unknown, id: string): void {
    if (!isPlainObject(item)) return;
    sendRest(item, id);
    if (item['type'] === 'reasoning') emit({ type: 'reasoning-end', id, ...reasoningMetadata(item) });
    if (item['type'] === 'function_call') {
      emit({ type: 'tool-input-end', id: toolCall(item).toolCallId });
      emit(toolCall(item));
    }
    for (const text of open) {
      if (!text.startsWith(`${id}:`)) continue;
      open.delete(text);
      emit({ type: 'text-end', id: text });
    }
  }

  function read(event: unknown): void {
    const id = idOf(event);
    switch (stringField(event, 'type') ?? '') {
      case 'response.created':
        last = field(event, 'response');
        return emit({ type: 'response-metadata', ...identity(last) });
      case 'response.output_item.added':
        return begin(field(event, 'item'), id);
      case 'response.output_text.delta':
        return textDelta(`${id}:${String(field(event, 'content_index'))}`, deltaOf(event));
      case 'response.refusal.delta':
        return refusalDelta(`${id}:${String(field(event, 'content_index'))}`, deltaOf(event));
      case 'response.reasoning_summary_part.added':
        return field(event, 'summary_index') === 0 ? undefined : emit({ type: 'reasoning-delta', id, delta: '\n\n' });
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return reasoningDelta(id, deltaOf(event));
      case 'response.function_call_arguments.delta':
        return emit({ type: 'tool-input-delta', id: calls.get(id) ?? id, delta: deltaOf(event) });
      case 'response.output_item.done':
        return finish(field(event, 'item'), id);
      case 'response.completed':
      case 'response.incomplete':
        last = field(event, 'response');
        hasEnded = true;
        return;
      case 'response.failed':
        last = field(event, 'response');
        return fail(field(last, 'error'));
      case 'error':
        return fail(field(event, 'error') ?? event);
    }
  }

  return {
    read,
    end(broken = new Error('the stream ended before the reply did')) {
      if (!hasEnded) fail(broken);
      return statedReply(last, refusal);
    },
  };
}

/** The place of an item among the others of its reply. */
function idOf(event: unknown): string {
  return String(field(event, 'output_index'));
}

function deltaOf(event: unknown): string {
  return stringField(event, 'delta') ?? '';
}
