/** The faults of the fake provider, and their schedules. */
import { accepting, listOf, seed as checkSeed } from '../argument-checks.ts';
import { seededRandom } from '../core/math/random.ts';
import type { FakeApiName } from './fake-api.ts';
import type { FakeDelivery } from './fake-delivery.ts';
import type { FakeCapability, FakeVendor, RefusalKind } from './fake-errors.ts';

/** The header by which a provider asks for a delay before the next request. */
export type RetryAfter =
  /** `retry-after: 2` */
  | { readonly seconds: number }
  /** `retry-after-ms: 150`, a header of OpenAI and Anthropic. */
  | { readonly ms: number }
  /**
   * `retry-after: Wed, 21 Oct 2026 07:28:00 GMT`, this many milliseconds from now on the provider's clock, in whole seconds.
   * Negative: a date in the past.
   */
  | { readonly dateInMs: number }
  /** `retry-after: 1, 2`: exactly this text. */
  | { readonly text: string };

/**
 * How an error reaches the client.
 *
 * - `http` (the default): as a status of 400 or more.
 * - `json`: the same body under status 200.
 * - `event`: as an event of a stream, the first one or the one after `afterEvents` events of the reply. To a request without
 *   `stream`: as `json`.
 * - `reply`: as a reply that reports its own failure. Chat: `finish_reason: 'error'`; Responses: `status: 'failed'`, in a
 *   stream `response.failed`, after `response.created` or `afterEvents` events. Messages has no such reply: as `event`.
 *
 * The headers `retry-after` and `x-should-retry` come in every form. An error is free, unless the stream has carried output
 * or usage before it: then it is charged like a cut stream.
 */
export type FakeErrorForm =
  | { readonly sentAs?: 'http' | 'json'; readonly afterEvents?: never }
  | { readonly sentAs: 'event'; readonly afterEvents?: number }
  | {
      readonly sentAs: 'reply';
      readonly afterEvents?: number;
      /** The failed reply reports its usage, if its API can, and is charged for it. Default false. */
      readonly reportsUsage?: boolean;
    };

export type FakeErrorFormName = NonNullable<FakeErrorForm['sentAs']>;

/** An error as the provider would send it, free of charge unless {@link FakeErrorForm} says otherwise. */
export type FakeError = (
  | {
      /** A status with the provider's usual body: 429, 500, 503, 529 … */
      readonly kind: 'status';
      readonly status: number;
    }
  | {
      /**
       * A refusal because of the account, the model or the content: 401, 402 (or 429, or 400), 403, 404 or 410, 413, and 400 for
       * the content, in the vendor's own words.
       */
      readonly kind: RefusalKind;
    }
  | {
      /** The request does not fit into the model's context. `limit` in tokens; default: half of the request's. */
      readonly kind: 'context-too-long';
      readonly limit?: number;
    }
  | {
      /** The request asks for more output than `limit` tokens. No fault when it does not. */
      readonly kind: 'output-too-long';
      readonly limit: number;
    }
  | {
      /** The model does not support this parameter, or this value. No fault when the request does not have it. */
      readonly kind: 'unsupported-parameter' | 'unsupported-value';
      readonly parameter: string;
    }
  | {
      /** The model cannot do what the request needs. No fault when the request does not need it. */
      readonly kind: 'unsupported-capability';
      readonly capability: FakeCapability;
    }
) & {
  /** The vendor whose wording the error has. Default: the model's `vendor`. */
  readonly vendor?: FakeVendor;
  readonly retryAfter?: RetryAfter;
  /** The header `x-should-retry`, by which the vendors tell their SDKs what to do. */
  readonly shouldRetry?: boolean;
} & FakeErrorForm;

/**
 * How a connection breaks: it is reset (an RST packet), closed (FIN), or closed for sending only, so that the provider still
 * reads. Default: `reset` before a reply, `close` within one.
 */
export type FakeBreak = 'reset' | 'close' | 'half-close';

/** A fault of one exchange; the comments say whether the exchange is charged. */
export type FakeFault = (
  | FakeError
  /** An HTML page, as a proxy might send it, instead of a reply. Free. */
  | { readonly kind: 'html'; readonly status: number }
  /** The connection breaks before any reply. Free. */
  | { readonly kind: 'reset'; readonly by?: FakeBreak }
  /** The request hangs: there is no reply until the client gives up. Free. */
  | { readonly kind: 'silent' }
  /** A complete reply with delays: before it, and between the events of a stream. Charged as usual. */
  | { readonly kind: 'slow'; readonly delayMs?: number; readonly betweenEventsMs?: number }
  /** Status 200, but the body, or an event of a stream, is not JSON. Charged. */
  | { readonly kind: 'malformed' }
  /** The response ends normally but early: a stream after `afterEvents`, a plain reply after half its body. Charged. */
  | { readonly kind: 'truncate'; readonly afterEvents: number }
  /** The connection breaks: in a stream after `afterEvents`, in a plain reply after half the body. Charged. */
  | { readonly kind: 'cut'; readonly afterEvents: number; readonly by?: FakeBreak }
  /** Sending stalls until the client leaves: in a stream after `afterEvents`, else after half the body. Charged. */
  | { readonly kind: 'pause'; readonly afterEvents: number }
  /** A complete reply, sent in an unusual way. Charged as usual. */
  | { readonly kind: 'delivery'; readonly delivery: FakeDelivery }
) & {
  /** How the reply or the error is sent: content type, compression, headers … Default: as the provider usually does. */
  readonly delivery?: FakeDelivery;
};

/** The request for which a schedule chooses a fault. */
export interface FaultRequest {
  /** Number of the request on this provider, from 0. */
  readonly index: number;
  readonly api: FakeApiName;
  readonly model: string;
  readonly stream: boolean;
  /** The serialized body. */
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

const checkOdds = listOf(
  "a list of probabilities and faults: [[0.1, { kind: 'reset' }]]",
  accepting(
    "a probability from 0 to 1 and a fault: [0.1, { kind: 'reset' }]",
    value =>
      Array.isArray(value) && value[0] >= 0 && value[0] <= 1 && typeof value[0] === 'number' && isObject(value[1]),
  ),
);

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/**
 * A schedule of random faults. Each has its own probability; the other requests have no fault. The same seed gives the same
 * faults.
 *
 * @throws RouterError `invalid-value` for wrong arguments
 *
 * @example
 * ```ts
 * const faults = randomFaults('seed', [[0.1, { kind: 'status', status: 429 }], [0.05, { kind: 'reset' }]]);
 * ```
 */
export function randomFaults(seed: string | number, odds: readonly (readonly [number, FakeFault])[]): FaultSchedule {
  checkSeed(seed, 'randomFaults.seed');
  checkOdds(odds, 'randomFaults.odds');
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
