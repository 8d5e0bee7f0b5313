import { expect, test } from 'vitest';
import { translatorOf } from '../../src/translate/translate.ts';

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)('%s has a translator', api => {
  expect(translatorOf(api).api).toBe(api);
});
