import { expect, test } from 'vitest';
import { cacheTermsOf, cacheTermsOfName } from '../../src/prices/cache-terms.ts';

test.each([
  ['anthropic', 'claude-haiku-4-5-20251001', 300_000, 4096],
  ['anthropic', 'claude-opus-4-6', 300_000, 4096],
  ['anthropic', 'claude-opus-5', 300_000, 512],
  ['anthropic', 'claude-sonnet-4-5', 300_000, 1024],
  ['openai', 'gpt-5-mini', 300_000, 1024],
  ['openai', 'gpt-5.6-terra', 1_800_000, 1024],
  ['other', 'my-model', 300_000, 1024],
])('the cache of %s %s keeps a prefix for %i ms, from %i tokens on', (provider, model, ttlMs, minTokens) => {
  expect(cacheTermsOf({ provider, model })).toEqual({ ttlMs, minTokens });
});

test('a model behind a gateway has the cache of the provider that serves the address', () => {
  const baseURL = 'https://gateway.example/v1';
  expect(cacheTermsOf({ provider: 'openai', model: 'gpt-5.6-terra', baseURL })).toEqual({
    ttlMs: 300_000,
    minTokens: 1024,
  });
});

test('if only a model’s name is known, its cache terms are those of the vendor with such names', () => {
  expect(cacheTermsOfName('anthropic/claude-haiku-4-5')).toEqual({ ttlMs: 300_000, minTokens: 4096 });
  expect(cacheTermsOfName('gpt-5.6-terra')).toEqual({ ttlMs: 1_800_000, minTokens: 1024 });
  expect(cacheTermsOfName('llama-4')).toEqual({ ttlMs: 300_000, minTokens: 1024 });
});
