import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeFailure } from '../../../src/cli/io/failure.ts';
import { RouterError } from '../../../src/errors.ts';

test('a mistake in the configuration is printed as one line with its path and the accepted values', () => {
  const error = new RouterError('unknown-model', 'there is no model "mni"', {
    path: 'features.a.candidates[0]',
    accepted: ['mini'],
  });
  expect(describeFailure(error)).toBe('error: features.a.candidates[0]: there is no model "mni" (accepted: "mini")');
});

test('a missing file is printed as one line', () => {
  let thrown: unknown;
  try {
    readFileSync('/no/such/file');
  } catch (error) {
    thrown = error;
  }
  expect(describeFailure(thrown)).toBe("error: ENOENT: no such file or directory, open '/no/such/file'");
});

test('an unexpected error is called a bug and printed with its stack trace', () => {
  const text = describeFailure(new TypeError('x is not a function'));
  expect(text).toContain('please report it\nTypeError: x is not a function');
  expect(text).toContain('failure.test.ts');
  // A code alone does not make it an error of the operating system.
  const misused = Object.assign(new TypeError('not a string'), { code: 'ERR_INVALID_ARG_TYPE' });
  expect(describeFailure(misused)).toContain('please report it\nTypeError: not a string');
});

test('a thrown value that is not an Error is printed as text', () => {
  expect(describeFailure('a string')).toContain('\na string');
});
