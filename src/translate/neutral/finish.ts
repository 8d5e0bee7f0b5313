/** What decides how a reply ended when its vendor's word and its parts disagree. */
import type { ReplyFinish } from './reply.ts';

/** Of these, a tool call may be cut off or not meant to be run. */
const KEPT: ReadonlySet<ReplyFinish> = new Set(['length', 'context-full', 'refusal', 'content-filter', 'pause']);

/** A reply with tool calls ends as tool calls, whatever its vendor says: callers run tools only then. */
export function finishWithCalls(finish: ReplyFinish, hasToolCalls: boolean): ReplyFinish {
  if (hasToolCalls) return KEPT.has(finish) ? finish : 'tool-calls';
  return finish === 'tool-calls' ? 'stop' : finish;
}
