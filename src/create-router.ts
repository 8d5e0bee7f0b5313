/** Creates routers for applications. It loads the code that checks a configuration, and the rest in the background. */
import { lazyRouting } from './clients/lazy-routing.ts';
import type { FeatureShapes, ModelConfigs, RouterConfig } from './config/router-config.ts';
import { checkPriceList } from './prices/price-list-check.ts';
import type { Router } from './router-type.ts';
import { routerOf, routerParts } from './router-parts.ts';
import { systemRuntime } from './runtime.ts';

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
): Router<Models, Features>;
export function createRouter(config: RouterConfig): Router {
  const { seed, priceList } = (config as Partial<RouterConfig> | null | undefined) ?? {};
  // Any other type of seed is refused when the configuration is checked, below.
  const runtime = systemRuntime(typeof seed === 'string' || typeof seed === 'number' ? seed : undefined);
  if (priceList !== undefined) checkPriceList(priceList, 'priceList', runtime.nowMs());
  const parts = routerParts(runtime, config);
  // `lazyRouting` loads the code at once: later a call would wait for it, and an upgrade may have replaced the files of this process.
  const load = async () => (await import('./start-routing.ts')).startRouting(parts);
  return routerOf(parts, lazyRouting(load));
}
