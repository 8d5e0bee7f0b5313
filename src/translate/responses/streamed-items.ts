/** The output items of a stream of OpenAI's Responses API, as parts of a reply. */
import { field, listField, stringField } from '../../wires/json-fields.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { note } from '../neutral/own.ts';
import { annotationsOwn } from '../openai/citations.ts';
import type { PartOrder, StreamedPart } from '../neutral/part-order.ts';
import type { SaidPiece } from '../neutral/repeated-event.ts';

interface StreamedItem {
  readonly type: unknown;
  /** For a message: its parts by index. For any other item: its one part, under 0. */
  readonly parts: Map<unknown, StreamedPart>;
  /** For reasoning: the paragraph of the last piece. */
  paragraph: string | undefined;
  isDone: boolean;
}

interface ItemName {
  readonly id: unknown;
  readonly index: unknown;
  readonly type: unknown;
  /** The event begins the item, so it cannot belong to one that has ended. */
  readonly isNew?: boolean;
}

export interface StreamedItems {
  readonly hasToolCalls: boolean;
  readonly hasRefusal: boolean;
  /** The model that reasons. */
  setModel(model: string): void;
  /** `response.output_item.added` */
  begin(event: JsonObject): void;
  /** The next text of a part. */
  say(event: JsonObject): SaidPiece | undefined;
  /** The whole text of a part. */
  sayWhole(event: JsonObject): void;
  /** The whole item: adds the content that no event has brought yet. */
  finish(index: unknown, item: JsonObject): void;
}

/** The type of item that an event belongs to, and what it does. */
const EVENTS = {
  'response.output_text.delta': ['message', 'text'],
  'response.output_text.done': ['message', 'text'],
  'response.refusal.delta': ['message', 'refusal'],
  'response.refusal.done': ['message', 'refusal'],
  'response.function_call_arguments.delta': ['function_call', 'input'],
  'response.function_call_arguments.done': ['function_call', 'input'],
  'response.custom_tool_call_input.delta': ['custom_tool_call', 'input'],
  'response.custom_tool_call_input.done': ['custom_tool_call', 'input'],
  'response.reasoning_summary_text.delta': ['reasoning', 'reasoning'],
  'response.reasoning_text.delta': ['reasoning', 'reasoning'],
} as const;

/** The separator between the parts of a summary, and before the reasoning itself. */
const PARAGRAPH = '\n\n';

