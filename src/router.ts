/** The composition root: the one file that names default adapters. */
import type { Fetch } from './clients/http-request.ts';
import type { FeatureHandle } from './clients/feature-handle.ts';
import { featureHandle } from './clients/feature-handle.ts';
import { routedFetch } from './clients/fetch.ts';
import type { Seam } from './clients/fetch.ts';
import { intentHandles } from './clients/intent-handles.ts';
import type { RunContext, RunOptions, RunReply, RunResult } from './clients/run.ts';
import { runRouted } from './clients/run.ts';
import { learningTransforms } from './clients/transforms.ts';
import type { WrappableClient } from './clients/wrap.ts';
import { wrapClient } from './clients/wrap.ts';
import type { FeatureConfigs, ModelConfigs, RouterConfig } from './config/application.ts';
import { resolveConfig } from './config/resolve.ts';
import type { Explanation } from './core/report/explanation.ts';
import type { RouterReport } from './core/report/router-report.ts';
import type { Engine } from './engine/engine.ts';
import { createEngine, modelNamed } from './engine/engine.ts';
import { explainFeature } from './analysis/live-explanation.ts';
import { labelSilentIntents, startSilenceSweeps } from './engine/request/silence-sweep.ts';
import type { Receipt } from './engine/state/receipts.ts';
import type { RouterReportOptions } from './analysis/live-report.ts';
import { reportRouter } from './analysis/live-report.ts';
import type { Runtime } from './runtime.ts';
import { systemRuntime } from './runtime.ts';
import { RouterError } from './errors.ts';
import { thompson } from './policies/thompson.ts';
import { answerWithin } from './stores/answer-within.ts';
import { memory } from './stores/memory.ts';
import type { SpoolingStore } from './stores/spool.ts';
import { spooling } from './stores/spool.ts';
import type { Store } from './contracts/store.ts';
import { anthropicMessages } from './wires/anthropic-messages.ts';
import { openaiChat } from './wires/openai-chat.ts';
import { openaiResponses } from './wires/openai-responses.ts';

/** A running router. See {@link createRouter}. */
export interface Router<Models extends ModelConfigs = ModelConfigs, Features extends FeatureConfigs = FeatureConfigs> {
  /**
   * The same client, routed: same class, same types. Calls whose `model` is a feature's or an intent's are routed, all
   * others pass untouched.
   *
   * @throws RouterError `unsupported-client` for an Azure client, or one without `withOptions`
   */
  wrap<Client extends WrappableClient>(client: Client): Client;
  /** For any client that takes a `fetch`: pass `maxRetries: 0` beside it. */
  readonly fetch: typeof globalThis.fetch;
  feature<Name extends keyof Features & string>(name: Name): FeatureHandle<Features[Name]>;
  /** The same engine for a function that calls a model itself. Rejects with what the function threw last. */
  run<Name extends keyof Features & string, Value>(
    feature: Name,
    call: (context: RunContext<Features[Name]['candidates'][number]>) => Promise<RunReply<Value>>,
    options?: RunOptions<Features[Name]>,
  ): Promise<RunResult<Value, Features[Name]>>;
  /** The story of one request, by its reply (a completion, a Response, a stream's chunk); of the last 10,000 replies. */
  receipt(reply: unknown): Receipt | undefined;
  /** Kill switch: no feature sends anything to this model until it is switched on again. @throws RouterError `unknown-model` */
  disable(model: keyof Models & string): void;
  enable(model: keyof Models & string): void;
  /** What every feature costs, how well it does and how sure that is, from all that is recorded. */
  report(options?: RouterReportOptions): Promise<RouterReport>;
  /** Every plan of a feature with what is believed of it, its share, what masks it, and the reason in words. */
  explain(feature: keyof Features & string, options?: { readonly segment?: string }): Promise<Explanation>;
  /** Resolves when all that was recorded so far is in the store, or on the local disk while the store is away. */
  flush(): Promise<void>;
  /** Settles what silence has settled by now, without waiting for the next sweep; resolves to how many intents. */
  labelSilentIntents(): Promise<number>;
  /**
   * Waits for requests under way, 10 s at most, flushes, then closes the store and the observers. A stream that is still
   * open is charged by estimate.
   */
  close(): Promise<void>;
}

/**
 * Makes a router from a configuration. Nothing is opened or sent before the first request.
 *
 * @throws RouterError `invalid-config`, `unknown-model` or `unknown-price`, with the path of the mistake
 *
 * @example
 * ```ts
 * import OpenAI from 'openai';
 * import { createRouter } from 'outcome-router';
 *
 * const router = createRouter({
 *   models: {
 *     mini: { provider: 'openai', model: 'gpt-5-mini' },
 *     premium: { provider: 'openai', model: 'gpt-5' },
 *   },
 *   features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
 * });
 * const openai = router.wrap(new OpenAI({ apiKey: 'key' }));
 * const intent = router.feature('support.reply').intent();
 * await openai.chat.completions.create({ model: intent.model, messages: [{ role: 'user', content: 'Hello' }] });
 * await intent.succeed();
 * ```
 */
