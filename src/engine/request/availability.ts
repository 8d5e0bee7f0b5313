/** The circuits from the view of one request: which are open, which refused it, and what its exchanges report to them. */
import type { ResolvedModel } from '../../config/resolved.ts';
import type { ReplyError } from '../../contracts/wire.ts';
import { isRetryable } from '../../core/ledger/attempt-status.ts';
import type { AttemptStatus } from '../../core/ledger/vocabulary.ts';
import { RouterError } from '../../errors.ts';
import type { Engine } from '../engine.ts';
import { circuitsOf } from '../rails/circuit-breaker.ts';

/** How an exchange ended, or the stream that it began. */
export interface ExchangeEnd {
  readonly status: AttemptStatus;
  readonly httpStatus?: number | undefined;
  readonly refusal?: ReplyError | undefined;
  readonly unreadable?: RouterError | undefined;
}

type AvailabilityEngine = Pick<Engine, 'breaker' | 'faulted' | 'runtime'>;

/** One per request. Observers are notified when an account or a model is refused. */
export class Availability {
  readonly #engine: AvailabilityEngine;
  readonly #call: { readonly feature: string; readonly intentId: string };
  readonly #client: (() => string) | undefined;
  /** Circuits that a refusal of this request has opened. */
  #refusedBy: readonly string[] = NOTHING;

  /** @param client names the client's credentials */
  constructor(
    engine: AvailabilityEngine,
    call: { readonly feature: string; readonly intentId: string },
    client: (() => string) | undefined,
  ) {
    this.#engine = engine;
    this.#call = call;
    this.#client = client;
  }

  isOpen(model: ResolvedModel): boolean {
    const { breaker, runtime } = this.#engine;
    return breaker.anyFaults() && breaker.isOpen(circuitsOf(model, this.#client), runtime.elapsedMs());
  }

  /** True when this request was refused by the model, or by the account that it is called with. */
  hasRefused(model: ResolvedModel): boolean {
    if (this.#refusedBy.length === 0) return false;
    const circuits = circuitsOf(model, this.#client);
    return this.#refusedBy.includes(circuits.account) || this.#refusedBy.includes(circuits.model);
  }

  /** Call right before the request is sent to the model. */
  sending(model: ResolvedModel): void {
    const { breaker, runtime } = this.#engine;
    if (breaker.anyFaults()) breaker.sending(circuitsOf(model, this.#client), runtime.elapsedMs());
  }

  ended(model: ResolvedModel, end: ExchangeEnd): void {
    const { breaker, faulted, runtime } = this.#engine;
    const about = end.refusal?.about ?? 'fault';
    if (about === 'account' || about === 'model') {
      const circuit = circuitsOf(model, this.#client)[about];
      this.#refusedBy = [...this.#refusedBy, circuit];
      if (breaker.refused(circuit, runtime.elapsedMs()))
        faulted({ where: 'provider', ...this.#call, error: refusedError(model, about, end) });
    } else if (about === 'fault' && isRetryable(end.status)) breaker.failed(model.endpoint, runtime.elapsedMs());
    else if (end.status !== 'aborted' && breaker.anyFaults()) breaker.succeeded(circuitsOf(model, this.#client));
  }

  /** Observers get an event for a reply that is not a reply of the model's API. */
  tellUnreadable(end: ExchangeEnd): void {
    const { unreadable: error } = end;
    if (error !== undefined) this.#engine.faulted({ where: 'wire', ...this.#call, error });
  }
}

const NOTHING: readonly never[] = [];

/** A provider's code is a word. Anything else may be a sentence that quotes the request. */
const CODE = /^[\w.-]{1,64}$/;

function refusedError({ name }: ResolvedModel, about: 'account' | 'model', end: ExchangeEnd): RouterError {
  const code = end.refusal?.code ?? '';
  const said = [end.httpStatus, CODE.test(code) ? code : ''].filter(Boolean).join(' ');
  const what = about === 'account' ? `the account of "${name}"` : `"${name}"`;
  return new RouterError(
    'provider-refused',
    `the provider refuses ${what} (${said}); other candidates are asked instead`,
    {
      path: `models.${name}`,
      accepted: about === 'account' ? 'a valid key, with permission and balance' : 'a model that this account may use',
    },
  );
}
