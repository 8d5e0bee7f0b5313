/** Labels intents whose silence has lasted as long as their feature's window. Loaded with the first sweep. */
import type { Engine } from '../engine.ts';
import { dueAtMs } from '../state/silence.ts';
import { evidenceRecord } from './outcomes.ts';

/** Intents claimed by one query of the store. More mean fewer queries; fewer use less memory. */
const INTENTS_PER_PAGE = 500;

/**
 * How long this process owns the intents of a page. Longer: the intents of a process that was killed are labelled later.
 * Shorter: two processes load the same intents, and the compare-and-set lets only one of them label each intent.
 */
export const LEASE_MS = 5_000;

/**
 * Limit on due intents of unknown features that one sweep passes over, in a store that hands them out. Each costs memory
 * and a write.
 */
const MAX_STRANGERS = 20_000;

export type LabellingEngine = Pick<Engine, 'config' | 'runtime' | 'store' | 'book'>;

/** @param strangers due intents whose features this process does not have: each is loaded once, not in every sweep */
export async function labelSilentIntents(
  engine: LabellingEngine,
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
    // Intents that return because their lease is over wait for the next sweep.
    if (ids.length < INTENTS_PER_PAGE || seen.size === known || passedOver.size > MAX_STRANGERS) break;
  }
  if (strangers.size > MAX_STRANGERS) strangers.clear();
  for (const id of passedOver) strangers.add(id);
  return { labelled, passedOver: passedOver.size, failures };
}

type Labelling = 'labelled' | 'not now' | 'stranger';

async function labelIfDue({ book, config, runtime }: LabellingEngine, id: string, nowMs: number): Promise<Labelling> {
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
