import { expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import { resolveModel } from '../../src/config/resolve-model.ts';

const resolved = (more: Partial<ModelConfig> = {}) => {
  const model: ModelConfig = { provider: 'openai', model: 'gpt-5', ...more };
  return resolveModel('arm', model, { config: { models: { arm: model }, features: {} }, models: new Map() });
};

test('two configurations of one provider model with different parameters have separate version texts and circuits, and share one account', () => {
  const [plain, low, high] = [
    resolved(),
    resolved({ params: { effort: 'low' } }),
    resolved({ params: { effort: 'high' } }),
  ];
  expect([plain.paramsText, low.paramsText, high.paramsText]).toEqual(['', 'effort=low', 'effort=high']);
  expect(new Set([plain.endpoint, low.endpoint, high.endpoint]).size).toBe(3);
  expect(low.account).toBe(high.account);
  expect(plain.params).toBeUndefined();
});

test('the router knows a model’s abilities from its name', () => {
  expect(resolved().abilities.efforts).toEqual(['minimal', 'low', 'medium', 'high']);
});
