import { expect, test } from 'vitest';
import { listedPrice, listOf } from '../../src/prices/listed-price.ts';

test('all names of a model have one list price, whose id is the name in the list', () => {
  expect(['gpt-5', 'gpt-5-2025-08-07', 'GPT-5'].map(name => listedPrice('openai', name)?.id)).toEqual([
    'openai/gpt-5',
    'openai/gpt-5',
    'openai/gpt-5',
  ]);
});

test('our own additions come before the price book, and a similar name has no list price', () => {
  expect(listedPrice('anthropic', 'claude-sonnet-5-5')?.source).toContain('platform.claude.com');
  expect(listedPrice('anthropic', 'claude-sonnet-5-7')).toBeUndefined();
  expect(listedPrice('other', 'gpt-5')).toBeUndefined();
});

test('the list of an endpoint is that of the provider which serves its address', () => {
  expect(listOf({ provider: 'openai' })).toBe('openai');
  expect(listOf({ provider: 'openai', baseURL: 'https://api.groq.com/openai/v1' })).toBe('groq');
  expect(listOf({ provider: 'openai', baseURL: 'http://localhost:8000/v1' })).toBeUndefined();
});
