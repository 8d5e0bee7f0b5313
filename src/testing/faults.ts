/** The faults of the fake provider, and their schedules. */
import { seededRandom } from '../core/math/random.ts';
import type { FakeApiName } from './fake-api.ts';

/** The header by which a provider asks for a delay before the next request. */
export type RetryAfter =
  /** `retry-after: 2` */
  | { readonly seconds: number }
  /** `retry-after-ms: 150`, a header of OpenAI and Anthropic. */
  | { readonly ms: number }
  /** `retry-after: Wed, 21 Oct 2026 07:28:00 GMT`, this many milliseconds from now on the provider's clock, in whole seconds. */
  | { readonly dateInMs: number };

/** A fault of one exchange; the comments say whether the exchange is charged. */
export type FakeFault =
  /** An error status with the provider's usual body: 429, 500, 503, 529 … Free. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: RetryAfter }
  /** An HTML page, as a proxy might send it, instead of a reply. Free. */
  | { readonly kind: 'html'; readonly status: number }
  /** The connection is reset before any reply. Free. */
  | { readonly kind: 'reset' }
  /** The request hangs: there is no reply until the client gives up. Free. */
  | { readonly kind: 'silent' }
  /** 400: the model does not support this parameter, or this value. No fault when the request does not have it. Free. */
  | { readonly kind: 'unsupported-parameter' | 'unsupported-value'; readonly parameter: string }
  /** 404, as for a model that does not exist. Free. */
  | { readonly kind: 'unknown-model' }
  /** A complete reply with delays: before it, and between the events of a stream. Charged as usual. */
  | { readonly kind: 'slow'; readonly delayMs?: number; readonly betweenEventsMs?: number }
  /** Status 200, but the body, or an event of a stream, is not JSON. Charged. */
  | { readonly kind: 'malformed' }
  /** The response ends normally but early: a stream after `afterEvents`, a plain reply after half its body. Charged. */
  | { readonly kind: 'truncate'; readonly afterEvents: number }
  /** The connection breaks: in a stream after `afterEvents`, in a plain reply after half the body. Charged. */
  | { readonly kind: 'cut'; readonly afterEvents: number }
  /** Sending stalls until the client leaves: in a stream after `afterEvents`, else after half the body. Charged. */
  | { readonly kind: 'pause'; readonly afterEvents: number };

/** The request for which a schedule chooses a fault. */
export interface FaultRequest {
  /** Number of the request on this provider, from 0. */
  readonly index: number;
  readonly api: FakeApiName;
  readonly model: string;
  readonly stream: boolean;
  /** The serialised body. */
  readonly text: string;
}

/** A list has one entry per request (`undefined`: no fault), and no faults after its end. A function decides per request. */
export type FaultSchedule = readonly (FakeFault | undefined)[] | ((request: FaultRequest) => FakeFault | undefined);

/** Converts a schedule to a function that is called once per request. */
export function faultsOf(faults: FaultSchedule | undefined): (request: FaultRequest) => FakeFault | undefined {
  if (faults === undefined) return () => undefined;
  if (typeof faults === 'function') return faults;
  let next = 0;
  return () => faults[next++];
}

/**
 * A schedule of random faults. Each has its own probability; the other requests have no fault. The same seed gives the same
 * faults.
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
