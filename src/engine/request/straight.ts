/**
 * The straight path: decided, sent, recorded in one go, for a new intent on whose first request nothing else can happen.
 * Whatever else does happen, {@link performFully} goes on with the decision and the exchange that were made.
 */
import { AnsweredIntent } from '../../core/ledger/answered-intent.ts';
import { isPending } from '../../core/ledger/vocabulary.ts';
import { attemptOf } from '../attempts/attempt.ts';
import type { CompletedExchange, Exchanged } from '../attempts/exchange.ts';
import { begin } from '../attempts/send.ts';
import type { Engine } from '../engine.ts';
import { modelNamed } from '../engine.ts';
import { isFollower } from '../state/observer-events.ts';
import { decide } from './decide.ts';
import { attemptLimitOf, deadlineOf } from './request-limits.ts';
import { firstRoute } from './route.ts';
import type { RoutedRequest } from './routed-request.ts';

/** Whether a request can take the straight path, as far as that is known before it is sent. */
export function isStraight(engine: Engine, request: RoutedRequest): boolean {
  const { book, breaker, disabled, feed, observers } = engine;
  const { feature, isNew, judge, boundTo, options } = request;
  const { hasVerdict, silence, name } = feature.config;
  return (
    isNew &&
    book.takesAnswered &&
    judge === undefined &&
    boundTo === undefined &&
    options.session === undefined &&
    !hasVerdict &&
    silence === undefined &&
    feature.numbers === undefined &&
    !feature.rails.any &&
    !observers.some(isFollower) &&
    disabled.size === 0 &&
    !breaker.anyFaults() &&
    feed.ready(name) === undefined
  );
}

/** @param performFully performs what the straight path cannot */
export async function performStraight<Reply extends object>(
  engine: Engine,
  request: RoutedRequest<Reply>,
  performFully: (engine: Engine, request: RoutedRequest<Reply>) => Promise<Reply>,
): Promise<Reply> {
  const { book, config, receipts, requests, runtime } = engine;
  requests.begin();
  try {
    const decided = decide(request, runtime.nowMs());
    const route = firstRoute(request, decided.decision.plan);
    const model = modelNamed(config, route.start);
    if (request.isNamed) book.open(decided);
    const deadline = deadlineOf(request, runtime);
    const begun = begin({
      runtime,
      model,
      exchange: request.exchange,
      signal: request.signal,
      deadline,
      attemptTimeoutMs: attemptLimitOf(request),
    });
    const exchanged = await begun.exchanged.catch(() => undefined);
    const latencyMs = runtime.elapsedMs() - begun.startedMs;
    if (exchanged !== undefined && isAnswer(exchanged, request)) {
      const { feature, intentId } = request;
      const { keys, id } = exchanged.answer;
      const { startedAtMs } = begun;
      const where = { model: model.name, feature: feature.config.name, intentId };
      const attempt = attemptOf(
        {
          kind: 'first',
          requestId: intentId,
          turn: 1,
          model,
          node: route.start,
          startedAtMs,
          latencyMs,
          result: exchanged,
        },
        parts => engine.tellUnpriced(parts, where),
      );
      const answered = new AnsweredIntent(decided, attempt, runtime.nowMs());
      if (book.answered(answered, request.isNamed)) {
        if (keys !== undefined && id !== undefined) engine.owners.keep([id, ...keys], model.name);
        receipts.keep(exchanged.reply, id, answered);
        begun.limit?.release();
        return exchanged.reply;
      }
    }
    return await performFully(engine, { ...request, begun: { decided, route, deadline, exchange: begun } });
  } finally {
    requests.end();
  }
}

/** A whole reply to a request of which nothing was left out, and whose caller still waits for it. */
function isAnswer<Reply>(
  exchanged: Exchanged<Reply>,
  { signal, translated }: RoutedRequest<Reply>,
): exchanged is CompletedExchange<Reply> {
  if (exchanged.status !== 'ok' || 'stream' in exchanged || isPending(exchanged.answer)) return false;
  if (signal?.aborted === true) return false;
  for (const _ in translated?.dropped) return false;
  for (const _ in translated?.ineligible) return false;
  return true;
}
