import { expect, test } from 'vitest';
import { contextTokensOf } from '../../src/prices/context-window.ts';

test('the context of a model of the book is the provider’s published one', () => {
  // https://platform.openai.com/docs/models/gpt-4o: 128,000 context window.
  expect(contextTokensOf({ provider: 'openai', model: 'gpt-4o' })).toBe(128_000);
});

test('no context is known of a model that the book does not have, or at an endpoint that it does not know', () => {
  expect(contextTokensOf({ provider: 'openai', model: 'gpt-4o-but-mine' })).toBeUndefined();
  expect(contextTokensOf({ provider: 'other', model: 'gpt-4o' })).toBeUndefined();
  expect(contextTokensOf({ provider: 'openai', model: 'gpt-4o', baseURL: 'http://127.0.0.1:8000/v1' })).toBeUndefined();
});
