import { expect, test } from 'vitest';
import { numbersOf, requestHash, sharedShapes } from '../../../src/replay/ledger/record-shapes.ts';
import { attempt } from '../../core/support/intents.ts';
import { decided } from './decided.ts';

const attempted = (intentId: string, more: Parameters<typeof attempt>[2] = {}, costNanoUsd = 5) =>
  ({
    kind: 'attempted',
    intentId,
    revision: 1,
    feature: 'f',
    atMs: 0,
    attempt: attempt('mini', costNanoUsd, more),
  }) as const;

test('records that differ only in ids, times, amounts and fields that no statistics read share a shape', () => {
  const shapes = sharedShapes();
  const [first, ...others] = [
    attempted('1'),
    attempted(
      '2',
      { requestId: 'other', latencyMs: 7, startedAtMs: 1, providerRequestId: 'x', usage: { input: 4 } },
      900,
    ),
    { ...attempted('3', { rates: { input: 5 }, replyKeys: ['a'], firstByteMs: 3 }), atMs: 70 },
  ].map(record => shapes.index(record));
  expect(others).toEqual([first, first]);
  const verdicts = ['first', 'second'].map(reason =>
    shapes.index(attempted('4', { verdict: { accepted: false, by: 'schema', reason } })),
  );
  expect(new Set([first, ...verdicts]).size).toBe(2);
});

test('records that differ in a field that statistics read do not share a shape', () => {
  const shapes = sharedShapes();
  const records = [
    decided('1', 'mini', ['mini']),
    decided('1', 'mini', ['mini', 'premium']),
    { ...decided('1', 'mini', ['mini']), segment: 'paid' },
    attempted('1'),
    attempted('1', { status: 'broken', usage: { output: 1 } }),
    attempted('1', { status: 'broken', usage: { output: 2 } }),
    attempted('1', { verdict: { accepted: true, by: 'schema' } }),
  ];
  expect(records.map(record => shapes.index(record))).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('a record that is kept unchanged has a shape of its own', () => {
  const shapes = sharedShapes();
  const record = decided('1', 'mini', ['mini']);
  expect([shapes.add(record), shapes.add(record), shapes.list[1]]).toEqual([0, 1, record]);
});

test('a decision is identified by its propensity and failure cost, an attempt by its cost and its request', () => {
  expect(numbersOf({ ...decided('1', 'mini', ['mini'], 0.25), failureCostNanoUsd: 7 })).toEqual([0.25, 7]);
  const [cost, request] = numbersOf(attempted('1', { requestId: 'r1' }));
  const bytes = new TextEncoder().encode('<r1>');
  expect([cost, request]).toEqual([5, requestHash(bytes, 1, 3)]);
  const hashes = Array.from({ length: 1000 }, (_, i) => numbersOf(attempted('1', { requestId: `r${i}` }))[1]);
  expect(new Set(hashes).size).toBe(1000);
});
