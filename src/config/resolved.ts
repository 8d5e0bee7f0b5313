/** The configuration after checking: every name resolved, every default filled in, money in nano-dollars. */
import type { FeatureNumbers } from '../core/beliefs/feature-numbers.ts';
import type { ObservedContext } from '../core/ledger/context-buckets.ts';
import type { NanoUsd } from '../core/ledger/money.ts';
import type { Plan } from '../core/ledger/vocabulary.ts';
import type { ModelAbilities } from '../contracts/model-abilities.ts';
import type { ModelParams } from '../contracts/model-params.ts';
import type { Objective, Policy } from '../contracts/policy.ts';
import type { Price } from '../contracts/price.ts';
import type { CandidateEvidence } from '../contracts/prior.ts';
import type { CacheTerms } from '../contracts/cache-terms.ts';
import type { PriceList } from '../contracts/price-list.ts';
import type { Capability, Provider, RequestTransform } from '../contracts/wire.ts';
import type { ServedPrice } from '../prices/served-price.ts';
import type { Endpoint } from './endpoint.ts';
import type { BuiltInChecks, ConfiguredPriors, ContextConfig, SignalMeaning, Validator } from './application.ts';

export interface ResolvedModel {
  readonly name: string;
  readonly provider: Provider | 'other';
  readonly providerModel: string;
  readonly baseURL?: string;
  readonly headers?: Endpoint['headers'];
  readonly apis: Endpoint['apis'];
  readonly price: Price;
  /** The price of the model that a reply names. Cached by name, because every reply asks for it. */
  readonly priceOf: (served: string) => ServedPrice;
  readonly transform?: RequestTransform;
  readonly params?: ModelParams;
  /** `effort=low,temperature=0.2`; `''` for a model without any. */
  readonly paramsText: string;
  readonly abilities: ModelAbilities;
  readonly lacks: ReadonlySet<Capability>;
  /** The longest request, tokens; absent where it is not known. */
  readonly contextTokens?: number;
  /** Configured terms of its prompt cache; the others are the vendor's. */
  readonly cache?: Partial<CacheTerms>;
  /** Key of the circuit that faults open: one per provider endpoint, model and parameters, on which time limits and tiers depend. */
  readonly endpoint: string;
  /** Key of the circuit that a refused account opens: one per base URL and headers, where the key is. */
  readonly account: string;
}

export interface ResolvedSilence {
  readonly afterMs: number;
  readonly success: boolean | null;
  readonly laterTurn: 'withdraws' | 'keeps';
}

export interface ResolvedFeature {
  readonly name: string;
  /** Cheapest first. */
  readonly candidates: readonly ResolvedModel[];
  readonly plans: readonly Plan[];
  readonly failureCostNanoUsd: NanoUsd;
  readonly objective: Objective;
  readonly signals: ReadonlyMap<string, SignalMeaning>;
  readonly silence?: ResolvedSilence;
  readonly returns?: { readonly withinMs: number };
  /** All intents of one session are decided together and have one outcome. */
  readonly countsSessions: boolean;
  readonly validators: readonly Validator[];
  readonly checks: BuiltInChecks;
  /** True when a reply can be rejected: validators or checks are configured. */
  readonly hasVerdict: boolean;
  readonly validateWithinMs: number;
  readonly hold: boolean;
  /** How far a stream must be before the caller gets it. */
  readonly release: 'headers' | 'first-event' | 'output';
  /** Another candidate may answer a request that a content filter has refused. */
  readonly movesOnFiltered: boolean;
  /** The application promises that no request names an earlier reply by its id. */
  readonly isStateless: boolean;
  readonly maxTurns?: number;
  /** Agents raise an alarm when they are stuck, which ends the first node of their plan. */
  readonly hasAlarms: boolean;
  /** The policy, wrapped by the holdout. */
  readonly policy: Policy;
  /** The policy without the holdout. */
  readonly ownPolicy: Policy;
  readonly prior: ConfiguredPriors;
  /** The evidence from outside, where the prior is such evidence. */
  readonly evidence?: CandidateEvidence;
  readonly retries: number;
  readonly attemptTimeoutMs?: number;
  readonly deadlineMs?: number;
  readonly promptVersion?: string;
  /** `false`: intents of a session are not decided by what their conversation costs with each plan. */
  readonly sessionCosts?: boolean;
  /** Context that an intent declares. */
  readonly context: ReadonlyMap<string, DeclaredContext>;
  /** The codes of the context's numbers, if it has numbers whose effect is learned. */
  readonly numbers?: FeatureNumbers;
  /** Context that the router reads from an intent's first request, in this order. */
  readonly observedContext: readonly ObservedContext[];
  readonly minSuccessRate?: number;
  /** `tolerance`: the fraction of the requests that may take longer. */
  readonly latency?: { readonly withinMs: number; readonly tolerance: number };
  readonly budget?: ResolvedBudget;
  readonly holdout?: { readonly model: string; readonly fraction: number };
  /** The application's own model, which answers alone: the feature is observed, not routed. */
  readonly observes?: string;
}

/** One of these values, a number with its cuts, or numbers whose effect is learned. */
export type DeclaredContext = Exclude<ContextConfig, string>;

export interface ResolvedBudget {
  readonly budgetUsd: number;
  readonly per: 'day' | 'month';
  readonly onLimit: 'refuse' | 'cheapest' | 'alert';
  readonly expectedIntents?: number;
}

export interface ResolvedConfig {
  readonly models: ReadonlyMap<string, ResolvedModel>;
  readonly features: ReadonlyMap<string, ResolvedFeature>;
  readonly refreshMs: number;
  /** The application's own list prices. */
  readonly priceList?: PriceList;
  readonly budget?: ResolvedBudget;
}
