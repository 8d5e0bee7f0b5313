import { expect, test } from 'vitest';
import { modelFamily } from '../../../src/exports/bill/names.ts';
import { modelIn, namesInSku } from '../../../src/exports/bill/sku-names.ts';

test.each([
  ['gpt 5 mini Inp glbl', 'gpt-5-mini', 'Input Tokens'],
  ['GPT 5 Mini Inpt Glbl 1M Tokens', 'gpt-5-mini', 'Input Tokens'],
  ['GPT 5 Mini cchd Inpt DZone 1M Tokens', 'gpt-5-mini', 'Cache Read Tokens'],
  ['gpt 4.1 nano cached Inp glbl Tokens', 'gpt-4.1-nano', 'Cache Read Tokens'],
  ['gpt 4o 1120 Outp glbl Tokens', 'gpt-4o', 'Output Tokens'],
  ['gpt-4o-mini-0718-Inp-glbl Tokens', 'gpt-4o-mini-0718', 'Input Tokens'],
  ['5.4 mini opt Gl 1M Tokens', 'gpt-5.4-mini', 'Output Tokens'],
  ['5.2 1211 cd inp Gl', 'gpt-5.2', 'Cache Read Tokens'],
  ['Codestral Inp glbl Tokens', 'codestral', 'Input Tokens'],
  ['USE1-Claude4.6Opus-input-tokens-cross-region-global', 'claude-opus-4-6', 'Input Tokens'],
  ['USE1-Claude4.6Opus-cache-read-input-token-count', 'claude-opus-4-6', 'Cache Read Tokens'],
  ['USE1-Claude4Sonnet-cache-write-input-token-count-1-hour', 'claude-sonnet-4', 'Cache Write Tokens 1h'],
  ['EUC1-NovaLite-output-tokens-flex', 'nova-lite', 'Output Tokens'],
  ['USW2-anthropic.claude-opus-4-8-mantle-cache-write-tokens-global-standard', 'claude-opus-4-8', 'Cache Write Tokens'],
  ['Gemini 2.5 Flash GA Text Input - Predictions', 'gemini-2.5-flash', 'Input Tokens'],
  ['Gemini 3 Flash Text Output - Predictions', 'gemini-3-flash', 'Output Tokens'],
  ['Gemini 3.7 Flash Global Text Input - Predictions', 'gemini-3.7-flash', 'Input Tokens'],
  ['Gemini 2.5 Flash GA Thinking Text Output - Predictions', 'gemini-2.5-flash', 'Output Tokens'],
  ['Gemini 2.5 Flash GA Input Text Caching', 'gemini-2.5-flash', 'Cache Read Tokens'],
  ['Gemini 2.5 Flash GA Text Output (Thinking On) - Predictions', 'gemini-2.5-flash', 'Output Tokens'],
  [' Gemini 2.5 Flash GA Input Text Caching (Long)', 'gemini-2.5-flash', 'Cache Read Tokens'],
  ['Gemini 3.5 Flash Regional Text Input - Predictions', 'gemini-3.5-flash', 'Input Tokens'],
  ['Gemini 3.6 Flash Image Input Caching', 'gemini-3.6-flash', 'Cache Read Tokens'],
  ['Claude Sonnet 4 Usage - Input Tokens', 'claude-sonnet-4', 'Input Tokens'],
])('the SKU "%s" is read as the model %s and the meter %s', (text, model, meter) => {
  const found = namesInSku(text);
  expect([modelFamily(found?.model ?? ''), found?.meter]).toEqual([modelFamily(model), meter]);
});

test('a marketplace’s usage type gives a meter and no model, and the model comes from the name of its service', () => {
  expect(namesInSku('USE1-MP:USE1_OutputTokenCount_Global-Units')).toEqual({ model: '', meter: 'Output Tokens' });
  expect(namesInSku('USE1-MP:USE1_cache_read_tokens_global_standard-Units')).toEqual({
    model: '',
    meter: 'Cache Read Tokens',
  });
  expect(modelIn('Claude Opus 4.5 (Amazon Bedrock Edition)')).toBe('Claude Opus 4.5');
});

test.each(['D2s v5', 'Gemini 3.6 Flash Image Input Caching Storage', 'USE1-GuardrailsTextUnit', ''])(
  '%j is not read as a cached-input or output meter',
  text => {
    expect(namesInSku(text)?.meter ?? '').not.toMatch(/Cache Read|Output/);
  },
);
