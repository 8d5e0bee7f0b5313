/** Intents that were answered at once wait for the end of the task here, and go to the store together. */
import type { CommitAll, CommitAnswered, Store } from '../../contracts/store.ts';
import { answeredCells } from '../../core/cells/answered-cells.ts';
import type { Cell } from '../../core/cells/cell.ts';
import { contribution } from '../../core/cells/contribution.ts';
import { AnsweredIntent } from '../../core/ledger/answered-intent.ts';
import type { Intent, LabelledRecord } from '../../core/ledger/records.ts';
import { appendRecord } from '../../core/ledger/records.ts';
import type { MakeRecords } from './pending-records.ts';

export interface AnsweredIntents {
  /** False where the store does not take such intents: they are written like any other. */
  readonly areTaken: boolean;
  add(intent: AnsweredIntent): void;
  /** Takes an unwritten intent out of the list, because it gets further records. */
  take(id: string): AnsweredIntent | undefined;
  /**
   * Writes a waiting intent together with its first evidence, at once, and returns it. Does nothing and returns `undefined`
   * where the intent does not wait, where `make` gives anything but first evidence, or while its feature's statistics are
   * being read. Throws what `make` throws.
   */
  writeLabelled(id: string, make: MakeRecords): Intent | undefined;
  /** Writes the waiting intents. Call it before anything is read. */
  readonly write: () => void;
}

export interface AnsweredIntentsOptions {
  readonly store: Pick<Store, 'isPrivate'> & { readonly commitAll: Pick<CommitAll, 'answered'> };
  readonly soon: (callback: () => void) => void;
  /** See `IntentCommitsOptions`. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  readonly endCommit: (feature: string) => void;
  /** Called with what the written intents of a feature add to its statistics. */
  readonly answered: (feature: string, delta: readonly Cell[], atMs: number) => void;
  /** Writes an intent like any other, while its feature's statistics are being read. */
  readonly writeAlone: (intent: AnsweredIntent) => void;
}

export function answeredIntents(options: AnsweredIntentsOptions): AnsweredIntents {
  const { store, soon, beginCommit, endCommit, answered, writeAlone } = options;
  const commit = store.isPrivate === true ? store.commitAll.answered : undefined;
  let waiting: AnsweredIntent[] = [];
  /** An index by id, made at the first search: in most turns no caller asks for an intent. */
  let byId: Map<string, AnsweredIntent> | undefined;
  let isScheduled = false;

  function writeWaiting(): void {
    isScheduled = false;
    write();
  }

  function write(): void {
    const written = byId === undefined ? waiting : [...byId.values()];
    if (written.length === 0) return;
    waiting = [];
    byId = undefined;
    for (const [feature, intents] of byFeature(written)) writeOf(feature, intents);
  }

  function find(id: string): AnsweredIntent | undefined {
    if (byId === undefined) {
      const last = waiting.at(-1);
      // The intent that grows is usually the last one.
      if (last === undefined || last.id === id) return last;
      byId = new Map(waiting.map(intent => [intent.id, intent]));
    }
    return byId.get(id);
  }

  function take(id: string): AnsweredIntent | undefined {
    const found = find(id);
    if (byId === undefined) waiting.pop();
    else byId.delete(id);
    return found;
  }

  /** False while the feature's statistics are read. */
  function isWritable(feature: string): boolean {
    const reading = beginCommit(feature);
    void reading?.then(() => endCommit(feature));
    return reading === undefined;
  }

  function writeOf(feature: string, intents: readonly AnsweredIntent[]): void {
    if (commit !== undefined && isWritable(feature)) writeNow(commit, intents, answeredCells(intents));
    else for (const intent of intents) writeAlone(intent);
  }

  function writeNow(to: CommitAnswered, intents: readonly AnsweredIntent[], delta: readonly Cell[]): void {
    const { feature = '', atMs = 0 } = intents[0]?.decided ?? {};
    to(feature, intents, delta);
    answered(feature, delta, atMs);
    endCommit(feature);
  }

  return {
    areTaken: commit !== undefined,
    add(intent) {
      if (byId === undefined) waiting.push(intent);
      else byId.set(intent.id, intent);
      if (isScheduled) return;
      isScheduled = true;
      soon(writeWaiting);
    },
    take,
    writeLabelled(id, make) {
      const found = find(id);
      if (found === undefined || commit === undefined) return undefined;
      const known = found.intent();
      const [label, ...others] = make(known);
      const { decided, attempt, atMs } = found;
      if (label?.kind !== 'labelled' || others.length > 0 || !isWritable(decided.feature)) return undefined;
      take(id);
      label.revision = known.revision;
      const labelled = new AnsweredIntent(decided, attempt, atMs, label as LabelledRecord);
      const intent = appendRecord(known, label as LabelledRecord);
      writeNow(commit, [labelled], contribution(intent));
      return intent;
    },
    write,
  };
}

function byFeature(intents: readonly AnsweredIntent[]): Iterable<readonly [string, readonly AnsweredIntent[]]> {
  const first = intents[0]?.decided.feature ?? '';
  // In most turns all intents belong to one feature.
  if (intents.every(({ decided }) => decided.feature === first)) return [[first, intents]];
  return Map.groupBy(intents, ({ decided }) => decided.feature);
}
