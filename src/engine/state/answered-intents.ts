/** Intents that were answered at once wait for the end of the task here, and go to the store together. */
import type { CommitAll, Store } from '../../contracts/store.ts';
import { answeredCells } from '../../core/cells/answered-cells.ts';
import type { Cell } from '../../core/cells/cell.ts';
import type { AnsweredIntent } from '../../core/ledger/answered-intent.ts';

export interface AnsweredIntents {
  /** False where the store does not take such intents: they are written like any other. */
  readonly areTaken: boolean;
  add(intent: AnsweredIntent): void;
  /** Takes an intent out that is not written yet: it grows. */
  take(id: string): AnsweredIntent | undefined;
  /** Writes those that wait. Call it before anything is read. */
  readonly write: () => void;
}

export interface AnsweredIntentsOptions {
  readonly store: Pick<Store, 'isPrivate'> & { readonly commitAll: Pick<CommitAll, 'answered'> };
  readonly soon: (callback: () => void) => void;
  /** See `IntentCommitsOptions`. */
  readonly beginCommit: (feature: string) => Promise<void> | undefined;
  readonly endCommit: (feature: string) => void;
  /** Called with what was written of a feature. */
  readonly answered: (feature: string, delta: readonly Cell[], atMs: number) => void;
  /** Writes an intent like any other: its feature's statistics are being read. */
  readonly writeAlone: (intent: AnsweredIntent) => void;
}

export function answeredIntents(options: AnsweredIntentsOptions): AnsweredIntents {
  const { store, soon, beginCommit, endCommit, answered, writeAlone } = options;
  const commit = store.isPrivate === true ? store.commitAll.answered : undefined;
  let waiting: AnsweredIntent[] = [];
  /** The same by their ids, in place of the list, from the first search on: in most turns no caller asks for one. */
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

  function writeOf(feature: string, intents: readonly AnsweredIntent[]): void {
    const reading = beginCommit(feature);
    if (reading === undefined && commit !== undefined) {
      const delta = answeredCells(intents);
      commit(feature, intents, delta);
      answered(feature, delta, intents[0]?.decided.atMs ?? 0);
    } else for (const intent of intents) writeAlone(intent);
    if (reading === undefined) endCommit(feature);
    else void reading.then(() => endCommit(feature));
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
    take(id) {
      // The one that grows has mostly come last.
      if (byId === undefined && (waiting.length === 0 || waiting.at(-1)?.id === id)) return waiting.pop();
      byId ??= new Map(waiting.map(intent => [intent.id, intent]));
      const intent = byId.get(id);
      byId.delete(id);
      return intent;
    },
    write,
  };
}

function byFeature(intents: readonly AnsweredIntent[]): Iterable<readonly [string, readonly AnsweredIntent[]]> {
  const first = intents[0]?.decided.feature ?? '';
  // In most turns all are of one.
  if (intents.every(({ decided }) => decided.feature === first)) return [[first, intents]];
  return Map.groupBy(intents, ({ decided }) => decided.feature);
}
