/**
 * The fast path decides, sends and records in one go. It is for the first request of a new intent, where nothing else can
 * happen. If something else happens all the same, {@link performFully} continues with the decision and the exchange that
 * were made.
 */
import type { Verdict } from '../../core/ledger/vocabulary.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import type { CompletedExchange, Exchanged, StreamedExchange } from '../attempts/exchange.ts';
import { begin, endLimit } from '../attempts/send.ts';
import type { Engine } from '../engine.ts';
import { modelNamed } from '../../config/model-named.ts';
import { isFollower } from '../state/observer-events.ts';
import { newReceipt } from '../state/receipts.ts';
import { recordAnswered } from './answered-at-once.ts';
import { decide } from './decide.ts';
import { attemptLimitOf, deadlineOf } from './request-limits.ts';
import { firstRoute } from './route.ts';
import { isAccepted, noSignal, verdictOnReply } from './reply-verdict.ts';
import type { BegunRequest, RoutedRequest } from './routed-request.ts';
import { recordStraightAtEnd } from './straight-stream.ts';

/** Whether a request may take the fast path, by everything that is known before it is sent. */
export function isStraight(engine: Engine, request: RoutedRequest): boolean {
  const { book, breaker, disabled, feed, observers } = engine;
  const { feature, isNew, judge, boundTo, options } = request;
  const { silence, name } = feature.config;
  return (
    isNew &&
    book.takesAnswered &&
    judge === undefined &&
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

/** False for a validator that is a function: it may ask a judge, or take long. */
function isJudgedAtOnce({ verdicts }: Pick<Engine, 'verdicts'>, { feature }: Pick<RoutedRequest, 'feature'>): boolean {
  const { hasVerdict, validators } = feature.config;
  return !hasVerdict || (validators.every(each => '~standard' in each) && verdicts.ready() === undefined);
}

/** @param performFully performs what the fast path cannot */
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
      // The general path throws the error again.
    }
    if (result !== undefined && isSmooth(result, request)) {
      const latencyMs = runtime.elapsedMs() - startedMs;
      if ('stream' in result) return followed(engine, { request, begun, result, latencyMs });
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

/** A reply, whole or streamed, to a request from which nothing was removed and whose caller still waits. */
function isSmooth<Reply>(
  result: Exchanged<Reply>,
  { signal, translated }: RoutedRequest<Reply>,
): result is CompletedExchange<Reply> | StreamedExchange<Reply> {
  if (result.status !== 'ok' || ('answer' in result && isPending(result.answer))) return false;
  if (signal?.aborted === true) return false;
  for (const _ in translated?.dropped) return false;
  for (const _ in translated?.ineligible) return false;
  return true;
}

interface Replied<Reply, Result> {
  readonly request: RoutedRequest<Reply>;
  readonly begun: BegunRequest<Reply>;
  readonly result: Result;
  readonly latencyMs: number;
}

/** False where another caller asked for the intent meanwhile; nothing was recorded. */
function record<Reply extends object>(
  engine: Engine,
  replied: Replied<Reply, CompletedExchange<Reply>> & { readonly verdict: Verdict | undefined },
): boolean {
  const { request, begun, result } = replied;
  const { startedAtMs, limit } = begun.exchange;
  const answered = recordAnswered(engine, { ...replied, isOpen: request.isNamed, startedAtMs });
  if (answered === undefined) return false;
  engine.receipts.keep(result.reply, result.answer.id, answered);
  limit?.release();
  return true;
}

/** The reply, whose attempt is recorded when its stream has ended. */
function followed<Reply extends object>(
  engine: Engine,
  { request, begun, result, latencyMs: firstByteMs }: Replied<Reply, StreamedExchange<Reply>>,
): Reply {
  const { decided, model, route, exchange } = begun;
  const { startedAtMs, startedMs, limit } = exchange;
  const { reply, stream, httpStatus, providerRequestId } = result;
  // Another caller who asks for the intent finds its decision in the book.
  if (!request.isNamed) engine.book.open(decided);
  if (limit !== undefined) endLimit(limit, result);
  const receipt = newReceipt(decided, request.intentId, request.translated);
  engine.receipts.keep(reply, undefined, receipt);
  recordStraightAtEnd(engine, {
    request,
    begun: { decided, model, route },
    stream,
    startedAtMs,
    startedMs,
    firstByteMs,
    httpStatus,
    providerRequestId,
    receipt,
  });
  return reply;
}
