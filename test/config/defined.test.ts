import { expect, test } from 'vitest';
import { defined } from '../../src/config/defined.ts';

test('an option that is left out stays absent, and any other value is kept', () => {
  expect(defined('seed', undefined)).toEqual({});
  expect(Object.keys(defined('seed', undefined))).toEqual([]);
  expect(defined('seed', 0)).toEqual({ seed: 0 });
});
