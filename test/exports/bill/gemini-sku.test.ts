import { expect, test } from 'vitest';
import { geminiSku } from '../../../src/exports/bill/gemini-sku.ts';
import { modelFamily } from '../../../src/exports/bill/names.ts';
import { namesInSku } from '../../../src/exports/bill/sku-names.ts';

test.each([
  ['Generate content input token count gemini 3.7 flash text', 'gemini-3.7-flash', 'Input Tokens'],
  ['Generate content output token count gemini 2.5 flash short input text', 'gemini-2.5-flash', 'Output Tokens'],
  ['Generate content cached input token count gemini 3.6 flash text', 'gemini-3.6-flash', 'Cache Read Tokens'],
  ['Generate content input token count gemini 3.7 flash image flex caching', 'gemini-3.7-flash', 'Cache Read Tokens'],
  ['Generate_content text output token count for gemini 3 flash batch', 'gemini-3-flash', 'Output Tokens'],
  ['Generate_content image input token count for gemini 3 flash', 'gemini-3-flash', 'Input Tokens'],
  ['Generate_content image output token count for Gemini 3 Pro Image', 'gemini-3-pro-image', 'Output Image Tokens'],
  ['Generate_content_cached_input_token_count_gemini_3_pro_short_image', 'gemini-3-pro', 'Cache Read Tokens'],
  ['Generate content input token count gemini 2.5 flash input audio', 'gemini-2.5-flash', 'Input Audio Tokens'],
  ['Bidi_generate_content audio output token count for gemini-3.8-live', 'gemini-3.8-live', 'Output Audio Tokens'],
])('the SKU "%s" is read as the model %s and the meter %s', (text, model, meter) => {
  const found = namesInSku(text);
  expect([modelFamily(found?.model ?? ''), found?.meter]).toEqual([modelFamily(model), meter]);
});

test('a SKU in another form is left to the general reader for all clouds', () => {
  expect(geminiSku('Gemini 2.5 Flash GA Text Input - Predictions')).toBeUndefined();
  expect(geminiSku('Generate content with search')).toBeUndefined();
});
