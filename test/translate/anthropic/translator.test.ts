import { expect, test } from 'vitest';
import { anthropicTranslator } from '../../../src/translate/anthropic/translator.ts';

test('every setting has a mark and its name in the API', () => {
  const { names, settings } = anthropicTranslator;

  expect(Object.keys(names)).toEqual(expect.arrayContaining(Object.keys(settings)));
  expect(names.stop).toBe('stop_sequences');
});
