/** The terms of docs/vocabulary.md as types: plan, node, attempt, verdict, decision, evidence, outcome. */
import type { NanoUsd } from './money.ts';
import type { BilledCall, Provenance, ServedTerms, Usage, PricedAt } from './usage.ts';

/** An ordered list of candidates (configured model names): start at the first, climb when a reply is rejected or an agent is stuck. */
export type Plan = readonly string[];

/** A plan as a map key: its model names joined by `>`. */
export type PlanKey = string;

/**
 * A position in a plan: the models tried so far, joined. `mini` is the first position; `mini>premium` is premium after
 * mini was rejected; `mini!premium` is premium after mini was unavailable (availability is not quality).
 */
export type NodeKey = string;

/** What one HTTP exchange (or one call of a `run` function) was for. */
export type AttemptKind = 'first' | 'retry' | 'escalation' | 'judge';

/** How an attempt ended. Everything but `ok` and `rejected-request` is availability, never quality. */
export type AttemptStatus =
  /** 2xx, complete. */
  | 'ok'
  /** The provider refused the request as written (a 4xx that is not retryable). */
  | 'rejected-request'
  /** The account or the model was refused, or the model cannot take this request: another candidate may take it. */
  | 'refused'
  /** 408, 409, 429 or 5xx. */
  | 'provider-fault'
  /** No reply: connection refused, reset, DNS. */
  | 'connection'
  /** The attempt's or the request's deadline passed. */
  | 'timeout'
  /** The caller aborted it. */
  | 'aborted'
  /** The reply began and broke off, or could not be parsed. */
  | 'broken';

/** The immediate accept or reject of one reply. */
export interface Verdict {
  readonly accepted: boolean;
  /**
   * `schema`, `function` or `judge`; the check that rejected (`json`, `refusal` …), or `checks`; `fault` when it failed
   * open.
   */
  readonly by: string;
  readonly reason?: string;
}

/** One exchange with one model, as the ledger keeps it. Never holds prompt or completion text. */
export interface Attempt extends ServedTerms, PricedAt {
  readonly kind: AttemptKind;
  /** The client call it belongs to; attempts of one request share it. */
  readonly requestId: string;
  /** 1 for the intent's first request. */
  readonly turn: number;
  /** Configured model name. */
  readonly model: string;
  /** The node its spend is charged to. */
  readonly node: NodeKey;
  /** Model name sent to the provider, and the one the reply names. */
  readonly providerModel: string;
  readonly responseModel?: string;
  /** What the model's configuration sets on every request: `effort=low,temperature=0.2`. Absent: nothing. */
  readonly params?: string;
  /** The provider's name of another model that served the call in place of the one asked for. */
  readonly servedBy?: string;
  /** The provider's own id of the exchange (`x-request-id`, `request-id`), to join with its bill. */
  readonly providerRequestId?: string;
  /**
   * Keys by which a later request may continue this reply, so that the request needs the same model: the reply's id, the end of a
   * signature.
   */
  readonly replyKeys?: readonly string[];
  readonly startedAtMs: number;
  readonly latencyMs: number;
  /** Streams: milliseconds to the first byte. */
  readonly firstByteMs?: number;
  readonly status: AttemptStatus;
  readonly httpStatus?: number;
  /** Usage of the whole reply, every call in it included. */
  readonly usage: Usage;
  /**
   * The calls into which `usage` divides, priced one by one, each with its rates. Absent: there was one call, of the model that served it.
   */
  readonly calls?: readonly BilledCall[];
  readonly costNanoUsd: NanoUsd;
  /**
   * The part of the cost that was for reading or caching again what the session had sent before: it depends on what the cache
   * happened to hold. Absent: none.
   */
  readonly prefixNanoUsd?: NanoUsd;
  /**
   * Tokens of the prefix that this part covers; absent: those that the decision knew of, at most as many as the prompt had.
   */
  readonly prefixTokens?: number;
  readonly provenance: Provenance;
  /**
   * Quantities or terms that are billed, or may be, without a known price: `tier "ultrafast"`, `usage.video_tokens`. The cost is then an
   * estimate.
   */
  readonly unpriced?: readonly string[];
  readonly verdict?: Verdict;
}

/**
 * The text in {@link Attempt.unpriced} for a reply that the provider had not finished: its usage comes when it is
 * retrieved.
 */
export const NOT_RETRIEVED = 'background reply not yet retrieved';

