/** A doubly linked list: its items are added at the end and removed from anywhere, each in constant time. */

export interface ListItem<Value> {
  readonly value: Value;
  previous: ListItem<Value> | undefined;
  next: ListItem<Value> | undefined;
}

export interface LinkedList<Value> {
  readonly size: number;
  readonly first: ListItem<Value> | undefined;
  readonly last: ListItem<Value> | undefined;
  push(value: Value): ListItem<Value>;
  /** Moves an item of this list to the end. */
  moveToEnd(item: ListItem<Value>): void;
  /** Removes an item of this list. It keeps its `next`, so that a walk that stands on it can go on. */
  remove(item: ListItem<Value>): void;
}

export function linkedList<Value>(): LinkedList<Value> {
  let size = 0;
  let first: ListItem<Value> | undefined;
  let last: ListItem<Value> | undefined;

  function append(item: ListItem<Value>): void {
    item.previous = last;
    item.next = undefined;
    if (last === undefined) first = item;
    else last.next = item;
    last = item;
    size++;
  }

  function remove({ previous, next }: ListItem<Value>): void {
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
      const item: ListItem<Value> = { value, previous: undefined, next: undefined };
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
