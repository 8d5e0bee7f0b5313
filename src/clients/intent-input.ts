/** Checks the application's input about intents, outcomes and signals, and translates it into records. */
import type { ContextConfig, FeatureConfig, NumberContext, SignalMeaning } from '../config/application.ts';
import type { ResolvedFeature } from '../config/resolved.ts';
import { cutBucket } from '../core/ledger/context-buckets.ts';
import { MAX_FACT_USD, toNanoUsd } from '../core/ledger/money.ts';
import type { Evidence } from '../core/ledger/vocabulary.ts';
import type { IntentOptions } from '../engine/request/routed-request.ts';
import { checkNames, RouterError } from '../errors.ts';

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

/** Facts that an application declares about an intent before its first request. */
export interface IntentInput<Feature extends FeatureConfig = FeatureConfig> {
  /** Groups the intents of one conversation. */
  readonly session?: string;
  /** Cost of a failure of this intent, USD; default: the feature's. */
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

const INTENT_OPTIONS = ['session', 'failureCostUsd', 'context', 'id'] as const satisfies readonly (keyof IntentInput)[];
const OUTCOME_OPTIONS = ['success', 'escalated', 'costUsd', 'key'] as const satisfies readonly (keyof OutcomeInput)[];

/** Characters with a meaning in the `model` slot are not allowed. */
const INTENT_ID = /^[^#~@\s]+$/;

/** @throws RouterError `invalid-value` */
export function intentOptions<Feature extends FeatureConfig>(
  input: IntentInput<Feature>,
  declared: ResolvedFeature['context'],
): IntentOptions {
  checkNames(input, INTENT_OPTIONS, 'intent');
  const { id, session, failureCostUsd } = input;
  if (id !== undefined && !INTENT_ID.test(id)) {
    throw new RouterError('invalid-value', `an intent id cannot be ${JSON.stringify(id)}`, {
      path: 'intent.id',
      accepted: 'text without "#", "~", "@" or white space',
    });
  }
  if (failureCostUsd !== undefined) checkUsd(failureCostUsd, 'intent.failureCostUsd');
  return {
    segment: segmentOf(input.context ?? {}, declared),
    ...(session === undefined ? {} : { session }),
    ...(failureCostUsd === undefined ? {} : { failureCostNanoUsd: toNanoUsd(failureCostUsd) }),
  };
}

/** `plan=free,difficulty=below-0.3`, in declared order; names without a value are omitted. */
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
  return new RouterError('invalid-value', `${shown} is not in the declared context`, {
    path: `intent.context.${name}`,
    accepted,
    ...(typeof value === 'string' ? { given: value } : {}),
  });
}

/** @throws RouterError `invalid-value` */
export function explicitEvidence(outcome: OutcomeInput): Evidence {
  checkNames(outcome, OUTCOME_OPTIONS, 'outcome');
  const { success, escalated, costUsd, key } = outcome;
  if (typeof success !== 'boolean') {
    throw new RouterError('invalid-value', `the success of an outcome cannot be ${JSON.stringify(success)}`, {
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

/** @throws RouterError `unknown-signal`, `invalid-value` */
export function implicitEvidence(
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
  const isFixed = typeof meaning === 'boolean';
  if (isFixed && value === undefined) return { source: 'implicit', success: meaning, signal };
  if (isFixed || (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean')) {
    throw new RouterError('invalid-value', `the signal "${signal}" cannot have the value ${String(value)}`, {
      path: `${path}.${signal}`,
      accepted: isFixed ? 'no value' : 'a number, text or boolean',
    });
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RouterError('invalid-value', `the signal "${signal}" cannot have the value ${value}`, {
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
