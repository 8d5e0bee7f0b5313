/** A router that runs as soon as it is made: all its code is loaded with this file. */
import { loadedRouting } from './clients/lazy-routing.ts';
import type { FeatureShapes, ModelConfigs, RouterConfig } from './config/router-config.ts';
import type { EngineOptions } from './engine/engine.ts';
import { routerOf, routerParts } from './router-parts.ts';
import type { Router } from './router-type.ts';
import type { Runtime } from './runtime.ts';
import { startRouting } from './start-routing.ts';

/**
 * Like `createRouter`, with the given clock and randomness: for simulations and tests that must be reproducible.
 *
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
  limits: Pick<EngineOptions, 'kept'> = {},
): Router {
  const parts = routerParts(runtime, config, limits);
  return routerOf(parts, loadedRouting(startRouting(parts)));
}
