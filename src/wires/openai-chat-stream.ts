/** Reads a stream of chat completion chunks. */
import { closingQuote, finder, growingText, repeated } from './encoded-text.ts';
import { field, hasList, listField, stringField } from './json-fields.ts';
import { newChatBill, readChatBill } from './openai-chat-bill.ts';
import { chatFacts, chatFinish, hasMedia, hiddenText, textOfContent } from './openai-chat-reply.ts';
import { ReadStream } from './read-stream.ts';
import { repeatedDelta } from './repeated-delta.ts';
import { unfinishedFacts } from './reply-bill.ts';
import { eventJson, eventName, isObject, passEvents } from './server-sent-events.ts';
import { readEventError, UNREADABLE } from './reply-error.ts';
import type { ReplyError, StreamReader } from '../contracts/wire.ts';

/** Nearly every delta of text or of a tool's arguments begins like this, and is then read without parsing its JSON. */
const TEXT = '"choices":[{"index":0,"delta":{"content":"';
const TOOL = '"delta":{"tool_calls":[{"index":';
const ARGUMENTS = ',"function":{"arguments":"';
const UNFINISHED = '"finish_reason":null';
const USAGE = '"usage":{';
const CLOSE_OBJECT = 125;
const CLOSE_ARRAY = 93;
/** What OpenAI sends after the choices of every chunk: none of it matters here. */
const NOTHING_BEHIND = /^(?:,"usage":null)?(?:,"obfuscation":"[^"\\]*")?\}\s*$/;

