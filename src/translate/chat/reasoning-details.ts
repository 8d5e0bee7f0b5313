/**
 * OpenRouter's reasoning details, which may be signed: a stream cuts one detail into several, but the vendor accepts it back only
 * as one.
 */
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isObject } from '../neutral/json-values.ts';

/** Members whose pieces follow each other. Of any other member the last value counts. */
const PIECES = ['text', 'summary', 'data'];

/** Puts the details of a delta behind those that came before. */
export function addDetails(details: JsonDraft[], more: readonly unknown[]): void {
  for (const each of more as readonly JsonValue[]) {
    if (!isObject(each)) continue;
    const last = details.at(-1);
    if (last !== undefined && goesOn(last, each)) Object.assign(last, joined(last, each));
    else details.push({ ...each });
  }
}

function goesOn(last: JsonObject, next: JsonObject): boolean {
  return last.type === next.type && last.index === next.index;
}

function joined(last: JsonObject, next: JsonObject): JsonObject {
  const members = Object.entries(next).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(
    members.map(([name, value]) => {
      const before = last[name];
      const isPiece = PIECES.includes(name) && typeof before === 'string' && typeof value === 'string';
      return [name, isPiece ? before + value : value];
    }),
  );
}
