import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueTimes } from '../../src/stores/due-times.ts';

const id = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f');
const step = fc.oneof(
  fc.record({ id, atMs: fc.option(fc.integer({ min: 0, max: 20 })) }),
  fc.record({
    nowMs: fc.oneof(fc.integer({ min: 0, max: 25 }), fc.constant(Infinity)),
    limit: fc.integer({ min: 0, max: 6 }),
  }),
);

test('law: the ids that are due are those of a plain table of times, the earliest first', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const times = dueTimes();
      const table = new Map<string, number>();
      for (const each of steps) {
        if ('id' in each) {
          times.set(each.id, each.atMs);
          if (each.atMs === null) table.delete(each.id);
          else table.set(each.id, each.atMs);
          continue;
        }
        const due = times.due(each.nowMs, each.limit);
        const expected = [...table.values()].filter(atMs => atMs <= each.nowMs).sort((a, b) => a - b);
        expect(due.map(found => table.get(found))).toEqual(expected.slice(0, each.limit));
        expect(new Set(due).size).toBe(due.length);
      }
    }),
  );
});
