/** The composition root of the code that routes calls: the one file that names default adapters. */
import { setControl } from './engine/state/controls.ts';
import type { FeatureHandle } from './clients/feature-handle.ts';
import { routedFetch } from './clients/fetch.ts';
import type { Seam } from './clients/fetch.ts';
import type { IntentHandles } from './clients/intent-handles.ts';
import type { RouterCore } from './clients/lazy-routing.ts';
import { recordOutcome } from './clients/outcome-record.ts';
import type { RunContext, RunOptions, RunReply, RunResult } from './clients/run.ts';
import { learningTransforms } from './clients/transforms.ts';
import type { FeatureConfig } from './config/application.ts';
import type { RouterConfig } from './config/router-config.ts';
import type { ResolvedConfig } from './config/resolved.ts';
import type { Engine, EngineOptions } from './engine/engine.ts';
import { createEngine } from './engine/engine.ts';
import { close, flush, isSpooling, retry } from './engine/request/flushing.ts';
import { performRequest } from './engine/request/request.ts';
import { silenceSweeps } from './engine/request/silence-sweep.ts';
import type { Router } from './router-type.ts';
import type { Runtime } from './runtime.ts';
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

/** The parts that a router needs before it runs. */
export interface RouterParts extends Pick<EngineOptions, 'kept'> {
  readonly runtime: Runtime;
  /** The configuration as the application wrote it. */
  readonly given: RouterConfig;
  readonly config: ResolvedConfig;
  readonly intents: IntentHandles;
}

/** The methods of a {@link Router} that need its engine. */
export interface RunningRouter
  extends RouterCore,
    Pick<Router, 'sessionCost' | 'report' | 'explain' | 'flush' | 'labelSilentIntents' | 'close'> {
  run<Value, Feature extends FeatureConfig>(
    handle: () => FeatureHandle<Feature>,
    call: (context: RunContext) => Promise<RunReply<Value>>,
    options?: RunOptions<Feature>,
  ): Promise<RunResult<Value, Feature>>;
}

/** Nothing is opened or sent before the first request. */
export function startRouting({ runtime, given, config, intents, kept }: RouterParts): RunningRouter {
  const store = storeOf(given, runtime, error => engine.faulted({ where: 'store', error }));
  const engine: Engine = createEngine({
    config,
    runtime,
    store,
    observers: given.observers ?? [],
    hooks: given,
    kept,
  });
  const seam: Seam = {
    engine,
    intents,
    wires: [...(given.wires ?? []), openaiChat, openaiResponses, anthropicMessages],
    transforms: learningTransforms({
      runtime,
      models: config.models.values(),
      learnt: (model, limit) =>
        engine.afterReply(
          import('./clients/limit-words.ts').then(words => engine.faulted(words.learntFault(model, limit))),
        ),
    }),
  };
  const sweeps = silenceSweeps(engine);
  const stopRetries = runtime.every(DRAIN_EVERY_MS, () => void retry(engine));

  return {
    seam,
    fetch: (inner, target) => routedFetch(seam, inner, target),
    record: (intent, makeEvidence) => recordOutcome(seam, intent, makeEvidence),
    setControl: (control, note) => setControl(engine, control, note),
    async run(handle, call, options = {}) {
      const { runRequest } = await import('./clients/run.ts');
      const { request, resultOf } = runRequest({ engine, intents, handle: handle(), call, options });
      return resultOf(await performRequest(engine, request));
    },
    // The code of these methods is loaded when they are first used: most processes that route never report.
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
function storeOf(
  config: RouterConfig,
  { nowMs, after, afterReal = after }: Runtime,
  faulted: (error: unknown) => void,
): Store {
  const configured = config.store ?? memory();
  if (isSpooling(configured)) return configured;
  const store =
    configured.isPrivate === true ? configured : answerWithin(configured, { ...STORE_LIMITS, after: afterReal });
  const path = config.spool ?? store.spoolPath;
  return path === undefined ? store : spoolingOnUse(store, { path, nowMs, faulted });
}
