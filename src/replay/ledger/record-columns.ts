/**
 * The records of a ledger in memory, as columns: some hundred bytes of each intent. What many records have in common is kept
 * once, the numbers of each in typed arrays, and what neither statistics nor estimates read is left out.
 */
import type { AttemptedRecord, DecidedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';

export interface RecordColumns {
  readonly length: number;
  readonly intents: number;
  /** Adds a record; one of an intent that was not decided before is left out. */
  add(record: LedgerRecord): void;
  /** Index of the intent of a record. */
  intentOf(index: number): number;
  /** Indexes of an intent's first and last records. Intents are in the order of the first ones. */
  firstOf(intent: number): number;
  lastOf(intent: number): number;
  idOf(intent: number): string;
  decidedAtMs(intent: number): number;
  /** The plan of an intent, by the id that it has in the ledger; `undefined` where it is not decided yet. */
  planOf(intentId: string): PlanKey | undefined;
  record(index: number): LedgerRecord;
  /** The intent as of a record, and as of the one before it; `undefined` before the first. */
  intentAt(index: number): Intent;
  intentBefore(index: number): Intent | undefined;
}

/** Ends the list of an intent's records. */
const NONE = 0xffffffff;

export function recordColumns(): RecordColumns {
  const ids: string[] = [];
  const indexes = new Map<string, number>();
  const firstOf = growingUints();
  const last = growingUints();
  /** Intents whose records are kept as they are: much more of the attempts of a session counts. */
  const whole = new Set<number>();
  const intents = growingUints();
  const before = growingUints();
  const shapes = sharedShapes();
  const shapeIndex = growingUints();
  const atMs = growingFloats();
  /** Of a decision, its propensity and its failure cost; of an attempt, its cost and its request. */
  const first = growingFloats();
  const second = growingFloats();

  function add(record: LedgerRecord): void {
    let intent = indexes.get(record.intentId);
    if (intent === undefined) {
      if (record.kind !== 'decided') return;
      intent = ids.push(record.intentId) - 1;
      indexes.set(record.intentId, intent);
      firstOf.push(intents.length);
      last.push(NONE);
      if (record.prefix !== undefined || typeof record.decision.propensity !== 'number') whole.add(intent);
    }
    before.push(last.get(intent));
    last.set(intent, intents.length);
    intents.push(intent);
    atMs.push(record.atMs);
    shapeIndex.push(whole.has(intent) ? shapes.add(record) : shapes.index(record));
    const [x, y] = numbersOf(record);
    first.push(x);
    second.push(y);
  }

  function record(index: number): LedgerRecord {
    const shape = shapes.list[shapeIndex.get(index)] as LedgerRecord;
    const intent = intents.get(index);
    if (whole.has(intent)) return shape;
    const fact = { intentId: ids[intent] as string, atMs: atMs.get(index) };
    if (shape.kind === 'decided') {
      const decision = { ...shape.decision, propensity: first.get(index) };
      return { ...shape, ...fact, decision, failureCostNanoUsd: second.get(index) };
    }
    if (shape.kind !== 'attempted') return { ...shape, ...fact };
    const attempt = { ...shape.attempt, costNanoUsd: first.get(index), requestId: String(second.get(index)) };
    return { ...shape, ...fact, attempt };
  }

  function planOf(intentId: string): PlanKey | undefined {
    const intent = indexes.get(intentId);
    for (let index = intent === undefined ? NONE : last.get(intent); index !== NONE; index = before.get(index)) {
      const shape = shapes.list[shapeIndex.get(index)];
      if (shape?.kind === 'decided') return planKey(shape.decision.plan);
    }
    return undefined;
  }

  function intentUntil(index: number): Intent | undefined {
    const records: LedgerRecord[] = [];
    for (let i = index; i !== NONE; i = before.get(i)) records.push(record(i));
    return foldIntent(records.toReversed());
  }

  return {
    get length() {
      return intents.length;
    },
    get intents() {
      return ids.length;
    },
    add,
    intentOf: index => intents.get(index),
    firstOf: intent => firstOf.get(intent),
    lastOf: intent => last.get(intent),
    idOf: intent => ids[intent] as string,
    decidedAtMs: intent => atMs.get(firstOf.get(intent)),
    planOf,
    record,
    intentAt: index => intentUntil(index) as Intent,
    intentBefore: index => intentUntil(before.get(index)),
  };
}

const NO_NUMBERS = [0, 0] as const;

function numbersOf(record: LedgerRecord): readonly [number, number] {
  if (record.kind === 'decided') return [record.decision.propensity, record.failureCostNanoUsd];
  if (record.kind === 'attempted') return [record.attempt.costNanoUsd, hashOf(record.attempt.requestId)];
  return NO_NUMBERS;
}

/** 52 bits, as two FNV-1a hashes: only the few requests of one intent must differ. */
function hashOf(text: string): number {
  let [low, high] = [0x811c9dc5, 0x01000193];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return (high >>> 12) * 2 ** 32 + (low >>> 0);
}

interface SharedShapes {
  readonly list: readonly LedgerRecord[];
  /** Index of what the record has in common with others. */
  index(record: LedgerRecord): number;
  /** Keeps a record as it is. */
  add(record: LedgerRecord): number;
}

function sharedShapes(): SharedShapes {
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

/** The record without its numbers, and without what is read of no record, such as ids and times of its attempt. */
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
  const { providerRequestId: _id, replyKeys: _keys, firstByteMs: _first, calls: _calls, ...rest } = attempt;
  // The usage of a complete reply is in its cost.
  const usage = attempt.status === 'ok' ? NO_USAGE : attempt.usage;
  return { ...record, attempt: { ...rest, usage, requestId: '', startedAtMs: 0, latencyMs: 0, costNanoUsd: 0 } };
}
