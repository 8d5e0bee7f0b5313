/** Records as the engine adds them, before the book has numbered them. All belong to feature `f`. */
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { NewRecord } from '../../../src/engine/state/pending-records.ts';

const fact = { feature: 'f', atMs: 1_000 } as const;

export function decided(intentId: string): NewRecord {
  const decision = { plan: ['mini'], propensity: 1, eligible: ['mini'], policy: 'test', reason: 'test' };
  return {
    ...fact,
    kind: 'decided',
    intentId,
    segment: '',
    decision,
    failureCostNanoUsd: 15e9,
    versions: { mini: 'v1' },
  };
}

export function attempted(intentId: string, costNanoUsd: number): NewRecord {
  const attempt: Attempt = {
    kind: 'first',
    requestId: 'r1',
    turn: 1,
    model: 'mini',
    node: 'mini',
    providerModel: 'm',
    startedAtMs: 1_000,
    latencyMs: 5,
    status: 'ok',
    usage: {},
    costNanoUsd,
    provenance: 'reported',
  };
  return { ...fact, kind: 'attempted', intentId, attempt };
}

/** The first evidence of an intent. */
export function labelled(intentId: string, success: boolean): NewRecord {
  return { ...fact, kind: 'labelled', intentId, evidence: { source: 'explicit', success } };
}
