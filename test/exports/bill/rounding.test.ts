import { expect, test } from 'vitest';
import { isWithinRounding } from '../../../src/exports/bill/rounding.ts';

const CENT = 10n ** 16n;
const differing = (bill: bigint, ledger: bigint, billRows = 1, ledgerRows = 1) =>
  isWithinRounding({ bill, ledger, billRows, ledgerRows }, 2);

test('costs may differ by less than half of the bill’s last digit for each row, and half a nano-dollar for each call', () => {
  expect(differing(CENT, 5_000_001n)).toBe(true);
  expect(differing(CENT, 5_000_000n, 1, 0)).toBe(false);
  expect(differing(CENT, 4_999_998n)).toBe(false);
  expect(differing(2n * CENT, 10_000_001n, 2)).toBe(true);
  expect(differing(-CENT, -9_000_000n)).toBe(true);
  const nano = { billRows: 1, ledgerRows: 1 };
  expect(isWithinRounding({ bill: 6n * 10n ** 9n, ledger: 5n, ...nano }, 9)).toBe(false);
  expect(isWithinRounding({ bill: 5n * 10n ** 9n + 3n, ledger: 5n, ...nano }, 18)).toBe(true);
});
