/** Writes a stream of Anthropic's Messages API. */
import type { Usage } from '../../core/ledger/usage.ts';
import { callIdAt } from '../neutral/call-ids.ts';
import type { ContentPart, ReasoningPart } from '../neutral/conversation.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import { envelopeOf } from '../neutral/envelope.ts';
import { eventBytes } from '../neutral/event-bytes.ts';
import { jsonText } from '../neutral/json-text.ts';
import type { ReplyEvent } from '../neutral/reply.ts';
import type { Asked, EventWriter } from '../neutral/translator.ts';
import { readVendorError } from '../neutral/vendor-error.ts';
import type { FinishFacts } from './finish.ts';
import { writtenFinish } from './finish.ts';
import { writtenUsage } from './usage.ts';

export function anthropicEventWriter(asked: Asked): EventWriter {
  let index = -1;
  let usage: Usage | undefined;
  let finish: FinishFacts = { finish: 'other' };
  let refusal = '';
  /** Text before the next piece. */
  let before = '';
  /**
   * The input of a call so far: white space, an object, or anything else, which is held back because the client would
   * throw.
   */
  let input: 'none' | 'object' | 'other' | undefined;

  function start(model: string): string {
    const message = {
      id: asked.id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      usage: writtenUsage(usage),
    };
    return written('message_start', { message });
  }

  function open(part: ContentPart): string {
    const block = blockOf(part);
    if (block === undefined) return '';
    index += 1;
    input = part.kind === 'tool-call' ? 'none' : undefined;
    before = `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{${DELTAS[part.kind]}:`;
    return written('content_block_start', { index, content_block: block });
  }

  function close(part: ContentPart): string {
    if (blockOf(part) === undefined) return '';
    if (part.kind === 'refusal') refusal += part.text;
    const held =
      part.kind === 'tool-call' && input === 'other' ? pieceOf(JSON.stringify({ invalid_json: part.input })) : '';
    const stop = held + written('content_block_stop', { index });
    if (part.kind !== 'reasoning' || redacted(part) !== undefined) return stop;
    // The client takes the last signature as the whole one.
    const delta = { type: 'signature_delta', signature: signatureOf(part) };
    return written('content_block_delta', { index, delta }) + stop;
  }

  function pieceOf(piece: string): string {
    return `${before}${JSON.stringify(piece)}}}\n\n`;
  }

  function end(): string {
    const explanation = finish.explanation ?? (finish.finish === 'refusal' ? refusal : undefined);
    const delta = { container: null, ...writtenFinish({ ...finish, explanation }) };
    const {
      cache_creation: _,
      service_tier: _tier,
      inference_geo: _geo,
      speed: _speed,
      ...total
    } = writtenUsage(usage);
    return written('message_delta', { delta, usage: total }) + written('message_stop', {});
  }

  function write(event: ReplyEvent): string {
    switch (event.on) {
      case 'piece':
        if (input === 'none' && /\S/.test(event.piece)) input = /^\s*\{/.test(event.piece) ? 'object' : 'other';
        return input === 'other' ? '' : pieceOf(event.piece);
      case 'open':
        return open(event.part);
      case 'close':
        return close(event.part);
      case 'start':
        ({ usage } = event);
        return start(event.model);
      case 'ping':
        return written('ping', {});
      case 'left-out':
        return '';
      case 'usage':
        ({ usage } = event);
        return '';
      case 'finish':
        finish = event;
        return '';
      case 'end':
        return end();
      case 'error':
        return written('error', errorOf(event));
    }
  }

  return { push: events => eventBytes(events, write) };
}

function written(type: string, fields: object): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}

/** The JSON before a piece, by the kind of part. */
const DELTAS: Readonly<Record<string, string>> = {
  text: '"type":"text_delta","text"',
  refusal: '"type":"text_delta","text"',
  reasoning: '"type":"thinking_delta","thinking"',
  'tool-call': '"type":"input_json_delta","partial_json"',
};

/** The block as the stream begins it; `undefined` for a part that this API cannot express. */
function blockOf(part: ContentPart): object | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: '', citations: null };
    case 'tool-call':
      return {
        type: 'tool_use',
        id: callIdAt('anthropic-messages', part.id),
        name: part.name,
        input: {},
        caller: { type: 'direct' },
      };
    case 'reasoning':
      return redacted(part) ?? { type: 'thinking', thinking: '', signature: '' };
    case 'opaque':
    // No model writes parts of these kinds.
    case 'image':
    case 'document':
    case 'audio':
    case 'tool-result':
      return undefined;
  }
}

/** Thinking that this API does not show. */
function redacted({ owner, sealed }: ReasoningPart): JsonObject | undefined {
  const block = owner.api === 'anthropic-messages' ? (sealed[0] as JsonObject | undefined) : undefined;
  return block?.type === 'redacted_thinking' ? block : undefined;
}

function signatureOf(part: ReasoningPart): string {
  const own = part.owner.api === 'anthropic-messages' ? (part.sealed[0] as JsonObject | undefined) : undefined;
  return typeof own?.signature === 'string' ? own.signature : envelopeOf(part);
}

function errorOf({ api, error }: ReplyEvent & { readonly on: 'error' }): object {
  const { message, anthropicType, body } = readVendorError(jsonText(error), 200);
  return { error: { type: anthropicType, message, upstream: { api, body } }, request_id: null };
}
