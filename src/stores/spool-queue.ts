/** Spooled changes in the order they were made, also found by intent. */
import type { SpooledChange } from './replay-change.ts';

export interface SpoolQueue {
  readonly length: number;
  readonly first: SpooledChange | undefined;
  append(change: SpooledChange): void;
  /** Removes a change wherever it is; `false`: it is not in the queue any more. */
  remove(change: SpooledChange): boolean;
  /** The intent's changes in order; `undefined` where none is spooled. */
  of(intentId: string): readonly SpooledChange[] | undefined;
  /** Ids of intents that are due by their last spooled change, oldest first. */
  due(nowMs: number): readonly string[];
}

export function spoolQueue(): SpoolQueue {
  const queue: SpooledChange[] = [];
  const byIntent = new Map<string, SpooledChange[]>();
  return {
    get length() {
      return queue.length;
    },
    get first() {
      return queue[0];
    },
    append(change) {
      queue.push(change);
      const changes = byIntent.get(change.intentId);
      if (changes === undefined) byIntent.set(change.intentId, [change]);
      else changes.push(change);
    },
    remove(change) {
      const index = queue.indexOf(change);
      if (index < 0) return false;
      if (index === 0) queue.shift();
      else queue.splice(index, 1);
      const rest = (byIntent.get(change.intentId) ?? []).filter(other => other !== change);
      if (rest.length === 0) byIntent.delete(change.intentId);
      else byIntent.set(change.intentId, rest);
      return true;
    },
    of: intentId => byIntent.get(intentId),
    due: nowMs =>
      [...byIntent]
        .map(([id, changes]) => ({ id, dueAtMs: changes.at(-1)?.dueAtMs ?? Infinity }))
        .filter(({ dueAtMs }) => dueAtMs <= nowMs)
        .sort((a, b) => a.dueAtMs - b.dueAtMs)
        .map(({ id }) => id),
  };
}
