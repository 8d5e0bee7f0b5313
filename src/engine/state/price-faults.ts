/** Notifies observers of parts without a known price, once per model and part. */
import type { Fault } from '../../contracts/observer.ts';
import { withoutSnapshot } from '../../prices/snapshot.ts';
import { CUT_OFF } from '../attempts/unstated-usage.ts';
import { recentlyUsed } from '../../recently-used.ts';
import { nextTurn } from '../../runtime.ts';

export type TellUnpriced = (
  parts: readonly string[],
  where: { readonly model: string; readonly feature: string; readonly intentId: string },
) => void;

/** Limit on remembered warnings. If replies keep naming new parts, the oldest are reported again. */
const MAX_TOLD = 1_000;

/** @param later is given the promise of each notification, whose text is loaded with the first one */
export function priceFaults(
  faulted: (fault: Fault) => void,
  later: (telling: Promise<void>, intentId: string) => void,
): TellUnpriced {
  const told = recentlyUsed<string, true>(MAX_TOLD);
  return (parts, { model, feature, intentId }) => {
    for (const part of parts) {
      if (part === CUT_OFF) continue;
      const key = `${model}\t${undated(part)}`;
      if (told.get(key) === true) continue;
      told.set(key, true);
      const tell = async (): Promise<void> => {
        // Loading the text begins in a separate turn: the first reply of a process holds the event loop long enough.
        await nextTurn();
        const { unpricedError } = await import('./price-fault-words.ts');
        faulted({ where: 'price', feature, intentId, error: unpricedError(model, part) });
      };
      later(tell(), intentId);
    }
  };
}

/** Another model that serves under its name and under that of its snapshot is reported once. */
function undated(part: string): string {
  return part.includes('model "') ? part.replace(/(?<=model ").*(?="$)/, withoutSnapshot) : part;
}
