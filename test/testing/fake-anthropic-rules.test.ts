import { expect, test } from 'vitest';
import { brokenThinkingRule } from '../../src/testing/fake-anthropic-rules.ts';

const MANUAL = { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 4000 };
const call = { type: 'tool_use', id: 't', name: 'f', input: {} };
const after = (...blocks: readonly object[]) => ({
  messages: [
    { role: 'user', content: 'Hi' },
    { role: 'assistant', content: blocks },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'r' }] },
  ],
});

test.each<[string, object]>([
  ['tool_choice forces', { ...MANUAL, tool_choice: { type: 'any' } }],
  ['tool_choice forces', { thinking: { type: 'adaptive' }, tool_choice: { type: 'tool', name: 'f' } }],
  ['temperature', { ...MANUAL, temperature: 0 }],
  ['top_k', { ...MANUAL, top_k: 3 }],
  ['top_p', { ...MANUAL, top_p: 0.5 }],
  ['budget_tokens', { ...MANUAL, max_tokens: 1024 }],
  ['found `tool_use`', { ...MANUAL, ...after(call) }],
])('thinking is refused by the rule of %s', (words, body) => {
  expect(brokenThinkingRule({ ...body })).toMatchObject({ message: expect.stringContaining(words) as string });
});

test('a request that follows the rules is not refused', () => {
  const thinking = { type: 'thinking', thinking: 'x', signature: 's' };
  expect(brokenThinkingRule({ ...MANUAL, temperature: 1, top_p: 0.95, ...after(thinking, call) })).toBeUndefined();
  expect(brokenThinkingRule({ thinking: { type: 'adaptive' }, ...after(call) })).toBeUndefined();
  expect(brokenThinkingRule({ temperature: 0, tool_choice: { type: 'any' }, ...after(call) })).toBeUndefined();
});
