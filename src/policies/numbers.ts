/** Numbers as context: a score or an embedding, whose effect on success is learned. */
import type { NumbersContext } from '../core/beliefs/number-model.ts';
import { NUMBER_MODEL } from '../core/beliefs/number-model.ts';
import { MAX_NUMBERS } from '../core/ledger/number-code.ts';
import { invalidValue } from '../errors.ts';

/**
 * For `context`: numbers that the application gives with every intent, a score, a few measures or an embedding, on any scale that all of
 * them share. Every policy then uses their predictions: the router learns for each model how success depends on the numbers, and relies on
 * this to the extent that it has predicted the outcomes so far. Without a signal, decisions are those without numbers.
 *
 * Only coarse levels are stored, never a number: the range of a score among the latest 512 (one of 16), or, of several numbers, how much
 * likelier than average the request is to succeed, and how much more so with the most expensive candidate (one of 11 levels each). For the
 * latter each process learns a projection in memory, from the outcomes of intents that it has decided itself. It starts again with the
 * process; until it has learned enough, decisions are those without numbers. The predictions from the levels are learned from the store, by
 * all processes together.
 *
 * @param count numbers of every intent: 1 for a score, 256 for an embedding of 256 dimensions; at most 512
 * @throws RouterError `invalid-value`
 * @example
 * ```ts
 * const router = createRouter({
 *   models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
 *   features: {
 *     'support.reply': { candidates: ['mini', 'premium'], failureCostUsd: 15, context: { topic: numbers(256) } },
 *   },
 *   store,
 * });
 * const intent = router.feature('support.reply').intent({ context: { topic: new Float32Array(256) } });
 * ```
 */
export function numbers(count: number): NumbersContext {
  if (!Number.isSafeInteger(count) || count < 1 || count > MAX_NUMBERS)
    throw invalidValue(count, 'numbers', `an integer from 1 to ${MAX_NUMBERS}`);
  return Object.freeze({ numbers: count, model: NUMBER_MODEL });
}
