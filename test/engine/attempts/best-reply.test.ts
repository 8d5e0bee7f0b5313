import { expect, test } from 'vitest';
import type { AttemptStatus } from '../../../src/core/ledger/vocabulary.ts';
import { betterOf } from '../../../src/engine/attempts/best-reply.ts';
import type { Exchanged } from '../../../src/engine/attempts/exchange.ts';

const answer = { usage: {}, provenance: 'none', finish: 'stop', text: '', hasToolCalls: false } as const;
const ended = (status: AttemptStatus, discard = (): void => {}): Exchanged<string> =>
  status === 'ok' ? { status, reply: 'yes', answer } : { status, reply: status, discard };

test.each<[earlier: AttemptStatus, later: AttemptStatus, winner: 'earlier' | 'later']>([
  ['ok', 'provider-fault', 'earlier'],
  ['ok', 'ok', 'later'],
  ['provider-fault', 'ok', 'later'],
  ['provider-fault', 'connection', 'later'],
  ['provider-fault', 'refused', 'earlier'],
  ['provider-fault', 'rejected-request', 'earlier'],
  ['broken', 'refused', 'earlier'],
  ['refused', 'provider-fault', 'later'],
  ['refused', 'refused', 'earlier'],
  ['refused', 'rejected-request', 'later'],
  ['rejected-request', 'rejected-request', 'earlier'],
  ['provider-fault', 'aborted', 'later'],
  ['ok', 'aborted', 'earlier'],
])('after results %s and %s, the caller gets the %s one, and the other is discarded', (first, second, winner) => {
  const discarded: string[] = [];
  const earlier = ended(first, () => discarded.push('earlier'));
  const later = ended(second, () => discarded.push('later'));
  expect(betterOf(earlier, later)).toBe(winner === 'earlier' ? earlier : later);
  const lost = winner === 'earlier' ? later : earlier;
  expect(discarded).toEqual(lost.status === 'ok' ? [] : [winner === 'earlier' ? 'later' : 'earlier']);
});

test('the first exchange is the best so far', () => {
  const first = ended('refused');
  expect(betterOf(undefined, first)).toBe(first);
});
