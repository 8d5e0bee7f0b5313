import { expect, test } from 'vitest';
import { unitFactor } from '../../../src/exports/bill/units.ts';

test.each([
  ['1K', 1e3],
  ['1M', 1e6],
  ['1K tokens', 1e3],
  ['1M Tokens', 1e6],
  ['1000 Tokens', 1e3],
  ['1,000,000 Tokens', 1e6],
  ['1000_tokens', 1e3],
  ['100 Thousand', 1e5],
  ['Tokens', 1],
  ['Milliseconds', 1],
  ['1 Hour', 1],
  ['MB', 1],
  ['0.5', 1],
  ['', 1],
  [undefined, 1],
])('the unit %s stands for a quantity of %d', (unit, factor) => {
  expect(unitFactor(unit)).toBe(factor);
});
