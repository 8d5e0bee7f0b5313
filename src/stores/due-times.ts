/** Which ids are due next: a binary heap, in which what was changed or removed later is skipped when it comes up. */

export interface DueTimes {
  /** `null`: nothing is due any more. */
  set(id: string, dueAtMs: number | null): void;
  /** The ids that are due at `nowMs` or earlier, the earliest first, `limit` of them at most. */
  due(nowMs: number, limit: number): readonly string[];
}

interface DueIntent {
  readonly id: string;
  readonly atMs: number;
}

export function dueTimes(): DueTimes {
  const current = new Map<string, DueIntent>();
  const heap: DueIntent[] = [];

  const at = (index: number): number => heap[index]?.atMs ?? Number.POSITIVE_INFINITY;

  function swap(a: number, b: number): void {
    [heap[a], heap[b]] = [heap[b] as DueIntent, heap[a] as DueIntent];
  }

  function push(due: DueIntent): void {
    let index = heap.push(due) - 1;
    for (let parent = (index - 1) >> 1; index > 0 && at(index) < at(parent); parent = (index - 1) >> 1) {
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
      const child = at(left + 1) < at(left) ? left + 1 : left;
      if (!(at(child) < at(index))) return top;
      swap(index, child);
      index = child;
    }
  }

  return {
    set(id, atMs) {
      if (atMs === null) {
        current.delete(id);
        return;
      }
      if (current.get(id)?.atMs === atMs) return;
      const due = { id, atMs };
      current.set(id, due);
      push(due);
    },
    due(nowMs, limit) {
      const found: DueIntent[] = [];
      while (found.length < limit && heap.length > 0 && at(0) <= nowMs) {
        const due = pop();
        if (current.get(due.id) === due) found.push(due);
      }
      for (const due of found) push(due);
      return found.map(({ id }) => id);
    },
  };
}
