/**
 * After a conflict about records that were sent before without an answer: the store may have them, or a part of them, at
 * other revisions, where the spool of another process put them.
 */
import type { Store } from '../../contracts/store.ts';
import type { Intent } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import { rebase } from '../../stores/replay-change.ts';
import type { CachedIntent } from './intent-cache.ts';

/**
 * Reads the intent from the store and keeps only the records pending that the store does not have. Resolves to `false`
 * when these cannot follow the stored records (the decision is missing there), and must be made again. Rejects when the
 * store cannot be read.
 */
export async function reconcile(
  entry: CachedIntent,
  { store, dueAtMs }: { readonly store: Pick<Store, 'load'>; readonly dueAtMs: (intent: Intent) => number | null },
): Promise<boolean> {
  const stored = await store.load(entry.id);
  const { id: intentId, intent, pending } = entry;
  if (intent === undefined || pending === undefined) return true;
  const { records, told } = pending;
  const { feature } = intent.decided;
  const rest = rebase(stored, {
    intentId,
    feature,
    expectedRevision: stored.length,
    records,
    dueAtMs: dueAtMs(intent),
  });
  entry.stored = foldIntent(stored);
  if (rest === 'impossible') return false;
  if (rest === 'known') {
    entry.intent = entry.stored;
    entry.pending = undefined;
    return true;
  }
  entry.intent = foldIntent([...stored, ...rest.records]);
  const untold = records.length - (told?.records ?? 0);
  const known = told === undefined ? {} : { told: { ...told, records: Math.max(0, rest.records.length - untold) } };
  entry.pending = { ...pending, records: rest.records, ...known };
  return true;
}
