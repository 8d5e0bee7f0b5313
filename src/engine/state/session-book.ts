/** Sessions in memory, backed by the store: written beside the calls, and read while they begin. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { Store } from '../../contracts/store.ts';
import type { DecidedRecord, PrefixTerm } from '../../core/ledger/records.ts';
import { toUsd } from '../../core/ledger/money.ts';
import type { ServedTerms, Usage } from '../../core/ledger/usage.ts';
import { inputTokens } from '../../core/ledger/usage.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import { sessionLearning } from '../../core/sessions/session-learning.ts';
import type { KnownPrefix, SessionState } from '../../core/sessions/session-state.ts';
import {
  afterReply,
  cachedPrefix,
  knownPrefix,
  laterOf,
  notAfter,
  prefixOf,
} from '../../core/sessions/session-state.ts';
import { recentlyUsed } from '../../recently-used.ts';
import type { Runtime } from '../../runtime.ts';
import type { NewAttempt } from '../attempts/attempt-cost.ts';
import { prefixPart } from '../attempts/prefix-part.ts';
import { cacheTerms } from './cache-terms.ts';
import type { FeatureState } from './feature-state.ts';
import type { LastAnswers } from './last-answers.ts';
import { lastAnswers } from './last-answers.ts';
import { prefixTerms } from './prefix-terms.ts';

export interface SessionBook {
  readonly answers: LastAnswers;
  /**
   * Call when an intent of a session is expected: the session, as other processes have stored it, is read meanwhile.
   */
  expect(session: string): void;
  /**
   * Resolves when the session is read, or when that takes longer than a call waits; `undefined` where it is not being
   * read.
   */
  read(session: string): Promise<void> | undefined;
  /**
   * The prefix that a new intent's requests send again; `undefined` for a session that is still being read.
   * @param requestChars length of the request, where the length shows how many tokens it has
   */
  prefixOf(session: string, feature: string, requestChars: () => number | undefined): KnownPrefix | undefined;
  /** What the prefix costs with each plan, for the decision of a new intent; `undefined` where there is nothing to count. */
  termOf(
    known: KnownPrefix,
    feature: FeatureState,
    of: { readonly segment: string; readonly failureCostNanoUsd: number },
  ): PrefixTerm | undefined;
  /** Call with every new intent whose prefix is known, once it is decided. */
  begun(session: string, known: KnownPrefix, feature: FeatureState['config']): void;
  /** Adds to an attempt of an intent in a session the part of its cost that was for the prefix. */
  addPrefix(decided: DecidedRecord, attempt: NewAttempt, served: ServedBy): void;
  /** Call with every attempt of such an intent, when it has ended. */
  attempted(decided: DecidedRecord, attempt: NewAttempt, reply: RepliedBy): void;
  /**
   * Writes the sessions that the store does not have yet. Never rejects: the only effect of a lost session is that later decisions
   * know less.
   */
  readonly flush: () => Promise<void>;
}

export interface ServedBy {
  readonly model: ResolvedModel;
  readonly terms: ServedTerms;
  /** Usage of the intent's first reply, where this reply is not the first. */
  readonly firstUsage?: Usage | undefined;
}

export interface RepliedBy {
  readonly model: ResolvedModel;
  /** Length of the request; absent where it is not known. */
  readonly requestChars?: number | undefined;
  /** The reply was retrieved some time after it was asked for: the session may have gone on without it. */
  readonly isLate?: boolean;
}

export interface SessionBookOptions {
  readonly store: Pick<Store, 'sessions' | 'putSessions' | 'isPrivate'>;
  readonly runtime: Pick<Runtime, 'nowMs' | 'after'>;
  readonly faulted: (error: unknown) => void;
}

interface KnownSession {
  state: SessionState | undefined;
  readAtMs: number;
  /** Absent: the session is not being read. */
  reading?: Promise<void> | undefined;
  /** The intent of the session that this process counted last, and its number there. */
  begun?: { readonly feature: string; readonly number: number };
}

/** Sessions that are kept in memory. */
const MAX_SESSIONS = 20_000;

/** A session that was read less than this long ago is not read again for its next intent. */
const READ_AGAIN_AFTER_MS = 200;

/** How long a call waits for what other processes know of its session. */
const READ_WITHIN_MS = 100;

/** How long replies are collected before they are written. */
const WRITE_AFTER_MS = 200;

