/** Cache breakpoints in Anthropic's terms: 5 minutes or an hour, and at most four in a request. */
import type { Own } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import { isObject, textOf } from '../neutral/json-values.ts';
import { ownMembers, ownOf } from '../neutral/own.ts';
import type { CacheBreakpoint } from '../neutral/settings.ts';
import { ANTHROPIC_FIELDS } from './fields.ts';

/** The vendor refuses a request with more breakpoints. */
export const MAX_BREAKPOINTS = 4;

/** The breakpoint, and those of its fields that no other API has. */
export function readCacheControl(value: JsonValue | undefined): {
  readonly cache?: CacheBreakpoint;
  readonly own: readonly Own[];
} {
  if (value === undefined || value === null) return { own: [] };
  if (!isObject(value) || value.type !== 'ephemeral') return { own: [ownOf('cache_control', value)] };
  const own = ownMembers(value, ANTHROPIC_FIELDS.cache_control, 'cache_control.');
  const ttl = textOf(value.ttl);
  // Five minutes are the default.
  if (ttl === undefined || ttl === '5m') return { cache: {}, own };
  if (ttl === '1h') return { cache: { ttl }, own };
  return { cache: {}, own: [...own, ownOf('cache_control.ttl', ttl)] };
}

/** The shortest lifetime of this API that is at least the requested one; an hour if that is longer. */
export function writtenCacheControl({ ttl }: CacheBreakpoint): JsonObject {
  return ttl === '1h' || ttl === '12h' ? { type: 'ephemeral', ttl: '1h' } : { type: 'ephemeral' };
}
