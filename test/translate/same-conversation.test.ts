import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { checkAnswer, checkConversation, PAIRS } from './support/identity.ts';

const SAMPLES = 40;

describe('one conversation in the words of three APIs', () => {
  test.each(PAIRS)('a conversation in the words of %s is the same in those of %s, and back', (from, to) => {
    const random = seededRandom(`${from} ${to}`);
    for (let index = 0; index < SAMPLES; index++) expect(checkConversation(from, to, random)).toBeUndefined();
  });

  test.each(PAIRS)('a reply in the words of %s tells the same in those of %s', (from, to) => {
    const random = seededRandom(`replies of ${from} ${to}`);
    for (let index = 0; index < SAMPLES; index++) expect(checkAnswer(from, to, random)).toBeUndefined();
  });
});
