import { expect, test } from 'vitest';
import { writeReply } from '../../../src/translate/anthropic/write-reply.ts';
import { openEnvelope } from '../../../src/translate/neutral/envelope.ts';
import type { NeutralReply } from '../../../src/translate/neutral/reply.ts';
import { call } from '../support/conversations.ts';

const REPLY: NeutralReply = {
  api: 'openai-chat',
  id: 'chatcmpl-1',
  model: 'gpt-5',
  parts: [{ kind: 'text', text: 'hi' }],
  finish: 'stop',
  usage: { input: 10, cacheRead: 90, output: 5, reasoning: 2 },
};

function written(more: Partial<NeutralReply>): Record<string, unknown> {
  return JSON.parse(writeReply({ ...REPLY, ...more }, { id: 'msg_or_1' })) as Record<string, unknown>;
}

test('a reply of another API has every field that the SDK requires', () => {
  expect(written({})).toStrictEqual({
    id: 'msg_or_1',
    type: 'message',
    role: 'assistant',
    model: 'gpt-5',
    content: [{ type: 'text', text: 'hi', citations: null }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    stop_details: null,
    usage: {
      input_tokens: 10,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 90,
      cache_creation: { ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 0 },
      output_tokens: 5,
      output_tokens_details: { thinking_tokens: 2 },
      server_tool_use: null,
      service_tier: null,
      inference_geo: null,
      speed: null,
    },
    container: null,
    diagnostics: null,
  });
});

test('text and calls keep their order, and empty texts are left out', () => {
  const { content } = written({
    parts: [{ kind: 'text', text: '' }, call('call_1', ''), call('bad id', '{"a":1}')],
    finish: 'tool-calls',
  });

  expect(content).toMatchObject([
    { type: 'tool_use', id: 'call_1', input: {}, caller: { type: 'direct' } },
    { type: 'tool_use', input: { a: 1 } },
  ]);
});

test('a refusal becomes a text and an explanation', () => {
  expect(written({ parts: [{ kind: 'refusal', text: 'I cannot' }], finish: 'refusal' })).toMatchObject({
    content: [{ type: 'text', text: 'I cannot' }],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', category: null, explanation: 'I cannot' },
  });
});

test('reasoning of another vendor is shown as thinking, sealed in an envelope', () => {
  const owner = { api: 'openai-responses', model: 'gpt-5' } as const;
  const sealed = [{ type: 'reasoning', encrypted_content: 'x' }];
  const { content } = written({ parts: [{ kind: 'reasoning', text: 'I thought', owner, sealed }] });
  const [block] = content as readonly Record<string, string>[];

  expect(block).toMatchObject({ type: 'thinking', thinking: 'I thought' });
  expect(openEnvelope(block?.signature ?? '')).toStrictEqual({ owner, sealed });
});
