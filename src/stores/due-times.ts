/**
 * The ids that are due next, leased ones included, in a binary heap. Entries that were changed, claimed or removed later are skipped when
 * they reach its top.
 */

import { wideMap } from './wide-map.ts';

export interface DueTimes {
  /** `null`: nothing is due any more. Another time than before ends a lease. */
  set(id: string, dueAtMs: number | null): void;
  /**
   * The ids that are due at `nowMs` or earlier, the earliest first, `limit` of them at most. None of them is due again before
   * `untilMs`.
   * @param isWanted false for ids that are left to others
   */
  claim(nowMs: number, limit: number, untilMs: number, isWanted?: (id: string) => boolean): readonly string[];
}

interface DueIntent {
  readonly id: string;
  readonly dueAtMs: number;
  /** When the lease of the id ends; without a lease, `dueAtMs`. */
  readonly atMs: number;
}

/** Oldest first; equal times by id, as stores list them. */
function inOrder(a: DueIntent, b: DueIntent): number {
  return a.dueAtMs - b.dueAtMs || (a.id < b.id ? -1 : 1);
}

export function dueTimes(): DueTimes {
  const current = wideMap<DueIntent>();
  const heap: DueIntent[] = [];

  const isBefore = (a: number, b: number): boolean => {
    const [x, y] = [heap[a], heap[b]];
    if (x === undefined || y === undefined) return x !== undefined;
    return x.atMs === y.atMs ? inOrder(x, y) < 0 : x.atMs < y.atMs;
  };

  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [heap[b] as DueIntent, heap[a] as DueIntent];
  }

  function push(due: DueIntent): void {
    let index = heap.push(due) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && isBefore(index, parent); parent = (index - 1) >> 1) {
      swap(index, parent);
      index = parent;
    }
  }

  function pop(): DueIntent {
    const top = heap[0] as DueIntent;
    const last = heap.pop() as DueIntent;
    if (heap.length === 0) return top;
    heap[0] = last;
    for (let index = 0; ; ) {
      const left = 2 * index + 1;
      const child = isBefore(left + 1, left) ? left + 1 : left;
      if (!isBefore(child, index)) return top;
      swap(index, child);
      index = child;
    }
  }

  function put(due: DueIntent): void {
    current.set(due.id, due);
    push(due);
  }

  /** Takes due ids off the heap, the earliest due time first. */
  function take(nowMs: number, limit: number, isWanted: (id: string) => boolean): readonly DueIntent[] {
    const found: DueIntent[] = [];
    const left: DueIntent[] = [];
    while (found.length < limit && heap[0] !== undefined && heap[0].atMs <= nowMs) {
      const due = pop();
      if (current.get(due.id) === due) (isWanted(due.id) ? found : left).push(due);
    }
    for (const due of left) push(due);
    return found.sort(inOrder);
  }

  return {
    set(id, atMs) {
      if (atMs === null) {
        current.delete(id);
        return;
      }
      if (current.get(id)?.dueAtMs !== atMs) put({ id, dueAtMs: atMs, atMs });
    },
    claim(nowMs, limit, untilMs, isWanted = () => true) {
      const found = take(nowMs, limit, isWanted);
      for (const due of found) put({ ...due, atMs: Math.max(untilMs, due.dueAtMs) });
      return found.map(({ id }) => id);
    },
  };
}
