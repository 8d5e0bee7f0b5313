import { expect, test } from 'vitest';
import { tooRecentFromMs } from '../../../src/replay/ledger/arrived-outcomes.ts';

const delays = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);

test('outcomes are waited for as long as 99 % of them took to arrive', () => {
  expect(tooRecentFromMs({ delaysMs: delays(1000), silenceMs: 0, lastMs: 10_000 })).toBe(10_000 - 990);
  // One outcome that came a year late, such as an audit, does not count.
  expect(tooRecentFromMs({ delaysMs: Float64Array.of(...delays(999), 3e10), silenceMs: 0, lastMs: 10_000 })).toBe(
    10_000 - 990,
  );
});

test('a silence window is used instead if it is longer', () => {
  expect(tooRecentFromMs({ delaysMs: delays(100), silenceMs: 500, lastMs: 10_000 })).toBe(9500);
  expect(tooRecentFromMs({ delaysMs: delays(1000), silenceMs: 500, lastMs: 10_000 })).toBe(9010);
});

test('if outcomes arrive at once, no decision is too recent', () => {
  expect(tooRecentFromMs({ delaysMs: Float64Array.of(0, 0, 0), silenceMs: 0, lastMs: 10_000 })).toBe(
    Number.POSITIVE_INFINITY,
  );
  expect(tooRecentFromMs({ delaysMs: new Float64Array(), silenceMs: 0, lastMs: 10_000 })).toBe(
    Number.POSITIVE_INFINITY,
  );
});
