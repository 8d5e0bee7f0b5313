/** Labels intents whose silence has lasted as long as their feature's window. */
import type { Engine } from '../engine.ts';
import { dueAtMs } from '../state/silence.ts';
import { evidenceRecord } from './outcomes.ts';

/** Intents listed by one read of the store. More mean fewer reads; fewer keep less in memory. */
const INTENTS_PER_PAGE = 500;

/**
 * Due intents of other processes' features that are passed over. Each costs memory and a place in every page. With more of
 * them, of features that no process has any more, silence labels nothing here.
 */
const MAX_STRANGERS = 20_000;

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
  const strangers = new Set<string>();
  let isStopped = false;
  let isQueued = false;
  /** Settles with the last sweep: one runs after the other. */
  let idle: Promise<unknown> = Promise.resolve();

  function sweep(): Promise<number> {
    const swept = idle.then(async () => {
      isQueued = false;
      return labelSilentIntents(engine, strangers, () => isStopped);
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

/** @param strangers due intents whose features this process does not have: each is loaded once, not in every sweep */
async function labelSilentIntents(
  engine: SweepEngine,
  strangers: Set<string>,
  isStopped: () => boolean,
): Promise<number> {
  let count = 0;
  while (!isStopped()) {
    const nowMs = engine.runtime.nowMs();
    const known = strangers.size;
    const limit = INTENTS_PER_PAGE + 2 * known;
    const ids = await engine.store.due(nowMs, limit);
    const results = await Promise.all(
      ids.map(async id => (strangers.has(id) ? 'stranger' : labelIfDue(engine, id, nowMs))),
    );
    const labelled = results.filter(result => result === 'labelled').length;
    count += labelled;
    strangers.clear();
    for (const [index, id] of ids.entries()) if (results[index] === 'stranger') strangers.add(id);
    if (ids.length < limit) break;
    // The same full page would be listed again forever.
    if (labelled === 0 && (strangers.size === known || strangers.size > MAX_STRANGERS)) break;
  }
  return count;
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
