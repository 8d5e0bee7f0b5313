/** The common parts of many records of a ledger, each kept once: a record without its ids, times and amounts. */
import type { AttemptedRecord, DecidedRecord, LedgerRecord } from '../../core/ledger/records.ts';

export interface SharedShapes {
  readonly list: readonly LedgerRecord[];
  /** Index of the part that the record shares with others. */
  index(record: LedgerRecord): number;
  /** Keeps a record unchanged. */
  add(record: LedgerRecord): number;
}

export function sharedShapes(): SharedShapes {
  const list: LedgerRecord[] = [];
  const indexes = new Map<string, number>();
  return {
    list,
    add: record => list.push(record) - 1,
    index(record) {
      const shape = shapeOf(record);
      const key = JSON.stringify(shape);
      let index = indexes.get(key);
      if (index === undefined) {
        index = list.push(shape) - 1;
        indexes.set(key, index);
      }
      return index;
    },
  };
}

/** The record without its numbers, and without fields that are never read, such as ids and times of its attempt. */
function shapeOf(record: LedgerRecord): LedgerRecord {
  const shared = { ...record, intentId: '', atMs: 0 };
  if (shared.kind === 'decided') return decidedShape(shared);
  if (shared.kind === 'attempted') return attemptedShape(shared);
  const { key: _key, value: _value, ...evidence } = shared.evidence;
  return { ...shared, evidence };
}

function decidedShape({ session: _session, ...record }: DecidedRecord): DecidedRecord {
  return { ...record, decision: { ...record.decision, propensity: 1, reason: '' }, failureCostNanoUsd: 0 };
}

const NO_USAGE = Object.freeze({});

function attemptedShape({ attempt, ...record }: AttemptedRecord): AttemptedRecord {
  const { providerRequestId: _id, replyKeys: _keys, firstByteMs: _first, ...known } = attempt;
  const { calls: _calls, rates: _rates, listRates: _list, verdict, ...rest } = known;
  // The usage of a complete reply is already in its cost.
  const usage = attempt.status === 'ok' ? NO_USAGE : attempt.usage;
  const zeros = { requestId: '', startedAtMs: 0, latencyMs: 0, costNanoUsd: 0 };
  const said = verdict && { verdict: { accepted: verdict.accepted, by: verdict.by } };
  return { ...record, attempt: { ...rest, ...said, usage, ...zeros } };
}

const encoder = new TextEncoder();
const NO_NUMBERS = [0, 0] as const;

/**
 * The numbers that a record's shape lacks: for a decision, its propensity and failure cost; for an attempt, its cost and request.
 */
export function numbersOf(record: LedgerRecord): readonly [number, number] {
  if (record.kind === 'decided') return [record.decision.propensity, record.failureCostNanoUsd];
  if (record.kind !== 'attempted') return NO_NUMBERS;
  const request = encoder.encode(record.attempt.requestId);
  return [record.attempt.costNanoUsd, requestHash(request, 0, request.length)];
}

/** 52 bits, from two FNV-1a hashes: only the few requests of one intent must differ. */
export function requestHash(bytes: Uint8Array, from: number, to: number): number {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let i = from; i < to; i++) {
    const code = bytes[i] as number;
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}
