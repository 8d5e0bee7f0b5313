import { expect, test } from 'vitest';
import { sumOfUsage, withoutZeros } from '../../src/wires/canonical-usage.ts';

test('canonical usage always has input and output, and any other count only when it is above 0', () => {
  expect(withoutZeros({})).toEqual({ input: 0, output: 0 });
  expect(withoutZeros({ output: 2, webSearch: 0, reasoning: 1, cacheRead: 0 })).toEqual({
    input: 0,
    output: 2,
    reasoning: 1,
  });
});

test('a sum of usages has the sum of each count', () => {
  expect(sumOfUsage([{ input: 1, output: 2 }, { input: 3, webSearch: 1 }, {}])).toEqual({
    input: 4,
    output: 2,
    webSearch: 1,
  });
  expect(sumOfUsage([])).toEqual({});
});
