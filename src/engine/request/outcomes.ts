/** Recording the evidence about an intent: explicit outcomes, signals, silence. */
import type { Intent } from '../../core/ledger/records.ts';
import type { Evidence, Outcome } from '../../core/ledger/vocabulary.ts';
import type { Engine } from '../engine.ts';
import { dueAtMs } from '../state/silence.ts';
import type { NewRecord } from '../state/intent-cache.ts';
import { RouterError } from '../../errors.ts';

/**
 * Appends evidence to an intent. Evidence that repeats the last of its source, or whose `key` is recorded already, changes nothing.
 *
 * @throws RouterError `unknown-intent`
 */
export async function recordEvidence(
  engine: Engine,
  feature: string,
  intentId: string,
  evidence: Evidence,
): Promise<Outcome> {
  const intent = await engine.book.append(intentId, known => {
    if (known === undefined || known.decided.feature !== feature) throw unknownIntent(intentId, feature);
    return isRepeated(known, evidence) ? [] : [recordOf(engine, known, evidence)];
  });
  if (intent === undefined) throw unknownIntent(intentId, feature);
  return intent.outcome;
}

function recordOf(engine: Engine, intent: Intent, evidence: Evidence): NewRecord {
  const kind = intent.evidence.length === 0 ? 'labelled' : 'corrected';
  return { kind, intentId: intent.id, feature: intent.decided.feature, atMs: engine.runtime.nowMs(), evidence };
}

function isRepeated(intent: Intent, evidence: Evidence): boolean {
  if (evidence.key !== undefined) return intent.evidence.some(earlier => earlier.key === evidence.key);
  const last = intent.evidence.findLast(earlier => earlier.source === evidence.source);
  return last !== undefined && EVIDENCE_FIELDS.every(field => last[field] === evidence[field]);
}

const EVIDENCE_FIELDS = ['success', 'signal', 'value', 'escalated', 'costNanoUsd', 'key'] as const;

const SWEEP_AT_MOST = 500;
const SHORTEST_SWEEP_MS = 1_000;
const LONGEST_SWEEP_MS = 60_000;

/** Settles intents whose silence has lasted long enough, now and then; returns what stops it. */
export function startSilenceSweeps(engine: Engine): () => void {
  const windows = [...engine.config.features.values()].flatMap(feature => feature.silence?.afterMs ?? []);
  if (windows.length === 0) return () => {};
  const everyMs = Math.min(LONGEST_SWEEP_MS, Math.max(SHORTEST_SWEEP_MS, Math.min(...windows) / 10));
  return engine.runtime.every(everyMs, () => {
    labelSilentIntents(engine).catch((error: unknown) => engine.faulted({ where: 'store', error }));
  });
}

/** Settles every intent that is due by now; resolves to how many there were. */
export async function labelSilentIntents(engine: Engine): Promise<number> {
  let settled = 0;
  for (;;) {
    const nowMs = engine.runtime.nowMs();
    const ids = await engine.store.due(nowMs, SWEEP_AT_MOST);
    const changed = await Promise.all(ids.map(async id => labelIfDue(engine, id, nowMs)));
    settled += changed.filter(Boolean).length;
    // A page on which nothing could be settled (features that are configured no more) would come again for ever.
    if (ids.length < SWEEP_AT_MOST || !changed.includes(true)) return settled;
  }
}

async function labelIfDue(engine: Engine, id: string, nowMs: number): Promise<boolean> {
  // Whoever is asking again is not silent.
  if (engine.book.isHeld(id)) return false;
  let settled = false;
  await engine.book.append(id, intent => {
    settled = false;
    const silence = intent === undefined ? undefined : engine.config.features.get(intent.decided.feature)?.silence;
    if (intent === undefined || silence === undefined) return [];
    const due = dueAtMs(engine.config, intent);
    if (due === null || due > nowMs) return [];
    settled = true;
    return [recordOf(engine, intent, { source: 'silence', success: silence.success })];
  });
  return settled;
}

export function unknownIntent(intentId: string, feature?: string): RouterError {
  const where = feature === undefined ? '' : ` in "${feature}"`;
  return new RouterError('unknown-intent', `no intent${where} has the id "${intentId}"`, {
    accepted: 'the `id` of an intent that was routed with this store',
  });
}
