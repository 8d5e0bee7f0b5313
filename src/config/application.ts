/** The options of models and features in a configuration. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { CacheTerms } from '../contracts/cache-terms.ts';
import type { ModelParams } from '../contracts/model-params.ts';
import type { Objective, Policy } from '../contracts/policy.ts';
import type { Api } from '../translate/neutral/conversation.ts';
import type { NumbersContext } from '../core/beliefs/number-model.ts';
import type { PriceConfig } from '../contracts/price-config.ts';
import type { PriorEvidence } from '../contracts/prior.ts';
import type { Capability, Finish, Provider, RequestTransform } from '../contracts/wire.ts';
import type { AnyName } from './any-name.ts';
import type { BudgetConfig } from './budget-config.ts';

/** Milliseconds, or a number with a unit: `'500ms'`, `'30s'`, `'30m'`, `'12h'`, `'7d'`. At most 100 years; a time limit is 1 ms or more. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** Header values by name. */
export type HeaderTexts = Readonly<Record<string, string>>;

/** A value, or a function that is called for every request: for a key that changes, or that is fetched. */
export type PerRequest<Value> = Value | (() => Value | Promise<Value>);

/** One provider model at one endpoint, with its price. */
export interface ModelConfig {
  /** The API that the model is called by; `other` for models that only `router.run`, or a wire of your own, calls. */
  readonly provider: Provider | 'other';
  /** The provider's own name of the model, sent unchanged. */
  readonly model: string;
  /**
   * Another endpoint than the client's own: the base URL that a client of its API is given. Default beside `apiKey` or `headers`: the
   * vendor's. The client's credentials are not sent there, and `apiKey` and `headers` are sent nowhere else.
   */
  readonly baseURL?: string;
  /** The endpoint's key: `authorization: Bearer …`, or `x-api-key` at Anthropic's API. */
  readonly apiKey?: PerRequest<string>;
  /** The endpoint's own headers. */
  readonly headers?: PerRequest<HeaderTexts>;
  /**
   * The one API that is spoken there. Default: those of the provider. A client of another API reaches the model by
   * translation, where the model has a key of its own.
   */
  readonly api?: Api;
  /** USD. Needed where the price book does not have the model, or has another price. */
  readonly price?: PriceConfig;
  /**
   * Other names of this model in its replies: of an Azure deployment, or behind a gateway's alias. A reply with a name that is
   * neither `model`, nor a snapshot of it, nor one of these is taken for another model's, and its cost is marked as estimated.
   */
  readonly servedAs?: readonly string[];
  /**
   * The parameters that the model is always called with, in place of the caller's values: `{ effort: 'low' }`. Another
   * value is another candidate, and a change of one starts the model's statistics again.
   */
  readonly params?: ModelParams;
  /** How a request must change for this model. */
  readonly transform?: RequestTransform;
  /** What the model cannot do: a request that needs it is never sent to this model. */
  readonly lacks?: readonly Capability[];
  /**
   * The longest request and reply together, tokens. Default: as the price book says. A text that is longer (characters ÷ 4)
   * goes to another candidate, where there is one.
   */
  readonly contextTokens?: number;
  /**
   * How the model's prompt cache keeps the beginning of a conversation, where it differs from the vendor's default: for how long after
   * its last use (default 5 minutes), and the shortest beginning that it keeps, in tokens.
   */
  readonly cache?: Partial<CacheTerms>;
}

/** The reply that a validator receives. */
export interface CheckedReply {
  readonly text: string;
  /** The parsed text, or `undefined` when it is not JSON. */
  readonly json: unknown;
  readonly finish: Finish;
  readonly hasToolCalls: boolean;
  /** Configured name of the model that replied. */
  readonly model: string;
  readonly feature: string;
  readonly intentId: string;
  /**
   * The value for the `model` slot of a judge's own call on a wrapped client: the call goes to that model, and its cost to
   * this intent.
   */
  judgeModel(name: string): string;
  /** Aborted when the request is aborted. */
  readonly signal: AbortSignal;
}

export type ValidatorResult = boolean | { readonly accepted: boolean; readonly reason?: string };

/** A function that accepts or rejects a reply; it may call a model itself (a judge). */
export type ValidatorFunction = (reply: CheckedReply) => ValidatorResult | Promise<ValidatorResult>;

