import { describe, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import { endpointOf } from '../../src/config/endpoint.ts';
import { createRouter } from '../../src/create-router.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const at = (more: Partial<ModelConfig> = {}) => endpointOf('mini', { provider: 'openai', model: 'm', ...more });

test('a model without a key or an address of its own is called as the client calls', () => {
  expect(at()).toEqual({ apis: ['openai-responses', 'openai-chat'] });
  expect(at({ provider: 'other' })).toEqual({ apis: [] });
});

test('a key or headers without an address are sent to the vendor’s own address', () => {
  expect(at({ apiKey: 'k' }).baseURL).toBe('https://api.openai.com/v1');
  expect(at({ provider: 'anthropic', headers: { 'x-team': 'a' } }).baseURL).toBe('https://api.anthropic.com');
});

test('a key is sent as its API wants it, and the application’s headers come after it', () => {
  expect(at({ apiKey: 'k' }).headers?.()).toEqual({ authorization: 'Bearer k' });
  expect(at({ provider: 'anthropic', apiKey: 'k' }).headers?.()).toEqual({ 'x-api-key': 'k' });
  expect(at({ apiKey: 'k', headers: { authorization: 'api-key k' } }).headers?.()).toEqual({
    authorization: 'api-key k',
  });
});

test('functions are called for every request, and only asynchronous ones make a promise', async () => {
  let calls = 0;
  const own = at({ apiKey: () => `k${++calls}`, headers: { a: 'b' } });
  expect([own.headers?.(), own.headers?.()]).toEqual([
    { authorization: 'Bearer k1', a: 'b' },
    { authorization: 'Bearer k2', a: 'b' },
  ]);
  const fetched = at({ apiKey: async () => 'k', headers: async () => ({ a: 'b' }) }).headers?.();
  expect(fetched).toBeInstanceOf(Promise);
  expect(await fetched).toEqual({ authorization: 'Bearer k', a: 'b' });
});

test('the router checks what a function returns, and never quotes it', async () => {
  const wrong = at({ apiKey: () => 'sk-SE\nCRET' });
  expect(() => wrong.headers?.()).toThrow('models.mini.apiKey()');
  expect(() => wrong.headers?.()).not.toThrow(/SE.*CRET/s);
  const later = at({ headers: async () => ({ a: 'sk-SE\nCRET' }) });
  await expect(later.headers?.()).rejects.toThrow('models.mini.headers()');
});

test('a server with one API offers that one; otherwise OpenAI’s newer API comes first only at OpenAI itself', () => {
  expect(at({ baseURL: 'http://localhost:11434/v1/' })).toEqual({
    baseURL: 'http://localhost:11434/v1',
    apis: ['openai-chat', 'openai-responses'],
  });
  expect(at({ api: 'openai-chat' }).apis).toEqual(['openai-chat']);
  expect(at({ provider: 'anthropic' }).apis).toEqual(['anthropic-messages']);
});

describe('createRouter refuses an impossible endpoint', () => {
  test.each<[string, object, string]>([
    ['a key for no address', { provider: 'other', apiKey: 'k', price: 1 }, 'models.mini.apiKey'],
    ['headers for no address', { provider: 'other', headers: {}, price: 1 }, 'models.mini.headers'],
    ['a key that no header can hold', { provider: 'openai', apiKey: 'sk-SE\nCRET' }, 'models.mini.apiKey'],
    ['an empty key', { provider: 'openai', apiKey: '' }, 'models.mini.apiKey'],
    ['another provider’s API', { provider: 'anthropic', api: 'openai-chat' }, 'models.mini.api'],
  ])('createRouter refuses %s', (_, given, path) => {
    const error = refusal(() => (createRouter as Loose)({ models: { mini: { model: 'm', ...given } }, features: {} }));
    expect([error.code, error.path]).toEqual(['invalid-config', path]);
    expect(error.message).not.toMatch(/SE.*CRET/s);
  });
});
