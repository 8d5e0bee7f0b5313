/** How far raters agree who have labelled the same intents of an audit. */
import type { StoreView } from '../contracts/store.ts';
import type { RaterCounts } from '../core/math/cohens-kappa.ts';
import { cohensKappa } from '../core/math/cohens-kappa.ts';
import type { Figure } from '../core/math/interval.ts';
import { auditsOf } from './audit.ts';
import { storedIntents } from './stored-intents.ts';

/** Two raters, in the order of their names. */
export interface RaterPair {
  readonly raters: readonly [string, string];
  /** Intents that both have labelled, and the fraction of them with the same label. */
  readonly intents: number;
  readonly same: number;
  /** Cohen's kappa with its 95 % interval; NaN where one of them gave all intents the same answer. */
  readonly kappa: Figure;
}

/** Every pair of raters with an intent in common; the pair with the most common intents first. */
export async function raterAgreement(
  store: Pick<StoreView, 'intents' | 'load'>,
  range: { readonly feature: string; readonly fromMs?: number; readonly toMs?: number },
): Promise<readonly RaterPair[]> {
  const pairs = new Map<string, { -readonly [Count in keyof RaterCounts]: number }>();
  for await (const intent of storedIntents(store, range)) {
    const labels = [...auditsOf(intent)].sort(([one], [other]) => (one < other ? -1 : 1));
    for (const [i, [first, ofFirst]] of labels.entries()) {
      for (const [second, ofSecond] of labels.slice(i + 1)) {
        const key = JSON.stringify([first, second]);
        const counts = pairs.get(key) ?? { bothYes: 0, onlyFirst: 0, onlySecond: 0, bothNo: 0 };
        counts[ofFirst ? (ofSecond ? 'bothYes' : 'onlyFirst') : ofSecond ? 'onlySecond' : 'bothNo']++;
        pairs.set(key, counts);
      }
    }
  }
  return [...pairs]
    .map(([key, counts]) => {
      const intents = counts.bothYes + counts.onlyFirst + counts.onlySecond + counts.bothNo;
      const raters = JSON.parse(key) as RaterPair['raters'];
      return { raters, intents, same: (counts.bothYes + counts.bothNo) / intents, kappa: cohensKappa(counts) };
    })
    .sort((a, b) => b.intents - a.intents);
}
