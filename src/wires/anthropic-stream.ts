/** The events of a message as they pass. */
import type { Usage } from '../core/ledger/usage.ts';
import { anthropicFacts, anthropicFinish } from './anthropic-reply.ts';
import { anthropicInputUsage, anthropicUsage, mergedUsage } from './anthropic-usage.ts';
import { field, stringField } from './json-fields.ts';
import { closingQuote, eventJson, growingText, passEvents } from './server-sent-events.ts';
import type { StreamReader } from '../contracts/wire.ts';

/** How nearly every event begins to say its piece. */
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
  const unseen = growingText();
  let message: unknown;
  let lastUsage: unknown;
  let usage: Usage | undefined;
  let stopReason: unknown;
  let hasToolCalls = false;
  let done = false;

  /** How the last piece began; the next one most likely begins the same. */
  let lead = '';
  let leadsText = false;

  /** Index behind the lead of a piece; -1 for an event that is none. */
  function endOfLead(bytes: string, dataAt: number): number {
    if (lead !== '' && bytes.slice(dataAt, dataAt + lead.length) === lead) return dataAt + lead.length;
    if (!bytes.startsWith(BLOCK, dataAt)) return -1;
    // Behind the index of the block.
    const at = bytes.indexOf(',', dataAt + BLOCK.length);
    const kind = LEADS.find(known => bytes.startsWith(known, at));
    if (kind === undefined) return -1;
    lead = bytes.slice(dataAt, at + kind.length);
    leadsText = kind === TEXT;
    return at + kind.length;
  }

  /** A piece of text, arguments or thinking, taken as it stands; false for an event that says anything else. */
  function isPlainPiece(bytes: string, dataAt: number, end: number): boolean {
    const from = endOfLead(bytes, dataAt);
    const to = from < 0 ? -1 : closingQuote(bytes, from);
    if (to < 0 || to >= end) return false;
    if (bytes.charCodeAt(to + 1) !== CLOSE_OBJECT || bytes.charCodeAt(to + 2) !== CLOSE_OBJECT) return false;
    (leadsText ? text : unseen).addEncoded(bytes.slice(from, to));
    return true;
  }

  function read(json: unknown): void {
    switch (field(json, 'type')) {
      case 'message_start':
        message = field(json, 'message');
        break;
      case 'content_block_start':
        readBlock(field(json, 'content_block'));
        break;
      case 'content_block_delta':
        readDelta(field(json, 'delta'));
        break;
      case 'message_delta':
        stopReason = field(field(json, 'delta'), 'stop_reason') ?? stopReason;
        lastUsage = mergedUsage(lastUsage ?? field(message, 'usage'), field(json, 'usage'));
        usage = anthropicUsage(lastUsage);
        break;
      case 'message_stop':
        done = true;
        break;
      default:
    }
  }

  function readBlock(block: unknown): void {
    if (field(block, 'type') === 'tool_use') hasToolCalls = true;
    if (field(block, 'type') === 'text') text.add(stringField(block, 'text') ?? '');
  }

  function readDelta(delta: unknown): void {
    if (field(delta, 'type') === 'text_delta') text.add(stringField(delta, 'text') ?? '');
    unseen.add(stringField(delta, 'partial_json') ?? stringField(delta, 'thinking') ?? '');
  }

  const push = passEvents({
    event(bytes, dataAt, end) {
      if (!isPlainPiece(bytes, dataAt, end)) read(eventJson(bytes, dataAt, end));
      return false;
    },
    mayHideNext: () => false,
  });

  return {
    push,
    facts() {
      const facts = anthropicFacts(message, {
        usage,
        finish: anthropicFinish(stopReason),
        text: options.wantsText ? text.toString() : '',
        hasToolCalls,
      });
      const inputUsage = usage === undefined ? anthropicInputUsage(field(message, 'usage')) : undefined;
      return inputUsage === undefined ? facts : { ...facts, inputUsage };
    },
    get chars() {
      return text.toString().length + unseen.toString().length;
    },
    get done() {
      return done;
    },
  };
}
