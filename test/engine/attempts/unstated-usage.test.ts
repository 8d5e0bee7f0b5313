import { expect, test } from 'vitest';
import { unstatedUsage } from '../../../src/engine/attempts/unstated-usage.ts';

test('the name of an estimate lists the counts that the reply leaves out of its usage', () => {
  const stated = [
    undefined,
    { webSearch: 1 },
    { total: 9 },
    { output: 1, total: 9 },
    { input: 0, cacheRead: 1 },
    { input: 1, output: 0 },
  ];
  expect(stated.map(unstatedUsage)).toEqual([
    'no usage',
    'no usage',
    'usage without input and output',
    'usage without input',
    'usage without output',
    'usage cut off',
  ]);
});
