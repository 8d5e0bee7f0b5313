/** A doubly linked list: its items are added at the end and removed from anywhere, each in constant time. */

export interface Item<Value> {
  readonly value: Value;
  previous: Item<Value> | undefined;
  next: Item<Value> | undefined;
}

export interface LinkedList<Value> {
  readonly size: number;
  readonly first: Item<Value> | undefined;
  readonly last: Item<Value> | undefined;
  push(value: Value): Item<Value>;
  /** Moves an item of this list to the end. */
  moveToEnd(item: Item<Value>): void;
  /** Removes an item of this list. It keeps its `next`, so that a walk that stands on it can go on. */
  remove(item: Item<Value>): void;
}

export function linkedList<Value>(): LinkedList<Value> {
  let size = 0;
  let first: Item<Value> | undefined;
  let last: Item<Value> | undefined;

  function append(item: Item<Value>): void {
    item.previous = last;
    item.next = undefined;
    if (last === undefined) first = item;
    else last.next = item;
    last = item;
    size++;
  }

  function remove({ previous, next }: Item<Value>): void {
    if (previous === undefined) first = next;
    else previous.next = next;
    if (next === undefined) last = previous;
    else next.previous = previous;
    size--;
  }

  return {
    get size() {
      return size;
    },
    get first() {
      return first;
    },
    get last() {
      return last;
    },
    push(value) {
      const item: Item<Value> = { value, previous: undefined, next: undefined };
      append(item);
      return item;
    },
    moveToEnd(item) {
      if (item === last) return;
      remove(item);
      append(item);
    },
    remove,
  };
}
