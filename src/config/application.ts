/** What an application writes: the shape of `createRouter`'s argument, inferred so that names complete and typos fail. */
import type { StandardSchemaV1 } from '@standard-schema/spec';
import type { DriftEvent } from '../core/report/drift.ts';
import type { FailureCostCheck } from '../core/report/failure-cost.ts';
import type { Observer } from '../contracts/observer.ts';
import type { Objective, Policy } from '../contracts/policy.ts';
import type { PriceConfig } from '../contracts/price-config.ts';
import type { Store } from '../contracts/store.ts';
import type { Capability, Finish, Provider, RequestTransform } from '../contracts/wire.ts';

/** Milliseconds, or a number with a unit: `'500ms'`, `'30s'`, `'30m'`, `'12h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`;

/** One provider model at one endpoint, with its price. */
export interface ModelConfig {
  /** The API it speaks; `other` for models that only `router.run` calls. */
  readonly provider: Provider | 'other';
  /** The provider's own model name, sent as it is. */
  readonly model: string;
  /** Another endpoint than the client's own. The client's credentials are not sent there; see `headers`. */
  readonly baseURL?: string;
  /** Headers for `baseURL`: an object, or a function called per request (a key read late, say). */
  readonly headers?: Readonly<Record<string, string>> | (() => Readonly<Record<string, string>>);
  /** Where the price book has none, or another one: USD. */
  readonly price?: PriceConfig;
  /** How a request must change for this model. */
  readonly transform?: RequestTransform;
  /** What the model cannot do: requests that ask for it never go there. */
  readonly lacks?: readonly Capability[];
}

/** What a validator is given. */
export interface CheckedReply {
  readonly text: string;
  /** The text as JSON, or `undefined` when it is none. */
  readonly json: unknown;
  readonly finish: Finish;
  readonly hasToolCalls: boolean;
  /** Configured name of the model that replied. */
  readonly model: string;
  readonly feature: string;
  readonly intentId: string;
  /**
   * The `model` slot for a judge's own call on a wrapped client: the call is routed to that model, priced, and charged
   * to this intent.
   */
  judgeModel(name: string): string;
  /** Stops when the request does. */
  readonly signal: AbortSignal;
}

export type ValidatorResult = boolean | { readonly accepted: boolean; readonly reason?: string };

/** A function that accepts or rejects a reply; it may call a model itself (a judge). */
export type ValidatorFunction = (reply: CheckedReply) => ValidatorResult | Promise<ValidatorResult>;

/** A Standard Schema (zod, valibot, arktype …) for the reply's JSON, or a function. */
export type Validator = StandardSchemaV1 | ValidatorFunction;

/** Checks that need no configuration; `true` rejects a reply that shows the fault. */
export interface BuiltInChecks {
  /** The text is not JSON. */
  readonly json?: boolean;
  /** The model refused. */
  readonly refusal?: boolean;
  /** The answer was cut off at the token limit. */
  readonly cutOff?: boolean;
  /** No text and no tool call. */
  readonly empty?: boolean;
}

/** `true`: the signal means success; `false`: failure; a function decides from the signal's value. */
// The parameter is `never` so that any function of one value is assignable; `SignalValue` reads its real type back.
export type SignalMeaning = boolean | ((value: never) => boolean);

/**
 * What tells one kind of request from another. Said by the application of an intent: one of the listed values, or a
 * number (`difficulty`, a distance between embeddings) that is cut into parts. Seen by the router in the intent's first
 * request: `length: 'bucket'`, its size; `turns: 'bucket'`, the user's messages in it; `tools: 'used'`, whether it
 * offers tools.
 */
export type ContextConfig = readonly string[] | NumberContext | 'bucket' | 'used';

export interface NumberContext {
  /** Ascending: `[0.3, 0.7]` makes three parts, below 0.3, up to 0.7, and from 0.7 on. */
  readonly cuts: readonly [number, ...number[]];
}

