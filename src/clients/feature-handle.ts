/** The application's handles of a feature and of an intent: names for the `model` slot, and methods that record outcomes. */
import { RouterError, unknownName } from '../errors.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { Control } from '../contracts/control-store.ts';
import type { ControlNote } from '../engine/state/controls.ts';
import type { FeatureState } from '../engine/state/feature-state.ts';
import type { FeatureConfig, SignalMeaning, SignalValue } from '../config/application.ts';
import { pathText } from '../config/path-text.ts';
import type { ResolvedConfig, ResolvedFeature } from '../config/resolved.ts';
import type { Evidence } from '../core/ledger/vocabulary.ts';
import type { Receipt } from '../engine/state/receipts.ts';
import type { Runtime } from '../runtime.ts';
import type { IntentHandles } from './intent-handles.ts';
import type { IntentInput, OutcomeInput, RecordedOutcome } from './intent-input.ts';
import {
  checkIntentId,
  explicitEvidence,
  failureEvidence,
  givenIntentId,
  implicitEvidence,
  intentOptions,
  withdrawnEvidence,
} from './intent-input.ts';
import { globalFetch, lazyFetch } from './lazy-fetch.ts';
import type { LazyRouting } from './lazy-routing.ts';
import { lossHandled } from './lazy-routing.ts';
import { featureSlot, intentSlot } from './slot.ts';

type SignalNames<Feature extends FeatureConfig> =
  Feature['signals'] extends Readonly<Record<string, SignalMeaning>>
    ? keyof Feature['signals'] & string
    : FeatureConfig extends Feature
      ? // The feature's configuration is made at run time: the router checks the name.
        string
      : never;

/**
 * One thing a user wants done. The id exists before the first call and stays valid in any process.
 *
 * An outcome resolves when it is in the store, or in the spool on the local disk. It rejects with a RouterError when it is in
 * neither; it is then kept in memory and tried again, and recording the same outcome once more adds nothing. With `outcomeOf:
 * 'session'`, it rejects with `unknown-intent` for a session that had no request.
 */
export interface IntentHandle<Feature extends FeatureConfig = FeatureConfig> {
  readonly id: string;
  /** The value for the `model` slot of every request of this intent. */
  readonly model: string;
  /** Like {@link FeatureHandle.fetch}: every request through it belongs to this intent. */
  readonly fetch: typeof globalThis.fetch;
  /** Like `router.receipt`: the receipt of one request, found by its reply. */
  receipt(reply: unknown): Receipt | undefined;
  /** The user got what they wanted. */
  succeed(): Promise<RecordedOutcome>;
  /** The user did not get what they wanted. */
  fail(details?: Omit<OutcomeInput, 'success'>): Promise<RecordedOutcome>;
  /** Records a signal; the configuration says what it means. @throws RouterError `unknown-signal`, `invalid-value` */
  signal<Name extends SignalNames<Feature>>(
    name: Name,
    ...value: SignalValue<NonNullable<Feature['signals']>[Name]>
  ): Promise<RecordedOutcome>;
  /**
   * Reports that the agent of this intent makes no progress. It counts for the next request in this process, where the
   * feature has `onStuck`.
   * @throws RouterError `invalid-config` where the feature does not have it
   */
  stuck(): void;
  /** @throws RouterError `invalid-value` */
  outcome(outcome: OutcomeInput): Promise<RecordedOutcome>;
  /**
   * Withdraws the explicit outcome: signals and silence count again. `'return'`: withdraws the evidence of the user's return,
   * where the user came back for something else. @throws RouterError `invalid-value`
   */
  revoke(source?: 'explicit' | 'return'): Promise<RecordedOutcome>;
}

export interface FeatureHandle<Feature extends FeatureConfig = FeatureConfig> {
  readonly name: string;
  /** The value for the `model` slot of a request that is an intent of its own. */
  readonly model: string;
  /**
   * For a client that takes a `fetch` and shapes its requests by the model's name (AI SDK, LangChain, Agents): give it a real name.
   * Requests to chat completions, responses and messages are routed whatever model they name, each as a separate intent, and only their
   * `model` is changed. Every other request passes untouched.
   *
   * @example
   * ```ts
   * import { createOpenAI } from '@ai-sdk/openai';
   * import { generateText } from 'ai';
   *
   * const openai = createOpenAI({ fetch: router.feature('support.reply').fetch });
   * await generateText({ model: openai('gpt-5'), prompt: 'Where is my order?', maxRetries: 0 });
   * ```
   */
  readonly fetch: typeof globalThis.fetch;
  /** Like `router.receipt`: the receipt of one request, found by its reply. */
  receipt(reply: unknown): Receipt | undefined;
  /** @throws RouterError `invalid-value` */
  intent(input?: IntentInput<Feature>): IntentHandle<Feature>;
  /** A handle of an existing intent by its id, whichever process created it and however long ago. @throws RouterError `invalid-value` */
  resume(intentId: string): IntentHandle<Feature>;
  /** @throws RouterError `unknown-intent`, `invalid-value` */
  outcome(intentId: string, outcome: OutcomeInput): Promise<RecordedOutcome>;
  /**
   * Manual override: every new intent gets this plan (cheapest model first), until `undefined` lifts it. It applies in this process at
   * once. Once the promise resolves, it applies in every process on the store within one `refresh`, also after a restart. Rejects with
   * `store-unusable` where the store could not keep it: it then applies in this process alone, and every `refresh` tries to store it again.
   *
   * @throws RouterError `unknown-model`, `invalid-value`
   */
  pin(
    plan: Feature['candidates'][number] | readonly Feature['candidates'][number][] | undefined,
    note?: ControlNote,
  ): Promise<void>;
  /**
   * Sends a random fraction of the new intents, 0 to 1, to one model whatever the policy says, in place of the configured `holdout`: a
   * baseline to compare with. `undefined` lifts it, so that the configured holdout applies again. It takes effect and rejects as
   * {@link FeatureHandle.pin} does; a pinned feature has no holdout.
   *
   * @throws RouterError `unknown-model`, `invalid-value`, or `invalid-config` where the policy does not state its shares
   */
  holdOut(
    holdout: { readonly model: Feature['candidates'][number]; readonly fraction: number } | undefined,
    note?: ControlNote,
  ): Promise<void>;
  /** In this process, decisions start from the priors again. The ledger and the reports keep everything. */
  reset(): Promise<void>;
}

