/** Checks the application's input about intents, outcomes and signals, and translates it into records. */
import type { ContextConfig, FeatureConfig, SignalMeaning } from '../config/application.ts';
import type { DeclaredContext, ResolvedFeature } from '../config/resolved.ts';
import type { NumbersContext } from '../core/beliefs/number-model.ts';
import { cutBucket } from '../core/ledger/context-buckets.ts';
import { MAX_FACT_USD, toNanoUsd, toUsd } from '../core/ledger/money.ts';
import { INTENT_ID, isIntentId, isStorable, MAX_ID_LENGTH, storableText } from '../core/ledger/names.ts';
import { sessionUnitId } from '../core/ledger/session-unit.ts';
import type { Evidence, Outcome } from '../core/ledger/vocabulary.ts';
import type { IntentOptions } from '../engine/request/routed-request.ts';
import { checkNames, invalidValue, unknownName } from '../errors.ts';

/** An intent's outcome, as the application records it. */
export interface OutcomeInput {
  /** Whether the user got what they wanted. */
  readonly success: boolean;
  /** A person took over. */
  readonly escalated?: boolean | undefined;
  /** Actual cost of the failure, USD. It replaces the configured failure cost in every figure. */
  readonly costUsd?: number | undefined;
  /** Idempotency key: a second outcome with the same key is ignored. */
  readonly key?: string | undefined;
}

/** The outcome that an intent has by all of its evidence, after more was recorded. */
export interface RecordedOutcome extends Outcome {
  /** Actual cost of the failure, where it was recorded: `costNanoUsd` in USD. */
  readonly costUsd?: number;
}

/** The outcome with its cost in USD, the unit of applications. */
export function inUsd(outcome: Outcome): RecordedOutcome {
  const { costNanoUsd } = outcome;
  return costNanoUsd === undefined ? outcome : { ...outcome, costUsd: toUsd(costNanoUsd) };
}

/** Facts that an application declares about an intent before its first request. */
export interface IntentInput<Feature extends FeatureConfig = FeatureConfig> {
  /** Groups the intents of one conversation. */
  readonly session?: string | undefined;
  /** Cost of a failure of this intent, USD; default: the feature's. */
  readonly failureCostUsd?: number | undefined;
  /**
   * Declared context. The values together name the segment; a number falls into one of the ranges between its cuts. For
   * numbers whose effect is learned, only coarse levels are kept. Leave out a value that is not known, or pass `undefined`.
   */
  readonly context?: ContextOf<Feature> | undefined;
  /**
   * An id of your own, never used for another intent. The same id again, in any process, is the same intent. It belongs to one
   * feature: for the second step of one ticket use `ticket-7:reply`, say. Default: a new id.
   */
  readonly id?: string | undefined;
}

/** The values of a feature's declared context, by name. */
export type ContextOf<Feature extends FeatureConfig> =
  Feature['context'] extends Readonly<Record<string, ContextConfig>>
    ? {
        readonly [Name in keyof Feature['context'] as Feature['context'][Name] extends string ? never : Name]?:
          | ValueOf<Feature['context'][Name]>
          | undefined;
      }
    : FeatureConfig extends Feature
      ? // The feature's configuration is made at run time: the router checks the context.
        Readonly<Record<string, string | number | ArrayLike<number> | undefined>>
      : never;

type ValueOf<From> = From extends readonly string[]
  ? From[number]
  : From extends NumbersContext
    ? number | ArrayLike<number>
    : number;

/** Turns an intent's numbers into a code (see docs/vocabulary.md); `code` is absent while there is no way to code them yet. */
interface NumberCoding {
  code?(this: void, numbers: ArrayLike<number>): string | undefined;
}

const INTENT_OPTIONS = ['session', 'failureCostUsd', 'context', 'id'] as const satisfies readonly (keyof IntentInput)[];
const FAILURE_OPTIONS = ['escalated', 'costUsd', 'key'] as const satisfies readonly (keyof OutcomeInput)[];
const OUTCOME_OPTIONS = ['success', ...FAILURE_OPTIONS] as const;

/** @throws RouterError `invalid-value` */
export function checkIntentId(id: unknown, path = 'intent.id'): void {
  if (!isIntentId(id)) throw invalidValue(id, path, INTENT_ID);
}

function checkStorable(value: unknown, path: string): void {
  if (!isStorable(value, MAX_ID_LENGTH)) throw invalidValue(value, path, storableText(MAX_ID_LENGTH));
}

/** @throws RouterError `invalid-value` */
export function intentOptions<Feature extends FeatureConfig>(
  input: IntentInput<Feature>,
  declared: ResolvedFeature['context'],
  coding: NumberCoding = {},
): IntentOptions {
  checkNames(input, INTENT_OPTIONS, 'intent');
  const { id, session, failureCostUsd, context = {} } = input;
  if (id !== undefined) checkIntentId(id);
  if (session !== undefined) checkStorable(session, 'intent.session');
  if (failureCostUsd !== undefined) checkUsd(failureCostUsd, 'intent.failureCostUsd');
  return {
    segment: segmentOf(context, declared, coding),
    ...(session === undefined ? {} : { session }),
    ...(failureCostUsd === undefined ? {} : { failureCostNanoUsd: toNanoUsd(failureCostUsd) }),
  };
}

