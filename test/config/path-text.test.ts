import { expect, test } from 'vitest';
import { pathText } from '../../src/config/path-text.ts';

test('a path is written like property access in JavaScript', () => {
  expect(pathText([])).toBe('');
  expect(pathText(['models', 'mini', 'price'])).toBe('models.mini.price');
  expect(pathText(['features', 'support.reply', 'candidates', 1])).toBe('features["support.reply"].candidates[1]');
  expect(pathText(['features', 'a"b', '$x_1'])).toBe('features["a\\"b"].$x_1');
});
