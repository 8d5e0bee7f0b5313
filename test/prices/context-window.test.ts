import { expect, test } from 'vitest';
import { contextTokensOf } from '../../src/prices/context-window.ts';

test('the context of a model of the book is the provider’s published one', () => {
  // https://platform.openai.com/docs/models/gpt-4o: 128,000 context window.
  expect(contextTokensOf({ provider: 'openai', model: 'gpt-4o' })).toBe(128_000);
});

test('the context size is unknown for a model that is not in the book, or at an endpoint that is not', () => {
  expect(contextTokensOf({ provider: 'openai', model: 'gpt-4o-but-mine' })).toBeUndefined();
  expect(contextTokensOf({ provider: 'other', model: 'gpt-4o' })).toBeUndefined();
  expect(contextTokensOf({ provider: 'openai', model: 'gpt-4o', baseURL: 'http://127.0.0.1:8000/v1' })).toBeUndefined();
});
