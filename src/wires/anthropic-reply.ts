/** Reads a reply of Anthropic's Messages API. */
import type { Usage } from '../core/ledger/usage.ts';
import { anthropicTier, anthropicUsage } from './anthropic-usage.ts';
import { field, listField, stringField } from './json-fields.ts';
import { keysOf, sealKey } from './reply-keys.ts';
import type { Finish, ReplyFacts } from '../contracts/wire.ts';

export function anthropicReply(json: unknown): ReplyFacts {
  const content = listField(json, 'content');
  return anthropicFacts(json, {
    usage: anthropicUsage(field(json, 'usage')),
    finish: anthropicFinish(field(json, 'stop_reason')),
    text: content.map(block => (field(block, 'type') === 'text' ? (stringField(block, 'text') ?? '') : '')).join(''),
    hasToolCalls: content.some(block => field(block, 'type') === 'tool_use'),
    hasOtherOutput: content.some(isOtherOutput),
    seal: content.reduce<string | undefined>((last, block) => sealOf(block) ?? last, undefined),
  });
}

const NO_OTHER_OUTPUT: ReadonlySet<unknown> = new Set(['text', 'tool_use', 'thinking', 'redacted_thinking']);

/** True for a block of a server's tool: its call, its result, a file. */
export function isOtherOutput(block: unknown): boolean {
  return !NO_OTHER_OUTPUT.has(field(block, 'type'));
}

/** The signature of thinking, or redacted thinking itself: only the model that wrote it can continue from it. */
export function sealOf(block: unknown): string | undefined {
  return (
    stringField(block, 'signature') ??
    (field(block, 'type') === 'redacted_thinking' ? stringField(block, 'data') : undefined)
  );
}

/** Facts that a reply and a stream share. @param message the reply, or the `message` of a stream's `message_start` */
export function anthropicFacts(
  message: unknown,
  {
    seal,
    ...parsed
  }: { readonly usage: Usage | undefined; readonly seal: string | undefined } & Pick<
    ReplyFacts,
    'finish' | 'text' | 'hasToolCalls' | 'hasOtherOutput'
  >,
): ReplyFacts {
  return {
    ...parsed,
    id: stringField(message, 'id'),
    keys: keysOf(stringField(field(message, 'container'), 'id'), seal && sealKey(seal)),
    model: stringField(message, 'model'),
    tier: anthropicTier(field(message, 'usage')),
  };
}

const FINISHES: ReadonlyMap<unknown, Finish> = new Map<unknown, Finish>([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop'],
  ['max_tokens', 'cut-off'],
  ['model_context_window_exceeded', 'cut-off'],
  ['refusal', 'refusal'],
  ['tool_use', 'tool-calls'],
  // The reply ends for now: the client sends it back, and the model goes on.
  ['pause_turn', 'pending'],
  ['compaction', 'pending'],
]);

export function anthropicFinish(stopReason: unknown): Finish {
  return FINISHES.get(stopReason) ?? 'other';
}
