import { expect, test } from 'vitest';
import { readReply } from '../../../src/translate/anthropic/read-reply.ts';

const REPLY = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: 'hi', citations: null }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 7, cache_creation_input_tokens: 3 },
};

test('a reply has its parts, its end and its usage in disjoint meters', () => {
  expect(readReply(JSON.stringify(REPLY))).toMatchObject({
    api: 'anthropic-messages',
    id: 'msg_1',
    model: 'claude',
    parts: [{ kind: 'text', text: 'hi' }],
    finish: 'stop',
    usage: { input: 10, output: 5, cacheRead: 7, cacheWrite5m: 3 },
  });
});

test('a reply with a tool call finishes as tool calls, whatever its stop reason', () => {
  const content = [...REPLY.content, { type: 'tool_use', id: 'c', name: 'f', input: { a: 1 } }];
  const { finish, parts } = readReply(JSON.stringify({ ...REPLY, content }));

  expect(finish).toBe('tool-calls');
  expect(parts[1]).toMatchObject({ kind: 'tool-call', input: '{"a":1}' });
});

test('a body that is not a message is an error', () => {
  expect(() => readReply('{"type":"error"}')).toThrow(
    expect.objectContaining({ code: 'invalid-value', path: 'content' }) as Error,
  );
});

test('a refusal that is not billed reports its tokens to the client', () => {
  const usage = { input_tokens: 10, output_tokens: 0 };

  expect(readReply(JSON.stringify({ ...REPLY, stop_reason: 'refusal', usage })).usage).toMatchObject({ input: 10 });
});
