import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonical, grainsAt, hoursIn } from '../../../src/core/cells/grains.ts';
import { firstHour, lastHour } from '../../../src/stores/postgres/buckets.ts';
import { numberArray } from '../../../src/stores/postgres/arrays.ts';
import { askServer, describeOnPostgres } from '../../support/postgres.ts';

describeOnPostgres('buckets in SQL', () => {
  it('law: the server finds the same buckets as the core, for any hour and boundaries', async () => {
    const ask = await askServer();
    const hour = fc.integer({ min: -400_000, max: 1_000_000 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 4e12 }), fc.array(hour), async (nowMs, far) => {
        const { dayBefore, weekBefore } = grainsAt(nowMs);
        // Includes every hour of half a year, so that every end of a month is among them.
        const hours = [...far, ...Array.from({ length: 4400 }, (_, index) => dayBefore + 50 - index)];
        const rows = await ask(
          `SELECT ${firstHour('c', 'b')}, ${lastHour('c', 'b')}
           FROM unnest($1::int[]) WITH ORDINALITY AS c (start, position), (SELECT $2::int AS day, $3::int AS week) b ORDER BY position`,
          [numberArray(hours), dayBefore, weekBefore],
        );
        const expected = hours.map(start => {
          const key = canonical(start, { dayBefore, weekBefore });
          return [String(key.bucket), String(key.bucket + hoursIn(key) - 1)];
        });
        expect(rows).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });
});
