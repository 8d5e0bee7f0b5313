/** The composition root: the one file that names default adapters. */
import type { ControlNote } from './engine/state/controls.ts';
import { setControl } from './engine/state/controls.ts';
import type { FeatureHandle } from './clients/feature-handle.ts';
import { featureHandle } from './clients/feature-handle.ts';
import { globalFetch, routedFetch } from './clients/fetch.ts';
import type { Seam } from './clients/fetch.ts';
import { intentHandles } from './clients/intent-handles.ts';
import type { RunContext, RunOptions, RunReply, RunResult } from './clients/run.ts';
import { learningTransforms } from './clients/transforms.ts';
import type { WrappableClient } from './clients/wrap.ts';
import { wrapClient } from './clients/wrap.ts';
import type {
  FeatureConfigs,
  FeatureShapes,
  KnownFeature,
  ModelConfigs,
  RouterConfig,
} from './config/router-config.ts';
import { resolveConfig } from './config/resolve.ts';
import type { Explanation } from './core/report/explanation.ts';
import type { RouterReport } from './core/report/router-report.ts';
import type { Engine, EngineOptions } from './engine/engine.ts';
import { createEngine, modelNamed } from './engine/engine.ts';
import { close, flush, isSpooling, retry } from './engine/request/flushing.ts';
import { performRequest } from './engine/request/request.ts';
import { silenceSweeps } from './engine/request/silence-sweep.ts';
import type { Receipt } from './engine/state/receipts.ts';
import type { RouterReportOptions } from './analysis/report-options.ts';
import type { SessionAccount } from './analysis/session-account.ts';
import type { Runtime } from './runtime.ts';
import { checkPriceList } from './prices/price-list-check.ts';
import { systemRuntime } from './runtime.ts';
import { thompson } from './policies/thompson.ts';
import { answerWithin } from './stores/answer-within.ts';
import { memory } from './stores/memory.ts';
import { spoolingOnUse } from './stores/spool-on-use.ts';
import type { Store } from './contracts/store.ts';
import { anthropicMessages } from './wires/anthropic-messages.ts';
import { openaiChat } from './wires/openai-chat.ts';
import { openaiResponses } from './wires/openai-responses.ts';

/** How long a request waits for a shared store. Longer loses fewer answers of a slow store, shorter delays calls less. */
const STORE_LIMITS = { timeoutMs: 2_000, readTimeoutMs: 5_000 };

/** How often the spool is retried without other traffic: more often empties it sooner after an outage. */
const DRAIN_EVERY_MS = 5_000;

/** A running router. See {@link createRouter}. */
export interface Router<Models extends ModelConfigs = ModelConfigs, Features extends FeatureShapes = FeatureConfigs> {
  /**
   * The same client, routed: same class, same types. Calls whose `model` is a feature's or an intent's are routed, all
   * others pass untouched, with the client's own retries and time limits.
   *
   * @throws RouterError `unsupported-client` for an Azure client, or one without `withOptions`
   */
  wrap<Client extends WrappableClient>(client: Client): Client;
  /** For any client that takes a `fetch`, of the requests whose model is a feature's or an intent's. Pass `maxRetries: 0` too: the router retries. */
  readonly fetch: typeof globalThis.fetch;
  feature<Name extends keyof Features & string>(name: Name): FeatureHandle<KnownFeature<Features[Name]>>;
  /** The same routing for a function that calls a model itself. Rejects with the function's last error when no attempt returned. */
  run<Name extends keyof Features & string, Value>(
    feature: Name,
    call: (context: RunContext<KnownFeature<Features[Name]>['candidates'][number]>) => Promise<RunReply<Value>>,
    options?: RunOptions<KnownFeature<Features[Name]>>,
  ): Promise<RunResult<Value, KnownFeature<Features[Name]>>>;
  /** The receipt of one request, found by its reply (a completion, a Response, a stream's chunk). The last 10,000 replies are kept. */
  receipt(reply: unknown): Receipt | undefined;
  /**
   * Kill switch: no feature sends anything to this model until `enable`. It holds in this process at once, and in every process
   * on the store within one `refresh`, also after a restart, once the promise resolves. Rejects with `store-unusable` where
   * the store could not keep it: it holds in this process alone then, and every `refresh` tries to store it again.
   * `outcome-router disable` does the same from a shell.
   *
   * @param note who switches it off, and why, for the people who read `outcome-router controls`
   * @throws RouterError `unknown-model`
   */
  disable(model: keyof Models & string, note?: ControlNote): Promise<void>;
  enable(model: keyof Models & string, note?: ControlNote): Promise<void>;
  /**
   * What one session cost so far, intent by intent, what prompt caches saved, and what changing the model lost; `undefined` for a session
   * without intents in the ledger.
   *
   * @throws RouterError `invalid-value`
   */
  sessionCost(session: string): Promise<SessionAccount | undefined>;
  /** Costs, success rates and their intervals of every feature, from the whole ledger. */
  report(options?: RouterReportOptions): Promise<RouterReport>;
  /** Every plan of a feature with its estimates, its share, what excludes it, and the reason in words. */
  explain(feature: keyof Features & string, options?: { readonly segment?: string }): Promise<Explanation>;
  /**
   * Resolves when all records so far are in the store, or in the spool on the local disk while the store fails. Where neither
   * takes them they stay in memory, of 10,000 intents at most, and are tried again every 5 seconds and by this call.
   *
   * @throws RouterError `store-unusable` while records are in neither, and once after some were lost
   */
  flush(): Promise<void>;
  /** Labels at once all recorded intents whose silence window has passed. Resolves to how many this call labelled, not a sweep. */
  labelSilentIntents(): Promise<number>;
  /**
   * Waits for requests in flight, 10 s at most, flushes, then closes the store and the observers. A stream that has not
   * ended is charged by estimate.
   *
   * @throws RouterError as {@link Router.flush}, after everything is closed
   */
  close(): Promise<void>;
}