/** True for an attempt whose reply is still to come: it is not an answer yet, and neither a success nor a failure. */
export function isPending({ unpriced }: { readonly unpriced?: readonly string[] | undefined }): boolean {
  return unpriced?.includes(NOT_RETRIEVED) === true;
}

/** The policy's choice for one intent, with the exact probability it had. */
export interface Decision {
  readonly plan: Plan;
  /** The exact probability with which the policy chose this plan among `eligible`. */
  readonly propensity: number;
  /** The plans that the policy chose among. */
  readonly eligible: readonly PlanKey[];
  /** Name of the policy. */
  readonly policy: string;
  /**
   * Why the plan was chosen, for a person to read: `share 0.62 of 2 plans`, `held out as a baseline`, `the only eligible
   * plan`.
   */
  readonly reason: string;
}

export type OutcomeState = 'pending' | 'success' | 'failure' | 'unknown';

/**
 * Where evidence comes from, each source outranking the sources before it. `return`: the user came back to the feature with a new intent.
 * `audit` is ground truth for a random sample.
 */
export const EVIDENCE_SOURCES = ['silence', 'return', 'implicit', 'explicit', 'audit'] as const;
export type EvidenceSource = (typeof EVIDENCE_SOURCES)[number];

/** One piece of evidence about an intent. `success: null` withdraws the source's earlier evidence. */
export interface Evidence {
  readonly source: EvidenceSource;
  readonly success: boolean | null;
  /** Name and value of the signal that the evidence came from. */
  readonly signal?: string;
  readonly value?: boolean | number | string;
  /** A person took over. */
  readonly escalated?: boolean;
  /** What the failure actually cost, replacing the configured failure cost. */
  readonly costNanoUsd?: NanoUsd;
  /** Idempotency key: a second piece of evidence with the same key is ignored. */
  readonly key?: string;
  /** The user came back with a later turn, which withdraws the evidence of silence. */
  readonly isWithdrawal?: boolean;
}

/** The result of an intent's evidence. */
export interface Outcome {
  readonly state: OutcomeState;
  readonly source?: EvidenceSource;
  readonly escalated: boolean;
  /** Actual cost of the failure, where it was recorded. */
  readonly costNanoUsd?: NanoUsd;
}

export const PENDING: Outcome = Object.freeze({ state: 'pending', escalated: false });

/** Between two models of a key: the reply of the first was rejected, or the first was unavailable. */
const REJECTED = '>';
const UNAVAILABLE = '!';

export function planKey(plan: Plan): PlanKey {
  return plan.join(REJECTED);
}

/** The policy's name in the decisions of intents that are only observed. */
export const OBSERVE = 'observe';

/** The plan of a key: the inverse of {@link planKey}. */
export function planOfKey(key: PlanKey): Plan {
  return key.split(REJECTED);
}

/** The node at position `index` of a plan, reached because every reply before it was rejected. */
export function nodeOf(plan: Plan, index: number): NodeKey {
  return index === 0 ? (plan[0] ?? '') : plan.slice(0, index + 1).join(REJECTED);
}

/** The node of `model` after the reply at `node` was rejected. */
export function nodeAfterRejection(node: NodeKey, model: string): NodeKey {
  return node + REJECTED + model;
}

/** The node of `model`, which replaces the model of `node` because that was unavailable. */
export function nodeAfterOutage(node: NodeKey, model: string): NodeKey {
  return node + UNAVAILABLE + model;
}

/** The node without the changes by outages: the position in the plan of the first unavailable model. */
export function nodeBeforeOutage(node: NodeKey): NodeKey {
  return node.split(UNAVAILABLE, 1)[0] as NodeKey;
}

/** The model that is called at a node. */
export function modelOfNode(node: NodeKey): string {
  return node.slice(Math.max(node.lastIndexOf(REJECTED), node.lastIndexOf(UNAVAILABLE)) + 1);
}

/** A node in words: `premium after mini`. */
export function describeNode(node: NodeKey): string {
  const model = modelOfNode(node);
  const before = node.slice(0, -model.length - 1);
  if (before === '') return model;
  if (before === model) return `${model} after an alarm`;
  const names = before.split(/[>!]/).join(', ');
  return node.at(-model.length - 1) === UNAVAILABLE
    ? `${model} while ${names} was unavailable`
    : `${model} after ${names}`;
}
