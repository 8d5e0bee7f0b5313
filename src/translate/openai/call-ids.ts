/** Ids of tool calls, as a vendor takes them. */
import { createHash } from 'node:crypto';

/**
 * The id, or a digest of it where it is too long: the same for a call and its result, in this request and in the next one,
 * without a memory.
 */
export function callIdWithin(id: string, maxChars: number): string {
  return id.length <= maxChars && id !== '' ? id : digestOf(id);
}

/** The id of a call that has none: the same whenever the reply is read. @param place among the calls of the reply */
export function callIdOf(replyId: string, place: number): string {
  return digestOf(`${replyId} ${place}`);
}

function digestOf(text: string): string {
  return `call_${createHash('sha256').update(text).digest('base64url').slice(0, DIGEST_CHARS)}`;
}

/** 144 bits: two ids of one conversation do not meet. */
const DIGEST_CHARS = 24;
