/** The state of a user's session between its intents: the length of the conversation, and which models' caches should have it. */
import type { SessionPrefix } from '../ledger/records.ts';
import { CHARS_PER_TOKEN } from '../ledger/usage.ts';

export interface SessionState {
  readonly id: string;
  /** The state as of the session's last good reply. */
  readonly last: {
    /** Tokens of the conversation: prompt and reply. */
    readonly tokens: number;
    /** Tokens of the prompt for each character of the request; absent: not known. */
    readonly tokensPerChar?: number;
    readonly atMs: number;
    /** Intents so far. */
    readonly intents: number;
    readonly feature: string;
    /** The intent of that reply. */
    readonly intentId?: string;
  };
  /** End of the first reply after the application has shortened the conversation; absent: it has never done so. */
  readonly shortenedAtMs?: number;
  /** By configured model: the state as of that model's own last good reply. */
  readonly models: Readonly<Record<string, HeldPrefix>>;
}

/** The part of a session that a model's prompt cache should have. */
export interface HeldPrefix {
  readonly tokens: number;
  readonly atMs: number;
}

/** A good reply in a session. */
export interface SessionReply {
  readonly session: string;
  readonly feature: string;
  readonly model: string;
  readonly intentId?: string | undefined;
  /** Tokens of the prompt, and of the prompt and the reply together. */
  readonly promptTokens: number;
  readonly tokens: number;
  readonly tokensPerChar?: number | undefined;
  readonly atMs: number;
  /** Number of the reply's intent in its session, from 1. */
  readonly intent: number;
}

/** How long a session is kept after its last reply: longer than most prompt caches keep its prefix. */
export const SESSION_KEPT_MS = 86_400_000;

/** Models of a session that are remembered: those that replied last. */
const MAX_MODELS = 16;

/** If a request has less than this fraction of the conversation, the application has summarized the conversation. */
const SHORTENED = 0.7;

export function isShortened(last: { readonly tokens: number }, tokens: number): boolean {
  return tokens < SHORTENED * last.tokens;
}

export function afterReply(state: SessionState | undefined, reply: SessionReply): SessionState {
  const { session: id, feature, model, intentId, promptTokens, tokens, tokensPerChar, atMs, intent } = reply;
  // Replies may arrive out of order: the later one counts.
  if (state !== undefined && state.last.atMs > atMs) return state;
  const intents = Math.max(intent, state?.last.intents ?? 0);
  const density = tokensPerChar === undefined ? {} : { tokensPerChar };
  const of = intentId === undefined ? {} : { intentId };
  const last = { tokens, ...density, atMs, intents, feature, ...of };
  const shortenedAtMs = state !== undefined && isShortened(state.last, promptTokens) ? atMs : state?.shortenedAtMs;
  return stateOf({ id, last, shortenedAtMs, models: { ...state?.models, [model]: { tokens, atMs } } });
}

/** The later state of a session from two processes, as a whole and for each model. */
export function laterOf(one: SessionState | undefined, other: SessionState): SessionState {
  if (one === undefined) return other;
  const [early, late] = one.last.atMs <= other.last.atMs ? [one, other] : [other, one];
  const models = { ...early.models };
  for (const [model, held] of Object.entries(late.models))
    if (held.atMs >= (models[model]?.atMs ?? 0)) models[model] = held;
  const last = { ...late.last, intents: Math.max(early.last.intents, late.last.intents) };
  const shortenedAtMs = Math.max(early.shortenedAtMs ?? 0, late.shortenedAtMs ?? 0);
  return stateOf({ id: late.id, last, shortenedAtMs, models });
}

/** Changes the date of a state from a process whose clock is ahead to now, so that it hides no later reply. */
export function notAfter(state: SessionState, nowMs: number): SessionState {
  const { last, models, shortenedAtMs } = state;
  if (last.atMs <= nowMs) return state;
  const held = Object.entries(models).map(([model, { tokens, atMs }]): [string, HeldPrefix] => [
    model,
    { tokens, atMs: Math.min(atMs, nowMs) },
  ]);
  const shortened = shortenedAtMs === undefined ? {} : { shortenedAtMs: Math.min(shortenedAtMs, nowMs) };
  return { ...state, last: { ...last, atMs: nowMs }, ...shortened, models: Object.fromEntries(held) };
}

/** A prefix that was cached before the conversation was shortened belongs to a different conversation. */
function stateOf({
  shortenedAtMs = 0,
  models,
  ...rest
}: Pick<SessionState, 'id' | 'last' | 'models'> & { readonly shortenedAtMs: number | undefined }): SessionState {
  if (shortenedAtMs === 0) return { ...rest, models: latest(Object.entries(models)) };
  const since = Object.entries(models).filter(([, { atMs }]) => atMs >= shortenedAtMs);
  return { ...rest, shortenedAtMs, models: latest(since) };
}

function latest(models: [string, HeldPrefix][]): SessionState['models'] {
  return Object.fromEntries(
    models.length <= MAX_MODELS ? models : models.sort(([, a], [, b]) => b.atMs - a.atMs).slice(0, MAX_MODELS),
  );
}

/** The prefix of a session's next intent, and the parts of it that the models' caches should have. */
export interface KnownPrefix {
  readonly prefix: SessionPrefix;
  readonly models: SessionState['models'];
  /** Feature of the previous intent; absent: there was none. */
  readonly lastFeature?: string;
  readonly nowMs: number;
}

const NO_MODELS: SessionState['models'] = Object.freeze({});

/**
 * @param state `undefined`: a new session. Later requests will send the whole of this first one again
 * @param requestChars length of the request; `undefined` where the length does not show its number of tokens
 * @param typicalTokensPerChar used until the session has a ratio of its own
 */
export function prefixOf(
  state: SessionState | undefined,
  requestChars: number | undefined,
  nowMs: number,
  typicalTokensPerChar: number = 1 / CHARS_PER_TOKEN,
): KnownPrefix {
  if (state === undefined) {
    const tokens = Math.ceil((requestChars ?? 0) * typicalTokensPerChar);
    return { prefix: { tokens, earlierIntents: 0 }, models: NO_MODELS, nowMs };
  }
  // Texts and languages differ in tokens per character: the conversation is assumed to have the ratio of its own last
  // request.
  const { tokens, tokensPerChar = typicalTokensPerChar } = state.last;
  const longest = requestChars === undefined ? Infinity : Math.ceil(requestChars * tokensPerChar);
  return knownPrefix(state, Math.min(tokens, longest), nowMs);
}

/** @param tokens of the prefix */
export function knownPrefix({ last, models }: SessionState, tokens: number, nowMs: number): KnownPrefix {
  const by = Object.keys(models).find(model => models[model]?.atMs === last.atMs);
  const lastModel = by === undefined ? {} : { lastModel: by };
  const prefix = { tokens, gapMs: Math.max(0, nowMs - last.atMs), ...lastModel, earlierIntents: last.intents };
  const held = isShortened(last, tokens) ? NO_MODELS : models;
  return { prefix, models: held, lastFeature: last.feature, nowMs };
}

/** Tokens of the prefix that a model's cache should have. */
export function cachedPrefix(
  { prefix, models, nowMs }: KnownPrefix,
  model: string,
  { ttlMs, minTokens }: { readonly ttlMs: number; readonly minTokens: number },
): number {
  const held = models[model];
  if (held === undefined || nowMs - held.atMs >= ttlMs) return 0;
  const common = Math.min(held.tokens, prefix.tokens);
  return common >= minTokens ? common : 0;
}
