import { expect, test } from 'vitest';
import { describeDrift } from '../../../src/core/report/drift-words.ts';

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
