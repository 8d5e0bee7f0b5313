/** Reads a stream of Anthropic's Messages API. */
import { mergedUsage } from '../../wires/anthropic-usage.ts';
import { field, listField, stringField } from '../../wires/json-fields.ts';
import type { ContentPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { jsonText, parseJsonText } from '../neutral/json-text.ts';
import type { NativeEvents, NeutralStream } from '../neutral/event-reader.ts';
import { eventReader } from '../neutral/event-reader.ts';
import type { StreamedPart } from '../neutral/part-order.ts';
import type { SaidPiece } from '../neutral/repeated-event.ts';
import type { EventReader } from '../neutral/translator.ts';
import { ownMembers } from '../neutral/own.ts';
import { ANTHROPIC_FIELDS } from './fields.ts';
import { readFinish, unreadFinish } from './finish.ts';
import { readUsage } from './usage.ts';

export function anthropicEventReader(): EventReader {
  return eventReader('anthropic-messages', anthropicEvents);
}

interface Block {
  readonly part: StreamedPart;
  /** The reply as it began. */
  readonly native: JsonObject;
  signature: string | undefined;
}

function anthropicEvents({ parts, emit, leaveOut, finish }: NeutralStream): NativeEvents {
  let message: unknown;
  let end: unknown;
  let usage: unknown;
  let hasToolCalls = false;
  const blocks = new Map<unknown, Block>();

  function start(json: unknown): void {
    if (message !== undefined) return;
    message = field(json, 'message');
    usage = field(message, 'usage');
    const id = stringField(message, 'id') ?? '';
    emit({
      on: 'start',
      id,
      model: stringField(message, 'model') ?? '',
      usage: readUsage(field(message, 'model'), usage),
    });
    // Some servers that speak this API begin the stream with the whole reply.
    for (const [index, block] of listField(message, 'content').entries()) {
      begin(index, block as JsonObject);
      close(index);
    }
  }

  function begin(index: unknown, native: JsonObject): void {
    const part = parts.begin(partOf(native, stringField(message, 'model')));
    hasToolCalls ||= part.part.kind === 'tool-call';
    blocks.set(index, { part, native, signature: stringField(native, 'signature') });
    parts.say(part, stringField(native, 'text') ?? stringField(native, 'thinking') ?? '');
  }

  function say(index: unknown, delta: unknown): SaidPiece | undefined {
    const block = blocks.get(index);
    if (block === undefined) return undefined;
    for (const name of PIECES) {
      const piece = stringField(delta, name);
      if (piece === undefined) continue;
      parts.say(block.part, piece);
      return { name, say: next => parts.say(block.part, next) };
    }
    const type = stringField(delta, 'type') ?? '';
    // A delta of an unknown kind is reported as left out; for an opaque block, the block itself already is.
    if (type !== 'signature_delta' && block.part.part.kind !== 'opaque') leaveOut(type);
    // The event contains the whole signature, not a piece of it.
    block.signature = stringField(delta, 'signature') ?? block.signature;
    return undefined;
  }

  function close(index: unknown): void {
    const block = blocks.get(index);
    if (block === undefined) return;
    const { part, native, signature } = block;
    const { input } = native;
    if (part.part.kind === 'tool-call' && part.said === '' && isFilled(input)) parts.say(part, jsonText(input));
    if (part.part.kind === 'reasoning' && native.type === 'thinking') {
      const sealed: JsonValue[] = [{ ...native, thinking: part.said, ...(signature !== undefined && { signature }) }];
      parts.close(part, { whole: { ...part.part, sealed } });
    } else parts.close(part);
  }

  function finishReply(): void {
    const ending = readFinish(end, hasToolCalls);
    for (const { path, mark } of ownMembers(
      { ...(message as JsonObject), ...(end as JsonObject) },
      ANTHROPIC_FIELDS.reply,
    ))
      if (mark !== 'default') leaveOut(path);
    for (const name of unreadFinish(end)) leaveOut(name);
    parts.closeAll({ isCutOff: ending.finish !== 'tool-calls' });
    emit({ on: 'finish', ...ending });
    const total = readUsage(field(message, 'model'), usage);
    if (total !== undefined) emit({ on: 'usage', usage: total });
    finish();
  }

  return {
    read(json, data) {
      switch (field(json, 'type')) {
        case 'content_block_delta':
          return say(field(json, 'index'), field(json, 'delta'));
        case 'content_block_start':
          begin(field(json, 'index'), blockIn(json, data));
          break;
        case 'content_block_stop':
          close(field(json, 'index'));
          break;
        case 'message_start':
          start(json);
          break;
        case 'message_delta':
          end = mergedUsage(end, field(json, 'delta'));
          usage = mergedUsage(usage, field(json, 'usage'));
          break;
        case 'message_stop':
          finishReply();
          break;
        case 'ping':
          emit({ on: 'ping' });
          break;
        default:
          leaveOut(stringField(json, 'type') ?? '');
      }
      return undefined;
    },
  };
}

/** The members of a delta that contain a piece of the block. */
const PIECES = ['text', 'partial_json', 'thinking'];

/** The block that an event begins. The numbers in its input keep all digits; `JSON.parse` would round them. */
function blockIn(json: unknown, data: () => string): JsonObject {
  const block = (field(json, 'content_block') ?? {}) as JsonObject;
  return isFilled(block.input) ? (field(parseJsonText(data()), 'content_block') as JsonObject) : block;
}

function isFilled(input: unknown): input is JsonObject {
  return input instanceof Object && Object.keys(input).length > 0;
}

function partOf(block: JsonObject, model: string | undefined): ContentPart {
  switch (field(block, 'type')) {
    case 'text':
      return { kind: 'text', text: '' };
    case 'tool_use':
      return {
        kind: 'tool-call',
        id: stringField(block, 'id') ?? '',
        name: stringField(block, 'name') ?? '',
        form: 'json',
        input: '',
      };
    case 'thinking':
    case 'redacted_thinking': {
      const sealed = block.type === 'thinking' ? [] : [block];
      return { kind: 'reasoning', text: '', owner: { api: 'anthropic-messages', model }, sealed };
    }
    default:
      return { kind: 'opaque', api: 'anthropic-messages', value: block, mark: 'unable', reason: 'a hosted tool' };
  }
}
