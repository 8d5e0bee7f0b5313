import { expect, test } from 'vitest';
import { areVariants, meansSameModel, withoutSnapshot } from '../../src/prices/snapshot.ts';

test.each([
  ['gpt-5-2025-08-07', 'gpt-5'],
  ['claude-opus-4-5-20251101', 'claude-opus-4-5'],
  ['claude-opus-4-5@20251101', 'claude-opus-4-5'],
  ['claude-3-opus-latest', 'claude-3-opus'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
  ['claude-sonnet-5-5', 'claude-sonnet-5-5'],
  ['gpt-5-2025', 'gpt-5-2025'],
  ['mistral-large-2411', 'mistral-large-2411'],
  ['gpt-4-1106-preview', 'gpt-4-1106-preview'],
])('%s is a snapshot of %s: dates and "latest" are dropped, versions are kept', (name, base) => {
  expect(withoutSnapshot(name)).toBe(base);
});

test.each([
  ['gpt-5', 'GPT-5'],
  ['gpt-5', 'gpt-5-2025-08-07'],
  ['gpt-5-2025-08-07', 'gpt-5'],
  ['claude-opus-4-5@20251101', 'claude-opus-4-5-20251101'],
  ['claude-3-opus-latest', 'claude-3-opus-20240229'],
  ['mistral-small-latest', 'mistral-small-2506'],
  ['grok-4', 'grok-4-0709'],
  ['gemini-2.0-flash', 'gemini-2.0-flash-001'],
  ['gpt-5-mini', 'openai/gpt-5-mini-2025-08-07'],
  ['accounts/fireworks/models/llama-v3p1-8b-instruct', 'llama-v3p1-8b-instruct'],
  ['ft:gpt-4o-mini-2024-07-18:acme::x1', 'ft:gpt-4o-mini-2024-07-18:acme::x1'],
])('%s and %s are names of one model', (one, other) => {
  expect([meansSameModel(one, other), meansSameModel(other, one)]).toEqual([true, true]);
});

test.each([
  ['gpt-5', 'gpt-5-mini'],
  ['gpt-5-2025-08-07', 'gpt-5-2025-11-13'],
  ['mistral-small-2503', 'mistral-small-2506'],
  ['openai/gpt-oss-120b', 'groq/gpt-oss-120b'],
  ['gpt-oss-20b', 'gpt-oss-120b'],
  ['claude-sonnet-4', 'claude-sonnet-4-5'],
  ['llama-4096', 'llama'],
  ['mini', 'gpt-5-mini'],
])('%s and %s are names of two models', (one, other) => {
  expect([meansSameModel(one, other), meansSameModel(other, one)]).toEqual([false, false]);
});

test.each([
  ['gpt-5', 'gpt-5-chat-latest', true],
  ['gpt-5-chat', 'openai/gpt-5-chat-2025-08-07', false],
  ['gpt-5.6', 'gpt-5-6-sol', false],
  ['gpt-3.5-turbo', 'gpt-35-turbo', false],
  ['grok-4-fast', 'grok-4-fast-reasoning', false],
  ['ft:gpt-4o:acme::x1', 'ft:gpt-4o:acme::y2', true],
  ['ft:gpt-4o:acme::x1', 'FT:gpt-4o:acme::x1', false],
])('%s and %s are variants of one model: %s', (one, other, expected) => {
  expect([areVariants(one, other), areVariants(other, one)]).toEqual([expected, expected]);
});