export function sessionBook({ store, runtime, faulted }: SessionBookOptions): SessionBook {
  const known = recentlyUsed<string, KnownSession>(MAX_SESSIONS);
  const unwritten = new Map<string, SessionState>();
  const learning = sessionLearning();
  const terms = new WeakMap<object, ReturnType<typeof prefixTerms>>();
  const isStored = store.sessions !== undefined && store.putSessions !== undefined;
  let isDue = false;

  function entryOf(session: string): KnownSession {
    let entry = known.get(session);
    if (entry === undefined) {
      entry = { state: undefined, readAtMs: Number.NEGATIVE_INFINITY };
      known.set(session, entry);
      if (isStored) entry.reading = read(session, entry);
    }
    return entry;
  }

  async function read(session: string, entry: KnownSession): Promise<void> {
    try {
      const [stored] = (await store.sessions?.([session])) ?? [];
      if (stored !== undefined) entry.state = laterOf(entry.state, notAfter(stored, runtime.nowMs()));
    } catch (error) {
      faulted(error);
    }
    entry.readAtMs = runtime.nowMs();
    entry.reading = undefined;
  }

  function expect(session: string): void {
    const entry = entryOf(session);
    const isOld = runtime.nowMs() - entry.readAtMs >= READ_AGAIN_AFTER_MS;
    // A private store has nothing that this process has not written.
    if (isStored && isOld && store.isPrivate !== true) entry.reading ??= read(session, entry);
  }

  async function write(): Promise<void> {
    const states = [...unwritten.values()];
    unwritten.clear();
    if (states.length === 0) return;
    try {
      await store.putSessions?.(states);
    } catch (error) {
      faulted(error);
    }
  }

  function writeSoon(state: SessionState): void {
    if (!isStored) return;
    unwritten.set(state.id, state);
    if (isDue) return;
    isDue = true;
    runtime.after(WRITE_AFTER_MS, () => {
      isDue = false;
      void write();
    });
  }

  return {
    answers: lastAnswers(store),
    expect,
    read(session) {
      expect(session);
      const { reading } = entryOf(session);
      if (reading === undefined) return undefined;
      return new Promise(resolve => {
        const cancel = runtime.after(READ_WITHIN_MS, resolve);
        void reading.then(cancel).then(resolve);
      });
    },
    prefixOf(session, feature, requestChars) {
      const { state, reading } = entryOf(session);
      if (state === undefined && reading !== undefined) return undefined;
      return prefixOf(state, requestChars(), runtime.nowMs(), learning.tokensPerChar(feature));
    },
    termOf(known, { config, learned }, { segment, failureCostNanoUsd }) {
      let termOf = terms.get(config);
      if (termOf === undefined) terms.set(config, (termOf = prefixTerms(config, learning)));
      return termOf(known, learned.segment(segment), toUsd(failureCostNanoUsd));
    },
    begun(session, { prefix, lastFeature }, { name, candidates }) {
      const entry = entryOf(session);
      const { earlierIntents, gapMs = 0 } = prefix;
      const isNext = entry.begun?.feature === name && entry.begun.number === earlierIntents;
      const ttlMs = Math.min(...candidates.map(model => cacheTerms(model).ttlMs));
      learning.decided(name, earlierIntents, isNext && lastFeature === name && gapMs < ttlMs);
      entry.begun = { feature: name, number: earlierIntents + 1 };
      entry.readAtMs = Number.NEGATIVE_INFINITY;
    },
    addPrefix({ feature, prefix }, attempt, { model, terms: served, firstUsage = attempt.usage }) {
      // A judge is not sent the conversation.
      if (prefix === undefined || prefix.tokens === 0 || attempt.kind === 'judge') return;
      const { tokens, earlierIntents } = prefix;
      // The beginning of a session was estimated by its length. Its tokens are known now, minus those of the intent itself.
      const begun = Math.max(0, Math.round(inputTokens(firstUsage) - learning.ownTokens(feature)));
      const known = earlierIntents > 0 ? tokens : begun;
      if (known !== tokens) attempt.prefixTokens = known;
      const prefixNanoUsd = known > 0 ? prefixPart(attempt, known, { terms: served, model }) : 0;
      if (prefixNanoUsd > 0) attempt.prefixNanoUsd = prefixNanoUsd;
    },
    attempted({ intentId, session, feature, prefix }, attempt, { model, requestChars, isLate = false }) {
      const { name } = model;
      const { kind, status, turn, usage, startedAtMs, latencyMs } = attempt;
      const prompt = inputTokens(usage);
      if (session === undefined || kind === 'judge' || status !== 'ok' || isPending(attempt) || prompt === 0) return;
      const entry = entryOf(session);
      const nowMs = runtime.nowMs();
      // The clock was set back: times it gave before count as earlier than this reply.
      if (entry.state !== undefined && entry.state.last.atMs > nowMs) entry.state = notAfter(entry.state, nowMs - 1);
      if (isLate && (entry.state?.last.atMs ?? startedAtMs) > startedAtMs) return;
      if (turn === 1 && kind === 'first' && prefix !== undefined && attempt.provenance === 'reported') {
        const held = entry.state && knownPrefix(entry.state, prefix.tokens, startedAtMs);
        const expectedTokens = held === undefined ? 0 : cachedPrefix(held, name, cacheTerms(model));
        const { tokens: prefixTokens, earlierIntents } = prefix;
        // Images and files have tokens that a length does not show, so none are counted in the prefix.
        const chars = prefixTokens > 0 ? requestChars : undefined;
        learning.observe({
          model: name,
          feature,
          earlierIntents,
          usage,
          prefixTokens,
          expectedTokens,
          requestChars: chars,
        });
      }
      const { last } = entry.state ?? {};
      const isCounted = last !== undefined && (turn > 1 || last.intentId === intentId);
      const earlier = prefix?.earlierIntents ?? (last?.intents ?? 0) - (isCounted ? 1 : 0);
      entry.state = afterReply(entry.state, {
        session,
        feature,
        model: name,
        intentId,
        promptTokens: prompt,
        tokens: prompt + (usage.output ?? 0),
        tokensPerChar: requestChars === undefined ? undefined : prompt / requestChars,
        atMs: startedAtMs + Math.round(latencyMs),
        intent: earlier + 1,
      });
      writeSoon(entry.state);
    },
    flush: write,
  };
}
