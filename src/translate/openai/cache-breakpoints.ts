/** Explicit cache breakpoints: which ones OpenAI's APIs get, and in which form. */
import type { Api, ContentPart, Conversation, Own } from '../neutral/conversation.ts';
import type { JsonObject, JsonValue } from '../neutral/json-text.ts';
import type { CacheBreakpoint } from '../neutral/settings.ts';
import type { TargetModel } from '../neutral/translator.ts';
import { isObject } from '../neutral/json-values.ts';
import type { FieldsOf } from '../neutral/own.ts';
import { ownMembers, ownOf } from '../neutral/own.ts';

const FIELDS: FieldsOf = { read: ['mode', 'ttl'], own: {} };

/** A part's breakpoint, and those of its fields that are unknown. */
export function readBreakpoint(value: JsonValue | undefined): {
  readonly cache?: CacheBreakpoint;
  readonly own: readonly Own[];
} {
  if (value === undefined || value === null) return { own: [] };
  if (!isObject(value) || value.mode !== 'explicit') return { own: [ownOf('prompt_cache_breakpoint', value)] };
  const { ttl } = value;
  const own = [
    ...ownMembers(value, FIELDS, 'prompt_cache_breakpoint.'),
    ...unknownTtl('prompt_cache_breakpoint.ttl', ttl),
  ];
  return { cache: breakpointOf(ttl), own };
}

/** The breakpoint of a lifetime, if the lifetime is known. */
export function breakpointOf(ttl: JsonValue | undefined): CacheBreakpoint {
  return ttl === '30m' || ttl === '12h' ? { ttl } : {};
}

/** A lifetime that is unknown. */
export function unknownTtl(path: string, ttl: JsonValue | undefined): readonly Own[] {
  const isKnown = ttl === undefined || ttl === null || breakpointOf(ttl).ttl !== undefined;
  return isKnown ? [] : [ownOf(path, ttl)];
}

/** OpenAI's lifetimes: the shortest one that is long enough. One hour becomes twelve, which has the same kind of price. */
const TTL: Readonly<Record<string, '30m' | '12h'>> = { '5m': '30m', '30m': '30m', '1h': '12h', '12h': '12h' };

export function writtenBreakpoint({ ttl }: CacheBreakpoint): JsonObject {
  return { mode: 'explicit', ttl: ttl === undefined ? undefined : TTL[ttl] };
}

/** A request may write four breakpoints, and the vendor sets one of them. */
const MAX_EXPLICIT = 3;

const CARRIERS: ReadonlySet<string> = new Set(['text', 'image', 'document', 'audio']);

/** The breakpoint of each part that carries one. */
export type Breakpoints = ReadonlyMap<ContentPart, CacheBreakpoint>;

const NONE: Breakpoints = new Map();

/**
 * The last breakpoints of a conversation, on parts that can carry one: a tool call's breakpoint goes to the part before it, a
 * tool's to the first instruction. None for a model without breakpoints, which refuses the field.
 */
export function breakpointsOf(conversation: Conversation, { takesCacheBreakpoints }: TargetModel): Breakpoints {
  const isOwn = conversation.api !== 'anthropic-messages';
  if (!isOwn && takesCacheBreakpoints !== true) return NONE;
  const found = new Map<ContentPart, CacheBreakpoint>();
  const set = (part: ContentPart | undefined, cache: CacheBreakpoint): void => {
    if (part === undefined) return;
    // A part that is added again becomes the latest.
    found.delete(part);
    found.set(part, cache);
  };
  const ofTools = conversation.tools.findLast(tool => tool.form !== 'opaque' && tool.cache !== undefined);
  if (ofTools !== undefined && ofTools.form !== 'opaque' && ofTools.cache !== undefined)
    set(conversation.system[0], ofTools.cache);
  let carrier: ContentPart | undefined;
  const visit = (parts: readonly ContentPart[]): void => {
    for (const part of parts) {
      if (part.kind === 'tool-result') visit(part.content);
      else if (CARRIERS.has(part.kind)) carrier = part;
      if (part.cache !== undefined) set(carrier, part.cache);
    }
  };
  visit(conversation.system);
  for (const { parts } of conversation.turns) visit(parts);
  return isOwn ? found : new Map([...found].slice(-MAX_EXPLICIT));
}

/** `prompt_cache_options` for the breakpoint that the vendor places itself, which is the default. */
export function writtenCacheOptions({ api, settings: { cacheAuto } }: Conversation, to: Api): JsonObject | undefined {
  if (cacheAuto?.ttl === undefined || api === 'anthropic-messages') return undefined;
  // Chat completions have only the short lifetime.
  if (to === 'openai-chat' && api !== to && TTL[cacheAuto.ttl] !== '30m') return undefined;
  return { ttl: TTL[cacheAuto.ttl] };
}
