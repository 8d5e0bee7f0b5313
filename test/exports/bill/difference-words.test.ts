import { expect, test } from 'vitest';
import { REASON_WORDS } from '../../../src/exports/bill/difference-words.ts';
import { EXPECTED_REASONS } from '../../../src/exports/bill/differences.ts';

test('every part of a difference has its own description', () => {
  const words = Object.values(REASON_WORDS);
  expect(new Set(words).size).toBe(words.length);
  for (const reason of EXPECTED_REASONS) expect(REASON_WORDS[reason]).toMatch(/\w/);
});
