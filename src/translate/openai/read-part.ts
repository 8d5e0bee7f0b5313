/** Reads the content of a message: a text, or parts, which both APIs of OpenAI list, cache and extend in the same way. */
import type { Api, ContentPart } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, textOf } from '../neutral/json-values.ts';
import type { FieldTable } from '../neutral/own.ts';
import { ownMembers } from '../neutral/own.ts';
import { readBreakpoint } from './cache-breakpoints.ts';

/** The parts of one API. */
export interface PartWords {
  readonly api: Api;
  /** The fields of each type of part. */
  readonly fields: FieldTable;
  /** A part in neutral form; `undefined` for one that has none. */
  known(value: JsonObject): ContentPart | undefined;
}

/**
 * A function that reads the parts; it returns `undefined` for a value that is neither a text nor a list. An empty text gives
 * none: other vendors refuse it.
 */
export function contentReader(
  words: PartWords,
): (content: JsonValue | undefined) => readonly ContentPart[] | undefined {
  return content => {
    if (isList(content))
      return content.map(value => readPart(value, words)).filter(part => part.kind !== 'text' || part.text !== '');
    if (typeof content !== 'string') return undefined;
    return content === '' ? [] : [{ kind: 'text', text: content }];
  };
}

function readPart(value: JsonValue, { api, fields, known }: PartWords): ContentPart {
  const part = isObject(value) ? known(value) : undefined;
  const ofType = isObject(value) ? fields[textOf(value.type) ?? ''] : undefined;
  if (part === undefined || ofType === undefined || !isObject(value))
    return { kind: 'opaque', api, value, mark: 'unable', reason: 'a part of this kind is not known' };
  const { cache, own: ofBreakpoint } = readBreakpoint(value.prompt_cache_breakpoint);
  const own = [...ownMembers(value, ofType), ...ofBreakpoint];
  return { ...part, ...(cache !== undefined && { cache }), ...(own.length > 0 && { own }) };
}
