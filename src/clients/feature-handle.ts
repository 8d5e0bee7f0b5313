/** The application's handles of a feature and of an intent: names for the `model` slot, and methods that record outcomes. */
import type { ContextConfig, FeatureConfig, NumberContext, SignalMeaning, SignalValue } from '../config/application.ts';
import type { ResolvedFeature } from '../config/resolved.ts';
import { cutBucket } from '../core/ledger/context-buckets.ts';
import { MAX_FACT_USD, toNanoUsd } from '../core/ledger/money.ts';
import type { Evidence, Outcome } from '../core/ledger/vocabulary.ts';
import type { Engine } from '../engine/engine.ts';
import { recordEvidence } from '../engine/request/outcomes.ts';
import type { IntentOptions } from '../engine/request/routed-request.ts';
import { decideBeforeRequest } from '../engine/request/decide.ts';
import { checkNames, RouterError } from '../errors.ts';
import type { IntentHandles } from './intent-handles.ts';
import { featureSlot, intentSlot } from './slot.ts';

/** An intent's outcome, as the application records it. */
export interface OutcomeInput {
  readonly success: boolean;
  /** A person took over. */
  readonly escalated?: boolean;
  /** Actual cost of the failure, USD. It replaces the configured failure cost in every figure. */
  readonly costUsd?: number;
  /** Idempotency key: a second outcome with the same key is ignored. */
  readonly key?: string;
}

/** What an application knows of an intent before its first request. */
export interface IntentInput<Feature extends FeatureConfig = FeatureConfig> {
  /** Groups the intents of one conversation. */
  readonly session?: string;
  /** What a failure of this intent costs, USD; default: the feature's. */
  readonly failureCostUsd?: number;
  /** Declared context. The values together name the segment; a number falls into one of the ranges between its cuts. */
  readonly context?: ContextOf<Feature>;
  /** An id of your own, never used for another intent. The same id again, in any process, is the same intent. Default: a new id. */
  readonly id?: string;
}

type ContextOf<Feature extends FeatureConfig> =
  Feature['context'] extends Readonly<Record<string, ContextConfig>>
    ? {
        readonly [Name in keyof Feature['context'] as Feature['context'][Name] extends string ? never : Name]?: ValueOf<
          Feature['context'][Name]
        >;
      }
    : never;

type ValueOf<From> = From extends readonly string[] ? From[number] : number;

type SignalNames<Feature extends FeatureConfig> =
  Feature['signals'] extends Readonly<Record<string, SignalMeaning>> ? keyof Feature['signals'] & string : never;

/** One thing a user wants done. The id exists before the first call and stays valid in any process. */
export interface IntentHandle<Feature extends FeatureConfig = FeatureConfig> {
  readonly id: string;
  /** For the `model` slot of every request of this intent. */
  readonly model: string;
  /** The user got what they wanted. */
  succeed(): Promise<Outcome>;
  /** The user did not get it. */
  fail(details?: Omit<OutcomeInput, 'success'>): Promise<Outcome>;
  /** Records a signal; the configuration says what it means. @throws RouterError `unknown-signal`, `invalid-value` */
  signal<Name extends SignalNames<Feature>>(
    name: Name,
    ...value: SignalValue<NonNullable<Feature['signals']>[Name]>
  ): Promise<Outcome>;
  /** @throws RouterError `invalid-value` */
  outcome(outcome: OutcomeInput): Promise<Outcome>;
  /** Withdraws the explicit outcome: signals and silence count again. */
  revoke(): Promise<Outcome>;
}

export interface FeatureHandle<Feature extends FeatureConfig = FeatureConfig> {
  readonly name: string;
  /** For the `model` slot of a request that is an intent of its own. */
  readonly model: string;
  /** @throws RouterError `invalid-value` */
  intent(input?: IntentInput<Feature>): IntentHandle<Feature>;
  /** An intent of any process and any time, by its id. */
  resume(intentId: string): IntentHandle<Feature>;
  /** @throws RouterError `unknown-intent`, `invalid-value` */
  outcome(intentId: string, outcome: OutcomeInput): Promise<Outcome>;
  /** Manual override: every new intent gets this plan (cheapest model first), until `undefined` lifts it. @throws RouterError `unknown-model` */
  pin(plan: Feature['candidates'][number] | readonly Feature['candidates'][number][] | undefined): void;
  /** Forgets in this process what was learnt: decisions start from the priors. The ledger and the reports keep everything. */
  reset(): Promise<void>;
}

const INTENT_OPTIONS = ['session', 'failureCostUsd', 'context', 'id'] as const satisfies readonly (keyof IntentInput)[];
const OUTCOME_OPTIONS = ['success', 'escalated', 'costUsd', 'key'] as const satisfies readonly (keyof OutcomeInput)[];

