/** Labels intents whose silence has lasted as long as their feature's window. */
import type { Engine } from '../engine.ts';
import { dueAtMs } from '../state/silence.ts';
import { evidenceRecord } from './outcomes.ts';

/** Intents listed by one read of the store. More mean fewer reads; fewer keep less in memory. */
const INTENTS_PER_PAGE = 500;

/** A sweep runs every tenth of the shortest window, within these limits. More frequent sweeps label sooner and read the store more. */
const MIN_SWEEP_INTERVAL_MS = 1_000;
const MAX_SWEEP_INTERVAL_MS = 60_000;

type SweepEngine = Pick<Engine, 'config' | 'runtime' | 'store' | 'book'>;

/** The sweeps of one router. */
export interface SilenceSweeps {
  /** Labels every intent that is due by now; waits for a sweep in progress first. Resolves to the number that it labelled. */
  sweep(): Promise<number>;
  /** Ends the sweeps, one in progress after the page that it labels. Resolves when none writes any more. */
  stop(): Promise<void>;
}

/** Labels due intents at regular intervals, and when asked. */
export function silenceSweeps(engine: SweepEngine & Pick<Engine, 'faulted'>): SilenceSweeps {
  let isStopped = false;
  let isQueued = false;
  /** Settles with the last sweep: one runs after the other. */
  let idle: Promise<unknown> = Promise.resolve();

  function sweep(): Promise<number> {
    const swept = idle.then(async () => {
      isQueued = false;
      return labelSilentIntents(engine, () => isStopped);
    });
    idle = swept.catch(() => {});
    return swept;
  }

  /** Of the timer's sweeps, one at most waits for the one in progress. */
  function sweepSoon(): void {
    if (isQueued) return;
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

async function labelSilentIntents(engine: SweepEngine, isStopped: () => boolean): Promise<number> {
  let count = 0;
  while (!isStopped()) {
    const nowMs = engine.runtime.nowMs();
    const ids = await engine.store.due(nowMs, INTENTS_PER_PAGE);
    const labelled = await Promise.all(ids.map(async id => labelIfDue(engine, id, nowMs)));
    count += labelled.filter(Boolean).length;
    // A full page without an intent to label (their features are no longer configured) would be listed again forever.
    if (ids.length < INTENTS_PER_PAGE || !labelled.includes(true)) break;
  }
  return count;
}

async function labelIfDue({ book, config, runtime }: SweepEngine, id: string, nowMs: number): Promise<boolean> {
  // A request in flight is not silence.
  if (book.isHeld(id)) return false;
  let isLabelled = false;
  await book.append(id, intent => {
    isLabelled = false;
    const silence = intent === undefined ? undefined : config.features.get(intent.decided.feature)?.silence;
    if (intent === undefined || silence === undefined) return [];
    const due = dueAtMs(config, intent);
    if (due === null || due > nowMs) return [];
    isLabelled = true;
    return [evidenceRecord(intent, { source: 'silence', success: silence.success }, runtime.nowMs())];
  });
  return isLabelled;
}
