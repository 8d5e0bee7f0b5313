/** How a reply of Anthropic's Messages API ended. */
import { field, stringField } from '../../wires/json-fields.ts';
import { finishWithCalls, unknownReason } from '../neutral/finish.ts';
import type { NeutralReply, ReplyFinish } from '../neutral/reply.ts';

export type FinishFacts = Pick<NeutralReply, 'finish' | 'stopSequence' | 'explanation'>;

const FINISHES: ReadonlyMap<string | undefined, ReplyFinish> = new Map([
  ['end_turn', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'context-full'],
  ['tool_use', 'tool-calls'],
  ['refusal', 'refusal'],
  ['pause_turn', 'pause'],
  ['compaction', 'pause'],
]);

/** @param message a reply, or the delta at the end of a stream */
export function readFinish(message: unknown, hasToolCalls: boolean): FinishFacts {
  const said = FINISHES.get(stringField(message, 'stop_reason')) ?? 'other';
  const stopSequence = stringField(message, 'stop_sequence');
  const explanation = stringField(field(message, 'stop_details'), 'explanation');
  return {
    finish: finishWithCalls(said, hasToolCalls),
    ...(stopSequence !== undefined && { stopSequence }),
    ...(explanation !== undefined && { explanation }),
  };
}

export function unreadFinish(message: unknown): readonly string[] {
  const reason = stringField(message, 'stop_reason');
  return unknownReason('stop_reason', reason, FINISHES.has(reason));
}

const REASONS: Readonly<Record<ReplyFinish, string>> = {
  stop: 'end_turn',
  'stop-sequence': 'stop_sequence',
  length: 'max_tokens',
  'context-full': 'model_context_window_exceeded',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  'content-filter': 'refusal',
  pause: 'pause_turn',
  other: 'end_turn',
};

/** The three fields of a message that say how it ended. */
export function writtenFinish({ finish, stopSequence, explanation }: FinishFacts) {
  const isExplained = REASONS[finish] === 'refusal' && explanation !== undefined && explanation !== '';
  return {
    stop_reason: REASONS[finish],
    stop_sequence: finish === 'stop-sequence' ? (stopSequence ?? null) : null,
    stop_details: isExplained ? { type: 'refusal', category: null, explanation } : null,
  };
}
