/** Reads a reply of Anthropic's Messages API. */
import { anthropicBill, anthropicPartialUsage } from './anthropic-bill.ts';
import type { AnthropicContent } from './anthropic-content.ts';
import { anthropicContent } from './anthropic-content.ts';
import { anthropicTerms } from './anthropic-usage.ts';
import { field, listField, stringField } from './json-fields.ts';
import { keysOf, sealKey } from './reply-keys.ts';
import { statedCost } from './stated-cost.ts';
import type { Finish, ReplyFacts } from '../contracts/wire.ts';

export function anthropicReply(json: unknown): ReplyFacts {
  const blocks = listField(json, 'content');
  const content = anthropicContent();
  for (const block of blocks) content.add(block);
  const text = blocks
    .map(block => (field(block, 'type') === 'text' ? (stringField(block, 'text') ?? '') : ''))
    .join('');
  return anthropicFacts({ message: json, end: json, usage: field(json, 'usage'), content, text });
}

/** Characters of all blocks. */
export function anthropicChars(json: unknown): number {
  const content = anthropicContent();
  let chars = 0;
  for (const block of listField(json, 'content')) {
    content.add(block);
    chars += (stringField(block, 'text') ?? hiddenText(block)).length;
  }
  return chars || sealedChars(content);
}

/** Content of a block other than its text: thinking, which may be sealed, or a tool's arguments. */
export function hiddenText(block: unknown): string {
  if (field(block, 'type') === 'redacted_thinking') return stringField(block, 'data') ?? '';
  const input = field(block, 'input');
  // A stream begins each call with an empty input.
  const isEmpty = !(input instanceof Object) || Object.keys(input).length === 0;
  return (stringField(block, 'thinking') ?? '') + (isEmpty ? '' : JSON.stringify(input));
}

/** A reply with only a signature has output too, although it is not shown. */
export function sealedChars(content: AnthropicContent): number {
  return content.seal === undefined ? 0 : 1;
}

/** The parts that a reply and a stream have in common. */
export interface AnthropicMessage {
  /** The reply, or the `message` of a stream's `message_start`. */
  readonly message: unknown;
  /** The object with the stop reason: the reply, or the last delta. */
  readonly end: unknown;
  /** The usage of the whole reply; `undefined` for a stream that has not reported it yet. */
  readonly usage: unknown;
  readonly content: AnthropicContent;
  readonly text: string;
}

export function anthropicFacts({ message, end, usage, content, text }: AnthropicMessage): ReplyFacts {
  const stopReason = field(end, 'stop_reason');
  const model = fallbackModel(usage) ?? content.model ?? stringField(message, 'model');
  const container = field(end, 'container') ?? field(message, 'container');
  const reported = usage ?? field(message, 'usage');
  const category = stringField(field(end, 'stop_details'), 'category');
  const bill = anthropicBill(usage, { model, stopReason, category, content });
  const isWhole = usage !== undefined;
  const partialUsage = bill.usage === undefined ? anthropicPartialUsage(reported, content, isWhole) : undefined;
  return {
    id: stringField(message, 'id'),
    keys: keysOf(stringField(container, 'id'), content.seal && sealKey(content.seal)),
    model,
    ...anthropicTerms(reported),
    ...bill,
    ...(partialUsage && { partialUsage }),
    // Gateways that speak this API state the cost as in a chat completion.
    statedCost: statedCost(usage),
    finish: anthropicFinish(stopReason),
    text,
    hasToolCalls: content.hasToolCalls,
    hasOtherOutput: content.hasOtherOutput,
  };
}

/** The fallback model that answered. The stream has already named the requested model by then. */
function fallbackModel(usage: unknown): string | undefined {
  const answer = listField(usage, 'iterations').findLast(entry => field(entry, 'type') === 'fallback_message');
  return stringField(answer, 'model');
}

const FINISHES: ReadonlyMap<unknown, Finish> = new Map<unknown, Finish>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'cut-off'],
  ['model_context_window_exceeded', 'cut-off'],
  ['refusal', 'refusal'],
  ['tool_use', 'tool-calls'],
  // The reply only pauses: the client sends it back, and the model continues.
  ['pause_turn', 'pending'],
  ['compaction', 'pending'],
]);

export function anthropicFinish(stopReason: unknown): Finish {
  return FINISHES.get(stopReason) ?? 'other';
}
