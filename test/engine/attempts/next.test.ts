import { expect, test } from 'vitest';
import type { NodeEnd, RequestRoute, VisitedNode } from '../../../src/engine/attempts/next.ts';
import { next } from '../../../src/engine/attempts/next.ts';

const cascade: RequestRoute = { start: 'mini', plan: ['mini', 'premium'], fallbacks: ['mini', 'premium', 'opus'] };

/** Walks a route, ending each node as told; returns the nodes sent to. */
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

test('a plan of one model never climbs, whatever the other candidates are', () => {
  expect(walk({ ...cascade, plan: ['mini'] }, ['rejected'])).toEqual(['mini']);
});

test('an unavailable model is replaced by the plan’s next, then by any candidate not tried, cheapest first', () => {
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

test('a substitute outside the plan is the end: its rejected reply goes back', () => {
  expect(walk({ ...cascade, start: 'premium', plan: ['premium'] }, ['unavailable', 'rejected'])).toEqual([
    'premium',
    'premium!mini',
  ]);
});

test('a climb after a substitute goes on from the substitute’s place in the plan', () => {
  const three: RequestRoute = { start: 'a', plan: ['a', 'b', 'c'], fallbacks: ['a', 'b', 'c'] };
  expect(walk(three, ['unavailable', 'rejected'])).toEqual(['a', 'a!b', 'a!b>c']);
});

test('a pinned request has nowhere else to go', () => {
  const pinned: RequestRoute = { start: 'mini', plan: ['mini'], fallbacks: [] };
  expect(walk(pinned, ['unavailable'])).toEqual(['mini']);
});
