import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latestById } from '../../../src/engine/state/latest-by-id.ts';

test('law: the latest values are found by their ids, whenever the first look-up comes', () => {
  const id = fc.constantFrom<string>('a', 'b', 'c', 'd', 'e');
  fc.assert(
    fc.property(fc.array(id, { maxLength: 30 }), fc.nat(6), fc.nat(30), (ids, capacity, firstLookUp) => {
      const kept = latestById<number>(capacity);
      for (const [value, each] of ids.entries()) {
        kept.set(each, value);
        if (value < firstLookUp) continue;
        const latest = ids.slice(Math.max(0, value + 1 - capacity), value + 1);
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
          const index = latest.lastIndexOf(name);
          expect(kept.get(name)).toBe(index < 0 ? undefined : value + 1 - latest.length + index);
        }
      }
    }),
  );
});
