import { expect, test } from 'vitest';
import { factsAsSent, settingsOf } from '../../src/clients/model-settings.ts';
import type { ModelConfig } from '../../src/config/application.ts';
import { resolveModel } from '../../src/config/resolve-model.ts';
import type { RequestFacts } from '../../src/contracts/wire.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';

const modelWith = (params?: ModelConfig['params']) => {
  const model: ModelConfig = { provider: 'openai', model: 'gpt-5', ...(params && { params }) };
  return resolveModel('arm', model, { config: { models: { arm: model }, features: {} }, models: new Map() });
};
const factsOf = (body: object = {}): RequestFacts =>
  openaiResponses.read(JSON.stringify({ model: 'feature:x', input: 'Hi', ...body }), 'feature:') as RequestFacts;

test('`body` is applied after the neutral parameters, and changes only what it names', () => {
  const model = modelWith({ effort: 'low', body: { reasoning: { summary: 'auto' }, max_output_tokens: null } });
  expect(settingsOf(model, factsOf())).toEqual({
    reasoning: { effort: 'low', summary: 'auto' },
    max_output_tokens: null,
  });
  expect(settingsOf(modelWith(), factsOf())).toBeUndefined();
});

test('a wire without `settings()` refuses a model that has parameters, and the error says so', () => {
  const { settings: _, ...bare } = { ...factsOf(), chars: 0, parameter: () => undefined } as unknown as RequestFacts;
  expect(() => settingsOf(modelWith({ effort: 'low' }), bare as RequestFacts)).toThrow(
    /models\.arm\.params.*settings\(\)/s,
  );
  expect(settingsOf(modelWith({ body: { a: 1 } }), bare as RequestFacts)).toEqual({ a: 1 });
});

test('the facts as sent contain the model’s own values, and the caller’s other values', () => {
  const model = modelWith({ effort: 'low', body: { store: null } });
  const given = factsOf({ store: true, temperature: 1, reasoning: { summary: 'auto', effort: 'high' } });
  const facts = factsAsSent(model, given);
  const names = ['store', 'temperature', 'reasoning.effort', 'reasoning.summary', 'top_p'];
  expect(names.map(name => facts.parameter(name))).toEqual([undefined, '1', '"low"', '"auto"', undefined]);
  expect(facts.capabilities.has('reasoning')).toBe(true);
  expect([facts.turns, facts.chars, facts.stream]).toEqual([given.turns, given.chars, false]);
  expect(factsAsSent(modelWith(), given)).toBe(given);
});
