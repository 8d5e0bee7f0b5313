import { expect, test } from 'vitest';
import { responsesTranslator as translator } from '../../../src/translate/responses/translator.ts';

test('responses are read and written as JSON texts, and their numbers do not change', () => {
  const body = '{"model":"m","input":[],"store":false,"odd":12345678901234567890}';
  const item = '{"type":"message","role":"assistant","content":[{"type":"output_text","text":"hello"}]}';
  const asked = { request: {}, id: 'resp_or_1', nowS: 7 };

  expect(translator.writeRequest(translator.readRequest(body), { model: 'm' })).toBe(body);
  expect(translator.writeReply(translator.readReply(`{"output":[${item}]}`), asked)).toContain('"text":"hello"');
});
