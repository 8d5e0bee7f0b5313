/** The parts of a reply as output items of a response. */
import type { ContentPart, ReasoningPart, RefusalPart, TextPart } from '../neutral/conversation.ts';
import { envelopeOf } from '../neutral/envelope.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import { noted } from '../neutral/own.ts';
import { pagesOf } from '../openai/citations.ts';

/** Where an item is, and its status. */
export interface ItemPlace {
  /** Id of the response. The items' ids contain the same digits. */
  readonly responseId: string;
  readonly index: number;
  readonly status: 'in_progress' | 'completed' | 'incomplete';
}

/** The item of a part; `undefined` for a part that this API cannot express. */
export function outputItem(part: ContentPart, place: ItemPlace): JsonObject | undefined {
  const { status } = place;
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { id: idOf('msg', place), type: 'message', status, role: 'assistant', content: [messagePart(part)] };
    case 'tool-call': {
      const { id, name } = part;
      // Missing arguments become an empty object, unless they were cut off.
      const input = part.form === 'json' && status === 'completed' ? part.input || '{}' : part.input;
      return part.form === 'json'
        ? { id: idOf('fc', place), type: 'function_call', status, call_id: id, name, arguments: input }
        : { id: idOf('ctc', place), type: 'custom_tool_call', status, call_id: id, name, input };
    }
    case 'reasoning':
      return reasoningItem(part, place);
    case 'opaque':
    // No model writes parts of these kinds.
    case 'image':
    case 'document':
    case 'audio':
    case 'tool-result':
      return undefined;
  }
}

/** The one part of a message's content. */
export function messagePart(part: TextPart | RefusalPart): JsonObject {
  const { kind, text, own } = part;
  if (kind === 'refusal') return { type: 'refusal', refusal: text };
  return { type: 'output_text', text, annotations: pagesOf(part), logprobs: noted(own, 'logprobs') ?? [] };
}

function reasoningItem(part: ReasoningPart, place: ItemPlace): JsonObject {
  const [own] = part.owner.api === 'openai-responses' ? part.sealed : [];
  if (own !== undefined) return own as JsonObject;
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
  const item = { id: idOf('rs', place), type: 'reasoning', summary };
  return place.status === 'in_progress' ? item : { ...item, encrypted_content: envelopeOf(part) };
}

function idOf(prefix: string, { responseId, index }: ItemPlace): string {
  return `${prefix}_${responseId.replace(/^resp_/, '')}_${index}`;
}
