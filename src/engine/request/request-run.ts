/** The state of one request while it runs: from node to node, until a reply is good enough or nobody is left. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { Intent } from '../../core/ledger/records.ts';
import type { AttemptKind, AttemptStatus, NodeKey, Verdict } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { EndedExchange, NewAttempt } from '../attempts/attempt.ts';
import { attemptOf } from '../attempts/attempt.ts';
import type { Undecided } from './decide.ts';
import type { Engine } from '../engine.ts';
import type { Answer, Exchange, Exchanged, StreamEnd } from '../attempts/exchange.ts';
import { isRetryable } from '../attempts/exchange.ts';
import type { Observation } from './observation.ts';
import type { NodeEnd, Route, Visited } from '../attempts/next.ts';
import { next } from '../attempts/next.ts';
import type { OpenReceipt } from '../state/receipts.ts';
import type { RoutedRequest } from './route.ts';
import { routeOf, turnOf } from './route.ts';
import { discard, send } from '../attempts/send.ts';
import type { Deadline, TimeLimit } from '../attempts/time-limit.ts';
import { timeLimit, timeoutError } from '../attempts/time-limit.ts';
import { verdictOn } from '../attempts/verdict.ts';

/** What the engine is asked to do. */
export interface EngineRequest<Reply> extends RoutedRequest, Undecided {
  /** The id was made by this process and nothing is in the store yet. */
  readonly isNew: boolean;
  /** Somebody has a handle of the intent and may ask for it again; false for one that is made for this call alone. */
  readonly isNamed: boolean;
  readonly signal: AbortSignal | undefined;
  readonly exchange: Exchange<Reply>;
  /** The `model` slot of a judge's own call, charged to this intent at this node. */
  readonly judgeSlot: (model: string, node: NodeKey) => string;
}

const NOTHING: readonly never[] = [];

/** What a request works on. */
interface RequestContext {
  readonly intent: Intent;
  readonly receipt: OpenReceipt;
  readonly observation: Observation | undefined;
}

export class RequestRun<Reply> {
  readonly #engine: Engine;
  readonly #request: EngineRequest<Reply>;
  readonly #intent: Intent;
  readonly #receipt: OpenReceipt;
  readonly #observation: Observation | undefined;
  readonly #turn: number;
  readonly #deadline: Deadline | undefined;
  /** What a validator listens to, where the request has a deadline. */
  #judging: TimeLimit | undefined;
  #uncommitted: readonly NewAttempt[] = NOTHING;

  constructor(engine: Engine, request: EngineRequest<Reply>, { intent, receipt, observation }: RequestContext) {
    this.#engine = engine;
    this.#observation = observation;
    this.#request = request;
    this.#intent = intent;
    this.#receipt = receipt;
    this.#turn = turnOf(intent);
    const { deadlineMs } = request.feature.config;
    this.#deadline =
      deadlineMs === undefined ? undefined : { atMs: engine.runtime.elapsedMs() + deadlineMs, passed: false };
  }

