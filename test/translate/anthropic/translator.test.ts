import { expect, test } from 'vitest';
import { anthropicTranslator } from '../../../src/translate/anthropic/translator.ts';

test('every setting has a name in the words of the API and a mark', () => {
  const { names, settings } = anthropicTranslator;

  expect(Object.keys(names)).toEqual(expect.arrayContaining(Object.keys(settings)));
  expect(names.stop).toBe('stop_sequences');
});
