/**
 * The straight path: decided, sent, recorded in one go, for a new intent on whose first request nothing else can happen.
 * Whatever else does happen, {@link performFully} goes on with the decision and the exchange that were made.
 */
import { AnsweredIntent } from '../../core/ledger/answered-intent.ts';
import type { Verdict } from '../../core/ledger/vocabulary.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import { attemptOf } from '../attempts/attempt.ts';
import type { CompletedExchange, Exchanged } from '../attempts/exchange.ts';
import { begin } from '../attempts/send.ts';
import type { Engine } from '../engine.ts';
import { modelNamed } from '../../config/model-named.ts';
import { isFollower } from '../state/observer-events.ts';
import { decide } from './decide.ts';
import { attemptLimitOf, deadlineOf } from './request-limits.ts';
import { firstRoute } from './route.ts';
import { verdictOnReply } from './reply-verdict.ts';
import type { BegunRequest, RoutedRequest } from './routed-request.ts';

/** Whether a request can take the straight path, as far as that is known before it is sent. */
export function isStraight(engine: Engine, request: RoutedRequest): boolean {
  const { book, breaker, disabled, feed, observers } = engine;
  const { feature, isNew, judge, boundTo, options } = request;
  const { silence, name } = feature.config;
  return (
    isNew &&
    book.takesAnswered &&
    judge === undefined &&
    request.facts?.stream !== true &&
    boundTo === undefined &&
    options.session === undefined &&
    silence === undefined &&
    feature.numbers === undefined &&
    !feature.rails.any &&
    !observers.some(isFollower) &&
    disabled.size === 0 &&
    !breaker.anyFaults() &&
    isJudgedAtOnce(engine, request) &&
    feed.ready(name) === undefined
  );
}

/** False for a validator that is a function: it may ask a judge, or take its time. */
function isJudgedAtOnce({ verdicts }: Pick<Engine, 'verdicts'>, { feature }: Pick<RoutedRequest, 'feature'>): boolean {
  const { hasVerdict, validators } = feature.config;
  return !hasVerdict || (validators.every(each => '~standard' in each) && verdicts.ready() === undefined);
}

/** @param performFully performs what the straight path cannot */
export async function performStraight<Reply extends object>(
  engine: Engine,
  request: RoutedRequest<Reply>,
  performFully: (engine: Engine, request: RoutedRequest<Reply>) => Promise<Reply>,
): Promise<Reply> {
  const { requests, runtime } = engine;
  requests.begin();
  try {
    let begun = beginRequest(engine, request);
    const { startedMs, exchanged } = begun.exchange;
    let result: Exchanged<Reply> | undefined;
    try {
      result = await exchanged;
    } catch {
      // The general way rejects with it.
    }
    if (result !== undefined && isWhole(result, request)) {
      const latencyMs = runtime.elapsedMs() - startedMs;
      const { answer } = result;
      const { model, route } = begun;
      const verdict = verdictOnReply(engine, request, { answer, model, node: route.start, signal: noSignal });
      if (isAccepted(verdict) && record(engine, { request, begun, result, latencyMs, verdict })) return result.reply;
      begun = { ...begun, judged: { answer, verdict } };
    }
    return await performFully(engine, { ...request, begun });
  } finally {
    requests.end();
  }
}

function beginRequest<Reply>(engine: Engine, request: RoutedRequest<Reply>): BegunRequest<Reply> {
  const { runtime } = engine;
  const { exchange, signal } = request;
  const decided = decide(request, runtime.nowMs());
  const route = firstRoute(request, decided.decision.plan);
  const model = modelNamed(engine.config, route.start);
  if (request.isNamed) engine.book.open(decided);
  const deadline = deadlineOf(request, runtime);
  const limits = { deadline, attemptTimeoutMs: attemptLimitOf(request) };
  return { decided, model, route, deadline, exchange: begin({ runtime, model, exchange, signal, ...limits }) };
}

/** Only functions listen to one. */
const noSignal = (): undefined => undefined;

/** A whole reply to a request of which nothing was left out, and whose caller still waits for it. */
function isWhole<Reply>(
  result: Exchanged<Reply>,
  { signal, translated }: RoutedRequest<Reply>,
): result is CompletedExchange<Reply> {
  if (result.status !== 'ok' || 'stream' in result || isPending(result.answer)) return false;
  if (signal?.aborted === true) return false;
  for (const _ in translated?.dropped) return false;
  for (const _ in translated?.ineligible) return false;
  return true;
}

type GivenVerdict = ReturnType<typeof verdictOnReply>;

function isAccepted(verdict: GivenVerdict): verdict is Verdict | undefined {
  return verdict === undefined || ('accepted' in verdict && verdict.accepted);
}

interface AnsweredRequest<Reply> {
  readonly request: RoutedRequest<Reply>;
  readonly begun: BegunRequest<Reply>;
  readonly result: CompletedExchange<Reply>;
  readonly latencyMs: number;
  readonly verdict: Verdict | undefined;
}

/** False where another caller has asked for the intent meanwhile: nothing was recorded. */
function record<Reply extends object>(
  { book, owners, receipts, runtime, tellUnpriced }: Engine,
  { request, begun, result, latencyMs, verdict }: AnsweredRequest<Reply>,
): boolean {
  const { feature, intentId, isNamed } = request;
  const { decided, model, route, exchange } = begun;
  const { startedAtMs, limit } = exchange;
  const place = { kind: 'first', requestId: intentId, turn: 1, model, node: route.start } as const;
  const attempt = attemptOf({ ...place, startedAtMs, latencyMs, result }, parts =>
    tellUnpriced(parts, { model: model.name, feature: feature.config.name, intentId }),
  );
  if (verdict !== undefined) attempt.verdict = verdict;
  const answered = new AnsweredIntent(decided, attempt, runtime.nowMs());
  if (!book.answered(answered, isNamed)) return false;
  const { keys, id } = result.answer;
  if (keys !== undefined && id !== undefined) owners.keep([id, ...keys], model.name);
  receipts.keep(result.reply, id, answered);
  limit?.release();
  return true;
}
