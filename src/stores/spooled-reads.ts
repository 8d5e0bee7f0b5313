/** The read methods of a store with a spool: the store answers, where no spooled change would alter its answer. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import { NO_GRAINS } from '../core/cells/grains.ts';
import type { Generation, Store } from '../contracts/store.ts';
import type { Outage } from './outage.ts';
import { routingReading } from './packed-cells.ts';
import { isMisuse } from './replay-change.ts';
import type { SpoolQueue } from './spool-queue.ts';

type Reads = Required<
  Pick<
    Store,
    | 'load'
    | 'claimDue'
    | 'cells'
    | 'cellsSince'
    | 'routingCells'
    | 'generations'
    | 'features'
    | 'intents'
    | 'prunedCells'
    | 'scan'
    | 'scanPages'
    | 'consistently'
    | 'correctCells'
    | 'prune'
  >
>;

export interface SpooledReadsOptions {
  readonly queue: SpoolQueue;
  readonly health: Outage;
  /** Resolves when the changes that earlier processes left are in the queue. */
  readonly opened: () => Promise<unknown>;
  /** Resolves to the number of changes that are still spooled. */
  readonly replay: () => Promise<number>;
  readonly failed: (error: unknown) => void;
}

export function spooledReads(store: Store, { queue, health, opened, replay, failed }: SpooledReadsOptions): Reads {
  const lastGenerations = new Map<string, Generation>();

  /** Asks the store unless it is down; if it fails, answers from `local` or rejects with the store's error. */
  async function ask<T>(question: () => Promise<T>, local: () => T | undefined = () => undefined): Promise<T> {
    await opened();
    if (!health.isDown()) {
      try {
        return await question();
      } catch (error) {
        if (isMisuse(error)) throw error;
        failed(error);
      }
    }
    const answer = local();
    if (answer === undefined) throw health.error;
    return answer;
  }

  /** Replays the spool before a question that only the complete ledger can answer. */
  async function askComplete<T>(question: () => Promise<T>): Promise<T> {
    await opened();
    if (queue.length > 0 && (health.isDown() || (await replay()) > 0)) throw health.error;
    return question();
  }

  async function load(intentId: string): Promise<readonly LedgerRecord[]> {
    await opened();
    const changes = queue.of(intentId);
    if (changes === undefined) return ask(() => store.load(intentId));
    if (changes[0]?.expectedRevision === 0) return changes.flatMap(change => change.records);
    // Other processes may have added records to the intent: the order is only known once the spool is written to the store.
    return askComplete(() => store.load(intentId));
  }

  async function generations(features: readonly string[]): Promise<ReadonlyMap<string, Generation>> {
    const read = async (): Promise<ReadonlyMap<string, Generation>> => {
      const found = await store.generations(features);
      for (const [feature, generation] of found) lastGenerations.set(feature, generation);
      return found;
    };
    const found = await ask(read, () => lastGenerations);
    // Spooled and replayed changes also alter what this object answers, so they are a part of the generation.
    return new Map(features.map(feature => [feature, `${found.get(feature) ?? ''}+${queue.revisionOf(feature)}`]));
  }

  return {
    load,
    generations,
    async claimDue(nowMs, limit, leaseMs, features) {
      const stored = await ask(
        () => store.claimDue(nowMs, limit, leaseMs, features),
        () => [],
      );
      const others = stored.filter(id => queue.of(id) === undefined);
      return [...others, ...queue.claimDue(nowMs, limit - others.length, leaseMs, features)];
    },
    cells: async (feature, damaged) => askComplete(() => ask(() => store.cells(feature, damaged))),
    async cellsSince(feature, since, damaged) {
      await opened();
      // The store's sums lack spooled changes. A reader that has read before keeps its sums, with its own additions.
      if (since !== undefined && queue.length > 0)
        return { cells: [], complete: false, grains: NO_GRAINS, next: since };
      return askComplete(() => ask(() => store.cellsSince(feature, since, damaged)));
    },
    routingCells: async feature =>
      askComplete(() =>
        ask(async () => store.routingCells?.(feature) ?? routingReading(await store.cellsSince(feature))),
      ),
    features: async () => askComplete(() => store.features()),
    intents: async range => askComplete(() => store.intents(range)),
    prunedCells: async feature => askComplete(() => store.prunedCells(feature)),
    async *scan(range) {
      yield* await askComplete(async () => store.scan(range));
    },
    async *scanPages(range) {
      yield* await askComplete(async () => store.scanPages(range));
    },
    consistently: async work => askComplete(() => store.consistently(work)),
    correctCells: async (feature, difference, options) =>
      askComplete(() => store.correctCells(feature, difference, options)),
    prune: async (beforeMs, options) => askComplete(() => store.prune(beforeMs, options)),
  };
}
