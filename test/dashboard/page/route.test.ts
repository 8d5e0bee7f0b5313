import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, parseRoute } from '../../../src/dashboard/page/route.ts';

test('law: parsing the address of a route gives the same route, whatever the name of the feature', () => {
  const page = fc.constantFrom('feature', 'what-if', 'audit');
  fc.assert(
    fc.property(page, fc.string({ minLength: 1, unit: 'grapheme' }), (name, feature) => {
      const route = { page: name as 'feature', feature };
      expect(parseRoute(hashOf(route))).toEqual(route);
    }),
  );
  for (const route of [{ page: 'overview' }, { page: 'calculator' }, { page: 'prices' }] as const) {
    expect(parseRoute(hashOf(route))).toEqual(route);
  }
});

test('law: the address of an intent and of a filtered list of intents gives the same route', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (id, session) => {
      expect(parseRoute(hashOf({ page: 'intent', id }))).toEqual({ page: 'intent', id });
      const filter = new URLSearchParams({ session, after: `[1,"${id}"]` });
      const route = parseRoute(hashOf({ page: 'intents', filter }));
      expect('filter' in route && [...route.filter]).toEqual([...filter]);
    }),
  );
});

test('an unknown address shows the overview', () => {
  for (const hash of ['', '#', '#/nope', '#/feature', '#/feature/', '#/feature/%', '#/intent', '#/intent/%']) {
    expect(parseRoute(hash)).toEqual({ page: 'overview' });
  }
});
