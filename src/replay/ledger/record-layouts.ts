/**
 * Layouts: the structure that records share if they differ only in ids, times, costs and counts. The first record of a layout is
 * read and checked as a whole. For any other record, the text shows that it has the layout, and only the numbers that a replay
 * needs are read.
 */
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { layoutTree } from './layout-tree.ts';
import { exactFraction, isSlot, wholeNumber } from './record-slots.ts';
import { slotsIn } from './text-scan.ts';

/** The values that a replay reads from a record. */
export interface ReadNumbers {
  /** Where the intent's id is in the bytes. */
  readonly idFrom: number;
  readonly idTo: number;
  readonly atMs: number;
  /** For a decision, its propensity and failure cost; for an attempt, its cost; 0 otherwise. */
  readonly first: number;
  readonly second: number;
  /** For an attempt, where the id of its request is. */
  readonly requestFrom: number;
  readonly requestTo: number;
}

export interface RecordLayouts {
  /**
   * The shape of the records of this layout, and the numbers of this record; `undefined` for a record that must be read as a
   * whole.
   */
  read(bytes: Uint8Array, start: number, end: number, revision: number): number | undefined;
  /** Numbers of the last record that {@link read} recognized. */
  readonly numbers: ReadNumbers;
  /** Makes a layout from a record that {@link read} did not recognize, unless more of its slots are needed. */
  learn(bytes: Uint8Array, learned: LearnedText): void;
}

/** A record that was read as a whole: where its text is, and the index of its shape, the part that it shares with other records. */
interface LearnedText {
  readonly start: number;
  readonly end: number;
  readonly record: LedgerRecord;
  readonly shape: number;
}

interface Layout {
  readonly revision: number;
  readonly shape: number;
  readonly kind: LedgerRecord['kind'];
  /** The index of each slot; −1 for none. */
  readonly id: number;
  readonly atMs: number;
  readonly propensity: number;
  readonly failureCost: number;
  readonly cost: number;
  readonly request: number;
}

/** Limit on layouts. If every record had its own layout, they would be a copy of the ledger. */
const MAX_LAYOUTS = 100_000;

const decoder = new TextDecoder();

export function recordLayouts(): RecordLayouts {
  const tree = layoutTree<Layout>();
  const { from, to } = tree;
  let layouts = 0;
  const numbers = { idFrom: 0, idTo: 0, atMs: 0, first: 0, second: 0, requestFrom: 0, requestTo: 0 };

  function wholeIn(bytes: Uint8Array, slot: number): number {
    return wholeNumber(bytes, from[slot] as number, to[slot] as number);
  }

  function numberIn(bytes: Uint8Array, slot: number): number {
    const [begin, close] = [from[slot] as number, to[slot] as number];
    const whole = wholeNumber(bytes, begin, close);
    if (!Number.isNaN(whole)) return whole;
    const fraction = exactFraction(bytes, begin, close);
    return Number.isNaN(fraction) ? Number(decoder.decode(bytes.subarray(begin, close))) : fraction;
  }

  return {
    numbers,
    read(bytes, start, end, revision) {
      const layout = tree.find(bytes, start, end);
      if (layout === undefined || layout.revision !== revision) return undefined;
      numbers.idFrom = from[layout.id] as number;
      numbers.idTo = to[layout.id] as number;
      numbers.atMs = wholeIn(bytes, layout.atMs);
      numbers.first = 0;
      numbers.second = 0;
      if (layout.kind === 'decided') {
        numbers.first = numberIn(bytes, layout.propensity);
        numbers.second = wholeIn(bytes, layout.failureCost);
        if (!(numbers.first > 0 && numbers.first <= 1)) return undefined;
      } else if (layout.kind === 'attempted') {
        numbers.first = wholeIn(bytes, layout.cost);
        numbers.requestFrom = from[layout.request] as number;
        numbers.requestTo = to[layout.request] as number;
      }
      return layout.shape;
    },
    learn(bytes, { start, end, record, shape }) {
      if (layouts === MAX_LAYOUTS) return;
      const members = slotsOf(record);
      const slots = members && slotsIn(bytes, start, end);
      // A member that occurs twice, or that this version does not know, could be mistaken for another one.
      if (slots === undefined || members?.length !== slots.length) return;
      if (!slots.every(({ member }, slot) => member === members[slot])) return;
      const slot = (member: string): number => members.indexOf(member);
      const layout = {
        revision: record.revision,
        shape,
        kind: record.kind,
        id: slot('intentId'),
        atMs: slot('atMs'),
        propensity: slot('propensity'),
        failureCost: slot('failureCostNanoUsd'),
        cost: slot('costNanoUsd'),
        request: slot('requestId'),
      };
      tree.add(bytes, { start, end, slots }, layout);
      layouts++;
    },
  };
}

/** Members whose values a replay reads from the text, or not at all. */
const FREE: Readonly<Record<LedgerRecord['kind'], readonly string[]>> = {
  decided: ['intentId', 'atMs', 'session', 'decision.propensity', 'decision.reason', 'failureCostNanoUsd'],
  attempted: [
    'intentId',
    'atMs',
    ...['requestId', 'providerRequestId', 'replyKeys', 'startedAtMs', 'latencyMs', 'firstByteMs', 'costNanoUsd'].map(
      member => `attempt.${member}`,
    ),
    'attempt.verdict.reason',
  ],
  labelled: ['intentId', 'atMs', 'evidence.key', 'evidence.value'],
  corrected: ['intentId', 'atMs', 'evidence.key', 'evidence.value'],
};

/** Fields about how an attempt's cost was computed, which a replay does not read. */
const PRICED = ['attempt.calls.', 'attempt.rates.', 'attempt.listRates.'];

/** The members of a record that are slots, in their order; `undefined` if a needed slot has no column. */
function slotsOf(record: LedgerRecord): readonly string[] | undefined {
  const found: string[] = [];
  const needed = new Set<string>(record.kind === 'decided' ? ['decision.propensity', 'failureCostNanoUsd'] : []);
  for (const path of [
    'intentId',
    'atMs',
    ...(record.kind === 'attempted' ? ['attempt.requestId', 'attempt.costNanoUsd'] : []),
  ])
    needed.add(path);
  // Usage is read if a reply is not complete; for a complete reply, the cost is enough.
  const isFree = (path: string): boolean =>
    FREE[record.kind].includes(path) ||
    (record.kind === 'attempted' &&
      (PRICED.some(priced => path.startsWith(priced)) ||
        (record.attempt.status === 'ok' && path.startsWith('attempt.usage.'))));

  function visit(value: unknown, member: string, path: string): boolean {
    if (Array.isArray(value)) return value.every(each => visit(each, member, path));
    if (typeof value === 'object' && value !== null)
      return Object.entries(value).every(([name, each]) => visit(each, name, path === '' ? name : `${path}.${name}`));
    if (!isSlot(member, value)) return true;
    found.push(member);
    needed.delete(path);
    return isFree(path);
  }
  return visit(record, '', '') && needed.size === 0 ? found : undefined;
}