/** The parts that handles are made from. */
export interface HandleParts {
  readonly config: Pick<ResolvedConfig, 'features'>;
  readonly runtime: Pick<Runtime, 'newId'>;
  readonly intents: IntentHandles;
  readonly routing: LazyRouting;
  /** See `Router.receipt`. */
  readonly receipt: (reply: unknown) => Receipt | undefined;
}

/** @throws RouterError `unknown-feature` */
export function featureHandle<Feature extends FeatureConfig>(parts: HandleParts, name: string): FeatureHandle<Feature> {
  const { intents, routing, runtime, receipt } = parts;
  const config = featureNamed(parts.config, name);

  const record = (intentId: string, makeEvidence: () => Evidence): Promise<RecordedOutcome> =>
    lossHandled(routing.use(loaded => loaded.record({ feature: name, intentId }, makeEvidence)));

  function handle(id: string): IntentHandle<Feature> {
    const outcome = (input: OutcomeInput): Promise<RecordedOutcome> => record(id, () => explicitEvidence(input));
    const model = intentSlot(name, id);
    return {
      id,
      model,
      fetch: lazyFetch(routing, globalFetch, model),
      receipt,
      stuck() {
        if (!config.hasAlarms) throw notLearnt(name);
        intents.setStuck(id);
      },
      outcome,
      succeed: () => outcome({ success: true }),
      fail: (details = {}) => record(id, () => failureEvidence(details)),
      revoke: source => record(id, () => withdrawnEvidence(source)),
      signal: (signal, ...value) => record(id, () => implicitEvidence(name, config.signals, signal, value[0])),
    };
  }

  /** @param apply checks the control against the feature first: nothing that it refuses is stored */
  const setControl = (
    kind: 'pinned' | 'holdout',
    apply: (feature: FeatureState) => Pick<Control, 'plan' | 'fraction'> | undefined,
    note: ControlNote | undefined,
  ): Promise<void> =>
    lossHandled(
      routing.use(loaded => {
        const value = apply(loaded.seam.engine.feature(name));
        return loaded.setControl({ kind, subject: name, isSet: value !== undefined, ...value }, note);
      }),
    );

  const model = featureSlot(name);
  return {
    name,
    model,
    fetch: lazyFetch(routing, globalFetch, model),
    receipt,
    intent(input = {}) {
      const made = runtime.newId();
      const code = (numbers: ArrayLike<number>) => config.numbers?.code(numbers, givenIntentId(input, config) ?? made);
      const options = intentOptions(input, config.context, { code });
      const given = givenIntentId(input, config);
      const id = given ?? made;
      // The first intent of a session decides: later intents only follow it.
      const isLater = config.countsSessions && intents.get(id) !== undefined;
      if (!isLater) intents.add(id, options, given === undefined ? 'made' : 'given');
      if (options.session !== undefined && config.sessionCosts !== false)
        routing.loaded?.seam.engine.sessions.expect(options.session);
      return handle(id);
    },
    resume(intentId) {
      checkIntentId(intentId);
      return handle(intentId);
    },
    outcome: (intentId, input) =>
      record(intentId, () => {
        checkIntentId(intentId);
        return explicitEvidence(input);
      }),
    pin(given, note) {
      const plan = typeof given === 'string' ? [given] : given;
      const apply = (feature: FeatureState) => {
        feature.pin(plan);
        return plan && { plan: planKey(plan) };
      };
      return setControl('pinned', apply, note);
    },
    holdOut(holdout, note) {
      const apply = (feature: FeatureState) => {
        feature.holdOut(holdout);
        return holdout && { plan: holdout.model, fraction: holdout.fraction };
      };
      return setControl('holdout', apply, note);
    },
    reset: () =>
      routing.use(async ({ seam: { engine } }) => {
        await engine.flush();
        await engine.feed.refresh(name);
        engine.feature(name).reset();
      }),
  };
}

function featureNamed({ features }: HandleParts['config'], name: string): ResolvedFeature {
  const feature = features.get(name);
  if (feature !== undefined) return feature;
  throw unknownName('feature', name, { path: 'feature', accepted: features.keys() });
}

function notLearnt(feature: string): RouterError {
  return new RouterError('invalid-config', 'this feature does not learn what to do when an agent is stuck', {
    path: pathText(['features', feature, 'onStuck']),
    accepted: "onStuck: 'learn'",
  });
}
