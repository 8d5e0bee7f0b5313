/**
 * The records of a ledger in memory, as columns: some hundred bytes per intent. Parts that many records share are kept once, the
 * numbers of each record are in typed arrays, and fields that neither statistics nor estimates read are left out.
 */
import type { DecidedRecord, Intent, LedgerRecord } from '../../core/ledger/records.ts';
import { foldIntent } from '../../core/ledger/records.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import type { RecordTexts } from '../../contracts/record-texts.ts';
import { memoized } from '../common/memoized.ts';
import { growingFloats, growingUints } from '../common/growing-array.ts';
import { intentIds } from './intent-ids.ts';
import type { ObservedPlans } from './observed-plans.ts';
import { observePlans } from './observed-plans.ts';
import { recordLayouts } from './record-layouts.ts';
import { numbersOf, requestHash, sharedShapes } from './record-shapes.ts';

export interface RecordColumns {
  readonly length: number;
  readonly intents: number;
  /** Adds a record; a record of an intent that was not decided before is left out. */
  add(record: LedgerRecord): void;
  /** Adds a record from its text if the layout is known, or else as the whole record. */
  addText(texts: RecordTexts, index: number): void;
  /** The plans of every feature, and the time of the last record. */
  readonly plans: ReadonlyMap<string, ObservedPlans>;
  readonly lastMs: number;
  /** Index of the intent of a record. */
  intentOf(index: number): number;
  /** Indexes of an intent's first and last records. Intents are in the order of the first ones. */
  firstOf(intent: number): number;
  lastOf(intent: number): number;
  idOf(intent: number): string;
  decidedAtMs(intent: number): number;
  /** @param isNamed false: without the id of its intent, because learning does not depend on it */
  record(index: number, isNamed?: boolean): LedgerRecord;
  /** The part of an intent's decision that it shares with others: everything except its ids, times and amounts. */
  decisionShape(intent: number): { readonly index: number; readonly shape: DecidedRecord };
  /** The shape of an intent's last decision. */
  lastDecisionOf(intent: number): number;
  /** The propensity and the failure cost of an intent's first record. */
  decisionNumbers(intent: number): readonly [propensity: number, failureCostNanoUsd: number];
  /** The parts that records share with others, by their indexes; and the index of a record's part. */
  readonly shapes: readonly LedgerRecord[];
  shapeOf(index: number): number;
  /** The intent's record before a record; `NONE` for its first one. */
  beforeOf(index: number): number;
  atMsOf(index: number): number;
  /** For a decision, its propensity; for an attempt, its cost. */
  amountOf(index: number): number;
  /** Whether an intent's records are kept unchanged, because a replay needs more of their fields. */
  isWhole(intent: number): boolean;
  /** The intent as of a record, and as of the one before it; `undefined` before the first. */
  intentAt(index: number): Intent;
  intentBefore(index: number): Intent | undefined;
}

/** Ends the list of an intent's records. */
export const NONE = 0xffffffff;

const encoder = new TextEncoder();

