import { describe, expect, test } from 'vitest';
import { callIdAt, callIdOf } from '../../../src/translate/neutral/call-ids.ts';

test.each(['openai-chat', 'openai-responses', 'anthropic-messages'] as const)('an id that %s takes is kept', api => {
  expect(callIdAt(api, 'toolu_01-Ab')).toBe('toolu_01-Ab');
});

test('the APIs of OpenAI accept ids of any characters, up to the maximum length of each API', () => {
  for (const [api, maxChars] of [
    ['openai-chat', 40],
    ['openai-responses', 64],
  ] as const) {
    const longest = 'é'.repeat(maxChars);
    expect(callIdAt(api, longest)).toBe(longest);
    expect(callIdAt(api, `${longest}x`)).toMatch(/^call_[\w-]{24}$/);
  }
});

describe.each(['', 'functions.f:0', 'é', 'x'.repeat(65)])('the id "%s"', id => {
  test('an id always becomes the same plain id, and different ids become different ones', () => {
    expect(callIdAt('anthropic-messages', id)).toMatch(/^call_[\w-]{24}$/);
    expect(callIdAt('anthropic-messages', id)).toBe(callIdAt('anthropic-messages', id));
    expect(callIdAt('anthropic-messages', id)).not.toBe(callIdAt('anthropic-messages', `${id}.`));
  });
});

test('a tool call without an id in a reply gets one made from the reply’s id and the call’s position', () => {
  expect(callIdOf('chatcmpl-1', 0)).toBe(callIdOf('chatcmpl-1', 0));
  expect(new Set([callIdOf('chatcmpl-1', 0), callIdOf('chatcmpl-1', 1), callIdOf('chatcmpl-2', 0)]).size).toBe(3);
});
