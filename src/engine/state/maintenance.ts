/**
 * Has the store do its background work, such as making older statistics coarser: a slice at a time, never during a call.
 */
import type { Store } from '../../contracts/store.ts';
import type { Runtime } from '../../runtime.ts';
import { PAUSE_PER_WORK } from './statistics-feed.ts';

export interface Maintenance {
  /** Call with the first use of the store: a router that is never used opens nothing. A second call does nothing. */
  start(): void;
  /** Lets no further slice begin. */
  stop(): void;
}

export interface MaintenanceOptions {
  readonly store: Pick<Store, 'maintain'>;
  readonly runtime: Pick<Runtime, 'nowMs' | 'cpuMs' | 'after'>;
  /** Called with the first of several errors in a row. */
  readonly faulted: (error: unknown) => void;
}

/**
 * Pause after a slice that left the store nothing more to do. Buckets become coarser once a day, so this may be long.
 */
const EVERY_MS = 60_000;

/** Shortest pause between two slices, however short the slices are. */
const MIN_PAUSE_MS = 1_000;

export function maintenance({ store, runtime, faulted }: MaintenanceOptions): Maintenance {
  let isStarted = false;
  let isStopped = false;
  let isFailing = false;
  let cancel = (): void => {};

  async function slice(): Promise<void> {
    const startedCpuMs = runtime.cpuMs();
    let pauseMs = EVERY_MS;
    try {
      const { more } = await store.maintain(runtime.nowMs());
      if (more) pauseMs = Math.max(MIN_PAUSE_MS, PAUSE_PER_WORK * (runtime.cpuMs() - startedCpuMs));
      isFailing = false;
    } catch (error) {
      if (!isFailing && !isStopped) faulted(error);
      isFailing = true;
    }
    sliceAfter(pauseMs);
  }

  function sliceAfter(ms: number): void {
    if (!isStopped) cancel = runtime.after(ms, () => void slice());
  }

  return {
    start() {
      if (isStarted) return;
      isStarted = true;
      // The moment of the start within its second spreads the processes of a fleet over a minute.
      sliceAfter(EVERY_MS + (EVERY_MS / 1_000) * (runtime.nowMs() % 1_000));
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
