/** The intents of a ledger one by one, the latest decision first, in constant memory. */
import type { IntentRange, StoreView } from '../contracts/store.ts';
import { recordsLeft } from '../contracts/archiving.ts';
import type { Intent } from '../core/ledger/records.ts';
import { foldIntent } from '../core/ledger/records.ts';

/** Intents that are read at a time. */
const PAGE = 200;

/**
 * @param range of the decisions
 * @param store a view of one moment (`Store.consistently`): otherwise, a page that begins after an intent pruned meanwhile would be empty
 */
export async function* storedIntents(
  store: Pick<StoreView, 'intents' | 'load'>,
  range: Omit<IntentRange, 'limit' | 'after'>,
): AsyncGenerator<Intent> {
  let after: string | undefined;
  for (;;) {
    const ids = await store.intents({ ...range, limit: PAGE, ...(after === undefined ? {} : { after }) });
    const intents = await Promise.all(ids.map(async id => foldIntent(await recordsLeft(store, id))));
    for (const intent of intents) if (intent !== undefined) yield intent;
    after = ids.at(-1);
    if (ids.length < PAGE) return;
  }
}

/** When the last of all intents was decided, milliseconds since the epoch; `undefined` without intents. */
export async function latestDecisionMs(
  store: Pick<StoreView, 'intents' | 'load'>,
  features: readonly { readonly feature: string }[],
): Promise<number | undefined> {
  let latestMs: number | undefined;
  for (const { feature } of features) {
    for await (const { decided } of storedIntents(store, { feature })) {
      latestMs = Math.max(latestMs ?? decided.atMs, decided.atMs);
      break;
    }
  }
  return latestMs;
}
