/** A time limit for the store's answers: a store that does not answer in time has failed. */
import { RouterError } from '../errors.ts';
import type { Change, CommitAll, Store } from '../contracts/store.ts';
import { optionalMethods } from './optional-methods.ts';

export interface AnswerWithinOptions {
  /** How long a call waits for a store that does not answer. */
  readonly timeoutMs: number;
  /** How long a reading of whole statistics may take, which grows with the ledger. */
  readonly readTimeoutMs: number;
  /** Calls back once after `ms`, unless the returned function is called before. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/**
 * The store with time limits for the calls that requests wait for: they reject with `store-unusable` after `timeoutMs`, `cells`
 * and `cellsSince` after `readTimeoutMs`. Once a call has waited for `timeoutMs`, every other call rejects at once, until the
 * store has answered that call or a probe, for which no caller waits. A commit that timed out may still succeed later; replaying
 * it finds its records in the ledger. Reports, scans and maintenance have no limit.
 */
export function answerWithin(store: Store, { timeoutMs, readTimeoutMs, after }: AnswerWithinOptions): Store {
  let isSilent = false;
  let isProbed = false;

  async function limited<Value>(question: () => Promise<Value>, limitMs = timeoutMs): Promise<Value> {
    if (!isSilent) return timed(question, limitMs);
    probe();
    throw timedOut(store, timeoutMs);
  }

  async function timed<Value>(question: () => Promise<Value>, limitMs: number): Promise<Value> {
    let isLate = false;
    const { promise: late, reject } = Promise.withResolvers<never>();
    const giveUp = (): void => reject(timedOut(store, limitMs));
    let cancel = after(timeoutMs, () => {
      isLate = isSilent = true;
      if (limitMs > timeoutMs) cancel = after(limitMs - timeoutMs, giveUp);
      else giveUp();
    });
    const answered = async (): Promise<Value> => {
      try {
        const value = await question();
        isSilent = false;
        return value;
      } catch (error) {
        // The driver's own time limit does not count as an answer.
        if (!isLate) isSilent = false;
        throw error;
      } finally {
        cancel();
      }
    };
    return Promise.race([answered(), late]);
  }

  function probe(): void {
    if (isProbed) return;
    isProbed = true;
    timed(async () => store.generations([]), readTimeoutMs)
      .catch(() => {})
      .finally(() => {
        isProbed = false;
      });
  }

  const { name, isPrivate, spoolPath } = store;
  const commitAll: CommitAll = async changes => limited(async () => store.commitAll(changes));
  const { now } = store.commitAll;
  return Object.freeze<Store>({
    name,
    ...(isPrivate === undefined ? {} : { isPrivate }),
    ...(spoolPath === undefined ? {} : { spoolPath }),
    commitAll:
      now === undefined
        ? commitAll
        : Object.assign(commitAll, { now: (changes: readonly Change[]) => (isSilent ? undefined : now(changes)) }),
    load: async intentId => limited(async () => store.load(intentId)),
    cells: async (feature, damaged) => limited(async () => store.cells(feature, damaged), readTimeoutMs),
    cellsSince: async (feature, since, damaged) =>
      limited(async () => store.cellsSince(feature, since, damaged), readTimeoutMs),
    generations: async features => limited(async () => store.generations(features)),
    claimDue: async (...claim) => limited(async () => store.claimDue(...claim)),
    ...optionalMethods(store, limited),
    features: async () => store.features(),
    intents: async range => store.intents(range),
    scan: range => store.scan(range),
    scanPages: range => store.scanPages(range),
    consistently: async work => store.consistently(work),
    correctCells: async (feature, difference, options) => store.correctCells(feature, difference, options),
    prune: async (beforeMs, options) => store.prune(beforeMs, options),
    prunedCells: async feature => store.prunedCells(feature),
    maintain: async nowMs => store.maintain(nowMs),
    close: async withinMs => store.close(withinMs),
  });
}

function timedOut({ name }: Store, timeoutMs: number): RouterError {
  return new RouterError('store-unusable', `${name} has not answered within ${timeoutMs} ms`);
}
