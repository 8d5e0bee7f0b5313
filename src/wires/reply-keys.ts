/**
 * Keys by which a later request continues a reply: ids that the provider gave, and the ends of signatures and encrypted
 * content, which only the model that wrote them can read.
 */
import { closingQuote } from './encoded-text.ts';
import type { RequestBody } from './request-body.ts';

/** How many of a seal's last characters identify it. A seal is a signature or encrypted: its end reveals nothing. */
const SEAL_CHARS = 32;

/** The key of a signature or of encrypted content. */
export function sealKey(seal: string): string {
  return `sealed:${seal.slice(-SEAL_CHARS)}`;
}

/** The keys that are known, without the absent ones; `undefined` when none is left. */
export function keysOf(...keys: readonly (string | undefined)[]): readonly string[] | undefined {
  const known = keys.filter(key => key !== undefined && key !== '');
  return known.length === 0 ? undefined : (known as readonly string[]);
}

const VALUE = /\s*:\s*"/y;

/** The key of the last seal in a conversation. */
export function lastSealKey(body: RequestBody, name: string): string | undefined {
  const seal = lastString(body, name);
  return seal === undefined ? undefined : sealKey(seal);
}

/** The last string, not empty, that any object in the conversation has under `name`. */
export function lastString({ text, conversation, members }: RequestBody, name: string): string | undefined {
  const value = members.find(({ key }) => key === conversation);
  if (value === undefined) return undefined;
  const needle = `"${name}"`;
  for (
    let hit = text.lastIndexOf(needle, value.end);
    hit >= value.valueStart;
    hit = hit === 0 ? -1 : text.lastIndexOf(needle, hit - 1)
  ) {
    VALUE.lastIndex = hit + needle.length;
    if (!VALUE.test(text)) continue;
    const from = VALUE.lastIndex;
    const to = closingQuote(text, from);
    if (to > from) return text.slice(from, to);
  }
  return undefined;
}
