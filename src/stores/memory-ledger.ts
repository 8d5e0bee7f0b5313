/** The ledger of the memory store: the records of every intent, and all of them in the order in which they were appended. */
import { AnsweredIntent } from '../core/ledger/answered-intent.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';

/** An intent that was appended record by record. */
export interface GrowingIntent {
  readonly id: string;
  /** How many records it has. */
  revision: number;
  records: readonly LedgerRecord[];
  readonly parts: LogPart[];
  /** Nothing is due for it, so that it may be pruned. */
  isClosed: boolean;
}

export type KeptIntent = AnsweredIntent | GrowingIntent;

/** Records that were appended together: one part of a growing intent, or a whole one that makes them when they are read. */
type LogPart = AnsweredIntent | { readonly intent: GrowingIntent; readonly records: readonly LedgerRecord[] };

export interface Appended {
  readonly serial: number;
  readonly part: LogPart;
}

export function recordsOf(whole: KeptIntent | LogPart): readonly LedgerRecord[] {
  return whole instanceof AnsweredIntent ? whole.records() : whole.records;
}

export interface AppendedState {
  readonly serial: number;
  readonly isClosed: boolean;
}

export interface MemoryLedger {
  readonly intents: ReadonlyMap<string, KeptIntent>;
  /** @param to the intent, or the id of a new one */
  append(to: KeptIntent | string, records: readonly LedgerRecord[], options: AppendedState): void;
  /** Appends a new intent for which nothing is due. */
  appendAnswered(intent: AnsweredIntent, serial: number): void;
  /** The closed intent that changed longest ago. */
  oldestClosed(): KeptIntent | undefined;
  /** The closed intents; the last one changed last. */
  closed(): Iterable<KeptIntent>;
  /** Removes a closed intent. A walk over the log that is under way may still come to its records. */
  remove(intent: KeptIntent): void;
  /** What has serial numbers above `after`, up to `last`. */
  appended(after: number, last: number): Iterable<Appended>;
}

export function memoryLedger(): MemoryLedger {
  const intents = new Map<string, KeptIntent>();
  /** The log. Of what is removed, the parts stay in it until they are half of it, so that removing takes constant time. */
  let parts: LogPart[] = [];
  let serials: number[] = [];
  const removed = new Set<LogPart>();
  /** Before this part of the log, nothing is left that may be pruned. */
  let oldest = 0;

  function push(part: LogPart, serial: number): void {
    parts.push(part);
    serials.push(serial);
  }

  function growing(to: KeptIntent | string): GrowingIntent {
    if (typeof to === 'string') return { id: to, revision: 0, records: [], parts: [], isClosed: true };
    if (!(to instanceof AnsweredIntent)) return to;
    return { id: to.id, revision: to.revision, records: to.records(), parts: [to], isClosed: true };
  }

  /** The closed intent whose last change this part of the log is. */
  function closedBy(part: LogPart): KeptIntent | undefined {
    if (removed.has(part)) return undefined;
    if (part instanceof AnsweredIntent) return intents.get(part.id) === part ? part : undefined;
    const { intent } = part;
    return intent.isClosed && intent.parts.at(-1) === part ? intent : undefined;
  }

  function forget(part: LogPart): void {
    removed.add(part);
    if (removed.size <= parts.length / 2) return;
    const kept = parts.map(each => !removed.has(each));
    oldest = kept.slice(0, oldest).filter(Boolean).length;
    parts = parts.filter((_, index) => kept[index]);
    serials = serials.filter((_, index) => kept[index]);
    removed.clear();
  }

  return {
    intents,
    append(to, records, { serial, isClosed }) {
      const intent = growing(to);
      const part = { intent, records };
      intent.parts.push(part);
      intent.records = [...intent.records, ...records];
      intent.revision += records.length;
      intent.isClosed = isClosed;
      intents.set(intent.id, intent);
      push(part, serial);
    },
    appendAnswered(intent, serial) {
      intents.set(intent.id, intent);
      push(intent, serial);
    },
    oldestClosed() {
      for (; oldest < parts.length; oldest++) {
        const intent = closedBy(parts[oldest] as LogPart);
        if (intent !== undefined) return intent;
      }
      return undefined;
    },
    *closed() {
      for (const part of parts) {
        const intent = closedBy(part);
        if (intent !== undefined) yield intent;
      }
    },
    remove(intent) {
      intents.delete(intent.id);
      if (intent instanceof AnsweredIntent) forget(intent);
      else for (const part of intent.parts) forget(part);
    },
    *appended(after, last) {
      const [log, numbers] = [parts, serials];
      for (let index = firstAbove(numbers, after); index < log.length && (numbers[index] ?? 0) <= last; index++) {
        const part = log[index] as LogPart;
        if (!removed.has(part)) yield { serial: numbers[index] as number, part };
      }
    },
  };
}

/** Index of the first number above `limit` among numbers in ascending order. */
function firstAbove(numbers: readonly number[], limit: number): number {
  let [from, to] = [0, numbers.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((numbers[middle] as number) > limit) to = middle;
    else from = middle + 1;
  }
  return from;
}
