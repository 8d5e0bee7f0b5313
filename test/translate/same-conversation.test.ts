import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import { checkAnswer, checkConversation, PAIRS } from './support/identity.ts';

const SAMPLES = 40;

describe('one conversation in the formats of three APIs', () => {
  test.each(PAIRS)('a conversation in the format of %s is the same in that of %s, and back', (from, to) => {
    const random = seededRandom(`${from} ${to}`);
    for (let index = 0; index < SAMPLES; index++) expect(checkConversation(from, to, random)).toBeUndefined();
  });

  test.each(PAIRS)('a reply in the format of %s has the same content in that of %s', (from, to) => {
    const random = seededRandom(`replies of ${from} ${to}`);
    for (let index = 0; index < SAMPLES; index++) expect(checkAnswer(from, to, random)).toBeUndefined();
  });
});
