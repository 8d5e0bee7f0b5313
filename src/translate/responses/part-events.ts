/** The events with which a part of a reply is streamed as an output item. */
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import { pagesOf } from '../openai/citations.ts';
import { messagePart } from './output-items.ts';

/** An event without its position. */
type PartEvent = readonly [type: string, fields: JsonObject];

export interface PartEvents {
  /** The type of the events that carry the part's content, piece by piece. */
  readonly delta: string;
  /** Where the part is in its item. */
  readonly place: JsonObject;
  /** The events after the item was added. */
  readonly begin: readonly PartEvent[];
  /** The events before the item is done. */
  readonly end: (part: ContentPart) => readonly PartEvent[];
}

const TEXT: PartEvents = {
  delta: 'response.output_text.delta',
  place: { content_index: 0 },
  begin: [['response.content_part.added', { part: messagePart({ kind: 'text', text: '' }) }]],
  end: part => {
    if (part.kind !== 'text') return [];
    const written = messagePart(part);
    return [
      ...pagesOf(part).map(
        (annotation, index): PartEvent => [
          'response.output_text.annotation.added',
          { annotation, annotation_index: index },
        ],
      ),
      ['response.output_text.done', { text: part.text, logprobs: written.logprobs }],
      ['response.content_part.done', { part: written }],
    ];
  },
};

const REFUSAL: PartEvents = {
  delta: 'response.refusal.delta',
  place: { content_index: 0 },
  begin: [['response.content_part.added', { part: messagePart({ kind: 'refusal', text: '' }) }]],
  end: part => {
    if (part.kind !== 'refusal') return [];
    return [
      ['response.refusal.done', { refusal: part.text }],
      ['response.content_part.done', { part: messagePart(part) }],
    ];
  },
};

const SUMMARY: PartEvents = {
  delta: 'response.reasoning_summary_text.delta',
  place: { summary_index: 0 },
  begin: [['response.reasoning_summary_part.added', { part: { type: 'summary_text', text: '' } }]],
  end: part => {
    if (part.kind !== 'reasoning') return [];
    const { text } = part;
    return [
      ['response.reasoning_summary_text.done', { text }],
      ['response.reasoning_summary_part.done', { part: { type: 'summary_text', text } }],
    ];
  },
};

const CALL: PartEvents = {
  delta: 'response.function_call_arguments.delta',
  place: {},
  begin: [],
  end: part =>
    part.kind === 'tool-call'
      ? [['response.function_call_arguments.done', { arguments: part.input, name: part.name }]]
      : [],
};

const FREE_CALL: PartEvents = {
  delta: 'response.custom_tool_call_input.delta',
  place: {},
  begin: [],
  end: part => (part.kind === 'tool-call' ? [['response.custom_tool_call_input.done', { input: part.input }]] : []),
};

export function partEvents(part: ContentPart): PartEvents {
  if (part.kind === 'tool-call') return part.form === 'json' ? CALL : FREE_CALL;
  if (part.kind === 'reasoning') return SUMMARY;
  return part.kind === 'refusal' ? REFUSAL : TEXT;
}
