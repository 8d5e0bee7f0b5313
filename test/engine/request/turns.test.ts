import { expect, test } from 'vitest';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { firstReplyOf, turnOf, turnsAt } from '../../../src/engine/request/turns.ts';

const attempt = (turn: number, node: string, kind: Attempt['kind'] = 'first') =>
  ({ turn, node, kind, requestId: `r${turn}` }) as Attempt;

test('an intent’s next request is numbered one after its last, and a judge’s own call has no number', () => {
  expect(turnOf({ attempts: [] })).toBe(1);
  expect(turnOf({ attempts: [attempt(1, 'a'), attempt(3, 'a'), attempt(2, 'b'), attempt(9, 'a', 'judge')] })).toBe(4);
});

test('the requests at a node are counted once, however often each was sent', () => {
  const attempts = [
    attempt(1, 'a'),
    attempt(1, 'a', 'retry'),
    attempt(2, 'a'),
    attempt(3, 'a', 'judge'),
    attempt(4, 'b'),
  ];
  expect(turnsAt({ attempts }, 'a')).toBe(2);
  expect(turnsAt({ attempts }, 'c')).toBe(0);
});

test('the first reply of an intent is the first that arrived, and never the one of a judge', () => {
  const failed = { ...attempt(1, 'a'), status: 'timeout' } as Attempt;
  const judged = { ...attempt(1, 'a', 'judge'), status: 'ok' } as Attempt;
  const replied = { ...attempt(1, 'a', 'retry'), status: 'ok' } as Attempt;
  expect(firstReplyOf({ attempts: [failed, judged] })).toBeUndefined();
  expect(firstReplyOf({ attempts: [failed, judged, replied, { ...replied, turn: 2 }] })).toBe(replied);
});
