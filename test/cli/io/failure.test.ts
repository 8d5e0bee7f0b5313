import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeFailure, relocated } from '../../../src/cli/io/failure.ts';
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
  expect(describeFailure(thrown)).toBe(
    "error: /no/such/file: there is no such file or folder (ENOENT: no such file or directory, open '/no/such/file')",
  );
});

test('a system error without a path, or without a translation, keeps the message of Node', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC', syscall: 'write' });
  expect(describeFailure(full)).toBe('error: the disk is full (ENOSPC: no space left on device, write)');
  const rare = Object.assign(new Error('EXDEV: cross-device link'), { code: 'EXDEV', syscall: 'rename' });
  expect(describeFailure(rare)).toBe('error: EXDEV: cross-device link');
});

test('a message that quotes a file cannot move the cursor or change the colors of the terminal', () => {
  const error = new RouterError('invalid-data', 'not JSON: "\u001b[2J\u0007"', { path: 'bin.dat' });
  expect(describeFailure(error)).toBe('error: bin.dat: not JSON: "�[2J�"');
});

test('an error about an argument of the library is relocated to the option that sets it', () => {
  const error = new RouterError('invalid-value', '70 is out of range', { path: 'successRate', accepted: 'at most 1' });
  const moved = relocated(error, path => (path === 'successRate' ? '--success' : undefined));
  expect(moved).toMatchObject({ code: 'invalid-value', path: '--success' });
  expect(String(moved)).toBe('RouterError: --success: 70 is out of range (accepted: at most 1)');
  expect(String(relocated(new RouterError('invalid-value', 'no place'), () => 'a.csv'))).toContain(': a.csv: no place');
});

test('an error for which no other place is known, or that is not a RouterError, is returned unchanged', () => {
  const other = new RouterError('invalid-value', 'wrong', { path: 'turns' });
  expect(relocated(other, () => undefined)).toBe(other);
  const bug = new TypeError('boom');
  expect(relocated(bug, () => '--success')).toBe(bug);
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
