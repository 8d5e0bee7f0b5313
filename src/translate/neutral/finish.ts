/** What decides how a reply ended when its vendor's word and its parts disagree. */
import type { RefusalPart } from './conversation.ts';
import type { NeutralReply, ReplyFinish } from './reply.ts';

/** Of these, a tool call may be cut off or not meant to be run. */
const KEPT: ReadonlySet<ReplyFinish> = new Set(['length', 'context-full', 'refusal', 'content-filter', 'pause']);

/** A reply with tool calls ends as tool calls, whatever its vendor says: callers run tools only then. */
export function finishWithCalls(finish: ReplyFinish, hasToolCalls: boolean): ReplyFinish {
  if (hasToolCalls) return KEPT.has(finish) ? finish : 'tool-calls';
  return finish === 'tool-calls' ? 'stop' : finish;
}

const UNEXPLAINED = 'The model refused to answer, and its vendor gives no reason.';

/**
 * The refusal that a vendor reports in the end of a reply alone, as the part in which OpenAI's clients look for it.
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

/** What `dropped` says of a reason to end that this version does not know, which the client reads as the end of a reply. */
export function unknownReason(field: string, reason: string | undefined, known: boolean): readonly string[] {
  if (known || reason === undefined || reason === '') return [];
  return [WORD.test(reason) ? `${field}:${reason}` : field];
}
