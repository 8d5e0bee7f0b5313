import { describe, expect, test } from 'vitest';
import { areHeaders, checkedHeaders, isAddress } from '../../src/config/endpoint-options.ts';
import { createRouter } from '../../src/create-router.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

test.each(['https://models.example.com/v1', 'http://127.0.0.1:8080', 'https://models.example.com/v1?api-version=3'])(
  '%s is accepted as an address',
  address => {
    expect(isAddress(address)).toBe(true);
  },
);

test.each([undefined, null, 5, '', 'models.example.com', '/v1'])('%j is not accepted as an address', value => {
  expect(isAddress(value)).toBe(false);
});

test.each([{}, { authorization: 'Bearer key' }, Object.freeze({ 'x-team': '' })])(
  '%j are accepted as headers',
  value => {
    expect(areHeaders(value)).toBe(true);
  },
);

test.each([undefined, null, 'x-team: a', { 'x-team': 5 }, { 'x-team': null }, { 'x-team': ['a'] }])(
  '%j are not accepted as headers',
  value => {
    expect(areHeaders(value)).toBe(false);
  },
);

describe('createRouter refuses an address or headers that `fetch` would refuse at every call, and does not quote them', () => {
  test.each<[string, object]>([
    ['a user and a password', { baseURL: 'http://user:sk-SECRET@host/v1' }],
    ['a user', { baseURL: 'http://sk-SECRET@host/v1' }],
    ['another protocol', { baseURL: 'ftp://sk-SECRET.example.com' }],
    ['a line break', { headers: { authorization: 'Bearer sk-SECRET\nx' } }],
    ['a name with a space', { headers: { 'sk-SECRET name': 'x' } }],
    ['a list', { headers: ['sk-SECRET'] }],
    ['a Map', { headers: new Map([['authorization', 'sk-SECRET']]) }],
    ['a Headers', { headers: new Headers({ authorization: 'sk-SECRET' }) }],
  ])('%s is refused', (_, given) => {
    const models = { mini: { provider: 'openai', model: 'gpt-5-mini', price: 'openai/gpt-5-mini', ...given } };
    const error = refusal(() => (createRouter as Loose)({ models, features: {} }));
    expect([error.code, error.path]).toEqual(['invalid-config', `models.mini.${Object.keys(given).join('')}`]);
    expect(error.message).not.toContain('SECRET');
  });
});

test('the headers that a function returns are checked at every request, and not quoted', () => {
  const path = 'models.mini.headers()';
  const headers = { authorization: 'Bearer key' };
  expect(checkedHeaders(headers, path)).toBe(headers);
  for (const wrong of [undefined, Promise.resolve(headers), { authorization: 'sk-SECRET\nx' }]) {
    const error = refusal(() => checkedHeaders(wrong, path));
    expect([error.code, error.path]).toEqual(['invalid-value', path]);
    expect(error.message).not.toContain('SECRET');
  }
});

test('headers of the connection are refused, whatever their case', () => {
  for (const name of ['Host', 'content-length', 'Transfer-Encoding', 'connection'])
    expect(areHeaders({ [name]: '1' })).toBe(false);
  expect(areHeaders({ 'x-host': 'a' })).toBe(true);
});
