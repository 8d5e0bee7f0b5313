import { describe, expect, test } from 'vitest';
import { abilitiesOf } from '../../src/prices/abilities.ts';

const openai = (model: string) => abilitiesOf({ provider: 'openai', model });
const anthropic = (model: string) => abilitiesOf({ provider: 'anthropic', model });

describe('effort levels', () => {
  // The values that OpenAI's own errors list ("Supported values are …"), and its users' table.
  test.each([
    ['gpt-5-2025-08-07', 'minimal low medium high'],
    ['gpt-5-mini', 'minimal low medium high'],
    ['gpt-5.1', 'none low medium high'],
    ['gpt-5.2-2025-12-11', 'none low medium high xhigh'],
    ['gpt-5.6-terra', 'none low medium high xhigh max'],
    ['gpt-5-codex', 'low medium high'],
    ['gpt-5.1-codex-mini', 'low medium high'],
    ['gpt-5.1-codex-max', 'low medium high xhigh'],
    ['gpt-5.2-codex', 'low medium high xhigh'],
    ['gpt-5-pro-2025-10-06', 'high'],
    ['gpt-5.1-chat-latest', 'medium'],
    ['o4-mini-2025-04-16', 'low medium high'],
    ['gpt-4.1', ''],
  ])('%s has the levels %s', (model, levels) => {
    expect(openai(model).efforts?.join(' ')).toBe(levels);
  });

  test('an unknown model, and any model of a gateway, has no list of abilities', () => {
    expect(openai('gpt-77').efforts).toBeUndefined();
    expect(
      abilitiesOf({ provider: 'openai', model: 'openai/gpt-5', baseURL: 'https://openrouter.ai/api/v1' }).efforts,
    ).toBe(undefined);
  });
});

test('Anthropic’s models think by effort since 4.6, by a budget before, and not at all before 3.7', () => {
  const thinking = (model: string) => anthropic(model).thinking;
  for (const model of ['claude-opus-4-6', 'claude-opus-4-8', 'claude-sonnet-5', 'claude-fable-5-2', 'claude-haiku-5-5'])
    expect(thinking(model)).toBe('adaptive');
  for (const model of [
    'claude-opus-4-5-20251101',
    'claude-sonnet-4-20250514',
    'claude-haiku-4-5',
    'claude-3-7-sonnet-20250219',
  ])
    expect(thinking(model)).toBe('budget');
  for (const model of ['claude-3-5-haiku-20241022', 'claude-3-haiku-20240307']) expect(thinking(model)).toBe('none');
  expect(anthropic('claude-opus-4-6').takesSampling).toBeUndefined();
  expect(anthropic('claude-opus-4-7').takesSampling).toBe(false);
});

test('the same model is recognized under a cloud’s name for it', () => {
  const bedrock = { provider: 'anthropic', model: 'us.anthropic.claude-opus-4-6-v1:0', baseURL: 'https://x.test' };
  expect(abilitiesOf(bedrock)).toMatchObject({ thinking: 'adaptive', maxOutputTokens: 128_000 });
});

test('a server that only speaks the chat API gets the older name of the token limit, which all such servers know', () => {
  const at = (model: string, baseURL?: string) => abilitiesOf({ provider: 'openai', model, baseURL }).limitName;
  expect(at('qwen3', 'http://localhost:11434/v1')).toBe('max_tokens');
  expect(at('openai/gpt-5', 'https://openrouter.ai/api/v1')).toBe('max_completion_tokens');
  expect(at('gpt-5')).toBe('max_completion_tokens');
  expect(at('gpt-4.1')).toBeUndefined();
});
