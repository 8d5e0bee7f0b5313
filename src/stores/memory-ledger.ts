/** The ledger of the memory store: the records of every intent, and all of them in the order in which they were appended. */
import { AnsweredIntent } from '../core/ledger/answered-intent.ts';
import type { LedgerRecord } from '../core/ledger/records.ts';
import type { Numbered } from './memory-log.ts';
import { memoryLog } from './memory-log.ts';
import type { WideMap } from './wide-map.ts';
import { wideMap } from './wide-map.ts';

/** An intent that was appended record by record. */
export interface GrowingIntent {
  readonly id: string;
  /** How many records it has. */
  revision: number;
  records: readonly LedgerRecord[];
  /** The single object that held the intent until more was appended to it. */
  readonly answered: AnsweredIntent | undefined;
  /** How often the intent was appended to, and the serial number of the last time. */
  parts: number;
  last: LogPart | undefined;
  /** Nothing is due for the intent, so it may be pruned. */
  isClosed: boolean;
}

export type KeptIntent = AnsweredIntent | GrowingIntent;

/** Records that were appended together: a part of a growing intent, or a whole intent, whose records are made when they are read. */
type LogPart = AnsweredIntent | { readonly intent: GrowingIntent; readonly records: readonly LedgerRecord[] };

export type Appended = Numbered<LogPart>;

export function recordsOf(whole: KeptIntent | LogPart): readonly LedgerRecord[] {
  return whole instanceof AnsweredIntent ? whole.records() : whole.records;
}

export interface AppendedState {
  readonly serial: number;
  readonly isClosed: boolean;
}

export interface MemoryLedger {
  readonly intents: Pick<WideMap<KeptIntent>, 'get' | 'size' | 'values'>;
  /** @param to the intent, or the id of a new one */
  append(to: KeptIntent | string, records: readonly LedgerRecord[], options: AppendedState): void;
  /** Appends a new intent for which nothing is due. */
  appendAnswered(intent: AnsweredIntent, serial: number): void;
  /**
   * The closed intent that changed longest ago. May be `undefined` while many open ones precede it: each call looks
   * further.
   */
  oldestClosed(): KeptIntent | undefined;
  /** The closed intents; the last one changed last. */
  closed(): Iterable<KeptIntent>;
  /** Removes a closed intent. */
  remove(intent: KeptIntent): void;
  /** The parts with serial numbers above `after`, up to `last`. */
  appended(after: number, last: number): Iterable<Appended>;
}

/** Parts of the log that one search for a closed intent looks at: less than a millisecond. */
const MAX_LOOKED_AT = 1_000;

export function memoryLedger(): MemoryLedger {
  const intents = wideMap<KeptIntent>();
  const log = memoryLog<LogPart>(isThere);
  /** Up to this serial number, nothing that may be pruned is left. */
  let passed = -1;

  function isThere(part: LogPart): boolean {
    if (!(part instanceof AnsweredIntent)) return intents.get(part.intent.id) === part.intent;
    const intent = intents.get(part.id);
    return intent === part || (intent as Partial<GrowingIntent> | undefined)?.answered === part;
  }

  function growing(to: KeptIntent | string): GrowingIntent {
    if (typeof to === 'string')
      return { id: to, revision: 0, records: [], answered: undefined, parts: 0, last: undefined, isClosed: true };
    if (!(to instanceof AnsweredIntent)) return to;
    const { id, revision } = to;
    return { id, revision, records: to.records(), answered: to, parts: 1, last: to, isClosed: true };
  }

  /** The closed intent whose last change is this part of the log. */
  function closedBy(part: LogPart): KeptIntent | undefined {
    if (part instanceof AnsweredIntent) return intents.get(part.id) === part ? part : undefined;
    const { intent } = part;
    return intent.isClosed && intent.last === part && isThere(part) ? intent : undefined;
  }

  return {
    intents,
    append(to, records, { serial, isClosed }) {
      const intent = growing(to);
      const part = { intent, records };
      intent.parts++;
      intent.last = part;
      intent.records = [...intent.records, ...records];
      intent.revision += records.length;
      intent.isClosed = isClosed;
      intents.set(intent.id, intent);
      log.append(part, serial);
    },
    appendAnswered(intent, serial) {
      intents.set(intent.id, intent);
      log.append(intent, serial);
    },
    oldestClosed() {
      for (let looked = 0; looked < MAX_LOOKED_AT; looked++) {
        const first = log.firstAbove(passed);
        if (first === undefined) return undefined;
        const intent = closedBy(first.part);
        if (intent !== undefined) return intent;
        passed = first.serial;
      }
      return undefined;
    },
    *closed() {
      for (const { part } of log.above(-1)) {
        const intent = closedBy(part);
        if (intent !== undefined) yield intent;
      }
    },
    remove(intent) {
      intents.delete(intent.id);
      const parts = intent instanceof AnsweredIntent ? 1 : intent.parts;
      for (let part = 0; part < parts; part++) log.removed();
    },
    *appended(after, last) {
      for (const found of log.above(after)) {
        if (found.serial > last) return;
        yield found;
      }
    },
  };
}
