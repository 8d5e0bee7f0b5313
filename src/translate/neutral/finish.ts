/** Resolves how a reply ended when its vendor's reason and its parts disagree. */
import type { RefusalPart } from './conversation.ts';
import type { NeutralReply, ReplyFinish } from './reply.ts';

/** With these reasons, a tool call may be cut off or not meant to be run. */
const KEPT: ReadonlySet<ReplyFinish> = new Set(['length', 'context-full', 'refusal', 'content-filter', 'pause']);

/** A reply with tool calls ends with that reason, whatever its vendor says, because callers run tools only then. */
export function finishWithCalls(finish: ReplyFinish, hasToolCalls: boolean): ReplyFinish {
  if (hasToolCalls) return KEPT.has(finish) ? finish : 'tool-calls';
  return finish === 'tool-calls' ? 'stop' : finish;
}

const UNEXPLAINED = 'The model refused to answer, and its vendor gives no reason.';

/**
 * A refusal that the vendor reports only at the end of a reply, as the part in which OpenAI's clients expect it.
 *
 * @param hasRefusal the reply has such a part already
 */
export function refusalAtEnd(
  { finish, explanation }: Pick<NeutralReply, 'finish' | 'explanation'>,
  hasRefusal: boolean,
): RefusalPart | undefined {
  return finish === 'refusal' && !hasRefusal ? { kind: 'refusal', text: explanation ?? UNEXPLAINED } : undefined;
}

/** A reason of one word; anything else may quote a reply. */
const WORD = /^[\w.-]{1,40}$/;

/** The entry in `dropped` for an unknown finish reason, which the client reads as a normal end. */
export function unknownReason(field: string, reason: string | undefined, known: boolean): readonly string[] {
  if (known || reason === undefined || reason === '') return [];
  return [WORD.test(reason) ? `${field}:${reason}` : field];
}
