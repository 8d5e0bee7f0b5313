/** Labels intents whose silence has lasted as long as their feature's window. */
import type { Engine } from '../engine.ts';
import { dueAtMs } from '../state/silence.ts';
import { evidenceRecord } from './outcomes.ts';

/** Intents claimed by one question to the store. More mean fewer questions; fewer keep less in memory. */
const INTENTS_PER_PAGE = 500;

/**
 * How long the intents of a page are this process's. Longer: those of a process that was killed are labelled later. Shorter:
 * two processes load the same intents, of which the compare-and-set lets one label each.
 */
const LEASE_MS = 5_000;

/** Due intents of other processes' features that one sweep passes over, of a store that hands them out. Each costs memory, and a write in the store. */
const MAX_STRANGERS = 20_000;

/** A sweep runs every tenth of the shortest window, within these limits. More frequent sweeps label sooner and read the store more. */
const MIN_SWEEP_INTERVAL_MS = 1_000;
const MAX_SWEEP_INTERVAL_MS = 60_000;

type SweepEngine = Pick<Engine, 'config' | 'runtime' | 'store' | 'book'>;

/** The sweeps of one router. */
export interface SilenceSweeps {
  /**
   * Labels every intent that is due by now; waits for a sweep in progress first. Resolves to the number that it labelled;
   * rejects, after all others, with the error of one that could not be read or labelled.
   */
  sweep(): Promise<number>;
  /** Ends the sweeps, one in progress after the page that it labels. Resolves when none writes any more. */
  stop(): Promise<void>;
}

/** Labels due intents at regular intervals, and when asked. */
export function silenceSweeps(engine: SweepEngine & Pick<Engine, 'faulted'>): SilenceSweeps {
  const strangers = new Set<string>();
  /** While other processes may claim what this one has passed over, on the monotonic clock. */
  let restsUntilMs = 0;
  let isStopped = false;
  let isQueued = false;
  /** Settles with the last sweep: one runs after the other. */
  let idle: Promise<unknown> = Promise.resolve();

  function sweep(): Promise<number> {
    const swept = idle.then(async () => {
      isQueued = false;
      const { labelled, passedOver, failures } = await labelSilentIntents(engine, strangers, () => isStopped);
      if (passedOver > 0) restsUntilMs = engine.runtime.elapsedMs() + 2 * LEASE_MS;
      // After the others: an intent whose records are damaged stays due, and would keep later ones from their labels.
      if (failures.length > 0) throw failures[0];
      return labelled;
    });
    idle = swept.catch(() => {});
    return swept;
  }

  /** Of the timer's sweeps, one at most waits for the one in progress. */
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

/** @param strangers due intents whose features this process does not have: each is loaded once, not in every sweep */
async function labelSilentIntents(
  engine: SweepEngine,
  strangers: Set<string>,
  isStopped: () => boolean,
): Promise<{ readonly labelled: number; readonly passedOver: number; readonly failures: readonly unknown[] }> {
  const silent = [...engine.config.features].flatMap(([name, { silence }]) => (silence === undefined ? [] : [name]));
  let labelled = 0;
  const passedOver = new Set<string>();
  const seen = new Set<string>();
  const failures: unknown[] = [];
  const label = async (id: string, nowMs: number): Promise<Labelling> =>
    labelIfDue(engine, id, nowMs).catch((error: unknown) => {
      failures.push(error);
      return 'not now';
    });
  while (!isStopped()) {
    const nowMs = engine.runtime.nowMs();
    const ids = await engine.store.claimDue(nowMs, INTENTS_PER_PAGE, LEASE_MS, silent);
    const known = seen.size;
    const results = await Promise.all(ids.map(async id => (strangers.has(id) ? 'stranger' : label(id, nowMs))));
    for (const [index, id] of ids.entries()) {
      seen.add(id);
      if (results[index] === 'labelled') labelled++;
      if (results[index] === 'stranger') passedOver.add(id);
    }
    // What comes again, because its lease is over, waits for the next sweep.
    if (ids.length < INTENTS_PER_PAGE || seen.size === known || passedOver.size > MAX_STRANGERS) break;
  }
  if (strangers.size > MAX_STRANGERS) strangers.clear();
  for (const id of passedOver) strangers.add(id);
  return { labelled, passedOver: passedOver.size, failures };
}

type Labelling = 'labelled' | 'not now' | 'stranger';

async function labelIfDue({ book, config, runtime }: SweepEngine, id: string, nowMs: number): Promise<Labelling> {
  // A request in flight is not silence.
  if (book.isHeld(id)) return 'not now';
  let result: Labelling = 'not now';
  await book.append(id, intent => {
    result = 'not now';
    if (intent === undefined) return [];
    const silence = config.features.get(intent.decided.feature)?.silence;
    if (silence === undefined) result = 'stranger';
    const due = dueAtMs(config, intent);
    if (silence === undefined || due === null || due > nowMs) return [];
    result = 'labelled';
    return [evidenceRecord(intent, { source: 'silence', success: silence.success }, runtime.nowMs())];
  });
  return result;
}
