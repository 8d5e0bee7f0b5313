import { expect, test } from 'vitest';
import { chatTranslator as translator } from '../../../src/translate/chat/translator.ts';

test('chat completions are read and written as JSON texts, and their numbers do not change', () => {
  const body = '{"model":"m","messages":[],"seed":7,"odd":12345678901234567890}';
  const reply = '{"id":"x","model":"m","choices":[{"message":{"content":"hello"},"finish_reason":"stop"}]}';
  const asked = { request: {}, id: 'chatcmpl-or_1', nowS: 7 };

  expect(translator.writeRequest(translator.readRequest(body), { model: 'm' })).toBe(body);
  expect(translator.writeReply(translator.readReply(reply), asked)).toContain('"content":"hello"');
});
