import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dueTimes } from '../../src/stores/due-times.ts';

const IDS = ['a', 'b', 'c', 'd', 'e', 'f'];
const id = fc.constantFrom(...IDS);
const step = fc.oneof(
  fc.record({ id, atMs: fc.option(fc.integer({ min: 0, max: 20 })) }),
  fc.record({
    leaseMs: fc.integer({ min: 0, max: 9 }),
    nowMs: fc.oneof(fc.integer({ min: 0, max: 25 }), fc.constant(Infinity)),
    limit: fc.integer({ min: 0, max: 6 }),
    wanted: fc.oneof(fc.constant(IDS), fc.subarray(IDS)),
  }),
);

test('law: the ids that are due, wanted and not claimed are those of a plain table of times, the earliest first', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), steps => {
      const times = dueTimes();
      const table = new Map<string, { readonly dueAtMs: number; readonly atMs: number }>();
      for (const each of steps) {
        if ('id' in each) {
          times.set(each.id, each.atMs);
          if (each.atMs === null) table.delete(each.id);
          else if (table.get(each.id)?.dueAtMs !== each.atMs)
            table.set(each.id, { dueAtMs: each.atMs, atMs: each.atMs });
          continue;
        }
        const { nowMs, limit, leaseMs, wanted } = each;
        const untilMs = nowMs + leaseMs;
        const due = times.claim(nowMs, limit, untilMs, found => wanted.includes(found));
        // After its end, a lease counts from its end, so that one id cannot keep out the others.
        const expected = [...table]
          .filter(([found, { atMs }]) => atMs <= nowMs && wanted.includes(found))
          .sort(([a, x], [b, y]) => x.atMs - y.atMs || x.dueAtMs - y.dueAtMs || (a < b ? -1 : 1))
          .slice(0, limit)
          .sort(([a, x], [b, y]) => x.dueAtMs - y.dueAtMs || (a < b ? -1 : 1));
        expect(due).toEqual(expected.map(([found]) => found));
        for (const [found, { dueAtMs }] of expected) table.set(found, { dueAtMs, atMs: Math.max(untilMs, dueAtMs) });
        expect(new Set(due).size).toBe(due.length);
      }
    }),
  );
});