  /** The exchange whose reply goes back to the caller. What was spent is on its way into the ledger then, whatever happened. */
  async solve(): Promise<Exchanged<Reply>> {
    try {
      const route = routeOf(this.#request, this.#intent, this.#turn);
      let visited: readonly Visited[] = NOTHING;
      let best: Exchanged<Reply> | undefined;
      for (let step = next(route, visited); step.do === 'send'; step = next(route, visited)) {
        const model = modelNamed(this.#engine, step.model);
        const skip = this.#isOff(model, visited) || this.#isDown(model, route, visited);
        const exchanged = skip ? undefined : await this.#send(model, step.node, step.kind);
        if (exchanged !== undefined) this.#tellBreaker(model, exchanged.status);
        const ending = exchanged === undefined ? 'unavailable' : this.#end(exchanged, model, step.node, route);
        const end = typeof ending === 'string' ? ending : await ending;
        // A reply, even a rejected one, is worth more to the caller than a later fault.
        if (exchanged !== undefined && (best === undefined || exchanged.status === 'ok' || mayReplace(best, route)))
          best = replaced(best, exchanged);
        else if (exchanged !== undefined) discard(exchanged);
        visited = appended(visited, { node: step.node, model: step.model, end });
        if (this.#isOver()) break;
      }
      const { signal } = this.#request;
      // Whoever left while a verdict was being waited for, is told so, as by fetch.
      if (signal?.aborted === true && best?.status === 'ok' && !('stream' in best))
        return { status: 'aborted', error: signal.reason };
      return best ?? { status: 'timeout', error: timeoutError() };
    } finally {
      this.#judging?.release();
      this.#judging = undefined;
      this.#commit();
    }
  }

  /** Appends the request's attempts to the ledger; the caller does not wait for it. */
  #commit(): void {
    const attempts = this.#uncommitted;
    if (attempts.length === 0) return;
    this.#uncommitted = NOTHING;
    const { book, runtime } = this.#engine;
    const intentId = this.#intent.id;
    const { feature } = this.#intent.decided;
    const atMs = runtime.nowMs();
    const records = attempts.map(
      attempt => ({ kind: 'attempted', intentId, revision: 0, feature, atMs, attempt }) as const,
    );
    // An intent that was pruned meanwhile begins again, with the decision it had: what was spent is spent.
    book.add(intentId, intent => (intent === undefined ? [{ ...this.#intent.decided }, ...records] : records));
  }

  #isOver(): boolean {
    if (this.#request.signal?.aborted === true) return true;
    const deadline = this.#deadline;
    return deadline !== undefined && (deadline.passed || this.#engine.runtime.elapsedMs() >= deadline.atMs);
  }

  /** Switched off since the request began: its reply so far is worth more than a refusal. @throws RouterError for the first model */
  #isOff({ name }: ResolvedModel, visited: readonly Visited[]): boolean {
    if (!this.#engine.disabled.has(name)) return false;
    if (visited.length > 0) return true;
    throw new RouterError('no-eligible-candidate', `"${name}" is switched off`);
  }

  /** An open circuit is passed over, as long as somebody else may answer. */
  #isDown(model: ResolvedModel, route: Route, visited: readonly Visited[]): boolean {
    const { breaker, runtime } = this.#engine;
    if (!breaker.anyFaults() || !breaker.isOpen(model.endpoint, runtime.elapsedMs())) return false;
    const tried = new Set(visited.map(visit => visit.model));
    return route.fallbacks.some(name => name !== model.name && !tried.has(name));
  }

  #send(model: ResolvedModel, node: NodeKey, kind: AttemptKind): Promise<Exchanged<Reply>> {
    const { breaker, runtime } = this.#engine;
    const { config } = this.#request.feature;
    breaker.sending(model.endpoint, runtime.elapsedMs());
    let attempts = 0;
    return send({
      model,
      exchange: this.#request.exchange,
      runtime,
      retries: config.retries,
      signal: this.#request.signal,
      deadline: this.#deadline,
      attemptTimeoutMs: config.attemptTimeoutMs,
      attempted: (result, startedAtMs, latencyMs) => {
        const own = this.#request.judge !== undefined ? 'judge' : attempts++ === 0 ? kind : 'retry';
        if (result.status === 'ok' && 'stream' in result)
          this.#followStream(result, model, node, own, startedAtMs, latencyMs);
        else this.#record(this.#attempt({ kind: own, model, node, startedAtMs, latencyMs, result }));
      },
    });
  }

  #tellBreaker({ endpoint }: ResolvedModel, status: AttemptStatus): void {
    const { breaker, runtime } = this.#engine;
    if (isRetryable(status)) breaker.failed(endpoint, runtime.elapsedMs());
    else if (status !== 'aborted') breaker.succeeded(endpoint);
  }

  #end(exchanged: Exchanged<Reply>, model: ResolvedModel, node: NodeKey, route: Route): NodeEnd | Promise<NodeEnd> {
    if (exchanged.status !== 'ok') return this.#isMoving(exchanged, route) ? 'unavailable' : 'accepted';
    // A stream that nobody holds back is with the caller from its first byte: it is judged when it ends.
    if ('stream' in exchanged) return 'accepted';
    const verdict = this.#judge(exchanged.answer, model, node);
    if (verdict === undefined) return 'accepted';
    return 'accepted' in verdict ? this.#judged(verdict) : verdict.then(late => this.#judged(late));
  }

  /** Whether another model may answer what this one did not. */
  #isMoving({ status, httpStatus }: Exchanged<Reply>, route: Route): boolean {
    if (this.#request.pin === undefined) return isRetryable(status);
    return route.fallbacks.length > 0 && (httpStatus === 400 || httpStatus === 404);
  }

  #judged(verdict: Verdict): NodeEnd {
    const attempt = this.#uncommitted.at(-1);
    if (attempt !== undefined) attempt.verdict = verdict;
    return verdict.accepted || this.#request.pin !== undefined ? 'accepted' : 'rejected';
  }

  #judge(
    answer: Answer,
    model: ResolvedModel,
    node: NodeKey,
    signal = (): AbortSignal | undefined => this.#judgeSignal(),
  ): Verdict | Promise<Verdict> | undefined {
    const { feature, judge } = this.#request;
    if (judge !== undefined || !feature.config.hasVerdict) return undefined;
    const intentId = this.#intent.id;
    return verdictOn(feature.config, answer, {
      model: model.name,
      intentId,
      signal,
      runtime: this.#engine.runtime,
      judgeModel: name => this.#request.judgeSlot(name, node),
      faulted: error => this.#engine.faulted({ where: 'validator', feature: feature.config.name, intentId, error }),
    });
  }

  #judgeSignal(): AbortSignal | undefined {
    const caller = this.#request.signal;
    if (this.#deadline === undefined) return caller;
    const { runtime } = this.#engine;
    this.#judging ??= timeLimit({ runtime, caller, ms: Math.max(0, this.#deadline.atMs - runtime.elapsedMs()) });
    return this.#judging.signal;
  }

  #followStream(
    { stream, httpStatus, providerRequestId }: Extract<Exchanged<Reply>, { readonly stream: unknown }>,
    model: ResolvedModel,
    node: NodeKey,
    kind: AttemptKind,
    startedAtMs: number,
    firstByteMs: number,
  ): void {
    const { runtime } = this.#engine;
    const started = runtime.elapsedMs() - firstByteMs;
    const ended = async ({ status, answer }: StreamEnd): Promise<void> => {
      const latencyMs = runtime.elapsedMs() - started;
      const verdict = status === 'ok' ? await this.#judge(answer, model, node, endless) : undefined;
      // Without the reply itself: a caller who drops it is to be noticed.
      const result = { httpStatus, providerRequestId, status, answer, firstByteMs };
      const attempt = this.#attempt({ kind, model, node, startedAtMs, latencyMs, result });
      if (verdict !== undefined) attempt.verdict = verdict;
      this.#record(attempt);
      if (answer.id !== undefined) this.#engine.receipts.keep(undefined, answer.id, this.#receipt);
      this.#commit();
      this.#observation?.ended({ status });
    };
    const engine = this.#engine;
    const { id } = this.#intent;
    engine.openStreams.add(stream);
    stream.onEnd(end => {
      engine.openStreams.delete(stream);
      const work = ended(end).finally(() => engine.book.release(id));
      engine.afterReply(work, id);
    });
  }

