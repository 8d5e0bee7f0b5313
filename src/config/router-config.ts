/** The argument of `createRouter`, inferred so that its names complete and a misspelled one is a compile error. */
import type { DriftEvent } from '../core/report/drift.ts';
import type { FailureCostCheck } from '../core/report/failure-cost.ts';
import type { ModelParams } from '../contracts/model-params.ts';
import type { NumbersContext } from '../core/beliefs/number-model.ts';
import type { Observer } from '../contracts/observer.ts';
import type { Policy } from '../contracts/policy.ts';
import type { PriorEvidence } from '../contracts/prior.ts';
import type { PriceList } from '../contracts/price-list.ts';
import type { Store } from '../contracts/store.ts';
import type { RequestTransform, Wire } from '../contracts/wire.ts';
import type { Duration, FeatureConfig, ModelConfig, NumberContext } from './application.ts';
import type { AnyName } from './any-name.ts';
import type { BudgetConfig, BudgetEvent } from './budget-config.ts';

export type ModelConfigs = Readonly<Record<string, ModelConfig>>;

/**
 * The constraint from which the types of features are inferred. It accepts anything, so that a mistake in one feature does not remove the
 * names and types of the others.
 */
export type FeatureShapes = Readonly<Record<string, object>>;

export type FeatureConfigs<ModelName extends string = string> = Readonly<Record<string, FeatureConfig<ModelName>>>;

/** The type of a feature for its handles: of a feature with a mistake, the part without the mistake. */
export type KnownFeature<Given> = Given extends FeatureConfig
  ? Given
  : {
      readonly candidates: Correct<Given, 'candidates', FeatureConfig['candidates']>;
      readonly signals: Correct<Given, 'signals', NonNullable<FeatureConfig['signals']>>;
      readonly context: Correct<Given, 'context', NonNullable<FeatureConfig['context']>>;
    };

type Correct<Given, Option extends string, Type> =
  Given extends Readonly<Record<Option, infer Own extends Type>> ? Own : Type;

export interface RouterConfig<
  Models extends ModelConfigs = ModelConfigs,
  Features extends FeatureShapes = FeatureConfigs<AnyName>,
> {
  readonly models: Models & NoOtherInEach<Models, ModelConfig> & NestedInEach<Models>;
  readonly features: Checked<Features, keyof Models & string>;
  /** Default: in memory, for this process only. */
  readonly store?: Store;
  /** Default: `thompson()`. */
  readonly policy?: Policy;
  readonly observers?: readonly Observer[];
  /**
   * Wires of your own, tried before the built-in ones: for an API that is neither OpenAI's nor Anthropic's, whose models have
   * `provider: 'other'` and a `price`, or to read one of theirs differently. Needed only for `wrap` and `fetch`; a vendor that
   * speaks an API we have needs a `baseURL` instead.
   */
  readonly wires?: readonly Wire[];
  /**
   * List prices that are newer than the package's, or of providers that it lacks: the parsed JSON of a price file, or an object.
   * They are looked up before those of the package; a model's own `price` comes before both.
   */
  readonly priceList?: PriceList;
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
  /** Where an editor finds the JSON schema of a configuration in JSON; the router ignores it. */
  readonly $schema?: string;
}

/*
 * Checks of the inferred types. A value may have more properties than the constraint of its type parameter, so these types
 * make a misspelled option an error. Each first checks all features (or models) at once and is `unknown`, which changes
 * nothing, when there is no mistake: this keeps the types of a correct configuration cheap.
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

/**
 * The features as given, without misspelled options; where a type is wrong, their right types, so that the error names it.
 */
type Checked<Features extends FeatureShapes, ModelName extends string> =
  Features[keyof Features] extends FeatureConfig<ModelName>
    ? Features & NoOtherOption<Features, ModelName, NamesIn<Features[keyof Features]>>
    : { readonly [Name in keyof Features]: FeatureConfig<ModelName> };

/** @typeParam Given names of all given options */
type NoOtherOption<Features extends FeatureShapes, ModelName extends string, Given> = [Given] extends [
  keyof FeatureConfig,
]
  ? Given & Nested extends never
    ? unknown
    : NestedOptions<Features, ModelName>
  : { readonly [Name in keyof Features]: NoOther<Features[Name], FeatureConfig> };

type NoOther<Given, Known> = {
  readonly [Name in Exclude<keyof Given, keyof Known>]: ThereIsNoOption<Name>;
};

type NoOtherInEach<Given, Known> =
  NamesIn<Given[keyof Given]> extends keyof Known
    ? unknown
    : { readonly [Name in keyof Given]: NoOther<Given[Name], Known> };

/** Options of a model whose value is an object with a fixed set of properties. */
interface NestedOfModel {
  readonly transform: RequestTransform;
  readonly params: ModelParams;
}

type NestedInEach<Models extends ModelConfigs> =
  Extract<NamesIn<Models[keyof Models]>, keyof NestedOfModel> extends never
    ? unknown
    : {
        readonly [Name in keyof Models]: {
          readonly [Option in keyof Models[Name] & keyof NestedOfModel]?: NoOther<
            Models[Name][Option],
            NestedOfModel[Option]
          >;
        };
      };

/** Options whose value is an object with a fixed set of properties; a policy or a validator may have properties of its own. */
type Nested = 'silence' | 'checks' | 'latency' | 'budget' | 'holdout' | 'prior' | 'context';

type NestedOptions<Features extends FeatureShapes, ModelName extends string> = {
  readonly [Name in keyof Features]: {
    readonly [Option in keyof Features[Name] & Nested]?: Option extends 'prior'
      ? Priors<Features[Name][Option], ModelName>
      : Option extends 'context'
        ? NumericContext<Features[Name][Option]>
        : NoOther<Features[Name][Option], NonNullable<FeatureConfig[Option]>>;
  };
};

/** A prior by model; evidence from outside may have properties of its own. */
type Priors<Given, ModelName extends string> = Given extends PriorEvidence
  ? unknown
  : {
      readonly [Model in keyof Given]:
        | (Model extends ModelName ? NoOther<Given[Model], { success: 0; strength: 0 }> : ThereIsNoModel<Model>)
        | undefined;
    };

/** Context by name, of which some are numbers. */
type NumericContext<Given> = {
  readonly [Name in keyof Given]: Given[Name] extends { readonly cuts: unknown }
    ? NoOther<Given[Name], NumberContext>
    : Given[Name] extends { readonly numbers: unknown }
      ? NoOther<Given[Name], NumbersContext>
      : unknown;
};
