/** Ids of tool calls as each vendor takes them. */
import { createHash } from 'node:crypto';

/** Letters that every vendor takes. Anthropic refuses others, OpenAI's responses API more than 64. */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The id, or a digest of it where a vendor would refuse it: the same for a call and its result, in this request and in the
 * next one, without a memory.
 */
export function plainCallId(id: string): string {
  return PLAIN.test(id) ? id : digestOf(id);
}

/** As {@link plainCallId}, for a vendor that takes any letters, and no more of them than this. */
export function callIdWithin(id: string, maxChars: number): string {
  return id.length <= maxChars && id !== '' ? id : digestOf(id);
}

/** The id of a call that has none: the same whenever the reply is read. @param place among the calls of the reply */
export function callIdOf(replyId: string, place: number): string {
  return digestOf(`${replyId} ${place}`);
}

/** 144 bits: two ids of one conversation do not meet. */
const DIGEST_CHARS = 24;

function digestOf(text: string): string {
  return `call_${createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARS)}`;
}
