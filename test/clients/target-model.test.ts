import { expect, test } from 'vitest';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import { endpointOf, targetModel } from '../../src/clients/target-model.ts';

const MODEL = { name: 'm', providerModel: 'claude-x', abilities: { maxOutputTokens: 8_000 } } as ResolvedModel;

test('the output limit in a model’s own parameters replaces the provider model’s', () => {
  expect(targetModel(MODEL)).toMatchObject({ model: 'claude-x', maxOutputTokens: 8_000 });
  expect(targetModel({ ...MODEL, params: { maxOutputTokens: 100 } }).maxOutputTokens).toBe(100);
});

test('different addresses have different digests, and an address cannot be read from its digest', () => {
  const [one, other] = ['https://a.example', 'https://b.example'].map(baseURL => endpointOf({ ...MODEL, baseURL }));
  expect(new Set([one, other, endpointOf(MODEL)]).size).toBe(3);
  expect(one).toMatch(/^[\w-]{12}$/);
});
