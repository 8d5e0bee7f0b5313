import { describe, expect, test } from 'vitest';
import { fakeAnthropic } from '../../src/testing/fake-anthropic.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { describeWire } from './conformance.ts';

describeWire({
  wire: anthropicMessages,
  api: fakeAnthropic,
  url: 'https://api.anthropic.com/v1/messages',
  otherUrls: [
    'https://api.anthropic.com/v1/messages/count_tokens',
    'https://api.anthropic.com/v1/messages/batches?beta=true',
    'https://api.openai.com/v1/threads/thread_1/messages',
  ],
  body: (model, messages) => ({ model, max_tokens: 100, messages }),
  limit: 'max_tokens',
});

const read = (more: Record<string, unknown>, messages: unknown = [{ role: 'user', content: 'x' }]) =>
  anthropicMessages.read(JSON.stringify({ model: 'feature:x', max_tokens: 100, messages, ...more }), 'feature:');

describe('the binding of a message to its model', () => {
  const history = Array.from({ length: 200 }, (_, i) => ({ role: 'user', content: `thinking ${i}` }));
  const thought = (block: unknown) => ({ role: 'assistant', content: [block, { type: 'text', text: 'so' }] });
  const signed = thought({ type: 'thinking', thinking: 'hm', signature: 'Eq' });
  test.each<[string, Record<string, unknown>, unknown, unknown]>([
    ['signed thinking', {}, [...history, signed, ...history], { reason: 'signed thinking', keys: ['sealed:Eq'] }],
    [
      'redacted thinking',
      {},
      [thought({ type: 'redacted_thinking', data: 'x' })],
      { reason: 'signed thinking', keys: ['sealed:x'] },
    ],
    [
      'signed thinking whose type comes last',
      {},
      [thought({ thinking: 'hm', signature: 'Eq', type: 'thinking' })],
      { reason: 'signed thinking', keys: ['sealed:Eq'] },
    ],
    [
      'nothing: thinking that is only switched on',
      { thinking: { type: 'enabled', budget_tokens: 1024 } },
      undefined,
      undefined,
    ],
    [
      'nothing: text about thinking',
      {},
      [...history, { role: 'user', content: '"type":"thinking"' }, { role: 'user', content: 'thinking' }],
      undefined,
    ],
    ['a container', { container: 'container_1' }, undefined, { reason: 'container', keys: ['container_1'] }],
    [
      'a container with skills',
      { container: { id: 'container_1', skills: [] } },
      undefined,
      { reason: 'container', keys: ['container_1'] },
    ],
    ['nothing: skills without a container', { container: { skills: [{ skill_id: 'x' }] } }, undefined, undefined],
    [
      'a thread',
      { thread: { type: 'continue', previous_message_id: 'msg_1' } },
      undefined,
      { reason: 'thread', keys: ['msg_1'] },
    ],
    ['nothing: a thread that begins', { thread: { type: 'create' } }, undefined, undefined],
    ['fallbacks of the vendor', { fallbacks: [{ model: 'claude-opus-5' }] }, undefined, { reason: 'vendor fallbacks' }],
  ])('a request is bound to its model by %s', (_, more, messages, bound) => {
    expect(read(more, messages)?.bound).toEqual(bound);
    const spaced = JSON.stringify({ model: 'feature:x', messages: messages ?? [], ...more }, null, 1);
    expect(anthropicMessages.read(spaced, 'feature:')?.bound).toEqual(bound);
  });
});

describe('the capabilities that a message needs', () => {
  const image = { type: 'image', source: { type: 'url', url: 'https://x' } };
  test.each<[string, Record<string, unknown>, unknown, readonly string[]]>([
    ['tools', { tools: [{ name: 'f', input_schema: {} }] }, undefined, ['tools']],
    ['a JSON schema', { output_config: { format: { type: 'json_schema', schema: {} } } }, undefined, ['schema']],
    [
      'a JSON schema in its older parameter',
      { output_format: { type: 'json_schema', schema: {} } },
      undefined,
      ['schema'],
    ],
    ['an effort', { output_config: { effort: 'low' } }, undefined, []],
    ['a file', {}, [{ role: 'user', content: [{ type: 'document', source: { type: 'text' } }] }], ['files']],
    ['an image', {}, [{ role: 'user', content: [image] }], ['images']],
    [
      'an image in the result of a tool',
      {},
      [{ role: 'user', content: [{ type: 'tool_result', content: [image] }] }],
      ['images'],
    ],
    ['a stop sequence', { stop_sequences: ['x'] }, undefined, ['stop']],
    ['no stop sequence', { stop_sequences: [] }, undefined, []],
    ['thinking', { thinking: { type: 'adaptive' } }, undefined, ['reasoning']],
    ['no thinking', { thinking: { type: 'disabled' } }, undefined, []],
  ])('a message with %s needs the listed capabilities', (_, more, messages, capabilities) => {
    expect([...(read(more, messages)?.capabilities ?? ['unread'])]).toEqual(capabilities);
  });
});