export interface FeatureConfig<ModelName extends string = string> {
  /** Models this feature allows, cheapest first: the climbing order. */
  readonly candidates: readonly [ModelName, ...ModelName[]];
  /** What one failed intent costs the business, USD. Without it, say `accept: 'failure is free'`. */
  readonly failureCostUsd?: number;
  /** Needed when no failure cost is given: failures then only count through the cost per success. */
  readonly accept?: 'failure is free';
  readonly objective?: Objective;
  /** Named evidence: what each signal says about an intent. */
  readonly signals?: Readonly<Record<string, SignalMeaning>>;
  /** What it means that nobody said anything for a while. */
  readonly silence?: { readonly after: Duration; readonly means: 'success' | 'failure' | 'unknown' };
  /** Accepts or rejects a reply at once; a rejected reply climbs to the plan's next candidate. */
  readonly validate?: Validator | readonly Validator[];
  readonly checks?: BuiltInChecks;
  /** How long the validators of one reply may take together; after that the reply is accepted and the fault recorded. */
  readonly validateWithin?: Duration;
  /** Buffer a stream until its verdict, so that it can climb; by default a stream passes as it comes. */
  readonly hold?: 'until-verdict';
  /** Turns an intent may spend on one candidate before the next request climbs. */
  readonly maxTurns?: number;
  readonly policy?: Policy;
  /** Expected success rate of a candidate before anything was seen, and how many outcomes that belief is worth (default 4). */
  readonly prior?: Readonly<Partial<Record<ModelName, { readonly success: number; readonly strength?: number }>>>;
  /** Transport retries per candidate after the first attempt (default 2). */
  readonly retries?: number;
  /** Time for one attempt (default: the client's own). */
  readonly attemptTimeout?: Duration;
  /** Time for the whole request, retries and climbing included. */
  readonly deadline?: Duration;
  /** Part of the statistics' version: another prompt is another experiment. */
  readonly promptVersion?: string;
  /** Buckets of requests inside the feature, by name, learnt apart where that pays (see the policy `contextual`). */
  readonly context?: Readonly<Record<string, ContextConfig>>;
  /** Estimated success rate no plan may fall below, where there is evidence that it does. */
  readonly minSuccessRate?: number;
  /** Plans whose requests are too slow too often are passed over, where there is evidence that they are. */
  readonly latency?: {
    /** Time a request may take, retries and climbing included. */
    readonly within: Duration;
    /** Fraction of the requests that must keep it, 0 to 1 (default 0.95). */
    readonly fraction?: number;
  };
  /** Model spend of this feature. */
  readonly budget?: BudgetConfig;
  /** Sends this fraction of the intents, 0 to 1, to one model whatever the policy says: a baseline to compare with. */
  readonly holdout?: { readonly model: ModelName; readonly fraction: number };
}

/** A budget of model spend: paced, so that it lasts, and what happens when it is spent all the same. */
export interface BudgetConfig {
  readonly usd: number;
  /** UTC day or month. */
  readonly per: 'day' | 'month';
  /** `refuse` new intents, send them to the `cheapest` plan, or `alert` only (see `onBudget`). */
  readonly onLimit: 'refuse' | 'cheapest' | 'alert';
  /** Intents expected in a period; default: as many as in the last one, at least 1,000. */
  readonly expectedIntents?: number;
}

/** A threshold was crossed, once per period. */
export interface BudgetEvent {
  /** `undefined`: the budget of the whole router. */
  readonly feature: string | undefined;
  /** The part of the budget that is spent: 0.8 or 1. */
  readonly threshold: number;
  readonly spentUsd: number;
  readonly budgetUsd: number;
  readonly per: BudgetConfig['per'];
  readonly periodStartMs: number;
}

export type ModelConfigs = Readonly<Record<string, ModelConfig>>;

/**
 * Accepts any model name, so that a misspelt one does not take the types of everything else away: {@link KnownModels} refuses
 * it. The configured names are in it for completion.
 */
export type FeatureConfigs<Models extends ModelConfigs = ModelConfigs> = Readonly<
  Record<string, FeatureConfig<(keyof Models & string) | (string & {})>>
>;

export interface RouterConfig<
  Models extends ModelConfigs = ModelConfigs,
  Features extends FeatureConfigs<Models> = FeatureConfigs<Models>,
