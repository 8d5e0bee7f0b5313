/** The ledger of the memory store: the records of every intent, and all of them in the order in which they were appended. */
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { LinkedList, ListItem } from './linked-list.ts';
import { linkedList } from './linked-list.ts';

/** Records that were appended together, of one intent. */
export interface Appended {
  readonly serial: number;
  readonly records: readonly LedgerRecord[];
}

/** An intent of the ledger. */
export interface KeptIntent {
  readonly id: string;
  records: readonly LedgerRecord[];
  /** Where its records are in the log. */
  readonly inLog: ListItem<Appended>[];
  /** Its place among the intents that may be pruned; absent while something is due for it. */
  closed: ListItem<KeptIntent> | undefined;
}

export interface MemoryLedger {
  readonly intents: ReadonlyMap<string, KeptIntent>;
  /** The intents for which nothing is due; the last one changed last. */
  readonly closed: LinkedList<KeptIntent>;
  /** @param to the intent, or the id of a new one */
  append(to: KeptIntent | string, records: readonly LedgerRecord[], serial: number): KeptIntent;
  setClosed(intent: KeptIntent, isClosed: boolean): void;
  /** Removes a closed intent. A walk over the log that is under way may still come to its records. */
  remove(intent: KeptIntent): void;
  /** The records with serial numbers above `after`, up to `last`. */
  appended(after: number, last: number): Iterable<Appended>;
}

export function memoryLedger(): MemoryLedger {
  const log = linkedList<Appended>();
  const intents = new Map<string, KeptIntent>();
  const closed = linkedList<KeptIntent>();

  return {
    intents,
    closed,
    append(to, records, serial) {
      const item = log.push({ serial, records });
      if (typeof to === 'string') {
        const intent = { id: to, records, inLog: [item], closed: undefined };
        intents.set(to, intent);
        return intent;
      }
      to.records = [...to.records, ...records];
      to.inLog.push(item);
      return to;
    },
    setClosed(intent, isClosed) {
      if (!isClosed) {
        if (intent.closed !== undefined) closed.remove(intent.closed);
        intent.closed = undefined;
      } else if (intent.closed === undefined) intent.closed = closed.push(intent);
      else closed.moveToEnd(intent.closed);
    },
    remove({ id, inLog, closed: place }) {
      for (const item of inLog) log.remove(item);
      closed.remove(place as ListItem<KeptIntent>);
      intents.delete(id);
    },
    *appended(after, last) {
      // Most readers go on where they were a moment ago, near the end.
      let item = after < 0 ? log.first : log.last;
      while (item?.previous !== undefined && item.previous.value.serial > after) item = item.previous;
      for (; item !== undefined && item.value.serial <= last; item = item.next)
        if (item.value.serial > after) yield item.value;
    },
  };
}
