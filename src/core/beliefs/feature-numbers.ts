/** The numbers of a feature's intents while the router runs: their codes, and the outcomes that teach what they predict. */
import { numberCoder } from './number-coder.ts';
import type { Intent } from '../ledger/records.ts';

export interface FeatureNumbers {
  /** The code of an intent's numbers; `undefined` for the first intents, which show what is usual. */
  code(numbers: ArrayLike<number>, intentId: string): string | undefined;
  /** Call with every intent that changed. */
  learn(intent: Intent): void;
}

/**
 * @param count numbers of every intent
 * @param models candidates, cheapest first
 */
export function featureNumbers(count: number, models: readonly string[]): FeatureNumbers {
  const coder = numberCoder(count, models.length);
  return {
    code: (numbers, intentId) => coder.code(numbers, intentId),
    learn({ id, attempts, outcome: { state } }) {
      if (state !== 'success' && state !== 'failure') return;
      const last = attempts.findLast(({ kind }) => kind !== 'judge');
      // After a rejected reply, the next model gets the difficult requests: its outcomes are not evidence on requests in general.
      if (last === undefined || last.node !== last.model) return;
      coder.learn(id, models.indexOf(last.model), state === 'success');
    },
  };
}