> {
  readonly models: Models & NoOtherInEach<Models, ModelConfig> & Transforms<Models>;
  readonly features: Features &
    NoOtherInEach<Features, FeatureConfig> &
    NestedOptions<Features> &
    KnownModels<Features, keyof Models & string> &
    KnownCandidates<Features, keyof Models & string>;
  /** Default: in memory, for this process only. */
  readonly store?: Store;
  /** Default: `thompson()`. */
  readonly policy?: Policy;
  readonly observers?: readonly Observer[];
  /** Model spend of all features together. */
  readonly budget?: BudgetConfig;
  /** 80 % and 100 % of a budget, once each per period. */
  readonly onBudget?: (event: BudgetEvent) => void;
  /** A rate or a version that changed. */
  readonly onDrift?: (event: DriftEvent & { readonly feature: string }) => void;
  /** Recorded failure costs differ from the configured one. */
  readonly onFailureCostMismatch?: (check: FailureCostCheck & { readonly feature: string }) => void;
  /** Seed of every random choice; with a fixed seed and clock a run can be reproduced. */
  readonly seed?: string | number;
  /** How often other processes' outcomes are looked for (default 2 s). */
  readonly refresh?: Duration;
  /** JSONL file for records the store would not take; default beside the store's own file. */
  readonly spool?: string;
}

/*
 * The checks of what is inferred. A value may have more properties than the constraint of its type parameter, so a misspelt
 * option has to be made an error by hand. Each check first asks one question of all features (or models) together and is
 * `unknown`, which changes nothing, when the answer is yes: the types of a correct configuration stay cheap.
 */

/** No value is of these types: their names are the compile error. */
interface ThereIsNoOption<Name> {
  readonly 'there is no option': Name;
}
interface ThereIsNoModel<Name> {
  readonly 'there is no model': Name;
}

/** Names of the properties that any of the given objects has. */
type NamesIn<Each> = Each extends unknown ? keyof Each : never;

type NoOther<Given, Known> = {
  readonly [Name in Exclude<keyof Given, keyof Known>]: ThereIsNoOption<Name>;
};

type NoOtherInEach<Given, Known> =
  NamesIn<Given[keyof Given]> extends keyof Known
    ? unknown
    : { readonly [Name in keyof Given]: NoOther<Given[Name], Known> };

type Transforms<Models extends ModelConfigs> =
  'transform' extends NamesIn<Models[keyof Models]>
    ? { readonly [Name in keyof Models]: { readonly transform?: NoOther<Models[Name]['transform'], RequestTransform> } }
    : unknown;

/** Options that are objects of options. Policies and validators are not: any object may have more properties than theirs. */
type Nested = 'silence' | 'checks' | 'latency' | 'budget' | 'holdout';

type NestedOptions<Features extends FeatureConfigs> = NamesIn<Features[keyof Features]> & Nested extends never
  ? unknown
  : {
      readonly [Name in keyof Features]: {
        readonly [Option in keyof Features[Name] & Nested]?: NoOther<
          Features[Name][Option],
          NonNullable<FeatureConfig[Option]>
        >;
      };
    };

type KnownModels<
  Features extends FeatureConfigs,
  ModelName extends string,
> = Features[keyof Features]['candidates'][number] extends ModelName
  ? unknown
  : { readonly [Name in keyof Features]: { readonly candidates: readonly ModelName[] } };

type KnownCandidates<Features extends FeatureConfigs, ModelName extends string> = NamesIn<Features[keyof Features]> &
  ('prior' | 'holdout') extends never
  ? unknown
  : {
      readonly [Name in keyof Features]: {
        readonly holdout?: KnownModel<Features[Name]['holdout'], ModelName>;
        readonly prior?: {
          readonly [Model in Exclude<keyof Features[Name]['prior'], ModelName>]: ThereIsNoModel<Model>;
        };
      };
    };

type KnownModel<Given, ModelName> = Given extends { readonly model: infer Model extends string }
  ? Model extends ModelName
    ? unknown
    : { readonly model: ThereIsNoModel<Model> }
  : unknown;

/** The value a signal takes: none for one that is `true` or `false`. */
export type SignalValue<Meaning> = Meaning extends (value: infer Value) => boolean ? [value: Value] : [];