/**
 * Makes a router from a configuration. Nothing is opened or sent before the first request.
 *
 * @throws RouterError `invalid-config`, `unknown-model` or `unknown-price`, with the path of the mistake; `unsupported-runtime` on
 *   a Node older than 22.13
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
export function createRouter<const Models extends ModelConfigs, const Features extends FeatureShapes>(
  config: RouterConfig<Models, Features>,
): Router<Models, Features> {
  const { seed, priceList } = (config as Partial<RouterConfig> | null | undefined) ?? {};
  // Any other seed is refused with the configuration, below.
  const runtime = systemRuntime(typeof seed === 'string' || typeof seed === 'number' ? seed : undefined);
  if (priceList !== undefined) checkPriceList(priceList, 'priceList', runtime.nowMs());
  return createRouterOn(runtime, config);
}

/**
 * Like {@link createRouter}, with the given clock and randomness: for simulations and tests that must be reproducible.
 * @param limits see {@link EngineOptions.kept}
 */
export function createRouterOn<const Models extends ModelConfigs, const Features extends FeatureShapes>(
  runtime: Runtime,
  config: RouterConfig<Models, Features>,
  limits?: Pick<EngineOptions, 'kept'>,
): Router<Models, Features>;
export function createRouterOn(
  runtime: Runtime,
  config: RouterConfig,
  { kept }: Pick<EngineOptions, 'kept'> = {},
): Router {
  const resolved = resolveConfig(config, { policy: thompson() });
  const store = storeOf(config, runtime, error => engine.faulted({ where: 'store', error }));
  const engine: Engine = createEngine({
    config: resolved,
    runtime,
    store,
    observers: config.observers ?? [],
    hooks: config,
    kept,
  });
  const intents = intentHandles(kept);
  const seam: Seam = {
    engine,
    intents,
    wires: [...(config.wires ?? []), openaiChat, openaiResponses, anthropicMessages],
    transforms: learningTransforms({
      runtime,
      models: resolved.models.values(),
      learnt: (model, limit) =>
        engine.afterReply(
          import('./clients/limit-words.ts').then(words => engine.faulted(words.learntFault(model, limit))),
        ),
    }),
  };
  const sweeps = silenceSweeps(engine);
  const stopRetries = runtime.every(DRAIN_EVERY_MS, () => void retry(engine));
  const feature: Router['feature'] = name => featureHandle(seam, name);
  const switched = (model: string, isSet: boolean, note?: ControlNote): Promise<void> =>
    setControl(engine, { kind: 'disabled', subject: modelNamed(resolved, model).name, isSet }, note);

  return {
    feature,
    fetch: routedFetch(seam, globalFetch),
    wrap: client => wrapClient(seam, client),
    async run(name, call, options = {}) {
      const { runRequest } = await import('./clients/run.ts');
      const { request, resultOf } = runRequest({ engine, intents, handle: feature(name), call, options });
      return resultOf(await performRequest(engine, request));
    },
    disable: (model, note) => switched(model, true, note),
    enable: (model, note) => switched(model, false, note),
    receipt: reply => engine.receipts.find(reply),
    // Loaded at their first use: most processes that route never report.
    sessionCost: async session => (await import('./analysis/live-session.ts')).sessionOf(engine, session),
    report: async options => (await import('./analysis/live-report.ts')).reportRouter(engine, options),
    explain: async (name, options) => {
      const { limitNote } = await import('./clients/limit-words.ts');
      const learnt = (model: string) => seam.transforms.learnt(model).map(limit => limitNote(model, limit));
      return (await import('./analysis/live-explanation.ts')).explainFeature({ ...engine, learnt }, name, options);
    },
    flush: async () => flush(engine),
    async labelSilentIntents() {
      await engine.flush();
      return sweeps.sweep();
    },
    async close() {
      stopRetries();
      engine.controls.stop();
      engine.maintenance.stop();
      await sweeps.stop();
      await close(engine);
    },
  };
}

/** Fail open: changes that a persistent store rejects, or does not accept in time, are kept on disk until it accepts them. */
function storeOf(config: RouterConfig, { nowMs, after }: Runtime, faulted: (error: unknown) => void): Store {
  const configured = config.store ?? memory();
  if (isSpooling(configured)) return configured;
  const store = configured.isPrivate === true ? configured : answerWithin(configured, { ...STORE_LIMITS, after });
  const path = config.spool ?? store.spoolPath;
  return path === undefined ? store : spoolingOnUse(store, { path, nowMs, faulted });
}
