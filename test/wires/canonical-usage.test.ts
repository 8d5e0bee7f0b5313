import { expect, test } from 'vitest';
import { withoutZeros } from '../../src/wires/canonical-usage.ts';

test('canonical usage always has input and output, and any other count only when it is above 0', () => {
  expect(withoutZeros({})).toEqual({ input: 0, output: 0 });
  expect(withoutZeros({ output: 2, webSearch: 0, reasoning: 1, cacheRead: 0 })).toEqual({
    input: 0,
    output: 2,
    reasoning: 1,
  });
});