export function openaiChatReader(options: {
  readonly hidesUsageChunk: boolean;
  readonly wantsText: boolean;
}): StreamReader {
  const text = growingText();
  const hidden = growingText();
  const bill = newChatBill();
  let head: unknown;
  let finishReason: unknown;
  /** Indexes of the choices after the first one that have not finished. */
  const open = new Set<unknown>();
  let hasChoice = false;
  let refused = false;
  let hasToolCalls = false;
  let hasOtherOutput = false;
  let ended = false;
  let isGarbled = false;
  let error: ReplyError | undefined;
  let phase: StreamReader['phase'] = 'waiting';
  const findText = finder(TEXT);
  const findTool = finder(TOOL);
  const findUnfinished = finder(UNFINISHED);
  const isKnownStart = repeated();
  const isKnownEnd = repeated();
  const deltas = repeatedDelta(rest => NOTHING_BEHIND.test(rest));

  /**
   * Reads a delta of text or of arguments without parsing its JSON; returns false for any other chunk. The text around the delta
   * may contain billing terms, so the chunk is parsed whenever that text changes.
   */
  function takeDelta(bytes: string, dataStart: number, end: number, eventStart: number): boolean {
    const said = findText(bytes, dataStart, end);
    const isText = said >= 0;
    const start = isText ? said : findTool(bytes, dataStart, end);
    // Called for each chunk, parsed or not, because the next chunk is compared with it.
    const isKnown = isKnownStart(start < 0 ? '' : bytes.slice(dataStart, start));
    if (start < 0) return false;
    let from = start + TEXT.length;
    if (!isText) {
      // The arguments follow the call's index, which has one or two digits.
      const call = bytes.indexOf(ARGUMENTS, start + TOOL.length);
      if (call < 0 || call > start + TOOL.length + 2) return false;
      from = call + ARGUMENTS.length;
    }
    const to = closingQuote(bytes, from);
    if (to < 0 || to >= end || bytes.charCodeAt(to + 1) !== CLOSE_OBJECT) return false;
    if (!isText && !bytes.startsWith('}}]}', to + 1)) return false;
    const unfinished = findUnfinished(bytes, to, end);
    // A chunk must be parsed if anything follows this text in the choice, and if there is a further choice.
    const behind = unfinished + UNFINISHED.length;
    if (unfinished < 0 || bytes.charCodeAt(behind) !== CLOSE_OBJECT || bytes.charCodeAt(behind + 1) !== CLOSE_ARRAY)
      return false;
    if (bytes.slice(to, unfinished).includes(USAGE)) return false;
    if (!isKnown) return false;
    const rest = bytes.slice(behind + 2, end);
    if (!NOTHING_BEHIND.test(rest) && !isKnownEnd(rest)) return false;
    const into = isText ? text : hidden;
    into.addEncoded(bytes.slice(from, to));
    deltas.learn({ bytes, start: eventStart, end, from, to, same: behind + 2, into });
    return true;
  }

  function hasOutput(): boolean {
    return hasToolCalls || hasOtherOutput || text.toString() !== '' || hidden.toString() !== '';
  }

  /** Some compatible vendors never send [DONE], and after a proxy's page it means nothing. */
  function isDone(): boolean {
    if (error !== undefined) return false;
    if (finishReason !== undefined && (bill.hasUsage || open.size === 0)) return true;
    return ended && hasChoice && (bill.hasUsage || hasOutput());
  }

  /** True for a chunk that has usage, whatever its numbers, and no choice. */
  function readChunk(json: unknown, name: string): boolean {
    isGarbled ||= json === undefined;
    error ??= readEventError(json, name === 'error');
    // A chunk with an annotation of Azure's has an empty id and no model.
    if (stringField(json, 'id') !== undefined && (head === undefined || stringField(json, 'model'))) head = json;
    const isBilled = readChatBill(bill, json);
    const choices = listField(json, 'choices');
    for (const choice of choices) readChoice(choice);
    const isChunk = hasList(json, 'choices');
    if (phase === 'waiting' && (isChunk || isBilled || error !== undefined)) phase = 'begun';
    // A stream with only invalid JSON is not a stream of this API at all.
    if (isGarbled && phase !== 'waiting') error ??= UNREADABLE;
    if (phase === 'begun' && (hasOutput() || isDone())) phase = 'output';
    return isChunk && choices.length === 0 && (isBilled || (field(json, 'usage') ?? undefined) !== undefined);
  }

  function readChoice(choice: unknown): void {
    const delta = field(choice, 'delta');
    const index = field(choice, 'index') ?? 0;
    const isFirst = index === 0;
    hasChoice = true;
    (isFirst ? text : hidden).add(textOfContent(field(delta, 'content')));
    const refusal = stringField(delta, 'refusal');
    hidden.add(hiddenText(delta));
    const reason = field(choice, 'finish_reason');
    if (reason) open.delete(index);
    else if (!isFirst) open.add(index);
    if (!isFirst) return;
    hasToolCalls ||= listField(delta, 'tool_calls').length > 0;
    hasOtherOutput ||= hasMedia(delta);
    if (refusal !== undefined) refused = true;
    finishReason = reason || finishReason;
  }

  const { push, end } = passEvents({
    deltas,
    event(bytes, dataStart, end, start) {
      if (head !== undefined && isObject(bytes, end) && takeDelta(bytes, dataStart, end, start)) {
        phase = 'output';
        return false;
      }
      if (bytes.startsWith('[DONE]', dataStart)) {
        ended = true;
        if (isDone()) phase = 'output';
        return false;
      }
      return readChunk(eventJson(bytes, dataStart, end), eventName(bytes, start, dataStart)) && options.hidesUsageChunk;
    },
    mayHideNext: () => options.hidesUsageChunk && finishReason !== undefined && !ended,
  });

  return new ReadStream({
    push,
    end,
    facts() {
      const facts = chatFacts(head, bill, {
        finish: chatFinish(finishReason, refused),
        text: options.wantsText ? text.toString() : '',
        hasToolCalls,
        hasOtherOutput,
      });
      return finishReason !== undefined || ended ? facts : unfinishedFacts(facts);
    },
    phase: () => phase,
    error: () => error,
    chars: () => text.toString().length + hidden.toString().length,
    done: isDone,
  });
}
