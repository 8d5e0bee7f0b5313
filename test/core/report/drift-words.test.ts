import { expect, test } from 'vitest';
import { describeDrift } from '../../../src/core/report/drift-words.ts';
import { shortDrift } from '../../../src/core/report/verdict.ts';

const before = { value: 0.95, low: 0.9, high: 0.98 };
const after = { value: 0.5, low: 0.4, high: 0.6 };

test('a rate drift is described with both intervals, the node in words and the segment', () => {
  const event = {
    kind: 'success',
    atMs: Date.UTC(2026, 0, 2, 3),
    node: 'mini>premium',
    segment: '',
    before,
    after,
  } as const;
  expect(describeDrift(event)).toBe(
    '2026-01-02 03:00 UTC: the success rate of premium after mini went from 95.0 % (90.0–98.0) to 50.0 % (40.0–60.0).',
  );
  expect(describeDrift({ ...event, kind: 'rejection', node: 'mini', segment: 'plan=free' })).toContain(
    'the rejection rate of mini (plan=free) went from',
  );
});

test('the two rates of a small change are printed with enough digits to differ', () => {
  const interval = { low: 0.49, high: 0.51 };
  const rates = { before: { value: 0.5, ...interval }, after: { value: 0.5004, ...interval } };
  const event = { kind: 'success', atMs: 0, node: 'mini', segment: '', ...rates } as const;
  expect(describeDrift(event)).toContain('went from 50.00 % (49.00–51.00) to 50.04 % (49.00–51.00).');
  expect(shortDrift(event)).toBe('mini rose from 50.00 % to 50.04 % success on 1 Jan 1970');
});

test('a model that served in place of another one is named in words', () => {
  const to = 'served by gpt-5-pro for gpt-5-mini@1';
  expect(describeDrift({ kind: 'version', atMs: 0, model: 'mini', from: 'gpt-5-mini@1', to })).toBe(
    '1970-01-01 00:00 UTC: mini (gpt-5-mini@1) was served by gpt-5-pro for the first time.',
  );
});

test('a version drift is described with both versions', () => {
  expect(describeDrift({ kind: 'version', atMs: 0, model: 'mini', from: 'a@1', to: 'a@2' })).toBe(
    '1970-01-01 00:00 UTC: mini changed from a@1 to a@2.',
  );
});
