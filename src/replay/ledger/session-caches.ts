/**
 * What an intent of a session would have been billed if the other policy had also made the decisions before it: a plan that was
 * chosen only now and then found caches cold after another model's turns. If the other policy always chooses one plan, its
 * intents read from the cache what that plan would have left there; if it chooses at random, its intents have their billed cost.
 */
import type { DecidedRecord, Intent } from '../../core/ledger/records.ts';
import { inputTokens } from '../../core/ledger/usage.ts';
import type { Attempt, PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey, planOfKey } from '../../core/ledger/vocabulary.ts';
import type { PrefixRates } from '../../core/report/standard-cost.ts';
import { isShortened } from '../../core/sessions/session-state.ts';
import type { KnownAtDecision } from './logged-decision.ts';

/** What a candidate of a decision charges for a prefix of this many tokens; `undefined` if its price is unknown. */
export type RatesAt = (decided: DecidedRecord, model: string, tokens: number) => PrefixRates | undefined;

export interface SessionCaches {
  /** Adds an intent, in the order of the decisions. @param target `undefined`: the other policy is not asked about this intent */
  add(intent: Intent, target: KnownAtDecision['target'] | undefined): void;
  /** In some session, the other policy was certain of its choice although intents before the added ones are missing. */
  readonly hasGaps: boolean;
  /** USD that intents cost more or less than they were billed, by id; 0 for ids that are absent. */
  extraUsd(ratesOf: RatesAt): ReadonlyMap<string, number>;
}

interface ServedIntent {
  readonly decided: DecidedRecord;
  readonly tokens: number;
  /** Size and time of the conversation after its last good reply; absent: there was none. */
  readonly after?: { readonly tokens: number; readonly atMs: number };
  /** By model, its good replies in order. */
  readonly replies: ReadonlyMap<string, readonly Attempt[]>;
  /** The plan that the other policy was certain to choose. */
  readonly certain: PlanKey | undefined;
}

/** The probability that an intent sent the conversation to a model. */
type VisitOf = (served: ServedIntent, model: string) => number;

/** Weight of the rate over all models of a feature in the rate of one model, as a number of intents with mean tokens. */
const POOLED_PREFIXES = 20;

/** The search for cached tokens ends when the probability that the rest is not cached is at most this. */
const MIN_LEFT = 1e-3;

export function sessionCaches(): SessionCaches {
  const sessions = new Map<string, ServedIntent[]>();
  /** By session, the number of its intents that got a reply, which decisions count too. */
  const replied = new Map<string, number>();
  let hasGaps = false;

  return {
    get hasGaps() {
      return hasGaps;
    },
    add({ decided, attempts }, target) {
      const { session, prefix } = decided;
      if (session === undefined || prefix === undefined) return;
      const own = sessions.get(session) ?? [];
      if (own.length === 0) sessions.set(session, own);
      const served = servedBy(decided, attempts, target);
      const earlier = replied.get(session) ?? 0;
      hasGaps ||= served.certain !== undefined && prefix.earlierIntents > earlier;
      if (served.after !== undefined) replied.set(session, earlier + 1);
      own.push(served);
    },
    extraUsd(ratesOf) {
      const all = [...sessions.values()];
      if (!all.some(session => session.some(({ certain }) => certain !== undefined))) return new Map();
      const visitOf = targetVisits(all.flat());
      const readPart = readParts(all, ratesOf);
      const extra = new Map<string, number>();
      for (const session of all)
        session.forEach(({ decided, tokens, replies, certain }, index) => {
          if (certain !== planKey(decided.decision.plan)) return;
          let usd = 0;
          for (const model of replies.keys()) {
            const rates = ratesOf(decided, model, tokens);
            if (rates === undefined) continue;
            const at = { session, index, model, ttlMs: rates.ttlMs };
            const missed = cachedTokens(at, visitOf) - cachedTokens(at, actualVisit);
            usd -= missed * readPart(decided.feature, model) * (rates.writeUsd - rates.readUsd);
          }
          if (usd !== 0) extra.set(decided.intentId, usd);
        });
      return extra;
    },
  };
}

function servedBy(
  decided: DecidedRecord,
  attempts: readonly Attempt[],
  target: KnownAtDecision['target'] | undefined,
): ServedIntent {
  const replies = new Map<string, Attempt[]>();
  let last: Attempt | undefined;
  for (const attempt of attempts) {
    const { kind, status, usage, model } = attempt;
    if (kind === 'judge' || status !== 'ok' || inputTokens(usage) === 0) continue;
    const own = replies.get(model);
    if (own === undefined) replies.set(model, [attempt]);
    else own.push(attempt);
    last = attempt;
  }
  const [only, other] = Object.keys(target ?? {});
  const after = last && {
    tokens: inputTokens(last.usage) + (last.usage.output ?? 0),
    atMs: Math.floor(last.startedAtMs + last.latencyMs),
  };
  return {
    decided,
    tokens: decided.prefix?.tokens ?? 0,
    ...(after && { after }),
    replies,
    certain: other === undefined && only !== undefined && target?.[only] === 1 ? only : undefined,
  };
}

