/** Tool-call ids in the form that each vendor accepts. */
import { sha256Of } from '../../sha-256.ts';
import type { Api } from './conversation.ts';

/** OpenAI's APIs accept any characters, each up to its own length. */
const TAKEN: Readonly<Record<Api, RegExp>> = {
  'openai-chat': /^.{1,40}$/su,
  'openai-responses': /^.{1,64}$/su,
  'anthropic-messages': /^[A-Za-z0-9_-]{1,64}$/,
};

/**
 * The id, or a digest of it where this API would refuse it. A call and its result get the same id in this request and the next
 * one, although nothing is stored.
 */
export function callIdAt(api: Api, id: string): string {
  return TAKEN[api].test(id) ? id : digestOf(id);
}

/**
 * An id for a call that has none; reading the call again gives the same id. @param of the reply's id, or the id that was a
 * duplicate
 */
export function callIdOf(of: string, place: number): string {
  return digestOf(`${of} ${place}`);
}

/** 144 bits: a collision within a conversation is practically impossible. */
const DIGEST_CHARS = 24;

function digestOf(text: string): string {
  return `call_${sha256Of(text, 'base64url').slice(0, DIGEST_CHARS)}`;
}
