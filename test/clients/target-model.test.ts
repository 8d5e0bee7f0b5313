import { expect, test } from 'vitest';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { endpointOf, targetModel } from '../../src/clients/target-model.ts';

const MODEL = { name: 'm', providerModel: 'claude-x', abilities: { maxOutputTokens: 8_000 } } as ResolvedModel;

test('the limit in a model’s own parameters is its limit', () => {
  expect(targetModel(MODEL)).toMatchObject({ model: 'claude-x', maxOutputTokens: 8_000 });
  expect(targetModel({ ...MODEL, params: { maxOutputTokens: 100 } }).maxOutputTokens).toBe(100);
});

test('addresses are distinguished, and cannot be read from the digest', () => {
  const [one, other] = ['https://a.example', 'https://b.example'].map(baseURL => endpointOf({ ...MODEL, baseURL }));
  expect(new Set([one, other, endpointOf(MODEL)]).size).toBe(3);
  expect(one).toMatch(/^[\w-]{12}$/);
});