const actualVisit: VisitOf = ({ replies }, model) => (replies.has(model) ? 1 : 0);

/** If the other policy is certain of a plan, an intent visits a model as often as the intents that had this plan. */
function targetVisits(all: readonly ServedIntent[]): VisitOf {
  const placeOf = ({ decided }: ServedIntent, plan: PlanKey): string => `${decided.feature}\n${plan}`;
  const counts = new Map<string, { intents: number; readonly visits: Map<string, number> }>();
  for (const served of all) {
    const place = placeOf(served, planKey(served.decided.decision.plan));
    const known = counts.get(place) ?? { intents: 0, visits: new Map<string, number>() };
    counts.set(place, known);
    known.intents++;
    for (const model of served.replies.keys()) known.visits.set(model, (known.visits.get(model) ?? 0) + 1);
  }
  return (served, model) => {
    const { certain, decided } = served;
    if (certain === undefined || certain === planKey(decided.decision.plan)) return actualVisit(served, model);
    const known = counts.get(placeOf(served, certain));
    if (known === undefined) return planOfKey(certain)[0] === model ? 1 : 0;
    return (known.visits.get(model) ?? 0) / known.intents;
  };
}

interface CachePlace {
  readonly session: readonly ServedIntent[];
  readonly index: number;
  readonly model: string;
  readonly ttlMs: number;
}

/** Tokens of an intent's prefix that a model's cache is expected to have from the earlier intents. */
function cachedTokens({ session, index, model, ttlMs }: CachePlace, visitOf: VisitOf): number {
  const { tokens, decided } = session[index] as ServedIntent;
  let [left, cached, next] = [1, 0, tokens];
  for (let i = index - 1; i >= 0 && left > MIN_LEFT; i--) {
    const before = session[i] as ServedIntent;
    const { after } = before;
    // Neither a reply that came later nor one that failed is in the cache.
    if (after === undefined || after.atMs > decided.atMs) continue;
    if (decided.atMs - after.atMs >= ttlMs || isShortened(after, next)) break;
    const visit = visitOf(before, model);
    cached += left * visit * Math.min(tokens, after.tokens);
    left *= 1 - visit;
    next = before.tokens;
  }
  return cached;
}

/** The fraction of the tokens that a model's cache should have had in a feature that was read from it; 0 if none was. */
function readParts(
  all: readonly (readonly ServedIntent[])[],
  ratesOf: RatesAt,
): (feature: string, model: string) => number {
  const counts = new Map<string, { expected: number; read: number }>();
  const tokens = new Map<string, { sum: number; intents: number }>();
  const add = (place: string, expected: number, read: number): void => {
    const known = counts.get(place) ?? { expected: 0, read: 0 };
    counts.set(place, known);
    known.expected += expected;
    known.read += read;
  };
  for (const session of all)
    session.forEach(({ decided, tokens: prefix, replies }, index) => {
      const { feature } = decided;
      const { sum, intents } = tokens.get(feature) ?? { sum: 0, intents: 0 };
      tokens.set(feature, { sum: sum + prefix, intents: intents + 1 });
      for (const [model, attempts] of replies) {
        const { ttlMs } = ratesOf(decided, model, prefix) ?? {};
        if (ttlMs === undefined) continue;
        attempts.forEach(({ usage, provenance }, reply) => {
          if (provenance !== 'reported') return;
          const known = reply === 0 ? cachedTokens({ session, index, model, ttlMs }, actualVisit) : prefix;
          const expected = Math.min(known, inputTokens(usage));
          const read = Math.min(expected, usage.cacheRead ?? 0);
          add(feature, expected, read);
          add(`${feature}\n${model}`, expected, read);
        });
      }
    });
  return (feature, model) => {
    const [own, pool] = [counts.get(`${feature}\n${model}`), counts.get(feature)];
    if (pool === undefined || pool.read === 0) return 0;
    const { sum, intents } = tokens.get(feature) as { sum: number; intents: number };
    const weight = (POOLED_PREFIXES * sum) / intents;
    return ((own?.read ?? 0) + (weight * pool.read) / pool.expected) / ((own?.expected ?? 0) + weight);
  };
}