/**
 * The id that the application gives an intent, or the session that it is a part of; `undefined`: neither.
 * @throws RouterError `invalid-value`
 */
export function givenIntentId(
  { id, session }: Pick<IntentInput, 'id' | 'session'>,
  { countsSessions }: Pick<ResolvedFeature, 'countsSessions'>,
): string | undefined {
  if (!countsSessions || session === undefined) return id;
  if (id === undefined) return sessionUnitId(session);
  throw invalidValue(
    id,
    'intent.id',
    "no id: with `outcomeOf: 'session'` all intents of a session are one, whose id it has",
  );
}

/** `plan=free,difficulty=below-0.3`, in declared order; names without a value are omitted. */
function segmentOf(context: object, declared: ResolvedFeature['context'], coding: NumberCoding): string {
  checkNames(context, [...declared.keys()], 'intent.context');
  const given = new Map<string, unknown>(Object.entries(context));
  const parts: string[] = [];
  for (const [name, from] of declared) {
    const value = given.get(name);
    if (value === undefined) continue;
    const bucket = contextBucket(value, { from, path: `intent.context.${name}`, ...coding });
    if (bucket !== undefined) parts.push(`${name}=${bucket}`);
  }
  return parts.join(',');
}

function contextBucket(
  value: unknown,
  { from, path, code }: NumberCoding & { readonly from: DeclaredContext; readonly path: string },
): string | undefined {
  if ('numbers' in from) return code?.(from.model.read(value, { count: from.numbers, path }));
  if (!('cuts' in from)) {
    if (typeof value === 'string' && from.includes(value)) return value;
    throw invalidValue(value, path, from);
  }
  if (typeof value === 'number' && Number.isFinite(value)) return cutBucket(value, from.cuts);
  throw invalidValue(value, path, 'a finite number');
}

/** @throws RouterError `invalid-value` */
export function explicitEvidence(outcome: OutcomeInput): Evidence {
  checkNames(outcome, OUTCOME_OPTIONS, 'outcome');
  const { success, escalated, costUsd, key } = outcome;
  checkBoolean(success, 'outcome.success');
  if (escalated !== undefined) checkBoolean(escalated, 'outcome.escalated');
  if (key !== undefined) checkStorable(key, 'outcome.key');
  if (costUsd !== undefined && success) throw invalidValue(costUsd, 'outcome.costUsd', 'the cost of a failure');
  if (costUsd !== undefined) checkUsd(costUsd, 'outcome.costUsd');
  return {
    source: 'explicit',
    success,
    ...(escalated === undefined ? {} : { escalated }),
    ...(costUsd === undefined ? {} : { costNanoUsd: toNanoUsd(costUsd) }),
    ...(key === undefined ? {} : { key }),
  };
}

/** Evidence of a failure, from a caller who has already said that it is one. @throws RouterError `invalid-value` */
export function failureEvidence(details: Omit<OutcomeInput, 'success'>): Evidence {
  checkNames(details, FAILURE_OPTIONS, 'outcome');
  return explicitEvidence({ ...details, success: false });
}

const REVOCABLE = ['explicit', 'return'] as const;

/** @throws RouterError `invalid-value` */
export function withdrawnEvidence(source: (typeof REVOCABLE)[number] = 'explicit'): Evidence {
  if (!REVOCABLE.includes(source)) throw invalidValue(source, 'source', REVOCABLE);
  return { source, success: null };
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
    throw unknownName('signal', signal, { path, accepted: signals.keys() });
  }
  const own = `${path}.${signal}`;
  if (typeof meaning === 'boolean') {
    if (value === undefined) return { source: 'implicit', success: meaning, signal };
    throw invalidValue(value, own, 'no value: the meaning of this signal is fixed');
  }
  if (typeof value === 'number' ? !Number.isFinite(value) : typeof value !== 'string' && typeof value !== 'boolean')
    throw invalidValue(value, own, 'a finite number, text or boolean');
  const success: unknown = (meaning as (value: unknown) => unknown)(value);
  checkBoolean(success, `${own}()`);
  return { source: 'implicit', success, signal, value: value as string | number | boolean };
}

function checkBoolean(value: unknown, path: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw invalidValue(value, path, 'true or false');
}

/** @throws RouterError `invalid-value` */
function checkUsd(usd: number, path: string): void {
  if (typeof usd === 'number' && usd >= 0 && usd <= MAX_FACT_USD) return;
  throw invalidValue(usd, path, `USD from 0 to ${MAX_FACT_USD}`);
}
