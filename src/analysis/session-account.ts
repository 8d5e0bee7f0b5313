/** What one session cost: its intents in order, its models, and the savings and losses of its prompt caches. */
import type { Intent } from '../core/ledger/records.ts';
import { toDecimalUsd } from '../core/ledger/money.ts';
import type { Attempt, OutcomeState, PlanKey } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { SessionCacheCost } from '../core/report/session-cache-cost.ts';
import type { SessionPrices } from './session-cache.ts';
import { byCause, isAnswer, sessionCache } from './session-cache.ts';

/** One intent of a session. */
export interface SessionStep {
  readonly intentId: string;
  readonly feature: string;
  readonly decidedAtMs: number;
  readonly plan: PlanKey;
  /** Configured names of the models that answered, in order; consecutive answers of one model count as one. */
  readonly models: readonly string[];
  readonly requests: number;
  readonly outcome: OutcomeState;
  /** Exact decimal USD. */
  readonly spendUsd: string;
  readonly failureUsd: string;
}

export interface SessionModelCost {
  readonly model: string;
  readonly attempts: number;
  readonly spendUsd: string;
}

/** What a session cost and why. Amounts are exact decimal USD. */
export interface SessionAccount {
  readonly session: string;
  readonly features: readonly string[];
  /** From the first decision to the end of the last attempt, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly intents: number;
  readonly requests: number;
  readonly successes: number;
  readonly failures: number;
  /** Total cost = model spend + failure cost. */
  readonly totalUsd: string;
  readonly spendUsd: string;
  readonly failureUsd: string;
  /** The most expensive first. */
  readonly models: readonly SessionModelCost[];
  /** Answers by a different model than the answer before. */
  readonly switches: number;
  readonly cache: SessionCacheCost;
  readonly steps: readonly SessionStep[];
}

/** @param intents of the session, with an attempt or without, in any order */
export function sessionAccount(session: string, intents: readonly Intent[], prices: SessionPrices): SessionAccount {
  const inOrder = [...intents].sort((a, b) => a.decided.atMs - b.decided.atMs);
  const attempts = inOrder.flatMap(intent => intent.attempts).sort((a, b) => a.startedAtMs - b.startedAtMs);
  const answers = attempts.filter(isAnswer);
  const spend = spendOf(attempts);
  const failure = inOrder.reduce((sum, intent) => sum + failureOf(intent), 0n);
  const ends = attempts.map(({ startedAtMs, latencyMs }) => startedAtMs + latencyMs);
  return {
    session,
    features: [...new Set(inOrder.map(({ decided }) => decided.feature))],
    fromMs: inOrder[0]?.decided.atMs ?? 0,
    toMs: ends.reduce((latest, each) => Math.max(latest, each), inOrder.at(-1)?.decided.atMs ?? 0),
    intents: inOrder.length,
    requests: new Set(attempts.map(({ requestId }) => requestId)).size,
    successes: inOrder.filter(({ outcome }) => outcome.state === 'success').length,
    failures: inOrder.filter(({ outcome }) => outcome.state === 'failure').length,
    totalUsd: toDecimalUsd(spend + failure),
    spendUsd: toDecimalUsd(spend),
    failureUsd: toDecimalUsd(failure),
    models: modelsOf(attempts),
    switches: modelsInTurn(answers).length - Math.min(1, answers.length),
    cache: cacheOf(answers, prices),
    steps: inOrder.map(stepOf),
  };
}

function cacheOf(answers: readonly Attempt[], prices: SessionPrices): SessionCacheCost {
  const { reread, savedNanoUsd, ...counts } = sessionCache(answers, prices);
  return {
    ...counts,
    savedUsd: toDecimalUsd(savedNanoUsd),
    rereadUsd: byCause(cause => toDecimalUsd(reread[cause].nanoUsd)),
    rereadTokens: byCause(cause => reread[cause].tokens),
  };
}

function stepOf(intent: Intent): SessionStep {
  const { id, decided, attempts, outcome } = intent;
  return {
    intentId: id,
    feature: decided.feature,
    decidedAtMs: decided.atMs,
    plan: planKey(decided.decision.plan),
    models: modelsInTurn(attempts.filter(isAnswer)),
    requests: new Set(attempts.map(({ requestId }) => requestId)).size,
    outcome: outcome.state,
    spendUsd: toDecimalUsd(spendOf(attempts)),
    failureUsd: toDecimalUsd(failureOf(intent)),
  };
}

function modelsInTurn(answers: readonly Attempt[]): readonly string[] {
  return answers.map(({ model }) => model).filter((model, index, all) => model !== all[index - 1]);
}

function modelsOf(attempts: readonly Attempt[]): readonly SessionModelCost[] {
  return [...Map.groupBy(attempts, ({ model }) => model)]
    .map(([model, own]) => ({ model, attempts: own.length, spend: spendOf(own) }))
    .sort((a, b) => Number(b.spend - a.spend))
    .map(({ spend, ...rest }) => ({ ...rest, spendUsd: toDecimalUsd(spend) }));
}

function spendOf(attempts: readonly Attempt[]): bigint {
  return attempts.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n);
}

function failureOf({ outcome, decided }: Intent): bigint {
  return outcome.state === 'failure' ? BigInt(outcome.costNanoUsd ?? decided.failureCostNanoUsd) : 0n;
}
