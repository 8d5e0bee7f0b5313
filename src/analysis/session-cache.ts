/** The savings of the prompt caches in a session, and the cost of sending its prefix again where no cache had it, by reason. */
import type { CacheTerms } from '../contracts/cache-terms.ts';
import type { Usage } from '../core/ledger/usage.ts';
import { inputTokens, isBillable } from '../core/ledger/usage.ts';
import type { Attempt } from '../core/ledger/vocabulary.ts';
import { isPending } from '../core/ledger/vocabulary.ts';
import type { RereadCause } from '../core/report/session-cache-cost.ts';
import type { SessionState } from '../core/sessions/session-state.ts';
import { afterReply, cachedPrefix, knownPrefix } from '../core/sessions/session-state.ts';
import type { LinePrice, PriceOf } from '../exports/focus/charges.ts';

export function byCause<Value>(of: (cause: RereadCause) => Value): Readonly<Record<RereadCause, Value>> {
  return { switched: of('switched'), expired: of('expired'), missed: of('missed') };
}

/** Whole tokens and nano-dollars. */
export interface SessionCache {
  /** Requests that were answered and priced; those of a model without a price are left out of every amount here. */
  readonly requests: number;
  readonly withoutPrice: number;
  /** Tokens of the prompts of these requests, and how many of them were read from a cache. */
  readonly promptTokens: number;
  readonly readTokens: number;
  /**
   * How much less the prompts cost than without any cache, after the surcharges for writing to it. Negative where the
   * surcharges were higher.
   */
  readonly savedNanoUsd: number;
  /** The extra cost of a prefix that was sent before but not read from the model's own cache. */
  readonly reread: Readonly<Record<RereadCause, { readonly tokens: number; readonly nanoUsd: number }>>;
}

/** The attempts of a session that show how its caches behaved: answers to the user, with a reported usage. */
export function isAnswer({ kind, status, provenance, usage, unpriced }: Attempt): boolean {
  const isWhole =
    status === 'ok' && provenance === 'reported' && !isPending(unpriced === undefined ? {} : { unpriced });
  return isWhole && kind !== 'judge' && inputTokens(usage) > 0;
}

export interface SessionPrices {
  readonly priceOf: PriceOf;
  /** How the cache of a configured model keeps a prefix. */
  readonly cacheOf: (attempt: Attempt) => CacheTerms;
}

/** @param answers of one session ({@link isAnswer}), in the order in which they were asked for */
export function sessionCache(answers: readonly Attempt[], { priceOf, cacheOf }: SessionPrices): SessionCache {
  const sum = { requests: 0, withoutPrice: 0, promptTokens: 0, readTokens: 0, savedNanoUsd: 0 };
  const reread = byCause(() => ({ tokens: 0, nanoUsd: 0 }));
  let state: SessionState | undefined;
  let open: readonly Attempt[] = [];
  for (const attempt of answers) {
    // An agent's requests overlap: while a request is unanswered, no cache has its prompt.
    const ended = open.filter(each => endOf(each) <= attempt.startedAtMs).sort((a, b) => endOf(a) - endOf(b));
    state = ended.reduce(afterAnswer, state);
    open = [...open.filter(each => endOf(each) > attempt.startedAtMs), attempt];
    const price = priceFor(attempt, priceOf);
    if (price === undefined) {
      sum.withoutPrice++;
      continue;
    }
    const { usage, costOf } = price;
    const { all, read } = promptOf(usage);
    sum.requests++;
    sum.promptTokens += all;
    sum.readTokens += read;
    sum.savedNanoUsd += costOf(withoutCache(usage)) - costOf(usage);
    let cost = costOf(usage);
    let cached: Usage = usage;
    for (const [cause, tokens] of unreadBy(attempt, { state, all, read }, cacheOf(attempt))) {
      cached = readFromCache(cached, tokens);
      const warm = costOf(cached);
      reread[cause].tokens += tokens;
      reread[cause].nanoUsd += cost - warm;
      cost = warm;
    }
  }
  return { ...sum, reread };
}

