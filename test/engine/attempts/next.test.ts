import { expect, test } from 'vitest';
import type { NodeEnd, RequestRoute, VisitedNode } from '../../../src/engine/attempts/next.ts';
import { next } from '../../../src/engine/attempts/next.ts';

const cascade: RequestRoute = { start: 'mini', plan: ['mini', 'premium'], fallbacks: ['mini', 'premium', 'opus'] };

/** Walks a route, ending its nodes in these ways, then accepted; returns the nodes that a request is sent to. */
function walk(route: RequestRoute, ends: readonly NodeEnd[]): readonly string[] {
  const visited: VisitedNode[] = [];
  for (const end of [...ends, 'accepted' as const]) {
    const step = next(route, visited);
    if (step.do === 'finish') break;
    visited.push({ node: step.node, model: step.model, end });
  }
  return visited.map(visit => visit.node);
}

test('a request starts at the route’s first node', () => {
  expect(next(cascade, [])).toEqual({ do: 'send', node: 'mini', model: 'mini', kind: 'first' });
});

test('an accepted reply ends the request', () => {
  expect(walk(cascade, ['accepted'])).toEqual(['mini']);
});

test('a rejected reply climbs along the plan and stops where the plan ends', () => {
  expect(walk(cascade, ['rejected', 'rejected', 'rejected'])).toEqual(['mini', 'mini>premium']);
});

test('a reply that breaks the request’s schema is replaced by any other candidate, each asked once', () => {
  expect(walk({ ...cascade, plan: ['mini'] }, ['violated', 'violated', 'violated'])).toEqual([
    'mini',
    'mini>premium',
    'mini>premium>opus',
  ]);
  expect(walk(cascade, ['violated', 'violated', 'violated'])).toEqual(['mini', 'mini>premium', 'mini>premium>opus']);
  expect(walk({ ...cascade, plan: ['mini'], fallbacks: [] }, ['violated'])).toEqual(['mini']);
});

test('a plan of one model never climbs, whatever the other candidates are', () => {
  expect(walk({ ...cascade, plan: ['mini'] }, ['rejected'])).toEqual(['mini']);
});

test('an unavailable model is replaced by the plan’s next model, then by the fallbacks in order, each once', () => {
  expect(walk(cascade, ['unavailable', 'unavailable', 'unavailable'])).toEqual([
    'mini',
    'mini!premium',
    'mini!premium!opus',
  ]);
  expect(walk({ ...cascade, start: 'premium', plan: ['premium'] }, ['unavailable'])).toEqual([
    'premium',
    'premium!mini',
  ]);
});

test('a rejected reply of a substitute outside the plan ends the request: the plan has no place to climb from', () => {
  expect(walk({ ...cascade, start: 'premium', plan: ['premium'] }, ['unavailable', 'rejected'])).toEqual([
    'premium',
    'premium!mini',
  ]);
});

test('a climb after a substitute continues from the substitute’s place in the plan', () => {
  const three: RequestRoute = { start: 'a', plan: ['a', 'b', 'c'], fallbacks: ['a', 'b', 'c'] };
  expect(walk(three, ['unavailable', 'rejected'])).toEqual(['a', 'a!b', 'a!b>c']);
});

test('a request without fallbacks ends when its model is unavailable', () => {
  const bound: RequestRoute = { start: 'mini', plan: ['mini'], fallbacks: [] };
  expect(walk(bound, ['unavailable'])).toEqual(['mini']);
});

test('an unavailable model of a plan is replaced by the plan’s next model before any other fallback, even a cheaper one', () => {
  const routes: readonly [plan: string[], fallbacks: string[], nodes: string[]][] = [
    [
      ['b', 'd'],
      ['a', 'b', 'c', 'd'],
      ['b', 'b!d', 'b!d!a', 'b!d!a!c'],
    ],
    [
      ['b', 'c', 'd'],
      ['a', 'b', 'c', 'd'],
      ['b', 'b!c', 'b!c!d', 'b!c!d!a'],
    ],
    [['d'], ['a', 'b', 'd'], ['d', 'd!a', 'd!a!b']],
    [['a', 'c'], ['c'], ['a', 'a!c']],
    [['a'], [], ['a']],
  ];
  for (const [plan, fallbacks, nodes] of routes) {
    const down = Array.from({ length: 6 }, () => 'unavailable' as const);
    expect(walk({ start: plan[0] ?? '', plan, fallbacks }, down)).toEqual(nodes);
  }
});

test('an empty plan sends nothing', () => {
  expect(next({ start: '', plan: [], fallbacks: ['mini'] }, [])).toEqual({ do: 'finish' });
});

test('every step after the first is an escalation', () => {
  const visited = { node: 'mini', model: 'mini' } as const;
  expect(next(cascade, [{ ...visited, end: 'rejected' }])).toMatchObject({ node: 'mini>premium', kind: 'escalation' });
  expect(next(cascade, [{ ...visited, end: 'unavailable' }])).toMatchObject({
    node: 'mini!premium',
    kind: 'escalation',
  });
});
