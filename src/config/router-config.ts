/** The argument of `createRouter`, inferred so that its names complete and a misspelt one is a compile error. */
import type { DriftEvent } from '../core/report/drift.ts';
import type { FailureCostCheck } from '../core/report/failure-cost.ts';
import type { Observer } from '../contracts/observer.ts';
import type { Policy } from '../contracts/policy.ts';
import type { Store } from '../contracts/store.ts';
import type { RequestTransform } from '../contracts/wire.ts';
import type { BudgetConfig, BudgetEvent, Duration, FeatureConfig, ModelConfig } from './application.ts';

export type ModelConfigs = Readonly<Record<string, ModelConfig>>;

/**
 * Accepts any model name, so that one misspelt name does not break type inference for the rest; {@link KnownModels} refuses
 * it. The configured names are listed for completion in editors.
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
  /** Limits the model spend of all features together. */
  readonly budget?: BudgetConfig;
  /** Called at 80 % and at 100 % of a budget, once each per period. */
  readonly onBudget?: (event: BudgetEvent) => void;
  /** Called for a change point of a rate, and for a new version. */
  readonly onDrift?: (event: DriftEvent & { readonly feature: string }) => void;
  /** Called when recorded failure costs differ significantly from the configured one. */
  readonly onFailureCostMismatch?: (check: FailureCostCheck & { readonly feature: string }) => void;
  /** Seed of every random choice; with a fixed seed and clock a run can be reproduced. */
  readonly seed?: string | number;
  /** How often the outcomes of other processes are read from the store (default 2 s; 0: before every request). */
  readonly refresh?: Duration;
  /** JSONL file for records that the store failed to take; default: beside the store's own file. */
  readonly spool?: string;
}

/*
 * Checks of the inferred types. A value may have more properties than the constraint of its type parameter, so these types
 * make a misspelt option an error. Each first checks all features (or models) at once and is `unknown`, which changes nothing,
 * when there is no mistake: this keeps the types of a correct configuration cheap.
 */

/** No value has these types; the compile error shows their names. */
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

/** Options whose value is an object with a fixed set of properties; a policy or a validator may have properties of its own. */
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
