/** Thompson sampling that uses the context of a request to the extent that it carries a signal. */
import type { Policy } from '../contracts/policy.ts';
import type { ThompsonOptions } from './thompson.ts';
import { samplingPolicy } from './thompson.ts';

/**
 * For features whose requests come in segments: declared context, size, tools, turns, difficulty. `thompson` learns every segment
 * separately, with the others as a weak prior. This policy also learns how much the segments differ, model by model, and pools their
 * evidence accordingly: nearly all of it where context carries no signal, nearly none where a segment differs. It starts by pooling all
 * segments and separates them as evidence accumulates. Costs are always learned by segment. Without `context` in the configuration it
 * decides as `thompson` does.
 *
 * To use an embedding, declare what the application derives from it: the label of its cluster as one of the values, or a
 * difficulty score as a number with cuts (`context: { topic: [...], difficulty: { cuts: [...] } }`).
 *
 * @throws RouterError `invalid-value` for an option or a floor that does not exist
 * @example
 * ```ts
 * const router = createRouter({
 *   models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
 *   features: {
 *     'support.reply': {
 *       candidates: ['mini', 'premium'],
 *       failureCostUsd: 15,
 *       context: { plan: ['free', 'paid'], length: 'bucket', difficulty: { cuts: [0.3, 0.7] } },
 *       policy: contextual(),
 *     },
 *   },
 *   store,
 * });
 * const intent = router.feature('support.reply').intent({ context: { plan: 'paid', difficulty: 0.4 } });
 * ```
 */
export function contextual(options: ThompsonOptions = {}): Policy {
  return samplingPolicy(options, { name: 'contextual', believe: (learned, nowMs) => learned.mixture(nowMs) });
}
