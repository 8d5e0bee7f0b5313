import { describe, expect, test } from 'vitest';
import type { ModelAbilities } from '../../src/contracts/model-abilities.ts';
import type { NeutralParams } from '../../src/contracts/model-params.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { reasoningSettings } from '../../src/wires/anthropic-params.ts';

const ADAPTIVE: ModelAbilities = { thinking: 'adaptive' };
const BUDGET: ModelAbilities = { thinking: 'budget' };

function sent(params: NeutralParams, given: object = {}, abilities = ADAPTIVE): unknown {
  const text = JSON.stringify({ model: 'feature:x', max_tokens: 100_000, ...given });
  const facts = anthropicMessages.read(text, 'feature:');
  const set = facts?.settings?.(params, abilities) ?? {};
  const { body } = anthropicMessages.prepare(text, facts as NonNullable<typeof facts>, 'm', { set });
  const { model: _, ...others } = JSON.parse(body) as { model: string };
  return others;
}

test('effort is sent in output_config, with adaptive thinking, and the caller’s other fields there stay', () => {
  const format = { type: 'json_schema', schema: {} };
  expect(sent({ effort: 'low' }, { output_config: { format, effort: 'high' } })).toEqual({
    max_tokens: 100_000,
    output_config: { format, effort: 'low' },
    thinking: { type: 'adaptive' },
  });
  expect(sent({ effort: 'low' }, {}, {})).toMatchObject({ thinking: { type: 'adaptive' } });
});

test('the caller’s effort does not stay beside model parameters that set another effort, or none', () => {
  const format = { type: 'json_schema', schema: {} };
  const given = { thinking: { type: 'adaptive' }, output_config: { format, effort: 'max' } };
  const opus45: ModelAbilities = { thinking: 'budget', efforts: ['low', 'high', 'max'] };
  const config = (params: NeutralParams, abilities: ModelAbilities): unknown =>
    (sent(params, given, abilities) as { readonly output_config?: unknown }).output_config;
  expect(config({ effort: 'none' }, ADAPTIVE)).toEqual({ format });
  expect(config({ effort: 'low' }, BUDGET)).toEqual({ format });
  expect(config({ thinkingBudget: 2_000 }, BUDGET)).toEqual({ format });
  expect(config({ effort: 'low' }, opus45)).toEqual({ format, effort: 'low' });
  for (const abilities of [ADAPTIVE, opus45])
    expect(config({ thinkingBudget: 2_000 }, abilities)).toEqual({ format, effort: 'max' });
  expect(config({ temperature: 1 }, BUDGET)).toEqual({ format, effort: 'max' });
  expect(sent({ effort: 'none' }, {}, ADAPTIVE)).not.toHaveProperty('output_config');
});

test('the output limit, the temperature and the tier have their own names', () => {
  expect(sent({ maxOutputTokens: 300, temperature: 0.5, serviceTier: 'standard_only' })).toEqual({
    max_tokens: 300,
    temperature: 0.5,
    service_tier: 'standard_only',
  });
});

test('the caller’s `top_p` is dropped beside a temperature that the model’s parameters set, because newer models refuse both', () => {
  expect(sent({ temperature: 0.5 }, { temperature: 1, top_p: 0.9 })).toEqual({ max_tokens: 100_000, temperature: 0.5 });
  expect(sent({ maxOutputTokens: 300 }, { top_p: 0.9 })).toEqual({ max_tokens: 300, top_p: 0.9 });
});

test('sampling parameters that the vendor refuses beside thinking are left out where the model’s parameters ask for thinking', () => {
  const sampled = { temperature: 0, top_p: 0.5, top_k: 3 };
  for (const abilities of [ADAPTIVE, BUDGET]) {
    const thinks = sent({ effort: 'high' }, sampled, abilities);
    expect(thinks).toHaveProperty('thinking');
    for (const name of Object.keys(sampled)) expect(thinks).not.toHaveProperty(name);
    expect(sent({ effort: 'high' }, { temperature: 1 }, abilities)).toHaveProperty('temperature', 1);
    expect(sent({ effort: 'none' }, sampled, abilities)).toMatchObject(sampled);
    expect(sent({ effort: 'high' }, { ...sampled, tool_choice: { type: 'any' } }, abilities)).not.toHaveProperty(
      'thinking',
    );
  }
});

