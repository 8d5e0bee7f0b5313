import { expect, test } from 'vitest';
import type { IntentFilter } from '../../src/analysis/intent-filter.ts';
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

test('an intent counts as climbed if it went on to a further model, and costs what all its attempts did', () => {
  expect(isWanted(climbed, { climbed: true })).toBe(true);
  expect(isWanted(made({ plan: ['mini'], attempts: [attempt('mini', 1)] }), { climbed: true })).toBe(false);
  expect(isWanted(climbed, { minSpendUsd: 0.01 })).toBe(true);
  expect(isWanted(climbed, { minSpendUsd: 0.010_000_001 })).toBe(false);
  expect(isWanted(climbed, { outcome: 'pending', model: 'mini' })).toBe(true);
  expect(isWanted(climbed, { model: 'frontier' })).toBe(false);
});

test('a filter can skip parts of the ledger by the statistics only if every matching intent has an attempt', () => {
  for (const filter of [{}, { session: 's' }, { minSpendUsd: 0 }, { climbed: false }] as const)
    expect(isInStatistics(filter)).toBe(false);
  for (const filter of [{ climbed: true }, { minSpendUsd: 1 }, { model: 'm' }, { outcome: 'failure' }] as const)
    expect(isInStatistics(filter)).toBe(true);
});

/** Cells of a bucket in which `mini` answered. */
function bucketOf(bucket: number, sums: Cell['sums'] = {}, grain?: 'day'): readonly Cell[] {
  const key = { feature: 'f', segment: '', subject: 'mini', bucket, ...(grain === undefined ? {} : { grain }) };
  return [
    { key: { ...key, scope: 'plan', version: '' }, sums: { n: 4n, ...sums } },
    { key: { ...key, scope: 'node', version: 'v' }, sums: { n: 4n } },
  ];
}

test('a filter by model searches only the hours and days in which it answered, joined where they are adjacent and cut off at the ends of the period', () => {
  const cells = [bucketOf(50), bucketOf(24, {}, 'day'), bucketOf(48), bucketOf(49)].flat();
  expect(periodsWith(cells, { model: 'mini' }, {})).toEqual([{ fromMs: 24 * HOUR, toMs: 51 * HOUR }]);
  expect(
    periodsWith([bucketOf(60), bucketOf(24)].flat(), { version: 'v' }, { fromMs: 24.5 * HOUR, toMs: 60.5 * HOUR }),
  ).toEqual([
    { fromMs: 60 * HOUR, toMs: 60.5 * HOUR },
    { fromMs: 24.5 * HOUR, toMs: 25 * HOUR },
  ]);
  expect(periodsWith(cells, { model: 'premium' }, {})).toEqual([]);
});

test('a filter by outcome searches only the hours in which the statistics count that outcome, and with a model only those that count both', () => {
  const cells = [
    bucketOf(1, { labelled: 4n, successes: 4n }),
    bucketOf(3, { labelled: 4n, successes: 3n }),
    bucketOf(5, { labelled: 3n, successes: 3n, unknown: 1n }),
    bucketOf(7, { labelled: 3n, successes: 3n }),
    bucketOf(9, { labelled: 4n }),
  ].flat();
  const startsOf = (filter: IntentFilter): readonly number[] =>
    periodsWith(cells, filter, {}).map(({ fromMs }) => fromMs / HOUR);
  expect(startsOf({ outcome: 'failure' })).toEqual([9, 3]);
  expect(startsOf({ outcome: 'unknown' })).toEqual([5]);
  expect(startsOf({ outcome: 'pending' })).toEqual([7]);
  expect(startsOf({ outcome: 'success' })).toEqual([7, 5, 3, 1]);
  expect(startsOf({ outcome: 'failure', model: 'mini' })).toEqual([9, 3]);
  expect(startsOf({ outcome: 'failure', model: 'premium' })).toEqual([]);
});
