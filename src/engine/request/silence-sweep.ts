/** Turns silence into labels: at regular intervals, and when asked. */
import type { Engine } from '../engine.ts';
import type { LabellingEngine } from './silent-intents.ts';

/** A sweep runs every tenth of the shortest window, within these limits. More frequent sweeps label sooner and read the store more. */
const MIN_SWEEP_INTERVAL_MS = 1_000;
const MAX_SWEEP_INTERVAL_MS = 60_000;

/** The sweeps of one router. */
export interface SilenceSweeps {
  /**
   * Labels every intent that is due by now; waits for a sweep in progress first. Resolves to the number of intents that
   * it labelled; rejects, after labelling all others, with the error of an intent that could not be read or labelled.
   */
  sweep(): Promise<number>;
  /** Stops the sweeps; a sweep in progress ends after its current page. Resolves when no sweep writes any more. */
  stop(): Promise<void>;
}

/** Labels due intents at regular intervals, and when asked. */
export function silenceSweeps(engine: LabellingEngine & Pick<Engine, 'faulted'>): SilenceSweeps {
  const strangers = new Set<string>();
  /** The time, on the monotonic clock, until which other processes may claim the intents that this one passed over. */
  let restsUntilMs = 0;
  let isStopped = false;
  let isQueued = false;
  /** Settles with the last sweep: sweeps run one after the other. */
  let idle: Promise<unknown> = Promise.resolve();

  function sweep(): Promise<number> {
    const swept = idle.then(async () => {
      isQueued = false;
      // Loaded only here: most processes never sweep.
      const { labelSilentIntents, LEASE_MS } = await import('./silent-intents.ts');
      const { labelled, passedOver, failures } = await labelSilentIntents(engine, strangers, () => isStopped);
      if (passedOver > 0) restsUntilMs = engine.runtime.elapsedMs() + 2 * LEASE_MS;
      // Thrown after the other intents are labelled: an intent with damaged records stays due, and would block later ones.
      if (failures.length > 0) throw failures[0];
      return labelled;
    });
    idle = swept.catch(() => {});
    return swept;
  }

  /** At most one sweep of the timer waits for the one in progress. */
  function sweepSoon(): void {
    if (isQueued || engine.runtime.elapsedMs() < restsUntilMs) return;
    isQueued = true;
    sweep().catch((error: unknown) => engine.faulted({ where: 'store', error }));
  }

  const windows = [...engine.config.features.values()].flatMap(feature => feature.silence?.afterMs ?? []);
  const everyMs = Math.min(MAX_SWEEP_INTERVAL_MS, Math.max(MIN_SWEEP_INTERVAL_MS, Math.min(...windows) / 10));
  const stopTimer = windows.length === 0 ? () => {} : engine.runtime.every(everyMs, sweepSoon);
  return {
    sweep,
    async stop() {
      isStopped = true;
      stopTimer();
      await idle;
    },
  };
}