test('a model with a thinking budget does not think if the thinking before the last tool call is missing', () => {
  const messages = (...blocks: readonly object[]): object => ({
    messages: [
      { role: 'user', content: 'q' },
      { role: 'assistant', content: [...blocks, { type: 'tool_use', id: 'a', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] },
    ],
  });
  expect(sent({ effort: 'low' }, messages(), BUDGET)).not.toHaveProperty('thinking');
  expect(sent({ effort: 'low' }, messages({ type: 'thinking' }), BUDGET)).toHaveProperty('thinking');
  expect(sent({ effort: 'low' }, messages(), ADAPTIVE)).toHaveProperty('thinking');
});

test('a user text in a message after tool results does not begin a new turn', () => {
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 'a', name: 'f', input: {} }] };
  const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a' }] };
  const text = { role: 'user', content: 'And now?' };
  const thinks = (...messages: readonly object[]): boolean =>
    Object.hasOwn(sent({ effort: 'low' }, { messages: [text, ...messages] }, BUDGET) as object, 'thinking');
  expect(thinks(call, result, text)).toBe(false);
  expect(thinks({ ...call, content: [{ type: 'thinking' }] }, call, result, text)).toBe(true);
  expect(thinks(call, result, { role: 'assistant', content: 'There.' }, text)).toBe(true);
});

describe('thinking', () => {
  const thinking = (params: NeutralParams, given: object = {}, abilities = BUDGET): unknown =>
    (sent(params, given, abilities) as { readonly thinking?: unknown }).thinking;

  test('a model without effort levels gets a budget instead of a level', () => {
    expect(thinking({ effort: 'medium' })).toEqual({ type: 'enabled', budget_tokens: 8_192 });
    expect(thinking({ effort: 'max' })).toEqual({ type: 'enabled', budget_tokens: 80_000 });
    expect(sent({ effort: 'medium' }, {}, BUDGET)).not.toHaveProperty('output_config');
  });

  test('a model with both gets only the effort, and the caller decides whether it thinks', () => {
    const opus45: ModelAbilities = { thinking: 'budget', efforts: ['low', 'high'] };
    expect(reasoningSettings({ effort: 'low' }, opus45)).toEqual({ output_config: { effort: 'low' } });
  });

  test('a budget takes at most 80 % of the token limit, and a budget below the minimum means no thinking', () => {
    expect(thinking({ thinkingBudget: 4_000 }, { max_tokens: 4_000 })).toEqual({
      type: 'enabled',
      budget_tokens: 3_200,
    });
    expect(thinking({ thinkingBudget: 4_000, maxOutputTokens: 2_000 })).toEqual({
      type: 'enabled',
      budget_tokens: 1_600,
    });
    expect(thinking({ effort: 'high' }, { max_tokens: 1_200 })).toEqual({ type: 'disabled' });
  });

  test('the caller’s own thinking is dropped beside another temperature, and its budget is dropped above the limit', () => {
    const callers = { thinking: { type: 'enabled', budget_tokens: 2_000 }, max_tokens: 5_000 };
    expect(thinking({ temperature: 0.5 }, callers)).toBeUndefined();
    expect(thinking({ temperature: 0.5 }, { thinking: { type: 'adaptive' } }, ADAPTIVE)).toBeUndefined();
    expect(thinking({ temperature: 0.5 }, { thinking: { type: 'disabled' } })).toEqual({ type: 'disabled' });
    expect(thinking({ maxOutputTokens: 2_001 }, callers)).toEqual(callers.thinking);
    expect(thinking({ maxOutputTokens: 2_000 }, callers)).toEqual({ type: 'enabled', budget_tokens: 1_600 });
    expect(thinking({ maxOutputTokens: 1_200 }, callers)).toBeUndefined();
    expect(thinking({ maxOutputTokens: 300 }, { thinking: { type: 'adaptive' } })).toEqual({ type: 'adaptive' });
  });

  test('no part of the caller’s own thinking stays that the vendor would refuse', () => {
    const callers = { thinking: { type: 'enabled', budget_tokens: 2_000, display: 'summarized' } };
    expect(thinking({ effort: 'none' }, callers)).toEqual({ type: 'disabled' });
    expect(thinking({ effort: 'low' }, callers, ADAPTIVE)).toEqual({ type: 'adaptive', display: 'summarized' });
    expect(thinking({ temperature: 1 }, callers)).toEqual(callers.thinking);
  });
});
