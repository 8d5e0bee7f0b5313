/** What an application holds of a feature and of an intent: names for the `model` slot, and ways to say how it went. */
import type { ContextConfig, FeatureConfig, NumberContext, SignalMeaning, SignalValue } from '../config/application.ts';
import type { ResolvedFeature } from '../config/resolved.ts';
import { cutBucket } from '../core/ledger/context-buckets.ts';
import { MAX_FACT_USD, toNanoUsd } from '../core/ledger/money.ts';
import type { Evidence, Outcome } from '../core/ledger/vocabulary.ts';
import type { Engine } from '../engine/engine.ts';
import { recordEvidence } from '../engine/request/outcomes.ts';
import type { IntentOptions } from '../engine/request/routed-request.ts';
import { decideBeforeRequest } from '../engine/request/decide.ts';
import { RouterError } from '../errors.ts';
import type { OpenIntents } from './intent-handles.ts';
import { featureSlot, intentSlot } from './slot.ts';

/** What became of an intent. */
export interface OutcomeInput {
  readonly success: boolean;
  /** A person took over. */
  readonly escalated?: boolean;
  /** What the failure actually cost, USD: replaces the configured failure cost in every figure. */
  readonly costUsd?: number;
  /** The same key twice is recorded once, whatever the rest says. */
  readonly key?: string;
}

/** What an application knows of an intent before its first request. */
export interface IntentInput<Feature extends FeatureConfig = FeatureConfig> {
  /** Groups the intents of one conversation. */
  readonly session?: string;
  /** What a failure of this intent costs, USD; default: the feature's. */
  readonly failureCostUsd?: number;
  /** Declared context: one value of each name makes the segment; a number falls into the part its cuts say. */
  readonly context?: ContextOf<Feature>;
  /** An id of your own, unique for ever; default: a new one. The same id again, here or elsewhere, is the same intent. */
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
  /** They did not; `costUsd` is what that actually cost, USD, where it is known. */
  fail(details?: Omit<OutcomeInput, 'success'>): Promise<Outcome>;
  /** @throws RouterError `unknown-signal`, `invalid-value` */
  signal<Name extends SignalNames<Feature>>(
    name: Name,
    ...value: SignalValue<NonNullable<Feature['signals']>[Name]>
  ): Promise<Outcome>;
  outcome(outcome: OutcomeInput): Promise<Outcome>;
  /** Takes back what was said explicitly: signals and silence count again. */
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
  /** Operator's override: every new intent gets this plan, cheapest first, until `undefined` lifts it. @throws RouterError `unknown-model` */
  pin(plan: Feature['candidates'][number] | readonly Feature['candidates'][number][] | undefined): void;
  /** Forgets what was learnt so far, in this process: decisions start from the priors. Ledger and reports keep it all. */
  reset(): Promise<void>;
}

/** @throws RouterError `unknown-feature` */
export function featureHandle<Feature extends FeatureConfig>(
  engine: Engine,
  intents: OpenIntents,
  name: string,
): FeatureHandle<Feature> {
  const { config } = engine.feature(name);

  /** Nobody has asked or said anything of it: told to whoever is the first to ask or say. */
  async function isUndecided(intentId: string): Promise<boolean> {
    const origin = intents.claim(intentId);
    return origin === 'made' || (origin === 'given' && (await engine.book.get(intentId)) === undefined);
  }

  async function say(intentId: string, evidence: Evidence): Promise<Outcome> {
    const options = intents.options(intentId);
    // Said before the first request: the intent is decided now, so that nothing said is lost.
    if (options !== undefined && (await isUndecided(intentId)))
      await decideBeforeRequest(engine, { feature: engine.feature(name), intentId, options });
    return recordEvidence(engine, name, intentId, evidence);
  }

  function handle(id: string): IntentHandle<Feature> {
    const outcome = async (input: OutcomeInput): Promise<Outcome> => say(id, explicit(input));
    return {
      id,
      model: intentSlot(name, id),
      outcome,
      succeed: async () => outcome({ success: true }),
      fail: async details => outcome({ ...details, success: false }),
      revoke: async () => say(id, { source: 'explicit', success: null }),
      signal: async (signal, ...value) => say(id, implicit(name, config.signals, signal, value[0])),
    };
  }

  return {
    name,
    model: featureSlot(name),
    intent(input = {}) {
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
    outcome: async (intentId, input) => say(intentId, explicit(input)),
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

/** `plan=free,difficulty=below-0.3`, in declared order; what the intent does not say is left out. */
function segmentOf(context: object, declared: ResolvedFeature['context']): string {
  const given = new Map<string, unknown>(Object.entries(context));
  for (const name of given.keys())
    if (!declared.has(name)) throw noSuchContext(name, given.get(name), [...declared.keys()]);
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
  return new RouterError('invalid-value', `no such context: ${shown}`, { path: `intent.context.${name}`, accepted });
}

function explicit({ success, escalated, costUsd, key }: OutcomeInput): Evidence {
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

function implicit(
  feature: string,
  signals: ReadonlyMap<string, SignalMeaning>,
  signal: string,
  value: unknown,
): Evidence {
  const path = `features[${JSON.stringify(feature)}].signals`;
  const meaning = signals.get(signal);
  if (meaning === undefined) {
    throw new RouterError('unknown-signal', `no signal is named "${signal}"`, { path, accepted: [...signals.keys()] });
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
  throw new RouterError('invalid-value', `${String(usd)} is no amount`, {
    path,
    accepted: `USD from 0 to ${MAX_FACT_USD}`,
  });
}