/**
 * A Standard Schema (zod, valibot, arktype …) for the reply's JSON, or a function. A schema does not judge a reply with a tool
 * call, or with an image or audio alone; a function judges every reply that has ended.
 */
export type Validator = StandardSchemaV1 | ValidatorFunction;

/** Checks without options of their own. `true`: a reply with this fault is rejected. */
export interface BuiltInChecks {
  /** The text is not JSON. A reply with a tool call, or with an image or audio alone, is not checked. */
  readonly json?: boolean;
  /** The model refused to answer. */
  readonly refusal?: boolean;
  /** The answer was cut off at the token limit. */
  readonly cutOff?: boolean;
  /** Nothing that the caller can use: no text, tool call, image, audio or other output. */
  readonly empty?: boolean;
}

/** `true`: the signal means success; `false`: failure; a function decides from the signal's value. */
// The parameter is `never` so that any function of one value is assignable; `SignalValue` recovers its real type.
export type SignalMeaning = boolean | ((value: never) => boolean);

/**
 * What distinguishes one kind of request from another. The application declares it with an intent: one of the listed values,
 * or a number (`difficulty`, a distance between embeddings) that is divided into ranges, or numbers without ranges, whose effect
 * is learned. Or the router reads it from the intent's first request: `length: 'bucket'`, its size; `turns: 'bucket'`, the user's
 * messages in it; `tools: 'used'`, whether it offers tools.
 */
export type ContextConfig = readonly AnyName[] | NumberContext | NumbersContext | 'bucket' | 'used';

export interface NumberContext {
  /** Ascending: `[0.3, 0.7]` makes three ranges: below 0.3, up to 0.7, and from 0.7 on. */
  readonly cuts: readonly [number, ...number[]];
}