export function createRouter<const Models extends ModelConfigs, const Features extends FeatureConfigs<Models>>(
  config: RouterConfig<Models, Features>,
): Router<Models, Features> {
  return createRouterOn(systemRuntime(config.seed), config);
}

/** The same on another clock and randomness: for simulations and tests that must be reproducible. */
export function createRouterOn<const Models extends ModelConfigs, const Features extends FeatureConfigs<Models>>(
  runtime: Runtime,
  config: RouterConfig<Models, Features>,
): Router<Models, Features>;
export function createRouterOn(runtime: Runtime, config: RouterConfig): Router {
  const resolved = resolveConfig(config, { policy: thompson() });
  const store = storeOf(config, runtime, error => engine.faulted({ where: 'store', error }));
  const engine: Engine = createEngine({
    config: resolved,
    runtime,
    store,
    observers: config.observers ?? [],
    hooks: config,
  });
  const intents = intentHandles();
  const seam: Seam = {
    engine,
    intents,
    wires: [openaiChat, openaiResponses, anthropicMessages],
    transforms: learningTransforms((model, parameter) => {
      engine.faulted({
        where: 'wire',
        error: new RouterError(
          'invalid-config',
          `${model} does not take "${parameter}": it is sent without from now on`,
          {
            path: `models.${model}.transform`,
            accepted: 'a transform that drops or renames it, to save the request that finds it out',
          },
        ),
      });
    }),
  };
  const stop = [startSilenceSweeps(engine), runtime.every(DRAIN_EVERY_MS, () => void drain(store))];
  const feature: Router['feature'] = name => featureHandle(engine, intents, name);

  return {
    feature,
    fetch: routedFetch(seam, lazyGlobalFetch),
    wrap: client => wrapClient(seam, client),
    run: async (name, call, options = {}) =>
      runRouted({
        engine,
        intents,
        handle: feature(name),
        call,
        options,
      }),
    disable(model) {
      engine.disabled.add(modelNamed(resolved, model).name);
    },
    enable(model) {
      engine.disabled.delete(modelNamed(resolved, model).name);
    },
    receipt: reply => engine.receipts.find(reply),
    report: async options => reportRouter(engine, options),
    explain: async (name, { segment } = {}) => explainFeature(engine, name, segment),
    async flush() {
      await engine.flush();
      await drain(store);
    },
    labelSilentIntents: async () => labelSilentIntents(engine),
    close: async () => close(engine, stop),
  };
}

/** Read at the call, so that an instrumented global fetch is used. */
const lazyGlobalFetch: Fetch = async (input, init) => globalThis.fetch(input, init);

/** Longest wait for a store. A request waits for its intent to be in one that others share. */
const STORE_ANSWERS_WITHIN_MS = 5_000;

/** Fail open: what a store that outlives this process will not take, or not in time, is kept on disk until it does. */
function storeOf(config: RouterConfig, { nowMs, after }: Runtime, faulted: (error: unknown) => void): Store {
  const configured = config.store ?? memory();
  if (isSpooling(configured)) return configured;
  const store =
    configured.isPrivate === true
      ? configured
      : answerWithin(configured, { timeoutMs: STORE_ANSWERS_WITHIN_MS, after });
  const path = config.spool ?? store.spoolPath;
  return path === undefined ? store : spooling(store, { path, nowMs, faulted });
}

function isSpooling(store: Store): store is SpoolingStore {
  return 'drain' in store;
}

/** How often a store that failed is tried again when nothing else is asked of it. */
const DRAIN_EVERY_MS = 5_000;

async function drain(store: Store): Promise<void> {
  if (isSpooling(store) && store.spooled > 0) await store.drain();
}

/** Longest wait for requests under way when the router closes. */
const CLOSING_WAITS_MS = 10_000;

async function atMost(work: Promise<void>, ms: number, { after }: Runtime): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const cancel = after(ms, resolve);
    work.finally(cancel).then(resolve, reject);
  });
}

async function close(engine: Engine, stop: readonly (() => void)[]): Promise<void> {
  for (const each of stop) each();
  await atMost(engine.requests.idle(), CLOSING_WAITS_MS, engine.runtime);
  for (const stream of engine.activeStreams) stream.abandon();
  await engine.flush();
  await engine.store.close();
  await Promise.all(engine.observers.map(async observer => observer.close?.()));
}
