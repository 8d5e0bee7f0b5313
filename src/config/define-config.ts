/** A configuration in a file of its own, which both the application and the commands read. */
import type { FeatureShapes, ModelConfigs, RouterConfig } from './router-config.ts';

/**
 * Returns the configuration as it is, type-checked as `createRouter` checks it. Put it into a file of its own, as the default
 * export: the application gives it to `createRouter`, and the commands read it with `--config`.
 *
 * @example
 * ```ts
 * // router.config.ts
 * export default defineConfig({
 *   models: {
 *     mini: { provider: 'openai', model: 'gpt-5-mini' },
 *     premium: { provider: 'openai', model: 'gpt-5' },
 *   },
 *   features: { 'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
 * });
 * ```
 */
export function defineConfig<const Models extends ModelConfigs, const Features extends FeatureShapes>(
  config: RouterConfig<Models, Features>,
): RouterConfig<Models, Features> {
  return config;
}
