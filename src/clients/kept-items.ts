/**
 * Items of translated responses that a client names in its next request by their ids alone, as the AI SDK does. No vendor has
 * them, so this process keeps them for a while; in another process, or after many others, the request is answered with 404.
 */
import type { RecentlyUsed } from '../recently-used.ts';
import { recentlyUsed } from '../recently-used.ts';
import type { Wire, RequestFacts } from '../contracts/wire.ts';
import type { ContentPart } from '../translate/neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../translate/neutral/json-text.ts';
import { jsonText, parseJsonText } from '../translate/neutral/json-text.ts';
import { isList, isObject, memberOf, textOf } from '../translate/neutral/json-values.ts';
import { outputItem } from '../translate/responses/output-items.ts';

/** Limit on the characters of kept items, of all responses together. */
const MAX_KEPT_CHARS = 16 * 2 ** 20;

const kept = new WeakMap<object, RecentlyUsed<string, string>>();

function itemsOf(engine: object): RecentlyUsed<string, string> {
  const known = kept.get(engine) ?? recentlyUsed<string, string>(MAX_KEPT_CHARS, text => text.length);
  kept.set(engine, known);
  return known;
}

/** @param responseId the id that the client got */
export function keepItems(engine: object, responseId: string, parts: readonly ContentPart[]): void {
  const items = itemsOf(engine);
  let index = 0;
  for (const part of parts) {
    const item = outputItem(part, { responseId, index, status: 'completed' });
    if (item === undefined) continue;
    index += 1;
    items.set(item.id as string, jsonText(item));
  }
}

/** An item of ours, by the beginning of its id. */
const NAMED = /"(?:msg|rs|fc|ctc)_or_/;

interface NamingCall {
  readonly wire: Wire;
  readonly body: string;
  readonly facts: RequestFacts;
}

/** The call with the items in place of their ids. */
export function withKeptItems<Call extends NamingCall>(engine: object, call: Call): Call {
  const { wire, body } = call;
  if (wire.name !== 'openai-responses' || !NAMED.test(body)) return call;
  const items = itemsOf(engine);
  const request = parseJsonText(body) as JsonObject;
  const input = isList(request.input) ? request.input : [];
  const known = (item: JsonValue): string | undefined => items.get(referenceIn(item) ?? '');
  if (!input.some(item => known(item) !== undefined)) return call;
  const whole = input.map(item => {
    const text = known(item);
    return text === undefined ? item : parseJsonText(text);
  });
  const written = jsonText({ ...request, input: whole });
  return { ...call, body: written, facts: wire.read(written, '') ?? call.facts };
}

function referenceIn(item: JsonValue): string | undefined {
  // A client may leave out the item's type.
  const type = textOf(memberOf(item, 'type'));
  const isReference = type === undefined ? isObject(item) && item.role === undefined : type === 'item_reference';
  return isReference ? textOf(memberOf(item, 'id')) : undefined;
}
