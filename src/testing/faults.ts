/** What may go wrong, and when. */
import { seededRandom } from '../core/math/random.ts';
import type { FakeApiName } from './fake-api.ts';

/** How a provider says when to come back. */
export type RetryAfter =
  /** `retry-after: 2` */
  | { readonly seconds: number }
  /** `retry-after-ms: 150`, which only OpenAI's and Anthropic's own servers send. */
  | { readonly ms: number }
  /** `retry-after: Wed, 21 Oct 2026 07:28:00 GMT`, this long from now. */
  | { readonly dateInMs: number };

export type FakeFault =
  /** An error of the provider, in its own words: 429, 500, 503, 529 … Free. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: RetryAfter }
  /** A page of a proxy instead of an answer. Free. */
  | { readonly kind: 'html'; readonly status: number }
  /** The connection is reset before any answer. Free. */
  | { readonly kind: 'reset' }
  /** No answer until the client gives up. Free. */
  | { readonly kind: 'silent' }
  /** 400: the model does not take this parameter, or not this value. Passed over when the request does not have it. Free. */
  | { readonly kind: 'unsupported-parameter' | 'unsupported-value'; readonly parameter: string }
  /** 404, as for a model that does not exist. Free. */
  | { readonly kind: 'unknown-model' }
  /** A complete answer, late: before its head, and between the events of a stream. Billed as usual. */
  | { readonly kind: 'slow'; readonly delayMs?: number; readonly betweenEventsMs?: number }
  /** 200, but the body is not JSON. Of a stream, an event is not. Billed. */
  | { readonly kind: 'malformed' }
  /** A stream ends in good order after so many events, before its own end; of a plain reply, half the body. Billed. */
  | { readonly kind: 'truncate'; readonly afterEvents: number }
  /** The connection breaks after so many events; of a plain reply, after half the body. Billed. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** Nothing more comes after so many events (plain: half the body) until the client leaves. Billed. */
  | { readonly kind: 'pause'; readonly afterEvents: number };

/** What a schedule may look at. */
export interface FaultRequest {
  /** Number of the request on this provider, from 0. */
  readonly index: number;
  readonly api: FakeApiName;
  readonly model: string;
  readonly stream: boolean;
  /** The serialised body. */
  readonly text: string;
}

/** A list is used up request by request (`undefined`: this one goes well); a function is asked each time. */
export type FaultSchedule = readonly (FakeFault | undefined)[] | ((request: FaultRequest) => FakeFault | undefined);

/** A schedule as the function it stands for. */
export function faultsOf(faults: FaultSchedule | undefined): (request: FaultRequest) => FakeFault | undefined {
  if (faults === undefined) return () => undefined;
  if (typeof faults === 'function') return faults;
  let next = 0;
  return () => faults[next++];
}

/**
 * Faults by chance: each kind with its own probability, the rest of the requests go well.
 *
 * @example
 * ```ts
 * const faults = randomFaults('seed', [[0.1, { kind: 'status', status: 429 }], [0.05, { kind: 'reset' }]]);
 * ```
 */
export function randomFaults(seed: string | number, odds: readonly (readonly [number, FakeFault])[]): FaultSchedule {
  const random = seededRandom(seed);
  return () => {
    let left = random.next();
    for (const [probability, fault] of odds) {
      left -= probability;
      if (left < 0) return fault;
    }
    return undefined;
  };
}
