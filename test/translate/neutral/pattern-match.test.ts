import { expect, test } from 'vitest';
import type { SeededRandom } from '../../../src/core/math/random.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { patternMatch } from '../../../src/translate/neutral/pattern-match.ts';
import { pick } from '../../support/random-values.ts';

const free = (): void => {};

test.each([
  ['^\\d{4}-\\d{2}$', ['2026-11'], ['2026-1', 'x2026-11']],
  ['^[a-z0-9]+(?:-[a-z0-9]+)*$', ['a', 'a-b-c1'], ['', '-a', 'a--b', 'a-']],
  ['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', ['a@b.c'], ['a@b', '@b.c']],
  ['^(?<sign>[+-])?(0|[1-9]\\d*)(\\.\\d+)?$', ['-1.5', '0'], ['01', '1.']],
  ['b+', ['abc'], ['ac', '']],
  ['\\bcat\\b', ['a cat.'], ['concat']],
  ['^\\p{Lu}', ['Österreich'], ['österreich']],
  ['^\\u{1F642}.\\uD83D\\uDE42$', ['🙂🙂🙂'], ['🙂🙂']],
  ['^a{2,3}?$|^$', ['aa', 'aaa', ''], ['a', 'aaaa']],
  ['\\-a{', ['-a{'], ['a{']],
  ['^[^]$', ['a', '\n'], ['']],
])('the pattern %s matches %j and not %j', (pattern, yes, no) => {
  const match = patternMatch(pattern);
  expect(yes.map(text => match?.(text, free))).toEqual(yes.map(() => true));
  expect(no.map(text => match?.(text, free))).toEqual(no.map(() => false));
});

test.each(['(', '(?=a)', '(?!a)', '(?<=a)b', '(?<!a)b', '(a)\\1', '(?<n>a)\\k<n>', '(?i:a)', '\\07', '\\-\\p{L}'])(
  'the pattern %s is not supported',
  pattern => {
    expect(patternMatch(pattern)).toBeUndefined();
  },
);

test('the number of matching steps is linear in the length of the text, whatever the pattern repeats, and a caller may stop the match', () => {
  const match = patternMatch('^(a+)+$');
  const stepsFor = (length: number): number => {
    let count = 0;
    expect(match?.(`${'a'.repeat(length)}b`, steps => (count += steps))).toBe(false);
    return count;
  };
  expect(stepsFor(20_000) / stepsFor(2_000)).toBeCloseTo(10, 0);
  const refuse = (): void => {
    throw new RangeError('no');
  };
  expect(() => match?.('a', refuse)).toThrow('no');
});

const ATOMS = [
  'a',
  'b',
  '-',
  '.',
  '\\d',
  '\\w',
  '\\s',
  '[ab]',
  '[^b]',
  '[\\w-]',
  '\\b',
  '\\B',
  '^',
  '$',
  '\\u0061',
  '[]',
];
const TIMES = ['', '', '', '*', '+', '?', '{2}', '{1,3}', '{2,}', '*?', '{0}'];

function randomPattern(random: SeededRandom, depth = 0): string {
  const atom = (): string =>
    pick(random, [true, false, false]) && depth < 3
      ? `${pick(random, ['(', '(?:'])}${randomPattern(random, depth + 1)})`
      : pick(random, ATOMS);
  const count = pick(random, [0, 1, 2, 3]);
  const sequence = Array.from({ length: count }, () => atom() + pick(random, TIMES)).join('');
  return pick(random, [true, false, false, false]) ? `${sequence}|${atom()}` : sequence;
}

test('a random pattern matches the same short texts as JavaScript’s own search', () => {
  const random = seededRandom(5);
  let decided = 0;
  for (let index = 0; index < 4_000; index++) {
    const pattern = pick(random, ['', '^']) + randomPattern(random) + pick(random, ['', '$']);
    const match = patternMatch(pattern);
    if (match === undefined) continue;
    decided += 1;
    const text = Array.from({ length: pick(random, [0, 1, 2, 4]) }, () => pick(random, ['a', 'b', '-', '1', ' '])).join(
      '',
    );
    expect([pattern, text, match(text, free)]).toEqual([pattern, text, new RegExp(pattern, 'u').test(text)]);
  }
  expect(decided).toBeGreaterThan(2_500);
});
