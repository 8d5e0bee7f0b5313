import { expect, test } from 'vitest';
import { servedBy, vendorsName } from '../../src/prices/served-model.ts';

test('an address determines who serves a model, whichever provider’s API it speaks; without one the provider does', () => {
  const served = { provider: 'openai', model: 'gpt-5' };
  expect(servedBy(served)).toBe('openai');
  expect(servedBy({ ...served, baseURL: 'https://openrouter.ai/api/v1' })).toBe('openrouter');
  expect(servedBy({ ...served, baseURL: 'https://gateway.example/v1' })).toBeUndefined();
});

test('the vendor’s own name of a model is the part after the last slash, in lower case', () => {
  expect(['gpt-5', 'openai/GPT-5', 'models/google/gemini-3'].map(vendorsName)).toEqual(['gpt-5', 'gpt-5', 'gemini-3']);
});
