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

/** Labels due intents at regular intervals. Returns a function that stops it. */
export function startSilenceSweeps(engine: SweepEngine & Pick<Engine, 'faulted'>): () => void {
  const windows = [...engine.config.features.values()].flatMap(feature => feature.silence?.afterMs ?? []);
  if (windows.length === 0) return () => {};
  const everyMs = Math.min(MAX_SWEEP_INTERVAL_MS, Math.max(MIN_SWEEP_INTERVAL_MS, Math.min(...windows) / 10));
  return engine.runtime.every(everyMs, () => {
    labelSilentIntents(engine).catch((error: unknown) => engine.faulted({ where: 'store', error }));
  });
}

/** Labels every intent that is due by now. Resolves to the number of intents that it labelled. */
export async function labelSilentIntents(engine: SweepEngine): Promise<number> {
  let count = 0;
  for (;;) {
    const nowMs = engine.runtime.nowMs();
    const ids = await engine.store.due(nowMs, INTENTS_PER_PAGE);
    const labelled = await Promise.all(ids.map(async id => labelIfDue(engine, id, nowMs)));
    count += labelled.filter(Boolean).length;
    // A full page without an intent to label (their features are no longer configured) would be listed again forever.
    if (ids.length < INTENTS_PER_PAGE || !labelled.includes(true)) return count;
  }
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
