import { expect, test } from 'vitest';
import type { ModelAbilities } from '../../src/contracts/model-abilities.ts';
import type { NeutralParams } from '../../src/contracts/model-params.ts';
import type { Wire } from '../../src/contracts/wire.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';

function sent(wire: Wire, params: NeutralParams, given: object = {}, abilities: ModelAbilities = {}): unknown {
  const text = JSON.stringify({ model: 'feature:x', ...given });
  const facts = wire.read(text, 'feature:');
  const set = facts?.settings?.(params, abilities) ?? {};
  const { model: _, ...body } = JSON.parse(
    wire.prepare(text, facts as NonNullable<typeof facts>, 'm', { set }).body,
  ) as {
    model: string;
  };
  return body;
}

const all: NeutralParams = { effort: 'low', maxOutputTokens: 300, temperature: 0.5, serviceTier: 'flex' };

test('the chat API has every neutral parameter at the top level', () => {
  expect(sent(openaiChat, all)).toEqual({
    reasoning_effort: 'low',
    max_completion_tokens: 300,
    temperature: 0.5,
    service_tier: 'flex',
  });
  expect(sent(openaiChat, {}, { temperature: 1 })).toEqual({ temperature: 1 });
});

test('the responses API has the effort inside `reasoning`, and the caller’s other fields there stay', () => {
  expect(sent(openaiResponses, all, { reasoning: { summary: 'auto', effort: 'high' }, temperature: 1 })).toEqual({
    reasoning: { summary: 'auto', effort: 'low' },
    max_output_tokens: 300,
    temperature: 0.5,
    service_tier: 'flex',
  });
});

test('the token limit keeps the name that the caller uses, otherwise has the endpoint’s name, and is sent only once', () => {
  const limit: NeutralParams = { maxOutputTokens: 300 };
  expect(sent(openaiChat, limit, { max_tokens: 9 })).toEqual({ max_tokens: 300 });
  expect(sent(openaiChat, limit, { max_completion_tokens: 9 }, { limitName: 'max_tokens' })).toEqual({
    max_completion_tokens: 300,
  });
  expect(sent(openaiChat, limit, {}, { limitName: 'max_tokens' })).toEqual({ max_tokens: 300 });
  expect(sent(openaiChat, limit, { max_tokens: 9, max_completion_tokens: 9 })).toEqual({ max_tokens: 300 });
});
