/** A router with a test's own clock, ids and randomness. */
import { accepting } from '../argument-checks.ts';
import { createRouterOn } from '../router.ts';
import type { Runtime } from '../runtime.ts';

const checkRuntime = accepting(
  'a runtime: testRuntime()',
  value => typeof (value as Partial<Runtime> | null | undefined)?.nowMs === 'function',
);

/**
 * Like `createRouter`, but time, ids and randomness come from a runtime that the test controls. The configuration's
 * `seed` is not used: the runtime has its own.
 *
 * @throws RouterError `invalid-config`, `unknown-model` or `unknown-price`, with the path of the mistake; `invalid-value` for a
 *   value that is not a runtime
 *
 * @example
 * ```ts
 * import { createTestRouter, testRuntime } from 'outcome-router/testing';
 *
 * const runtime = testRuntime();
 * const router = createTestRouter(runtime, {
 *   models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
 *   features: {
 *     chat: { candidates: ['mini'], failureCostUsd: 15, silence: { after: '30m', means: 'success' } },
 *   },
 * });
 * const { value } = await router.run('chat', async ({ model }) => ({ value: `An answer by ${model}`, costUsd: 0.001 }));
 * runtime.advance(30 * 60_000); // half an hour without an outcome
 * await router.labelSilentIntents();
 * (await router.report()).features[0]?.successes; // 1
 * ```
 */
export const createTestRouter: typeof createRouterOn = (runtime, config) => {
  checkRuntime(runtime, 'createTestRouter.runtime');
  return createRouterOn(runtime, config);
};
