import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wideMap } from '../../src/stores/wide-map.ts';

const key = fc.oneof(fc.constantFrom('', 'a', 'aa', 'ab', 'order-1', 'order-2'), fc.string({ maxLength: 6 }));
const step = fc.record({ does: fc.constantFrom('set', 'set', 'delete'), key, value: fc.nat(9) });

test('law: whatever is set and deleted, a wide map has the same entries as a map', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const wide = wideMap<number>();
      const map = new Map<string, number>();
      for (const { does, key: name, value } of steps) {
        if (does === 'delete') {
          wide.delete(name);
          map.delete(name);
        } else {
          wide.set(name, value);
          map.set(name, value);
        }
        expect([wide.size, wide.get(name)]).toEqual([map.size, map.get(name)]);
      }
      const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
      expect(sorted(wide.values())).toEqual(sorted(map.values()));
    }),
  );
});
