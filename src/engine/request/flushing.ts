/** Writes what a router has recorded: on request, at intervals after the store failed, and at the end. */
import type { Store } from '../../contracts/store.ts';
import type { Runtime } from '../../runtime.ts';
import type { SpoolingStore } from '../../stores/spool.ts';
import type { Engine } from '../engine.ts';

/** How long `close` waits for requests in flight. */
const CLOSE_TIMEOUT_MS = 10_000;

export function isSpooling(store: Store): store is SpoolingStore {
  return 'drain' in store;
}

/**
 * Writes all that was recorded. Drains a spool first, so that it has room for records that neither it nor the store has accepted
 * yet.
 * @throws RouterError when some records are in neither
 */
export async function flush(engine: Engine): Promise<void> {
  await drain(engine.store);
  await engine.flush();
  await drain(engine.store);
}

/** Tries once more to write what the store did not accept. */
export async function retry({ book, store }: Engine): Promise<void> {
  await drain(store);
  await book.retry();
}

async function drain(store: Store): Promise<void> {
  if (isSpooling(store)) await store.drain();
}

async function waitAtMost(work: Promise<void>, ms: number, { after }: Runtime): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const cancel = after(ms, resolve);
    work.finally(cancel).then(resolve, reject);
  });
}

/**
 * Waits for requests in flight, for a limited time, writes everything, and closes store and observers. @throws RouterError as `flush`
 * does
 */
export async function close(engine: Engine): Promise<void> {
  await waitAtMost(engine.requests.idle(), CLOSE_TIMEOUT_MS, engine.runtime);
  for (const stream of engine.activeStreams) stream.abandon();
  try {
    await flush(engine);
  } finally {
    await engine.store.close();
    await Promise.all(engine.observers.map(async observer => observer.close?.()));
  }
}
