import { expect, test } from 'vitest';
import { attentionOf, sortedAttention } from '../../../src/core/report/attention.ts';
import type { DriftEvent } from '../../../src/core/report/drift.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { cellsOf, many, SUCCESS } from '../support/cells.ts';

const report = reportFeature('support', cellsOf(many(100, { evidence: [SUCCESS] })));
const figure = (value: number) => ({ value, low: value, high: value });
const rate = (kind: 'success' | 'rejection', before: number, after: number): DriftEvent => ({
  kind,
  node: 'premium',
  segment: '',
  atMs: 5,
  before: figure(before),
  after: figure(after),
});

test('a feature on which all is well needs no attention, and a rate that got better is not an alert', () => {
  expect(attentionOf(report, [rate('success', 0.6, 0.9), rate('rejection', 0.3, 0.1)])).toEqual([]);
});

test('a rate that got worse and a new version are items to look at, with their time', () => {
  const version: DriftEvent = { kind: 'version', atMs: 7, model: 'mini', from: 'a', to: 'b' };
  const found = attentionOf(report, [rate('success', 0.9, 0.6), rate('rejection', 0.1, 0.3), version]);
  expect(found.map(({ kind, severity, atMs, feature }) => [kind, severity, atMs, feature])).toEqual([
    ['drift', 'look', 5, 'support'],
    ['drift', 'look', 5, 'support'],
    ['version', 'look', 7, 'support'],
  ]);
});

test('intents without any outcome need action, and many that wait for one are an item to look at', () => {
  const none = reportFeature('support', cellsOf(many(30, {})));
  expect(attentionOf(none, [])).toMatchObject([{ kind: 'no outcome', severity: 'act' }]);
  const [only] = attentionOf(reportFeature('support', cellsOf(many(1, {}))), []);
  expect(only?.sentence).toMatch(/^The only intent has no outcome: /);
  const some = reportFeature('support', cellsOf(many(90, { evidence: [SUCCESS] }), many(10, {})));
  expect(attentionOf(some, [])).toMatchObject([
    { kind: 'waiting', severity: 'look', sentence: expect.stringContaining('10.0 %') },
  ]);
  expect(attentionOf({ ...some, awaitingSilence: 10 }, [])).toEqual([]);
});

test('a contradicted failure cost, another model that served, two versions and estimated usage are all reported', () => {
  const found = attentionOf(
    {
      ...report,
      failureCost: { recorded: 20, recordedUsd: 30, expectedUsd: 15, mismatch: true },
      servedByOthers: [{ model: 'mini', servedBy: 'gpt-5-pro', visits: 3, of: 9 }],
      inTwoVersions: ['mini'],
      totalCost: { ...report.totalCost, spendUsd: '10', estimatedUsd: '0.6' },
    },
    [],
  );
  expect(found.map(({ kind }) => kind)).toEqual([
    'failure cost',
    'served by another',
    'two versions',
    'estimated usage',
  ]);
});

test('items that need a decision come first, then the latest', () => {
  const item = (severity: 'act' | 'look', atMs?: number) => ({
    kind: 'drift' as const,
    severity,
    atMs: atMs ?? 0,
    sentence: '',
  });
  const sorted = sortedAttention([item('look', 1), item('act'), item('look', 2)]);
  expect(sorted.map(({ severity, atMs }) => [severity, atMs])).toEqual([
    ['act', 0],
    ['look', 2],
    ['look', 1],
  ]);
});
