/** Erases the records of a session or an intent. The statistics keep what they contributed, so every total stays. */
import type { RemovedIntent } from '../contracts/archiving.ts';
import type { Store } from '../contracts/store.ts';
import { RouterError } from '../errors.ts';
import { recordsLeft } from '../contracts/archiving.ts';

/** The session or the intent whose records are erased. */
export interface ForgottenUser {
  /** All intents of this session, and the session's own state. */
  readonly session?: string;
  /** This intent alone. */
  readonly intentId?: string;
}

export interface Forgotten {
  readonly intents: number;
  readonly records: number;
  /** Intents that had no outcome yet: they will never have one, and stay counted as pending. */
  readonly pending: number;
}

/**
 * Removes records as pruning does, whatever their age: their ids are remembered, so that no intent begins again and is counted twice.
 *
 * @throws RouterError `unknown-intent` where the ledger has no such session or intent; `store-unusable` for a store that cannot remove
 * single intents, and for a ledger with an archive, whose files may have records of the same person
 */
export async function forget(store: Store, user: ForgottenUser): Promise<Forgotten> {
  const { archiving } = store;
  if (archiving === undefined) throw noRemoval();
  // Its recount would lack what is erased in the ledger alone.
  if ((await store.archive?.()) !== undefined)
    throw new RouterError('store-unusable', 'the ledger has an archive, where the records have to be erased too', {
      path: '--archive',
      accepted: 'the folder of the archive',
    });
  const removed: RemovedIntent[] = [];
  let [records, pending] = [0, 0];
  for (const id of await idsOf(store, user)) {
    const own = await recordsLeft(store, id);
    const last = own.at(-1);
    if (last === undefined) continue;
    removed.push({ id, lastMs: Math.max(...own.map(({ atMs }) => atMs)), isArchived: false });
    records += own.length;
    if (!own.some(({ kind }) => kind === 'labelled' || kind === 'corrected')) pending++;
  }
  if (removed.length === 0) throw nothingToForget(user);
  await archiving.adopt(removed);
  if (user.session !== undefined) await store.forgetSessions?.([user.session]);
  return { intents: removed.length, records, pending };
}

/** The intents that are meant: the one that is named, and those of the session that the store has records of. */
export async function idsOf(store: Store, { session, intentId }: ForgottenUser): Promise<readonly string[]> {
  const ids = new Set(intentId === undefined ? [] : [intentId]);
  if (session !== undefined) for (const id of await intentsOfSession(store, session)) ids.add(id);
  return [...ids];
}

/**
 * Ids of a session's intents, in the order in which they were decided. Reads all decisions, because every store
 * supports that.
 */
export async function intentsOfSession(store: Pick<Store, 'scan'>, session: string): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const record of store.scan({ kind: 'decided' }))
    if (record.kind === 'decided' && record.session === session) ids.push(record.intentId);
  return ids;
}

export function noRemoval(): RouterError {
  return new RouterError('store-unusable', 'this store cannot remove single intents');
}

export function nothingToForget({ session, intentId }: ForgottenUser): RouterError {
  const [what, path] = session === undefined ? [`id "${intentId}"`, 'intentId'] : [`session "${session}"`, 'session'];
  return new RouterError('unknown-intent', `no intent with records has the ${what}`, {
    path,
    accepted: 'a session or an intent of this ledger, not yet removed',
  });
}
