import { expect, test } from 'vitest';
import { AGREES, meterAgrees, modelAgrees, modelFamily } from '../../../src/exports/bill/names.ts';

test.each([
  ['gpt-5-mini', ['gpt-5-mini-2025-08-07', 'openai/gpt-5-mini', 'GPT 5 Mini', 'azure/gpt-5-mini-latest']],
  [
    'claude-opus-4-6',
    ['us.anthropic.claude-opus-4-6-v1:0', 'Claude4.6Opus', 'Claude Opus 4.6', 'claude-opus-4-6@20260101'],
  ],
  ['claude-3-5-haiku-20241022', ['Claude Haiku 3.5', 'anthropic/claude-3.5-haiku']],
  ['gpt-4o', ['gpt 4o 1120', 'gpt-4o-2024-08-06', 'gpt-4o@default']],
  [
    'claude-opus-4-6',
    ['anthropic.claude-opus-4-6-v1', 'claude-opus-4-6-v12:10', 'bedrock/eu.anthropic.claude-opus-4-6'],
  ],
  ['deepseek-v3', ['DeepSeek V3', 'accounts/fireworks/models/deepseek-v3']],
])('%s is recognized without the text that vendors put around it', (name, others) => {
  for (const other of others) expect(modelFamily(other)).toBe(modelFamily(name));
});

test.each([
  ['gpt-5', 'gpt-5-mini'],
  ['gpt-4', 'gpt-4o'],
  ['gpt-4.1', 'gpt-4'],
  ['claude-opus-4-5', 'claude-opus-4-6'],
  ['claude-opus-4-5', 'claude-sonnet-4-5'],
  // Names with the same letters, and the same numbers in another order.
  ['claude-opus-4-5', 'claude-opus-5-4'],
  ['model-12-3', 'model-1-23'],
  ['gpt-5-mini', 'gpt-5-inim'],
  // A version of the model, and not of its offer at a vendor.
  ['deepseek-v2', 'deepseek-v3'],
  // What is left out at the end of a name is a part of it in the middle.
  ['whisper-v3-large', 'whisper-large'],
  ['o1-preview-mini', 'o1-mini'],
  ['gpt 0120 mini', 'gpt mini'],
  ['gpt-k.turbo', 'gpt-turbo'],
])('%s and %s are different models', (one, other) => {
  expect(modelFamily(one)).not.toBe(modelFamily(other));
});

test('the same name is the best match, then the model family, then a row that covers all models', () => {
  const names = ['gpt-5', 'gpt-5-2025-08-07'];
  expect(['gpt-5-2025-08-07', 'openai/gpt-5', '', 'gpt-5-mini'].map(name => modelAgrees(name, names))).toEqual([
    AGREES.exact,
    AGREES.family,
    AGREES.covers,
    AGREES.not,
  ]);
  expect(modelAgrees('openai/gpt-5', ['router', 'gpt-5-2025-08-07'])).toBe(AGREES.family);
  expect(
    ['Cache Write Tokens 1h', 'Cache Write Tokens', '', 'Input Tokens'].map(name =>
      meterAgrees(name, 'Cache Write Tokens 1h'),
    ),
  ).toEqual([AGREES.exact, AGREES.family, AGREES.covers, AGREES.not]);
});
