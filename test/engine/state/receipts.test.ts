import { expect, test } from 'vitest';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { ReceiptDraft } from '../../../src/engine/state/receipts.ts';
import { receipts } from '../../../src/engine/state/receipts.ts';

function attempt(more: Partial<Attempt>): Attempt {
  return {
    kind: 'first',
    requestId: 'r1',
    turn: 1,
    model: 'mini',
    node: 'mini',
    providerModel: 'mini-1',
    startedAtMs: 0,
    latencyMs: 1,
    status: 'ok',
    usage: {},
    costNanoUsd: 120_000,
    provenance: 'reported',
    ...more,
  };
}

function receipt(attempts: readonly Attempt[]): ReceiptDraft {
  return {
    feature: 'f',
    intentId: 'i',
    requestId: 'r1',
    plan: ['mini', 'premium'],
    propensity: 0.4,
    reason: 'x',
    attempts,
  };
}

test('a receipt is found by the reply object and by any object with the reply’s id', () => {
  const kept = receipts();
  const reply = {};
  kept.keep(reply, 'chatcmpl-1', receipt([attempt({})]));
  for (const found of [kept.find(reply), kept.find({ id: 'chatcmpl-1' }), kept.byReplyId('chatcmpl-1')]) {
    expect(found).toMatchObject({ intentId: 'i', model: 'mini', costUsd: 0.00012, rejected: false });
  }
});

test.each([undefined, null, 'chatcmpl-1', 7, {}, { id: 7 }, { id: 'other' }])('no receipt is found by %j', reply => {
  const kept = receipts();
  kept.keep(undefined, 'chatcmpl-1', receipt([attempt({})]));
  expect(kept.find(reply)).toBeUndefined();
});

test('a receipt sums the cost of every attempt and names the model whose reply was returned', () => {
  const kept = receipts();
  const attempts = [
    attempt({ verdict: { accepted: false, by: 'schema' } }),
    attempt({
      kind: 'escalation',
      model: 'premium',
      costNanoUsd: 1_200_000,
      verdict: { accepted: true, by: 'schema' },
    }),
  ];
  kept.keep(undefined, 'a', receipt(attempts));
  expect(kept.byReplyId('a')).toMatchObject({ model: 'premium', costUsd: 0.00132, rejected: false, attempts });
});

test('a receipt is marked `rejected` when the returned reply was rejected, and names no model when none answered', () => {
  const kept = receipts();
  kept.keep(undefined, 'a', receipt([attempt({ verdict: { accepted: false, by: 'function' } })]));
  kept.keep(undefined, 'b', receipt([attempt({ status: 'provider-fault', costNanoUsd: 0 })]));
  expect(kept.byReplyId('a')).toMatchObject({ rejected: true, model: 'mini' });
  expect(kept.byReplyId('b')).toMatchObject({ rejected: false, model: undefined, costUsd: 0 });
});

test('a receipt that is read after a stream ends has the stream’s attempt, and a receipt read before does not change', () => {
  const kept = receipts();
  const open = receipt([]);
  kept.keep(undefined, 'a', open);
  const before = kept.byReplyId('a');
  open.attempts = [...open.attempts, attempt({})];
  expect(before?.attempts).toEqual([]);
  expect(kept.byReplyId('a')).toMatchObject({ model: 'mini', costUsd: 0.00012 });
});

test('receipts of the latest replies are kept, and older ones are evicted', () => {
  const kept = receipts(2);
  for (const id of ['a', 'b', 'c']) kept.keep(undefined, id, receipt([]));
  expect(['a', 'b', 'c'].map(id => kept.byReplyId(id) !== undefined)).toEqual([false, true, true]);
});

test('when a reply is retrieved later, its attempt replaces the estimated one on the receipt', () => {
  const kept = receipts();
  const [first, second] = [attempt({}), attempt({ costNanoUsd: 7 })];
  kept.keep(undefined, 'a', receipt([first, first]));
  kept.correct('a', each => (each === first ? second : each));
  kept.correct('unknown', () => first);
  expect(kept.byReplyId('a')?.attempts).toEqual([second, second]);
});
