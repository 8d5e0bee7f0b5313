import { expect, test } from 'vitest';
import { translatorOf } from '../../src/translate/translate.ts';

test('each API has its translator', () => {
  expect(translatorOf('anthropic-messages').api).toBe('anthropic-messages');
});
