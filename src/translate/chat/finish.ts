/** How a chat completion ended. */
import { stringField } from '../../wires/json-fields.ts';
import { finishWithCalls, unknownReason } from '../neutral/finish.ts';
import type { NeutralReply, ReplyFinish } from '../neutral/reply.ts';

const FINISHES: ReadonlyMap<string | undefined, ReplyFinish> = new Map([
  ['stop', 'stop'],
  // Compatible servers use Anthropic's words, and Google's in small letters.
  ['end_turn', 'stop'],
  ['eos', 'stop'],
  ['stop_sequence', 'stop-sequence'],
  ['length', 'length'],
  ['max_tokens', 'length'],
  ['tool_calls', 'tool-calls'],
  ['tool_use', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'content-filter'],
]);

export interface ChatContent {
  readonly hasToolCalls: boolean;
  readonly hasRefusal: boolean;
}

/** @param choice the choice of a reply; of a stream, the choice that has the finish reason */
export function readFinish(
  choice: unknown,
  { hasToolCalls, hasRefusal }: ChatContent,
): Pick<NeutralReply, 'finish' | 'stopSequence'> {
  const said = FINISHES.get(stringField(choice, 'finish_reason')?.toLowerCase()) ?? 'other';
  // vLLM and others add the text that stopped them.
  const stopSequence = stringField(choice, 'stop_reason') ?? stringField(choice, 'matched_stop');
  const finish = finishWithCalls(said === 'stop' && stopSequence !== undefined ? 'stop-sequence' : said, hasToolCalls);
  const isRefusal = hasRefusal && (finish === 'stop' || finish === 'other');
  if (finish !== 'stop-sequence' || stopSequence === undefined) return { finish: isRefusal ? 'refusal' : finish };
  return { finish, stopSequence };
}

export function unreadFinish(choice: unknown): readonly string[] {
  const reason = stringField(choice, 'finish_reason');
  return unknownReason('finish_reason', reason, FINISHES.has(reason?.toLowerCase()));
}

const REASONS: Readonly<Record<ReplyFinish, string>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'context-full': 'length',
  'tool-calls': 'tool_calls',
  refusal: 'stop',
  'content-filter': 'content_filter',
  pause: 'stop',
  other: 'stop',
};

/** @param isFunction the request has the deprecated `functions` */
export function finishReason(finish: ReplyFinish, isFunction: boolean): string {
  return isFunction && finish === 'tool-calls' ? 'function_call' : REASONS[finish];
}
