/** The lint of plain English finds the words that it forbids, and reports nothing else. */
import { describe, expect, test } from 'vitest';
import { findFragments, findWords } from '../tools/check-words.ts';

describe('words', () => {
  test.each([
    ['// Nobody asked.', 'Nobody'],
    ['const dearestPlan = 1;', 'dearest'],
    ['const MOST_HEARD = 1;', 'HEARD'],
    ['/** What was never seen is possible. */', '/** What was'],
    ['// Keeps it. What was written stays.', '. What was'],
    ['the cause may be mended', 'mended'],
    ['// A count that is none is left out.', 'that is none'],
    ['// A plan is used as far as it is eligible.', 'as far as'],
    ['// A reply that is no JSON is refused.', 'that is no'],
    ['/** Fewest outcomes of a comparison. */', '/** Fewest'],
  ])('the lint finds the word in `%s`', (line, word) => {
    expect(findWords(line).map(({ found }) => found)).toEqual([word]);
  });

  test.each([
    '// The store says what was written.',
    'const recommended = amend(heardle);',
    'a stray file',
    '// A file that is no longer used, where there is no other.',
  ])('the lint accepts `%s`', line => {
    expect(findWords(line)).toEqual([]);
  });

  test('a finding has the line it is on', () => {
    expect(findWords('fine\nalso fine\nsomebody').map(({ line }) => line)).toEqual([3]);
  });
});

describe('test titles', () => {
  test.each([
    `test('is followed wherever it can be', () => {`,
    `test.each([[1]])('of two, the first', () => {`,
    `test('may be filtered', () => {`,
    `test('its timeout is its own', () => {`,
    `test.each(['a', 'b'])('%s', name => {`,
    "test.each([{ title: 'a' }])('$title', ({ title }) => {",
  ])('a title without a subject is found in `%s`', text => {
    expect(findFragments(text)).toHaveLength(1);
  });

  test.each([`test('a pin is followed', () => {`, `test('isotonic rates stay in order', () => {`])(
    'a title that is a sentence is accepted in `%s`',
    text => {
      expect(findFragments(text)).toEqual([]);
    },
  );
});