export function streamedItems(parts: PartOrder): StreamedItems {
  /** The last item of each index, and all by their ids. */
  const items = new Map<unknown, StreamedItem>();
  const itemsById = new Map<unknown, StreamedItem>();
  let model = '';
  let hasToolCalls = false;
  let hasRefusal = false;

  /** Some gateways give several items one index, others give one item several ids. */
  function itemOf({ id, index, type, isNew = false }: ItemName): StreamedItem {
    const here = items.get(index);
    if (here !== undefined && here.type === type && !here.isDone) return here;
    const known = isNew ? undefined : (itemsById.get(id) ?? here);
    if (known !== undefined && known.type === type) return known;
    const item: StreamedItem = { type, parts: new Map(), paragraph: undefined, isDone: false };
    items.set(index, item);
    if (id !== undefined) itemsById.set(id, item);
    return item;
  }

  function partOf(item: StreamedItem, index: unknown, begun: () => ContentPart): StreamedPart {
    let part = item.parts.get(index);
    if (part === undefined) {
      const content = begun();
      hasToolCalls ||= content.kind === 'tool-call';
      hasRefusal ||= content.kind === 'refusal';
      part = parts.begin(content);
      item.parts.set(index, part);
    }
    return part;
  }

  /** The part that an event is about; `undefined` for a call that has not been named yet. */
  function eventPart(event: JsonObject): StreamedPart | undefined {
    const [type, kind] = EVENTS[event.type as keyof typeof EVENTS];
    const item = itemOf({ id: event.item_id, index: event.output_index, type });
    const index = event.content_index ?? 0;
    if (kind === 'text' || kind === 'refusal') return partOf(item, index, () => ({ kind, text: '' }));
    if (kind === 'input') return item.parts.get(0);
    const part = partOf(item, 0, reasoning);
    const paragraph = JSON.stringify([event.type, event.summary_index ?? index]);
    if (item.paragraph !== undefined && item.paragraph !== paragraph && part.said !== '') parts.say(part, PARAGRAPH);
    item.paragraph = paragraph;
    return part;
  }

  function reasoning(): ContentPart {
    return { kind: 'reasoning', text: '', owner: { api: 'openai-responses', model }, sealed: [] };
  }

  /** The one part of an item that is not a message. */
  function ownPart(item: StreamedItem, native: JsonObject): StreamedPart | undefined {
    const { type, call_id: id, name } = native;
    if (type === 'reasoning') return partOf(item, 0, reasoning);
    if (type !== 'function_call' && type !== 'custom_tool_call') {
      const reason = `an item of the type ${stringField(native, 'type') ?? 'unknown'}`;
      return partOf(item, 0, () => ({
        kind: 'opaque',
        api: 'openai-responses',
        value: native,
        mark: 'unable',
        reason,
      }));
    }
    if (typeof id !== 'string' || typeof name !== 'string') return undefined;
    const form = type === 'function_call' ? 'json' : 'free';
    return partOf(item, 0, () => ({ kind: 'tool-call', id, name, form, input: '' }));
  }

  function finishMessage(item: StreamedItem, native: JsonObject): void {
    for (const [index, content] of listField(native, 'content').entries()) {
      const kind = field(content, 'type') === 'refusal' ? 'refusal' : 'text';
      const part = partOf(item, index, () => ({ kind, text: '' }));
      parts.sayWhole(part, stringField(content, kind) ?? '');
      const logprobs = listField(content, 'logprobs') as readonly JsonValue[];
      const cited = annotationsOwn(listField(content, 'annotations') as readonly JsonValue[]);
      const own = [...(logprobs.length === 0 ? [] : [note('logprobs', logprobs)]), ...cited];
      if (own.length > 0) parts.close(part, { whole: { ...part.part, own } });
    }
    for (const part of item.parts.values()) parts.close(part);
  }

  return {
    get hasToolCalls() {
      return hasToolCalls;
    },
    get hasRefusal() {
      return hasRefusal;
    },
    setModel(name) {
      model = name;
    },
    begin({ output_index: index, item: native }) {
      const type = field(native, 'type');
      // A message begins with its first text, any other item with its own event; for a hosted tool only the end is known.
      if (type === 'function_call' || type === 'custom_tool_call' || type === 'reasoning')
        ownPart(itemOf({ id: idOf(native), index, type, isNew: true }), native as JsonObject);
    },
    say(event) {
      const part = eventPart(event);
      if (part === undefined || typeof event.delta !== 'string') return undefined;
      parts.say(part, event.delta);
      return { name: 'delta', say: piece => parts.say(part, piece) };
    },
    sayWhole(event) {
      const part = eventPart(event);
      const whole = event.text ?? event.refusal ?? event.arguments ?? event.input;
      if (part !== undefined && typeof whole === 'string') parts.sayWhole(part, whole);
    },
    finish(index, native) {
      const item = itemOf({ id: idOf(native), index, type: native.type });
      if (item.isDone) return;
      item.isDone = true;
      if (native.type === 'message') return finishMessage(item, native);
      const part = ownPart(item, native);
      if (part === undefined) return;
      if (native.type === 'reasoning') {
        parts.sayWhole(part, reasoningText(native));
        // In the event that added the item, the seal may be incomplete.
        parts.close(part, { whole: { ...part.part, sealed: [native] } as ContentPart });
      } else {
        parts.sayWhole(part, stringField(native, 'arguments') ?? stringField(native, 'input') ?? '');
        parts.close(part, { isCutOff: native.status === 'incomplete' });
      }
    },
  };
}

/** A call has its own id, even where all items share one. */
function idOf(native: unknown): unknown {
  return field(native, 'call_id') ?? field(native, 'id');
}

/** The visible text of an item of reasoning. */
function reasoningText(item: JsonObject): string {
  return [...listField(item, 'summary'), ...listField(item, 'content')]
    .map(part => stringField(part, 'text') ?? '')
    .join(PARAGRAPH);
}
