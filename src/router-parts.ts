/** The parts of a router before its calls are routed: the checked configuration, and handles that wait for the rest. */
import type { ControlNote } from './engine/state/controls.ts';
import { featureHandle } from './clients/feature-handle.ts';
import { intentHandles } from './clients/intent-handles.ts';
import { globalFetch, lazyFetch } from './clients/lazy-fetch.ts';
import type { LazyRouting } from './clients/lazy-routing.ts';
import { lossHandled } from './clients/lazy-routing.ts';
import { wrapClient } from './clients/wrap.ts';
import { resolveConfig } from './config/resolve.ts';
import { modelNamed } from './config/model-named.ts';
import type { RouterConfig } from './config/router-config.ts';
import type { EngineOptions } from './engine/engine.ts';
import { isSpooling } from './engine/request/flushing.ts';
import { nodeModule } from './node-module.ts';
import { thompson } from './policies/thompson.ts';
import type { Router } from './router-type.ts';
import type { Runtime } from './runtime.ts';
import type { RouterParts, RunningRouter } from './start-routing.ts';

/** @throws RouterError for a configuration that cannot be used */
export function routerParts(
  runtime: Runtime,
  given: RouterConfig,
  { kept }: Pick<EngineOptions, 'kept'> = {},
): RouterParts {
  const config = resolveConfig(given, { policy: thompson() });
  // A spool needs files, which is checked here, although the spool's code is loaded only when it is needed.
  const { store, spool = store?.spoolPath } = given;
  if (spool !== undefined && !(store !== undefined && isSpooling(store))) nodeModule('node:fs', 'a spool');
  return { runtime, given, config, intents: intentHandles(kept), kept };
}

export function routerOf(parts: RouterParts, routing: LazyRouting<RunningRouter>): Router {
  const receipt: Router['receipt'] = reply => routing.loaded?.seam.engine.receipts.find(reply);
  const handleParts = { ...parts, routing, receipt };
  const feature: Router['feature'] = name => featureHandle(handleParts, name);
  const switched = (model: string, isSet: boolean, note?: ControlNote): Promise<void> => {
    const { name } = modelNamed(parts.config, model);
    return lossHandled(routing.use(each => each.setControl({ kind: 'disabled', subject: name, isSet }, note)));
  };
  return {
    feature,
    fetch: lazyFetch(routing, globalFetch),
    wrap: client => wrapClient(routing, client),
    run: (name, call, options) => routing.use(({ run }) => run(() => feature(name), call, options)),
    disable: (model, note) => switched(model, true, note),
    enable: (model, note) => switched(model, false, note),
    receipt,
    sessionCost: session => routing.use(each => each.sessionCost(session)),
    report: options => routing.use(each => each.report(options)),
    explain: (name, options) => routing.use(each => each.explain(name, options)),
    flush: () => routing.use(each => each.flush()),
    labelSilentIntents: () => routing.use(each => each.labelSilentIntents()),
    close: () => routing.use(each => each.close()),
  };
}
