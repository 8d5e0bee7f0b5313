/** Decisions for tests of a ledger's replay. */
import type { DecidedRecord } from '../../../src/core/ledger/records.ts';
import { planOfKey } from '../../../src/core/ledger/vocabulary.ts';

export function decided(intentId: string, plan: string, eligible: readonly string[], propensity = 0.5): DecidedRecord {
  return {
    kind: 'decided',
    intentId,
    revision: 0,
    feature: 'f',
    atMs: 0,
    segment: '',
    decision: { plan: planOfKey(plan), propensity, eligible, policy: 'test', reason: '' },
    failureCostNanoUsd: 15e9,
    versions: {},
  };
}
