/** Thompson sampling that looks at the context of a request as far as the context says something. */
import type { Policy } from '../contracts/policy.ts';
import type { ThompsonOptions } from './thompson.ts';
import { samplingPolicy } from './thompson.ts';

/**
 * For features whose requests come in segments: declared context, size, tools, turns, difficulty. Where `thompson`
 * learns every segment by itself, with the others as a weak prior, this policy learns as well how far the segments
 * differ, model by model, and borrows as much: nearly all where context carries no signal, nearly nothing where a
 * segment goes its own way. Until the outcomes have spoken it takes segments to be alike. A request's cost is learnt
 * by segment in any case. Without `context` in the configuration it decides as `thompson` does.
 *
 * An embedding enters as what the application makes of it: the label of its cluster as one of the declared values, or
 * a score of difficulty as a number that is cut into parts (`context: { topic: [...], difficulty: { cuts: [...] } }`).
 *
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