export function recordColumns(): RecordColumns {
  const ids = intentIds();
  const firstOf = growingUints();
  const last = growingUints();
  /** Intents whose records are kept unchanged, because a session's attempts need more fields. */
  const whole = new Set<number>();
  const intents = growingUints();
  const before = growingUints();
  const layouts = recordLayouts();
  const shapes = sharedShapes();
  const shapeIndex = growingUints();
  const atMs = growingFloats();
  /** For a decision, its propensity and failure cost; for an attempt, its cost and request. */
  const first = growingFloats();
  const second = growingFloats();
  const plans = new Map<string, ObservedPlans>();
  /** The shape of each intent's last decision. */
  const decidedShape = growingUints();
  let lastMs = Number.NEGATIVE_INFINITY;

  /** @returns the shape under which a record is kept; `undefined` if the record is kept unchanged, or not at all */
  function add(record: LedgerRecord): number | undefined {
    lastMs = Math.max(lastMs, record.atMs);
    const id = encoder.encode(record.intentId);
    let intent = ids.find(id, 0, id.length);
    observePlans(plans, record, () => (intent < 0 ? undefined : planKeyOf(intent)));
    if (intent < 0) {
      if (record.kind !== 'decided') return undefined;
      intent = begin(id, 0, id.length);
      if (record.prefix !== undefined || typeof record.decision.propensity !== 'number') whole.add(intent);
    }
    const isWhole = whole.has(intent);
    const shape = isWhole ? shapes.add(record) : shapes.index(record);
    const [x, y] = numbersOf(record);
    push(intent, shape, record.atMs, x, y);
    if (record.kind === 'decided') decidedShape.set(intent, shape);
    return isWhole ? undefined : shape;
  }

  function begin(id: Uint8Array, from: number, to: number): number {
    firstOf.push(intents.length);
    last.push(NONE);
    decidedShape.push(NONE);
    return ids.add(id, from, to);
  }

  function push(intent: number, shape: number, recordAtMs: number, x: number, y: number): void {
    before.push(last.get(intent));
    last.set(intent, intents.length);
    intents.push(intent);
    atMs.push(recordAtMs);
    shapeIndex.push(shape);
    first.push(x);
    second.push(y);
  }

  const planKeyOf = (intent: number): PlanKey =>
    planKey((shapes.list[decidedShape.get(intent)] as DecidedRecord).decision.plan);

  /** The plan counts of the feature that a decision belongs to. */
  const countsOf = memoized((shape: number) => {
    const { feature, decision } = shapes.list[shape] as DecidedRecord;
    return plans.get(feature)?.plans.get(planKey(decision.plan));
  });

  function addText(texts: RecordTexts, index: number): void {
    const { bytes } = texts;
    const [start, end] = [texts.starts[index] as number, texts.ends[index] as number];
    const shape = start < end ? layouts.read(bytes, start, end, texts.revisions[index] as number) : undefined;
    if (shape === undefined || !addLike(bytes, shape)) {
      const record = texts.record(index);
      const made = record && add(record);
      if (record !== undefined && made !== undefined && start < end)
        layouts.learn(bytes, { start, end, record, shape: made });
    }
  }

  /** Adds the record whose numbers were read; `false` if it must be read as a whole. */
  function addLike(bytes: Uint8Array, shape: number): boolean {
    const { idFrom, idTo, atMs: recordAtMs, first: x, second: y, requestFrom, requestTo } = layouts.numbers;
    const like = shapes.list[shape] as LedgerRecord;
    let intent = ids.find(bytes, idFrom, idTo);
    if (intent < 0) {
      if (like.kind !== 'decided') return false;
      intent = begin(bytes, idFrom, idTo);
    } else if (whole.has(intent)) return false;
    if (like.kind === 'decided') {
      decidedShape.set(intent, shape);
      const counts = countsOf(shape);
      if (counts !== undefined) counts.n++;
    } else if (like.kind === 'attempted') {
      const decision = decidedShape.get(intent);
      const counts =
        (shapes.list[decision] as DecidedRecord).feature === like.feature
          ? countsOf(decision)
          : plans.get(like.feature)?.plans.get(planKeyOf(intent));
      if (counts !== undefined) counts.costNanoUsd += x;
    }
    lastMs = Math.max(lastMs, recordAtMs);
    push(intent, shape, recordAtMs, x, like.kind === 'attempted' ? requestHash(bytes, requestFrom, requestTo) : y);
    return true;
  }

  function record(index: number, isNamed = true): LedgerRecord {
    const shape = shapes.list[shapeIndex.get(index)] as LedgerRecord;
    const intent = intents.get(index);
    if (whole.has(intent)) return shape;
    const fact = { intentId: isNamed ? ids.text(intent) : '', atMs: atMs.get(index) };
    if (shape.kind === 'decided') {
      const decision = { ...shape.decision, propensity: first.get(index) };
      return { ...shape, ...fact, decision, failureCostNanoUsd: second.get(index) };
    }
    if (shape.kind !== 'attempted') return { ...shape, ...fact };
    const attempt = { ...shape.attempt, costNanoUsd: first.get(index), requestId: String(second.get(index)) };
    return { ...shape, ...fact, attempt };
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
    addText,
    plans,
    get lastMs() {
      return lastMs;
    },
    intentOf: index => intents.get(index),
    firstOf: intent => firstOf.get(intent),
    lastOf: intent => last.get(intent),
    idOf: intent => ids.text(intent),
    decidedAtMs: intent => atMs.get(firstOf.get(intent)),
    record,
    decisionShape(intent) {
      const index = shapeIndex.get(firstOf.get(intent));
      return { index, shape: shapes.list[index] as DecidedRecord };
    },
    lastDecisionOf: intent => decidedShape.get(intent),
    decisionNumbers(intent) {
      const index = firstOf.get(intent);
      return [first.get(index), second.get(index)];
    },
    shapes: shapes.list,
    shapeOf: index => shapeIndex.get(index),
    beforeOf: index => before.get(index),
    atMsOf: index => atMs.get(index),
    amountOf: index => first.get(index),
    isWhole: intent => whole.has(intent),
    intentAt: index => intentUntil(index) as Intent,
    intentBefore: index => intentUntil(before.get(index)),
  };
}
