import { expect, test } from 'vitest';
import { isInStatistics, isWanted, periodsWith } from '../../src/analysis/intent-filter.ts';
import type { Cell } from '../../src/core/cells/cell.ts';
import { attempt } from '../core/support/intents.ts';
import { made } from '../core/support/cells.ts';

const HOUR = 3_600_000;

const climbed = made({
  plan: ['mini', 'premium'],
  attempts: [
    attempt('mini', 1_000_000, { verdict: { accepted: false, by: 'schema' } }),
    attempt('mini>premium', 9_000_000, { kind: 'escalation' }),
  ],
});

test('an intent has climbed where it went on to a further model, and cost what all its attempts did', () => {
  expect(isWanted(climbed, { climbed: true })).toBe(true);
  expect(isWanted(made({ plan: ['mini'], attempts: [attempt('mini', 1)] }), { climbed: true })).toBe(false);
  expect(isWanted(climbed, { minSpendUsd: 0.01 })).toBe(true);
  expect(isWanted(climbed, { minSpendUsd: 0.010_000_001 })).toBe(false);
  expect(isWanted(climbed, { outcome: 'pending', model: 'mini' })).toBe(true);
  expect(isWanted(climbed, { model: 'frontier' })).toBe(false);
});

test('the statistics are asked where every intent that the filter wants has an attempt', () => {
  for (const filter of [{}, { outcome: 'failure' }, { session: 's' }, { minSpendUsd: 0 }, { climbed: false }] as const)
    expect(isInStatistics(filter)).toBe(false);
  for (const filter of [
    { climbed: true },
    { minSpendUsd: 1 },
    { model: 'm' },
    { outcome: 'failure', version: 'v' },
  ] as const)
    expect(isInStatistics(filter)).toBe(true);
});

test('the times of a model are the buckets in which it answered, joined where they meet and cut at the period', () => {
  const cell = (bucket: number, grain?: 'day'): Cell => ({
    key: {
      scope: 'node',
      feature: 'f',
      segment: '',
      subject: 'mini',
      version: 'v',
      bucket,
      ...(grain === undefined ? {} : { grain }),
    },
    sums: { n: 1n },
  });
  const cells = [cell(50), cell(24, 'day'), cell(48), cell(49)];
  expect(periodsWith(cells, { model: 'mini' }, {})).toEqual([{ fromMs: 24 * HOUR, toMs: 51 * HOUR }]);
  expect(periodsWith([cell(60), cell(24)], { version: 'v' }, { fromMs: 24.5 * HOUR, toMs: 60.5 * HOUR })).toEqual([
    { fromMs: 60 * HOUR, toMs: 60.5 * HOUR },
    { fromMs: 24.5 * HOUR, toMs: 25 * HOUR },
  ]);
  expect(periodsWith(cells, { model: 'premium' }, {})).toEqual([]);
});
