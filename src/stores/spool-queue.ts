/** Spooled changes in the order they were made, also found by intent. */
import type { SpooledChange } from './replay-change.ts';

export interface SpoolQueue {
  readonly length: number;
  /** The first changes, `limit` at most. */
  first(limit: number): readonly SpooledChange[];
  append(change: SpooledChange): void;
  /** Removes a change wherever it is; `false`: it is not in the queue any more. */
  remove(change: SpooledChange): boolean;
  /** The intent's changes in order; `undefined` if none is spooled. */
  of(intentId: string): readonly SpooledChange[] | undefined;
  /** Grows with every change of a feature that is appended or removed. */
  revisionOf(feature: string): number;
  /** Ids of intents that are due by their last spooled change, oldest first; each is claimed for the length of a lease, as in a store. */
  claimDue(nowMs: number, limit: number, leaseMs: number, features?: readonly string[]): readonly string[];
}

export function spoolQueue(): SpoolQueue {
  const queue: SpooledChange[] = [];
  const byIntent = new Map<string, SpooledChange[]>();
  const claimedUntilMs = new Map<string, number>();
  const revisions = new Map<string, number>();
  const revisionOf = (feature: string): number => revisions.get(feature) ?? 0;
  return {
    revisionOf,
    get length() {
      return queue.length;
    },
    first: limit => queue.slice(0, limit),
    append(change) {
      queue.push(change);
      revisions.set(change.feature, revisionOf(change.feature) + 1);
      claimedUntilMs.delete(change.intentId);
      const changes = byIntent.get(change.intentId);
      if (changes === undefined) byIntent.set(change.intentId, [change]);
      else changes.push(change);
    },
    remove(change) {
      const index = queue.indexOf(change);
      if (index < 0) return false;
      revisions.set(change.feature, revisionOf(change.feature) + 1);
      if (index === 0) queue.shift();
      else queue.splice(index, 1);
      const rest = (byIntent.get(change.intentId) ?? []).filter(other => other !== change);
      if (rest.length > 0) byIntent.set(change.intentId, rest);
      else {
        byIntent.delete(change.intentId);
        claimedUntilMs.delete(change.intentId);
      }
      return true;
    },
    of: intentId => byIntent.get(intentId),
    claimDue(nowMs, limit, leaseMs, features) {
      const ids = [...byIntent]
        .filter(([, [first]]) => features === undefined || features.includes(first?.feature ?? ''))
        .map(([id, changes]) => ({ id, dueAtMs: changes.at(-1)?.dueAtMs ?? Infinity }))
        .filter(({ id, dueAtMs }) => dueAtMs <= nowMs && (claimedUntilMs.get(id) ?? nowMs) <= nowMs)
        .sort((a, b) => a.dueAtMs - b.dueAtMs)
        .slice(0, limit)
        .map(({ id }) => id);
      for (const id of ids) claimedUntilMs.set(id, nowMs + leaseMs);
      return ids;
    },
  };
}
