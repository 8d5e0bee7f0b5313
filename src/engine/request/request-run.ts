/** One request while it runs: from node to node, until a reply is accepted or no model is left to ask. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { isRetryable } from '../../core/ledger/attempt-status.ts';
import type { NodeKey, Verdict } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { EndedExchange } from '../attempts/attempt.ts';
import { betterOf } from '../attempts/best-reply.ts';
import type { Exchanged, FailedExchange } from '../attempts/exchange.ts';
import type { NextStep, NodeEnd, RequestRoute, VisitedNode } from '../attempts/next.ts';
import { next } from '../attempts/next.ts';
import type { Begun } from '../attempts/send.ts';
import { discard, send } from '../attempts/send.ts';
import type { Deadline, TimeLimit } from '../attempts/time-limit.ts';
import { timeLimit, timeoutError } from '../attempts/time-limit.ts';
import type { Engine } from '../engine.ts';
import { modelNamed } from '../../config/model-named.ts';
import type { ReceiptDraft } from '../state/receipts.ts';
import { Availability } from './availability.ts';
import type { CallObservation } from './observation.ts';
import type { LogEngine } from './request-log.ts';
import { attemptLimitOf, deadlineOf } from './request-limits.ts';
import { noSignal, verdictOnReply } from './reply-verdict.ts';
import { RequestLog } from './request-log.ts';
import { routeOf } from './route.ts';
import type { RoutedRequest } from './routed-request.ts';
import { recordAtStreamEnd } from './stream-end.ts';

type RunEngine = LogEngine &
  Pick<
    Engine,
    'config' | 'breaker' | 'disabled' | 'receipts' | 'activeStreams' | 'afterReply' | 'faulted' | 'verdicts'
  >;

/** The engine's own data about a request. */
interface RequestContext {
  readonly intent: Intent;
  readonly receipt: ReceiptDraft;
  readonly observation: CallObservation | undefined;
}

type SendStep = Extract<NextStep, { readonly do: 'send' }>;

const NOTHING: readonly never[] = [];

export class RequestRun<Reply> {
  readonly #engine: RunEngine;
  readonly #request: RoutedRequest<Reply>;
  readonly #context: RequestContext;
  readonly #log: RequestLog;
  readonly #deadline: Deadline | undefined;
  readonly #availability: Availability;
  /** The validators' time limit, made for the first validator that listens to it, where the request has a deadline. */
  #validatorLimit: TimeLimit | undefined;

  constructor(engine: RunEngine, request: RoutedRequest<Reply>, context: RequestContext) {
    this.#engine = engine;
    this.#request = request;
    this.#context = context;
    this.#log = new RequestLog(engine, context, request);
    const call = { feature: request.feature.config.name, intentId: context.intent.id };
    this.#availability = new Availability(engine, call, request.requirements.client);
    this.#deadline = request.begun === undefined ? deadlineOf(request, engine.runtime) : request.begun.deadline;
  }

