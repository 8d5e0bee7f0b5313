/** Ids of tool calls as another vendor takes them. */
import { createHash } from 'node:crypto';

/** Letters that every vendor takes. Anthropic refuses others, OpenAI's responses API more than 64. */
const PLAIN = /^[A-Za-z0-9_-]{1,64}$/;

/** 162 bits: two ids of one conversation do not meet. */
const DIGEST_CHARS = 27;

/**
 * The id, or a digest of it where a vendor would refuse it: the same for a call and its result, in this request and in the
 * next one, without a memory.
 */
export function plainCallId(id: string): string {
  return PLAIN.test(id) ? id : `call_${createHash('sha256').update(id).digest('base64url').slice(0, DIGEST_CHARS)}`;
}