/** @throws RouterError `unknown-feature` */
export function featureHandle<Feature extends FeatureConfig>(
  engine: Engine,
  intents: IntentHandles,
  name: string,
): FeatureHandle<Feature> {
  const { config } = engine.feature(name);

  /** True for the first caller only, if the intent has no request and no evidence yet. */
  async function isUndecided(intentId: string): Promise<boolean> {
    const origin = intents.claim(intentId);
    return origin === 'made' || (origin === 'given' && (await engine.book.get(intentId)) === undefined);
  }

  async function record(intentId: string, evidence: Evidence): Promise<Outcome> {
    const options = intents.options(intentId);
    // Evidence before the first request: the intent is decided now, so that there is a record to attach it to.
    if (options !== undefined && (await isUndecided(intentId)))
      await decideBeforeRequest(engine, { feature: engine.feature(name), intentId, options });
    return recordEvidence(engine, name, intentId, evidence);
  }

  function handle(id: string): IntentHandle<Feature> {
    const outcome = async (input: OutcomeInput): Promise<Outcome> => record(id, explicitEvidence(input));
    return {
      id,
      model: intentSlot(name, id),
      outcome,
      succeed: async () => outcome({ success: true }),
      fail: async details => outcome({ ...details, success: false }),
      revoke: async () => record(id, { source: 'explicit', success: null }),
      signal: async (signal, ...value) => record(id, implicitEvidence(name, config.signals, signal, value[0])),
    };
  }

  return {
    name,
    model: featureSlot(name),
    intent(input = {}) {
      checkNames(input, INTENT_OPTIONS, 'intent');
      const id = input.id ?? engine.runtime.newId();
      if (!/^[^#~@\s]+$/.test(id)) {
        throw new RouterError('invalid-value', `an intent id cannot be ${JSON.stringify(id)}`, {
          path: 'intent.id',
          accepted: 'text without "#", "~", "@" or white space',
        });
      }
      intents.add(id, intentOptions(input, config.context), input.id === undefined ? 'made' : 'given');
      return handle(id);
    },
    resume: handle,
    outcome: async (intentId, input) => record(intentId, explicitEvidence(input)),
    pin(plan) {
      engine.feature(name).pin(typeof plan === 'string' ? [plan] : plan);
    },
    async reset() {
      await engine.flush();
      engine.feature(name).reset(await engine.store.cells(name));
    },
  };
}

function intentOptions<Feature extends FeatureConfig>(
  input: IntentInput<Feature>,
  declared: ResolvedFeature['context'],
): IntentOptions {
  const { session, failureCostUsd } = input;
  if (failureCostUsd !== undefined) checkUsd(failureCostUsd, 'intent.failureCostUsd');
  return {
    segment: segmentOf(input.context ?? {}, declared),
    ...(session === undefined ? {} : { session }),
    ...(failureCostUsd === undefined ? {} : { failureCostNanoUsd: toNanoUsd(failureCostUsd) }),
  };
}

/** `plan=free,difficulty=below-0.3`, in declared order; names without a value are left out. */
function segmentOf(context: object, declared: ResolvedFeature['context']): string {
  const given = new Map<string, unknown>(Object.entries(context));
  for (const name of given.keys()) if (!declared.has(name)) throw noSuchContext(name, name, [...declared.keys()]);
  return [...declared]
    .flatMap(([name, from]) => (given.has(name) ? [`${name}=${contextValue(name, given.get(name), from)}`] : []))
    .join(',');
}

function contextValue(name: string, value: unknown, from: readonly string[] | NumberContext): string {
  if (!('cuts' in from)) {
    if (typeof value === 'string' && from.includes(value)) return value;
    throw noSuchContext(name, value, from);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return cutBucket(value, from.cuts);
  throw noSuchContext(name, value, 'a finite number');
}

function noSuchContext(name: string, value: unknown, accepted: string | readonly string[]): RouterError {
  const shown = typeof value === 'number' ? String(value) : JSON.stringify(value);
  return new RouterError('invalid-value', `no such context: ${shown}`, {
    path: `intent.context.${name}`,
    accepted,
    ...(typeof value === 'string' ? { given: value } : {}),
  });
}

function explicitEvidence(outcome: OutcomeInput): Evidence {
  checkNames(outcome, OUTCOME_OPTIONS, 'outcome');
  const { success, escalated, costUsd, key } = outcome;
  if (typeof success !== 'boolean') {
    throw new RouterError('invalid-value', `success is ${JSON.stringify(success)}`, {
      path: 'outcome.success',
      accepted: 'true or false',
    });
  }
  if (costUsd !== undefined) checkUsd(costUsd, 'outcome.costUsd');
  return {
    source: 'explicit',
    success,
    ...(escalated === undefined ? {} : { escalated }),
    ...(costUsd === undefined ? {} : { costNanoUsd: toNanoUsd(costUsd) }),
    ...(key === undefined ? {} : { key }),
  };
}

function implicitEvidence(
  feature: string,
  signals: ReadonlyMap<string, SignalMeaning>,
  signal: string,
  value: unknown,
): Evidence {
  const path = `features[${JSON.stringify(feature)}].signals`;
  const meaning = signals.get(signal);
  if (meaning === undefined) {
    throw new RouterError('unknown-signal', `no signal is named "${signal}"`, {
      path,
      accepted: [...signals.keys()],
      given: signal,
    });
  }
  if (typeof meaning === 'boolean') return { source: 'implicit', success: meaning, signal };
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean') {
    throw new RouterError('invalid-value', `signal "${signal}" was given ${String(value)}`, {
      path: `${path}.${signal}`,
      accepted: 'a number, text or boolean',
    });
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RouterError('invalid-value', `signal "${signal}" was given ${value}`, {
      path: `${path}.${signal}`,
      accepted: 'a finite number',
    });
  }
  const success = (meaning as (value: unknown) => boolean)(value);
  return { source: 'implicit', success, signal, value };
}

function checkUsd(usd: number, path: string): void {
  if (typeof usd === 'number' && usd >= 0 && usd <= MAX_FACT_USD) return;
  throw new RouterError('invalid-value', `${String(usd)} is not an amount`, {
    path,
    accepted: `USD from 0 to ${MAX_FACT_USD}`,
  });
}
