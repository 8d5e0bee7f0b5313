/** Erases the records of a session or an intent in a ledger and its archive. The statistics keep what they contributed. */
import { callback, optional, optionsWith, storeWith, text } from '../argument-checks.ts';
import type { Store } from '../contracts/store.ts';
import { invalidValue } from '../errors.ts';
import type { ErasedIntents } from '../exports/archive/erase-archived.ts';
import { eraseArchived } from '../exports/archive/erase-archived.ts';
import type { ForgottenUser } from './forget.ts';
import { idsOf, noRemoval, nothingToForget } from './forget.ts';

export interface ForgetOptions extends ForgottenUser {
  /** Called repeatedly with the number of runs of the archive that were searched or written again so far. */
  readonly progress?: (runs: number) => void;
}

const checkStore = storeWith('consistently', 'scan');
const checkOptions = optionsWith<ForgetOptions>({
  session: optional(text),
  intentId: optional(text),
  progress: optional(callback),
});

/**
 * Erases the records of a session or an intent, where a person asks for it: in the ledger, and in the files of its archive, which are
 * written again with new checksums. Every sum stays as it is, in the archive too; the ids of the intents are remembered, so that none
 * begins again. The process may end at any point: the records are all there or all erased, and the next call continues.
 *
 * It needs the package `@duckdb/node-api`, which is loaded when this is called. Copies of the folder are not touched, and what was open
 * for reading has to be read again.
 *
 * An SQLite file can contain the erased text until SQLite overwrites its freed pages. The command `outcome-router forget` also rewrites the
 * file; an application does that with `VACUUM`.
 *
 * @param store - The store itself, without its archive
 * @param folder - The folder of the archive
 * @throws RouterError `unknown-intent` where neither has such a session or intent; `invalid-value` for wrong arguments and a folder
 *   without an archive; `store-unusable` for the archive of another ledger, and where the folder cannot be written; `invalid-data` for a
 *   damaged archive, of which nothing was changed then
 *
 * @example
 * ```ts
 * import { forgetArchived } from 'outcome-router/archive';
 * import { sqlite } from 'outcome-router/stores/sqlite';
 * const { records } = await forgetArchived(sqlite('router.db'), 'archive', { session: 'u-17' });
 * ```
 */
export async function forgetArchived(store: Store, folder: string, options: ForgetOptions): Promise<ErasedIntents> {
  checkStore(store, 'forgetArchived.store');
  text(folder, 'forgetArchived.folder');
  checkOptions(options, 'forgetArchived');
  const { session, intentId, progress } = options;
  if (session === undefined && intentId === undefined)
    throw invalidValue(undefined, 'forgetArchived.session', 'the id of a session, or of an intent as `intentId`');
  const { archiving } = store;
  if (archiving === undefined) throw noRemoval();
  const ids = await idsOf(store, options);
  const erased = await eraseArchived({ ...store, archiving }, folder, { ids, session, progress });
  // No record depends on it, and it may be lost.
  if (session !== undefined) await store.forgetSessions?.([session]);
  if (erased.intents === 0 && erased.files === 0) throw nothingToForget(options);
  return erased;
}