export interface FeatureConfig<ModelName extends string = string> {
  /** Models this feature allows, cheapest first: the climbing order. */
  readonly candidates: readonly [ModelName, ...ModelName[]];
  /** What one failed intent costs the business, USD. Every feature must have it, in tests too, or `accept: 'failure is free'`. */
  readonly failureCostUsd?: number;
  /** Needed without a failure cost: failures then count only through the cost per success. */
  readonly accept?: 'failure is free';
  readonly objective?: Objective;
  /** Named evidence: what each signal means for an intent. */
  readonly signals?: Readonly<Record<string, SignalMeaning>>;
  /** What it means when an intent has no evidence after this time; 0: from the end of its reply on. */
  readonly silence?: {
    readonly after: Duration;
    readonly means: 'success' | 'failure' | 'unknown';
    /**
     * The effect of a further request of an intent that silence has labelled. `withdraws` (default): the intent is pending again, and the
     * window starts again with the reply. `keeps`: the label stays.
     */
    readonly laterTurn?: 'withdraws' | 'keeps';
  };
  /**
   * A user who comes back: a new intent of this feature in the same session, within this time (at most 24 h) of the end of the last
   * answer there, is evidence that this answer's intent has failed. It ranks above silence and below signals.
   */
  readonly returns?: { readonly within: Duration; readonly means: 'failure' };
  /**
   * `'session'`: a whole session succeeds or fails. Its first intent decides, the later ones of this feature are further requests of that
   * decision, and there is one outcome, one failure cost, and the cost of all of it. An intent without a `session` is a session of its own.
   * A session belongs to one such feature: another one is refused (`intent-of-another-feature`).
   */
  readonly outcomeOf?: 'intent' | 'session';
  /** Accepts or rejects a reply at once; a rejected reply climbs to the plan's next candidate. */
  readonly validate?: Validator | readonly Validator[];
  readonly checks?: BuiltInChecks;
  /** Time for all validators of one reply; after that the reply is accepted and a fault reported (default 30 s). */
  readonly validateWithin?: Duration;
  /** Buffers a stream until its verdict, so that it can climb; by default a stream is passed on as it arrives. */
  readonly hold?: 'until-verdict';
  /**
   * When a stream's events go to the caller; from then on no other model can answer it. Default: at the first event, so that
   * a fault or a refusal as the first event moves on like an HTTP error. `headers`: as soon as an unrouted client has them.
   * `output`: at the first output of the model, so that errors after the first event still move on. The headers never wait:
   * where the events are late, the caller has the headers of the first reply and its body waits.
   */
  readonly release?: 'headers' | 'output';
  /** Asks the next candidate where a provider's content filter refuses a request; by default the caller gets that refusal. */
  readonly onFiltered?: 'next-model';
  /**
   * `true`: no request names an earlier reply by its id, so that a client of OpenAI's responses API may be answered by a model
   * of another API, which cannot keep the reply. Otherwise the request must say `store: false`.
   */
  readonly stateless?: boolean;
  /** Turns an intent may spend on one candidate before the next request climbs. With `onStuck`, a sign that the agent is stuck. */
  readonly maxTurns?: number;
  /**
   * `'learn'`, for agents: plans that move on to the next candidate once an agent is stuck compete with those that stay, so that the
   * policy learns whether that pays. Signs are the same tool call three times among the last six, three failed tool calls in a row,
   * `intent.stuck()` and `maxTurns`; the first one counts, from an intent's third request on. Not beside `validate` or `checks`.
   */
  readonly onStuck?: 'learn';
  readonly policy?: Policy;
  /**
   * `'observe'`: `ownModel` answers every intent, alone and whatever a budget or a guard rail says, and the ledger records what it
   * costs, how the intents end and what the policy would have chosen. A pin or a switch of an operator still counts. Default `'route'`.
   */
  readonly mode?: 'observe' | 'route';
  /** The candidate that answers without the router. Needed for `mode: 'observe'` and `rollout`. */
  readonly ownModel?: ModelName;
  /** Fraction of the intents, 0 to 1, that the policy decides: `ownModel` gets the others (default 1). Not beside `holdout`. */
  readonly rollout?: number;
  /** @deprecated The first name of `rollout`, which still works. */
  readonly share?: number;
  /**
   * Expected success rate of a candidate before any outcome, and how many outcomes it counts as (default 4, at most 10) once the
   * feature's own outcomes agree with it: until then it counts as a twentieth of that number, and as none if they contradict it.
   * Or evidence from outside, such as `publicEvidence('coding')` of `outcome-router/priors`.
   */
  readonly prior?: ConfiguredPriors<ModelName> | PriorEvidence;
  /** Transport retries per candidate after the first attempt (default 2). */
  readonly retries?: number;
  /** Time for one attempt (default: the client's own). */
  readonly attemptTimeout?: Duration;
  /**
   * Limit for a whole request, retries and climbing included. When it has passed, no further attempt starts, and the running
   * one is aborted unless its stream has begun.
   */
  readonly deadline?: Duration;
  /** Part of the version in the statistics: a new prompt starts a new experiment. */
  readonly promptVersion?: string;
  /**
   * Intents of a `session` are decided by what their conversation costs with each plan, given what the models' prompt caches
   * hold of it (default). `false`: they are decided like those without a session.
   */
  readonly sessionCosts?: boolean;
  /** Context that divides the feature into segments, by name (see the policy `contextual`). */
  readonly context?: Readonly<Record<string, ContextConfig>>;
  /** A plan is excluded when the evidence shows that its success rate is below this. */
  readonly minSuccessRate?: number;
  /** Latency target: a plan is excluded when the evidence shows that too many of its requests miss it. */
  readonly latency?: {
    /** Target for a whole request, retries and climbing included; a slower request is not aborted. */
    readonly within: Duration;
    /** Fraction of the requests that must be within that time, 0 to 1 (default 0.95). */
    readonly fraction?: number;
  };
  /** Limits the model spend of this feature. */
  readonly budget?: BudgetConfig;
  /** Sends this fraction of the intents, 0 to 1, to one model whatever the policy says: a baseline to compare with. */
  readonly holdout?: { readonly model: ModelName; readonly fraction: number };
}

export type ConfiguredPriors<ModelName extends string = string> = Readonly<
  Partial<Record<ModelName, { readonly success: number; readonly strength?: number }>>
>;

/** The value that a signal takes: none where its meaning is `true` or `false`; any where the meaning is known at run time only. */
export type SignalValue<Meaning> = Meaning extends (value: infer Value) => boolean
  ? [value: [Value] extends [never] ? string | number | boolean : Value]
  : [];
