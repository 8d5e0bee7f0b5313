import { expect, test } from 'vitest';
import { isEffort, nearestEffort } from '../../../src/translate/neutral/effort.ts';

test('the nearest level is the requested one, else the next lower one, else the lowest', () => {
  expect(nearestEffort('high', ['low', 'medium', 'high'])).toBe('high');
  expect(nearestEffort('max', ['low', 'medium', 'high'])).toBe('high');
  expect(nearestEffort('medium', ['low', 'high'])).toBe('low');
  expect(nearestEffort('none', ['medium', 'low'])).toBe('low');
  expect(nearestEffort('low', [])).toBeUndefined();
});

test('only the seven named levels are valid', () => {
  expect(isEffort('xhigh')).toBe(true);
  expect(isEffort('ultra')).toBe(false);
});
