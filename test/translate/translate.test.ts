import { expect, test } from 'vitest';
import { translatorOf } from '../../src/translate/translate.ts';

test('an API that has no translator is named', () => {
  expect(() => translatorOf('anthropic-messages')).toThrow('anthropic-messages');
});
