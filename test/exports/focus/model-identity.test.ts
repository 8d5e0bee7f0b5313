import { expect, test } from 'vitest';
import { modelIdentity } from '../../../src/exports/focus/model-identity.ts';

test.each([
  ['gpt-5-mini', 'OpenAI', undefined],
  ['gpt-5-mini-2025-08-07', 'OpenAI', '2025-08-07'],
  ['o3', 'OpenAI', undefined],
  ['claude-opus-4-5-20251101', 'Anthropic', '20251101'],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'Anthropic', '20250514'],
  ['anthropic/claude-3.5-haiku', 'Anthropic', undefined],
  ['meta-llama/llama-3.3-70b-instruct', 'Meta', undefined],
  ['google/gemini-2.5-pro', 'Google', undefined],
  ['mistral-large-latest', 'Mistral AI', undefined],
  ['ft:gpt-4o-mini-2024-07-18:acme::x', undefined, undefined],
  ['our-own-model', undefined, undefined],
  ['phi-4', undefined, undefined],
])('%s was made by %s, and its version is %s', (ModelId, ModelDeveloper, ModelVersion) => {
  const known = Object.entries({ ModelId, ModelDeveloper, ModelVersion }).filter(([, value]) => value !== undefined);
  expect(modelIdentity(ModelId)).toEqual(Object.fromEntries(known));
});
