import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseIntentQuery, placeText } from '../../src/dashboard/intent-query.ts';

const NOW = Date.UTC(2026, 10, 30, 12);
const parsed = (query: string): unknown => parseIntentQuery(new URLSearchParams(query), NOW);
const DAYS_30 = { fromMs: Date.UTC(2026, 10, 1), limit: 40 };

test('a query without fields asks for the first page of the last 30 days, and empty fields count as absent', () => {
  expect(parsed('')).toEqual(DAYS_30);
  expect(parsed('outcome=&model=&spend=&session=&after=')).toEqual(DAYS_30);
});

test('every field of a filter is read', () => {
  const query = 'feature=f&outcome=failure&climbed=1&spend=0.5&session=s&model=m&version=v&period=2026-10&limit=7.9';
  expect(parsed(query)).toEqual({
    feature: 'f',
    outcome: 'failure',
    climbed: true,
    minSpendUsd: 0.5,
    session: 's',
    model: 'm',
    version: 'v',
    fromMs: Date.UTC(2026, 9, 1),
    toMs: Date.UTC(2026, 10, 1),
    limit: 7,
  });
});

test('law: a position in the list is read back unchanged from an address, whatever names it contains', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ minLength: 1 }),
      (atMs, feature, id) => {
        const after = { atMs: atMs + 0, feature, id };
        expect(parsed(String(new URLSearchParams({ after: placeText(after) })))).toEqual({ after, ...DAYS_30 });
      },
    ),
  );
});

test('law: a query that is not accepted fails with an error that names the field, whatever its text', () => {
  const field = fc.constantFrom('outcome', 'climbed', 'spend', 'period', 'after', 'limit');
  fc.assert(
    fc.property(field, fc.oneof(fc.string(), fc.json()), (name, value) => {
      try {
        parsed(String(new URLSearchParams({ [name]: value })));
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-value', path: name });
      }
    }),
  );
});
