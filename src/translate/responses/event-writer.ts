/** Writes a stream of OpenAI's Responses API. */
import type { Usage } from '../../core/ledger/usage.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import { eventBytes } from '../neutral/event-bytes.ts';
import { refusalAtEnd } from '../neutral/finish.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { jsonText } from '../neutral/json-text.ts';
import type { ReplyEvent, ReplyFinish } from '../neutral/reply.ts';
import type { Asked, EventWriter } from '../neutral/translator.ts';
import { readVendorError } from '../neutral/vendor-error.ts';
import { writtenFinish } from './finish.ts';
import { outputItem } from './output-items.ts';
import type { PartEvents } from './part-events.ts';
import { partEvents } from './part-events.ts';
import { responseObject } from './response.ts';
import { writtenUsage } from './usage.ts';

export function responsesEventWriter(asked: Asked): EventWriter {
  const output: JsonValue[] = [];
  let sequence = 0;
  let model = '';
  let usage: Usage | undefined;
  let finish: ReplyFinish = 'other';
  let hasRefusal = false;
  let open: OpenItem | undefined;
  /** A part that has ended: the status of its item is known only when the next part begins, or the reply ends. */
  let closed: ContentPart | undefined;

  function written(type: string, fields: JsonObject): string {
    const number = sequence;
    sequence += 1;
    return `event: ${type}\ndata: ${jsonText({ type, sequence_number: number, ...fields })}\n\n`;
  }

  function itemOf(part: ContentPart, status: ItemStatus): JsonObject | undefined {
    return outputItem(part, { responseId: asked.id, index: output.length, status });
  }

  function start(name: string): string {
    model = name;
    const response = responseObject(asked, { model, status: 'in_progress', output: [] });
    return written('response.created', { response }) + written('response.in_progress', { response });
  }

  function begin(part: ContentPart): string {
    hasRefusal ||= part.kind === 'refusal';
    const item = itemOf(part, 'in_progress');
    open = undefined;
    if (item === undefined) return '';
    const events = partEvents(part);
    const place = { item_id: item.id, output_index: output.length, ...events.place };
    const added = part.kind === 'text' || part.kind === 'refusal' ? { ...item, content: [] } : item;
    open = {
      events,
      place,
      hasBegun: false,
      before: `event: ${events.delta}\ndata: {"type":"${events.delta}",${members(place)},"delta":`,
      after: `${part.kind === 'text' ? ',"logprobs":[]' : ''},"sequence_number":`,
    };
    const adding = written('response.output_item.added', { output_index: output.length, item: added });
    // Reasoning may have no visible text.
    return part.kind === 'reasoning' ? adding : adding + beginPart(open);
  }

  function beginPart(item: OpenItem): string {
    item.hasBegun = true;
    return item.events.begin.map(([type, fields]) => written(type, { ...item.place, ...fields })).join('');
  }

  function say(piece: string): string {
    if (open === undefined) return '';
    const beginning = open.hasBegun ? '' : beginPart(open);
    const number = sequence;
    sequence += 1;
    return `${beginning}${open.before}${JSON.stringify(piece)}${open.after}${number}}\n\n`;
  }

  /** Writes the end of the part that has ended. */
  function end(status: ItemStatus): string {
    if (closed === undefined || open === undefined) return '';
    const { events, place, hasBegun } = open;
    const ends = hasBegun ? events.end(closed).map(([type, fields]) => written(type, { ...place, ...fields })) : [];
    const item = itemOf(closed, status) ?? null;
    const done = written('response.output_item.done', { output_index: output.length, item });
    output.push(item);
    closed = open = undefined;
    return ends.join('') + done;
  }

  function explain(ending: ReplyEvent & { readonly on: 'finish' }): string {
    const refusal = refusalAtEnd(ending, hasRefusal);
    if (refusal === undefined) return '';
    const events = end('completed') + begin(refusal) + say(refusal.text);
    closed = refusal;
    return events;
  }

  function endReply(): string {
    const fields = writtenFinish(finish);
    const counted = usage === undefined ? null : writtenUsage(usage);
    const ending = end(fields.status);
    const response = responseObject(asked, { model, output, usage: counted, ...fields });
    return ending + written(`response.${fields.status}`, { response });
  }

  function write(event: ReplyEvent): string {
    switch (event.on) {
      case 'piece':
        return say(event.piece);
      case 'open':
        return end('completed') + begin(event.part);
      case 'close':
        closed = event.part;
        return '';
      case 'start':
        return start(event.model);
      case 'ping':
        return ': ping\n\n';
      case 'left-out':
        return '';
      case 'usage':
        ({ usage } = event);
        return '';
      case 'finish':
        ({ finish } = event);
        return explain(event);
      case 'end':
        return endReply();
      case 'error':
        return written('error', errorOf(event));
    }
  }

  return { push: events => eventBytes(events, write) };
}

type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

interface OpenItem {
  readonly events: PartEvents;
  /** The position of the part's events: the item, and the part in it. */
  readonly place: JsonObject;
  hasBegun: boolean;
  /** JSON before and after the next piece, up to the event's number. */
  readonly before: string;
  readonly after: string;
}

/** The members of an object as its JSON text has them. */
function members(object: JsonObject): string {
  return jsonText(object).slice(1, -1);
}

function errorOf({ api, error }: ReplyEvent & { readonly on: 'error' }): JsonObject {
  const { message, openaiType, code, body } = readVendorError(jsonText(error), 200);
  return { code: code ?? openaiType, message, param: null, upstream: { api, body } };
}
