import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ListItem, LinkedList } from '../../src/stores/linked-list.ts';
import { linkedList } from '../../src/stores/linked-list.ts';

function valuesOf(list: LinkedList<number>): {
  readonly forwards: readonly number[];
  readonly backwards: readonly number[];
} {
  const forwards: number[] = [];
  for (let item = list.first; item !== undefined; item = item.next) forwards.push(item.value);
  const backwards: number[] = [];
  for (let item = list.last; item !== undefined; item = item.previous) backwards.push(item.value);
  return { forwards, backwards };
}

test('law: the list has the values of an array after any pushes, moves and removals, in both directions', () => {
  const step = fc.record({ kind: fc.constantFrom('push', 'move', 'remove'), at: fc.nat(20) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), steps => {
      const list = linkedList<number>();
      let items: ListItem<number>[] = [];
      for (const [value, { kind, at }] of steps.entries()) {
        const item = items[at];
        if (kind === 'push') items.push(list.push(value));
        else if (item !== undefined && kind === 'move') {
          list.moveToEnd(item);
          items = [...items.filter(other => other !== item), item];
        } else if (item !== undefined) {
          list.remove(item);
          items = items.filter(other => other !== item);
        }
        const values = items.map(each => each.value);
        expect(valuesOf(list)).toEqual({ forwards: values, backwards: values.toReversed() });
        expect(list.size).toBe(values.length);
      }
    }),
  );
});

test('a walk that stands on a removed item goes on with the items behind it', () => {
  const list = linkedList<number>();
  const [one, two] = [1, 2, 3].map(value => list.push(value)) as [ListItem<number>, ListItem<number>];
  list.remove(one);
  list.remove(two);
  expect([one.next?.value, one.next?.next?.value]).toEqual([2, 3]);
});
