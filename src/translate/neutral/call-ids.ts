/** Ids of tool calls as each vendor takes them. */
import { sha256Of } from '../../sha-256.ts';
import type { Api } from './conversation.ts';

/** OpenAI's APIs take any letters, and each its own number of them. */
const TAKEN: Readonly<Record<Api, RegExp>> = {
  'openai-chat': /^.{1,40}$/su,
  'openai-responses': /^.{1,64}$/su,
  'anthropic-messages': /^[A-Za-z0-9_-]{1,64}$/,
};

/**
 * The id, or a digest of it where this API would refuse it: the same for a call and its result, in this request and in the
 * next one, without a memory.
 */
export function callIdAt(api: Api, id: string): string {
  return TAKEN[api].test(id) ? id : digestOf(id);
}

/** The id of a call that has none of its own: the same whenever it is read. @param of the reply's id, or the id that is not its own */
export function callIdOf(of: string, place: number): string {
  return digestOf(`${of} ${place}`);
}

/** 144 bits: two ids of one conversation do not meet. */
const DIGEST_CHARS = 24;

function digestOf(text: string): string {
  return `call_${sha256Of(text, 'base64url').slice(0, DIGEST_CHARS)}`;
}
