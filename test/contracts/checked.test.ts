import { expect, test } from 'vitest';
import { text, wholeFromZero } from '../../src/argument-checks.ts';
import { checked } from '../../src/contracts/checked.ts';
import { refusal } from '../support/refusal.ts';

const repeat = checked('repeat', (word: string, times: number) => word.repeat(times), {
  word: text,
  times: wholeFromZero,
});

test('a function with argument checks returns what the function that it wraps returns', () => {
  expect(repeat('ab', 2)).toBe('abab');
});

test('an error names the function and the first of its arguments that is wrong', () => {
  expect(refusal(() => repeat('', -1))).toMatchObject({ code: 'invalid-value', path: 'repeat.word' });
  expect(refusal(() => repeat('ab', -1)).path).toBe('repeat.times');
});