  #record(attempt: NewAttempt): void {
    this.#uncommitted = appended(this.#uncommitted, attempt);
    this.#receipt.attempts = appended(this.#receipt.attempts, attempt);
  }

  #attempt(ended: Omit<EndedExchange, 'requestId' | 'turn'>): NewAttempt {
    const { kind, model, node, startedAtMs, latencyMs, result } = ended;
    const { requestId } = this.#receipt;
    return attemptOf({ kind, requestId, turn: this.#turn, model, node, startedAtMs, latencyMs, result }, parts =>
      this.#unpriced(model, parts),
    );
  }

  #unpriced(model: ResolvedModel, parts: readonly string[]): void {
    const { id, decided } = this.#intent;
    const error = new RouterError('unknown-price', `no price for ${parts.join(', ')}`, {
      path: `models.${model.name}.price`,
    });
    this.#engine.faulted({ where: 'price', feature: decided.feature, intentId: id, error });
  }
}

/** Lists here nearly always have one member, and live as long as a receipt: a pushed-to one reserves room for 17. */
function appended<Item>(list: readonly Item[], item: Item): readonly Item[] {
  return list.length === 0 ? [item] : [...list, item];
}

/** A stream is judged when its request is over: no time of the caller's limits that any more. */
const endless = (): undefined => undefined;

/** A fault may be replaced by what another model says of the request; a guess that was refused may not. */
function mayReplace<Reply>(best: Exchanged<Reply>, { fallbacks }: Route): boolean {
  return best.status !== 'ok' && !(best.status === 'rejected-request' && fallbacks.length > 0);
}

function replaced<Reply>(old: Exchanged<Reply> | undefined, better: Exchanged<Reply>): Exchanged<Reply> {
  if (old !== undefined) discard(old);
  return better;
}

/** @throws RouterError `unknown-model`: a judge may name any configured model, and only those. */
function modelNamed({ config }: Engine, name: string): ResolvedModel {
  const model = config.models.get(name);
  if (model !== undefined) return model;
  throw new RouterError('unknown-model', `no model is named "${name}"`, { accepted: [...config.models.keys()] });
}
