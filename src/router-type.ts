/** A running router, as an application has it. */
import type { RouterReportOptions } from './analysis/report-options.ts';
import type { SessionAccount } from './analysis/session-account.ts';
import type { FeatureHandle } from './clients/feature-handle.ts';
import type { RunContext, RunOptions, RunReply, RunResult } from './clients/run.ts';
import type { WrappableClient } from './clients/wrap.ts';
import type { FeatureConfigs, FeatureShapes, KnownFeature, ModelConfigs } from './config/router-config.ts';
import type { Explanation } from './core/report/explanation.ts';
import type { RouterReport } from './core/report/router-report.ts';
import type { ControlNote } from './engine/state/controls.ts';
import type { Receipt } from './engine/state/receipts.ts';

/** A running router. See `createRouter`. */
export interface Router<Models extends ModelConfigs = ModelConfigs, Features extends FeatureShapes = FeatureConfigs> {
  /**
   * The same client, routed: same class, same types. Calls whose `model` is a feature's or an intent's are routed, all
   * others pass untouched, with the client's own retries and time limits.
   *
   * @throws RouterError `unsupported-client` for an Azure client, or one without `withOptions`
   */
  wrap<Client extends WrappableClient>(client: Client): Client;
  /**
   * A `fetch` for any client: it routes requests whose model is a feature's or an intent's. Pass `maxRetries: 0` too: the
   * router retries.
   */
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
   * Kill switch: no feature sends anything to this model until `enable`. It applies in this process at once. Once the promise resolves, it
   * applies in every process on the store within one `refresh`, also after a restart. Rejects with `store-unusable` where the store could
   * not keep it: it then applies in this process alone, and every `refresh` tries to store it again. `outcome-router disable` does the same
   * from a shell.
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
  /**
   * Labels at once all recorded intents whose silence window has passed. Resolves to the number of intents that this call
   * labelled, without those that a sweep labelled.
   */
  labelSilentIntents(): Promise<number>;
  /**
   * Waits for requests in flight, 10 s at most, flushes, then closes the store and the observers. A stream that has not
   * ended is charged by estimate.
   *
   * @throws RouterError as {@link Router.flush}, after everything is closed
   */
  close(): Promise<void>;
}
