/** Reads a stream of Anthropic's Messages API. */
import { anthropicContent } from './anthropic-content.ts';
import { anthropicFacts, hiddenText, sealedChars } from './anthropic-reply.ts';
import { mergedUsage } from './anthropic-usage.ts';
import { closingQuote, growingText } from './encoded-text.ts';
import { field, stringField } from './json-fields.ts';
import { ReadStream } from './read-stream.ts';
import { repeatedDelta } from './repeated-delta.ts';
import { eventJson, eventName, passEvents } from './server-sent-events.ts';
import { statedCost } from './stated-cost.ts';
import { readEventError, UNREADABLE } from './reply-error.ts';
import type { ReplyError, StreamReader } from '../contracts/wire.ts';

/** Nearly every event begins like this, and is then read without parsing its JSON. */
const BLOCK = '{"type":"content_block_delta","index":';
const TEXT = ',"delta":{"type":"text_delta","text":"';
const LEADS = [
  TEXT,
  ',"delta":{"type":"input_json_delta","partial_json":"',
  ',"delta":{"type":"thinking_delta","thinking":"',
] as const;
const CLOSE_OBJECT = 125;

export function anthropicReader(options: { readonly wantsText: boolean }): StreamReader {
  const text = growingText();
  const hidden = growingText();
  const content = anthropicContent();
  let message: unknown;
  let usage: unknown;
  let lastUsage: unknown;
  let end: unknown;
  let done = false;
  let isGarbled = false;
  let error: ReplyError | undefined;
  let phase: StreamReader['phase'] = 'waiting';

  /** The text before the last delta's content: the next event most likely begins with the same text. */
  let lead = '';
  let isTextLead = false;
  const deltas = repeatedDelta();

  /** Index just past the text in front of a delta; -1 for any other event. */
  function endOfLead(bytes: string, dataStart: number): number {
    if (lead !== '' && bytes.slice(dataStart, dataStart + lead.length) === lead) return dataStart + lead.length;
    if (!bytes.startsWith(BLOCK, dataStart)) return -1;
    // This comma follows the block's index.
    const comma = bytes.indexOf(',', dataStart + BLOCK.length);
    const kind = LEADS.find(known => bytes.startsWith(known, comma));
    if (kind === undefined) return -1;
    lead = bytes.slice(dataStart, comma + kind.length);
    isTextLead = kind === TEXT;
    return comma + kind.length;
  }

  /** Reads a delta of text, arguments or thinking without parsing its JSON; returns false for any other event. */
  function takeDelta(bytes: string, dataStart: number, end: number, start: number): boolean {
    const from = endOfLead(bytes, dataStart);
    const to = from < 0 ? -1 : closingQuote(bytes, from);
    if (to < 0 || to >= end) return false;
    if (bytes.charCodeAt(to + 1) !== CLOSE_OBJECT || bytes.charCodeAt(to + 2) !== CLOSE_OBJECT) return false;
    const into = isTextLead ? text : hidden;
    into.addEncoded(bytes.slice(from, to));
    deltas.learn({ bytes, start, end, from, to, into });
    return true;
  }

  function read(json: unknown, name: string): void {
    switch (field(json, 'type')) {
      case 'message_start':
        message = field(json, 'message');
        if (phase === 'waiting') phase = 'begun';
        break;
      case 'content_block_start':
        phase = 'output';
        readBlock(field(json, 'content_block'));
        break;
      case 'content_block_delta':
        phase = 'output';
        readDelta(field(json, 'delta'));
        break;
      case 'message_delta':
        phase = 'output';
        end = mergedUsage(end, field(json, 'delta'));
        lastUsage = field(json, 'usage') ?? lastUsage;
        usage = mergedUsage(usage ?? field(message, 'usage'), field(json, 'usage'));
        break;
      case 'message_stop':
        done = true;
        break;
      default:
        error ??= readEventError(json, name === 'error');
    }
    // A stream with only invalid JSON is not a stream of this API at all.
    if (isGarbled && phase !== 'waiting') error ??= UNREADABLE;
  }

  function readBlock(block: unknown): void {
    content.add(block);
    if (field(block, 'type') === 'text') text.add(stringField(block, 'text') ?? '');
    else hidden.add(hiddenText(block));
  }

  function readDelta(delta: unknown): void {
    content.addSeal(delta);
    if (field(delta, 'type') === 'text_delta') text.add(stringField(delta, 'text') ?? '');
    hidden.add(stringField(delta, 'partial_json') ?? stringField(delta, 'thinking') ?? '');
  }

  const { push, end: endOfBytes } = passEvents({
    deltas,
    event(bytes, dataStart, dataEnd, start) {
      if (takeDelta(bytes, dataStart, dataEnd, start)) phase = 'output';
      else {
        const json = eventJson(bytes, dataStart, dataEnd);
        const name = eventName(bytes, start, dataStart);
        // The SDK skips pings, and events without a name or data.
        isGarbled ||= json === undefined && !/^(?:ping)?$/.test(name) && bytes.slice(dataStart, dataEnd).trim() !== '';
        read(json, name);
      }
      return false;
    },
    mayHideNext: () => false,
  });

  return new ReadStream({
    push,
    end: endOfBytes,
    passesAll: true,
    facts() {
      const facts = anthropicFacts({ message, end, usage, content, text: options.wantsText ? text.toString() : '' });
      const { statedCost: cost } = facts;
      // Output may have followed a cost that the last usage does not repeat.
      return cost && !statedCost(lastUsage) ? { ...facts, statedCost: { ...cost, isWhole: false } } : facts;
    },
    phase: () => phase,
    error: () => error,
    chars: () => text.toString().length + hidden.toString().length || sealedChars(content),
    done: () => done && error === undefined,
  });
}