/** The end in whole milliseconds, because the start of the next request is stored so too: an agent may send it in the same millisecond. */
function endOf({ startedAtMs, latencyMs }: Attempt): number {
  return Math.floor(startedAtMs + latencyMs);
}

function afterAnswer(state: SessionState | undefined, attempt: Attempt): SessionState {
  // The text of the reply is in no cache before it is sent as a part of the next prompt.
  const tokens = inputTokens(firstCall(attempt));
  const { model } = attempt;
  const reply = { session: '', feature: '', model, promptTokens: tokens, tokens, atMs: endOf(attempt), intent: 1 };
  return afterReply(state, reply);
}

/** Where a reply consists of several calls, the prompt of the first call is the conversation as it was sent. */
function firstCall({ usage, calls }: Attempt): Usage {
  return calls?.[0]?.usage ?? usage;
}

interface CallPrice {
  readonly usage: Usage;
  readonly costOf: (usage: Usage) => number;
}

function priceFor(attempt: Attempt, priceOf: PriceOf): CallPrice | undefined {
  const { model, startedAtMs, latencyMs, providerModel, servedBy = providerModel, calls } = attempt;
  const name = calls?.[0]?.model ?? servedBy;
  const price: LinePrice | undefined =
    name === providerModel ? priceOf(model, startedAtMs, attempt) : priceOf(model, startedAtMs, attempt, name);
  if (price === undefined || price.usesStatedCost === true) return undefined;
  const costOf = (usage: Usage): number =>
    price.lines(usage, startedAtMs, attempt, latencyMs).reduce((sum, line) => sum + line.costNanoUsd, 0);
  return { usage: firstCall(attempt), costOf };
}

function promptOf(usage: Usage): { readonly all: number; readonly read: number } {
  return { all: inputTokens(usage), read: countOf(usage.cacheRead) };
}

/** Prompt tokens that a cache of the session had and that were not read from one, by the reason. */
function unreadBy(
  { model, startedAtMs }: Attempt,
  { state, all, read }: { readonly state: SessionState | undefined; readonly all: number; readonly read: number },
  terms: CacheTerms,
): readonly (readonly [RereadCause, number])[] {
  if (state === undefined) return [];
  const prefix = knownPrefix(state, Math.min(state.last.tokens, all), startedAtMs);
  const { tokens } = prefix.prefix;
  // The application shortened the conversation, or it is too short for the vendor's cache.
  if (Object.keys(prefix.models).length === 0 || tokens < terms.minTokens) return [];
  const own = cachedPrefix(prefix, model, terms);
  const missed = Math.max(0, own - read);
  const rest = Math.max(0, tokens - Math.max(own, read));
  const isLate = startedAtMs - state.last.atMs >= terms.ttlMs;
  const parts: [RereadCause, number][] = [
    ['missed', missed],
    [isLate ? 'expired' : 'switched', rest],
  ];
  return parts.filter(([, count]) => count > 0);
}

/** The usage if `tokens` more prompt tokens had been read from the cache: first those that were written to it, then uncached ones. */
function readFromCache(usage: Usage, tokens: number): Usage {
  const next: { -readonly [Name in keyof Usage]: Usage[Name] } = { ...usage };
  let left = tokens;
  for (const meter of ['cacheWrite5m', 'cacheWrite1h', 'input'] as const) {
    const moved = Math.min(left, countOf(usage[meter]));
    next[meter] = countOf(usage[meter]) - moved;
    left -= moved;
  }
  next.cacheRead = countOf(usage.cacheRead) + tokens - left;
  return next;
}

function withoutCache({ cacheRead, cacheWrite5m, cacheWrite1h, cacheReadAudio, ...usage }: Usage): Usage {
  const text = countOf(usage.input) + countOf(cacheRead) + countOf(cacheWrite5m) + countOf(cacheWrite1h);
  return { ...usage, input: text, inputAudio: countOf(usage.inputAudio) + countOf(cacheReadAudio) };
}

function countOf(count: unknown): number {
  return isBillable(count) ? count : 0;
}