  /**
   * The exchange whose reply goes to the caller. However the exchange ended, its spend has been added to the ledger by
   * then.
   */
  async perform(): Promise<Exchanged<Reply>> {
    try {
      const route = routeOf(this.#request, this.#context.intent, this.#log.turn);
      let visited: readonly VisitedNode[] = NOTHING;
      let best: Exchanged<Reply> | undefined;
      for (let step = next(route, visited); step.do === 'send'; step = next(route, visited)) {
        const model = modelNamed(this.#engine.config, step.model);
        const begun = visited.length === 0 ? this.#request.begun?.exchange : undefined;
        const skip =
          begun === undefined && (this.#isDisabled(model, visited) || this.#isCircuitOpen(model, route, visited));
        const asked = visited;
        const hasSubstitute = (): boolean => this.#hasSubstitute(model, route, asked);
        const exchanged = skip ? undefined : await this.#send(model, { ...step, begun }, hasSubstitute);
        // For a stream, its end is reported, not its beginning.
        if (exchanged !== undefined && !('stream' in exchanged)) this.#availability.ended(model, exchanged);
        const ending = exchanged === undefined ? 'unavailable' : this.#endOf(exchanged, model, step.node, route);
        const end = typeof ending === 'string' ? ending : await ending;
        if (exchanged !== undefined) best = betterOf(best, exchanged);
        visited = [...visited, { node: step.node, model: step.model, end }];
        if (this.#isOver()) break;
      }
      const { signal } = this.#request;
      // Time was up, or the caller had left, before a model was asked.
      const last = best ?? { status: 'timeout', error: timeoutError() };
      // If the caller aborted while we waited, for the store, a verdict or a retry, reject with the abort reason, as fetch does.
      if (signal?.aborted === true && !('stream' in last)) {
        discard(last);
        return { status: 'aborted', error: signal.reason };
      }
      return last;
    } finally {
      this.#validatorLimit?.release();
      this.#validatorLimit = undefined;
      this.#log.commit();
    }
  }

  #isOver(): boolean {
    if (this.#request.signal?.aborted === true) return true;
    const deadline = this.#deadline;
    return deadline !== undefined && (deadline.passed || this.#engine.runtime.elapsedMs() >= deadline.atMs);
  }

  /**
   * An operator may disable a model while the request runs. The replies so far are then worth more than a refusal.
   *
   * @throws RouterError `no-eligible-candidate` for the first model
   */
  #isDisabled({ name }: ResolvedModel, visited: readonly VisitedNode[]): boolean {
    if (!this.#engine.disabled.has(name)) return false;
    if (visited.length > 0) return true;
    throw new RouterError('no-eligible-candidate', `"${name}" is switched off`);
  }

  /** A model whose circuit is open is skipped where another one may answer, or where this request was refused already. */
  #isCircuitOpen(model: ResolvedModel, route: RequestRoute, visited: readonly VisitedNode[]): boolean {
    if (!this.#availability.isOpen(model)) return false;
    return this.#availability.hasRefused(model) || this.#hasSubstitute(model, route, visited);
  }

  /** True where another model may answer that this request has not asked, and that is not known to be down. */
  #hasSubstitute(model: ResolvedModel, route: RequestRoute, visited: readonly VisitedNode[]): boolean {
    const tried = new Set([model.name, ...visited.map(visit => visit.model)]);
    const isClosed = (name: string): boolean => !this.#availability.isOpen(modelNamed(this.#engine.config, name));
    return route.fallbacks.some(name => !tried.has(name) && isClosed(name));
  }

  #send(
    model: ResolvedModel,
    { node, kind, begun }: SendStep & { readonly begun: Begun<Reply> | undefined },
    hasSubstitute: () => boolean,
  ): Promise<Exchanged<Reply>> {
    const { runtime } = this.#engine;
    const { feature, retries, boundTo } = this.#request;
    this.#availability.sending(model);
    let attempts = 0;
    return send({
      begun,
      model,
      exchange: this.#request.exchange,
      runtime,
      retries: retries ?? feature.config.retries,
      hasSubstitute: () => boundTo === undefined && hasSubstitute(),
      signal: this.#request.signal,
      deadline: this.#deadline,
      attemptTimeoutMs: attemptLimitOf(this.#request),
      attempted: (result, startedAtMs, latencyMs) => {
        const own = this.#request.judge !== undefined ? 'judge' : attempts++ === 0 ? kind : 'retry';
        this.#record({ kind: own, model, node, startedAtMs, latencyMs, result });
      },
    });
  }

  #record(ended: Omit<EndedExchange, 'requestId' | 'turn'> & { readonly result: Exchanged<Reply> }): void {
    const { intent, receipt, observation } = this.#context;
    if (ended.result.status !== 'ok' || !('stream' in ended.result)) {
      this.#log.record(ended);
      this.#availability.tellUnreadable(ended.result);
      return;
    }
    const { kind, model, node, startedAtMs, latencyMs, result } = ended;
    // Not `result` itself: nothing that lives until the stream's end may refer to its reply.
    const { httpStatus, providerRequestId } = result;
    recordAtStreamEnd(this.#engine, result.stream, {
      attempt: { kind, model, node, startedAtMs },
      httpStatus,
      providerRequestId,
      startedMs: this.#engine.runtime.elapsedMs() - latencyMs,
      firstByteMs: latencyMs,
      intentId: intent.id,
      receipt,
      log: this.#log,
      observation,
      verdictOn: answer => verdictOnReply(this.#engine, this.#request, { answer, model, node, signal: noSignal }),
      ended: end => {
        this.#availability.ended(model, { ...end, httpStatus });
        this.#availability.tellUnreadable(end);
      },
    });
  }

  #endOf(
    exchanged: Exchanged<Reply>,
    model: ResolvedModel,
    node: NodeKey,
    route: RequestRoute,
  ): NodeEnd | Promise<NodeEnd> {
    if (exchanged.status !== 'ok') return this.#canFailOver(exchanged, route) ? 'unavailable' : 'accepted';
    // The caller has a stream from its first byte, unless the feature holds the stream back: the verdict comes when the
    // stream has ended.
    if ('stream' in exchanged) return 'accepted';
    const { answer } = exchanged;
    const signal = (): AbortSignal | undefined => this.#validatorSignal();
    const verdict = verdictOnReply(this.#engine, this.#request, { answer, model, node, signal });
    if (verdict === undefined) return 'accepted';
    const rejected = answer.violation === undefined || this.#request.boundTo !== undefined ? 'rejected' : 'violated';
    return 'accepted' in verdict ? this.#endBy(verdict, rejected) : verdict.then(late => this.#endBy(late, rejected));
  }

  /** True when another model may answer the request instead of this one. */
  #canFailOver(exchanged: FailedExchange<Reply>, route: RequestRoute): boolean {
    const { status, refusal } = exchanged;
    // A model that was only guessed may refuse a conversation that it does not know.
    if (this.#request.boundTo !== undefined)
      return route.fallbacks.length > 0 && (status === 'refused' || status === 'rejected-request');
    if (status !== 'refused') return isRetryable(status);
    return refusal?.lacks !== 'content-filter' || this.#request.feature.config.movesOnFiltered;
  }

  #endBy(verdict: Verdict, rejected: 'rejected' | 'violated'): NodeEnd {
    this.#log.recordVerdict(verdict);
    return verdict.accepted ? 'accepted' : rejected;
  }

  #validatorSignal(): AbortSignal | undefined {
    const caller = this.#request.signal;
    if (this.#deadline === undefined) return caller;
    const { runtime } = this.#engine;
    this.#validatorLimit ??= timeLimit({ runtime, caller, ms: Math.max(0, this.#deadline.atMs - runtime.elapsedMs()) });
    return this.#validatorLimit.signal;
  }
}
