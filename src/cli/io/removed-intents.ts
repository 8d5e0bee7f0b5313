/** Intents that the statistics still count although their records are gone: archived, pruned or forgotten ones. */
import type { LedgerRange } from '../../contracts/ledger-source.ts';
import type { StoreView } from '../../contracts/store.ts';
import { isIn, wholeBuckets } from '../../core/cells/period.ts';
import { toDecimalUsd } from '../../core/ledger/money.ts';
import { formatCount } from '../../core/report/wording.ts';

export interface RemovedIntents {
  readonly intents: number;
  /** Model spend of the removed intents. */
  readonly usd: string;
  /** Whether the ledger has an archive, which was not read. */
  readonly mayBeArchived: boolean;
}

/**
 * The removed intents in a range of the ledger; `undefined` if there are none. Old statistics are per day or week: a day or week that is
 * partly in the range counts as a whole.
 */
export async function removedIntents(
  view: StoreView,
  { feature, ...period }: LedgerRange,
  { archive }: { readonly archive?: string },
): Promise<RemovedIntents | undefined> {
  const cells = await view.prunedCells(feature);
  const whole = wholeBuckets(period, cells);
  let [intents, nanoUsd] = [0n, 0n];
  for (const { key, sums } of cells) {
    if (key.scope !== 'plan' || !isIn(whole, key.bucket)) continue;
    intents += sums.n ?? 0n;
    nanoUsd += sums.cost ?? 0n;
  }
  if (intents === 0n) return undefined;
  const mayBeArchived = archive === undefined && (await view.archive?.()) !== undefined;
  return { intents: Number(intents), usd: toDecimalUsd(nanoUsd), mayBeArchived };
}

/** @param where the result from which the intents are missing: `this bill` */
export function renderRemoved({ intents, usd, mayBeArchived }: RemovedIntents, where: string): string {
  const are = intents === 1 ? 'intent is' : 'intents are';
  return (
    `The records of ${formatCount(intents)} ${are} no longer in the ledger: their ${usd} USD are not in ${where}. ` +
    (mayBeArchived
      ? '--archive FOLDER adds those that are archived.'
      : 'They were pruned or forgotten, and reports still count them.')
  );
}
