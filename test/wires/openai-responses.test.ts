import { describe, expect, test } from 'vitest';
import { fakeOpenaiResponses } from '../../src/testing/fake-openai-responses.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { describeWire } from './conformance.ts';

describeWire({
  wire: openaiResponses,
  api: fakeOpenaiResponses,
  url: 'https://api.openai.com/v1/responses',
  otherUrls: ['https://api.openai.com/v1/responses/resp_1', 'https://api.openai.com/v1/chat/completions'],
  body: (model, input) => ({ model, input }),
  limit: 'max_output_tokens',
});

const read = (more: Record<string, unknown>, input: unknown = 'Hello') =>
  openaiResponses.read(JSON.stringify({ model: 'feature:x', input, ...more }), 'feature:');

describe('the binding of a response to its model', () => {
  const history = Array.from({ length: 200 }, (_, i) => ({ role: 'user', content: `encrypted_content ${i}` }));
  const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'gAAAA' };
  test.each<[string, Record<string, unknown>, unknown, unknown]>([
    [
      'a previous response',
      { previous_response_id: 'resp_1' },
      undefined,
      { reason: 'previous_response_id', keys: ['resp_1'] },
    ],
    ['nothing: a null previous response', { previous_response_id: null }, undefined, undefined],
    ['a conversation', { conversation: { id: 'conv_1' } }, undefined, { reason: 'conversation', keys: ['conv_1'] }],
    ['background mode', { background: true }, undefined, { reason: 'background' }],
    ['nothing: background mode switched off', { background: false }, undefined, undefined],
    ['encrypted reasoning', {}, [sealed, ...history], { reason: 'encrypted_content', keys: ['sealed:gAAAA'] }],
    [
      'encrypted reasoning deep in a conversation',
      {},
      [...history, sealed, ...history],
      { reason: 'encrypted_content', keys: ['sealed:gAAAA'] },
    ],
    [
      'reasoning that the provider has stored',
      {},
      [...history, { ...sealed, encrypted_content: null }],
      { reason: 'stored items', keys: ['rs_1'] },
    ],
    [
      'a stored item',
      {},
      [{ type: 'item_reference', id: 'ci_1' }, ...history],
      { reason: 'stored items', keys: ['ci_1'] },
    ],
    [
      'the container of a code interpreter',
      { tools: [{ type: 'code_interpreter', container: 'cntr_5' }] },
      history,
      { reason: 'container', keys: ['cntr_5'] },
    ],
    [
      'the container of a shell',
      { tools: [{ type: 'shell', environment: { type: 'container_reference', container_id: 'cntr_5' } }] },
      history,
      { reason: 'container', keys: ['cntr_5'] },
    ],
    [
      'nothing: a new container',
      { tools: [{ type: 'code_interpreter', container: { type: 'auto' } }] },
      history,
      undefined,
    ],
    ['nothing: reasoning without an id', {}, [...history, { type: 'reasoning', summary: [] }], undefined],
    [
      'nothing: text about encrypted reasoning',
      {},
      [...history, { role: 'user', content: '"encrypted_content":"x"' }],
      undefined,
    ],
    ['nothing: the same field in another member', { metadata: { encrypted_content: 'x' } }, history, undefined],
  ])('a request is bound to its model by %s', (_, more, input, bound) => {
    expect(read(more, input)?.bound).toEqual(bound);
    const spaced = JSON.stringify({ model: 'feature:x', input: input ?? 'x', ...more }, null, 1);
    expect(openaiResponses.read(spaced, 'feature:')?.bound).toEqual(bound);
  });
});

describe('the capabilities that a response needs', () => {
  test.each<[string, Record<string, unknown>, unknown, readonly string[]]>([
    ['tools', { tools: [{ type: 'function', name: 'f' }] }, undefined, ['tools']],
    [
      'a JSON schema',
      { text: { format: { type: 'json_schema', name: 'a', schema: {} }, verbosity: 'low' } },
      undefined,
      ['schema'],
    ],
    ['plain text', { text: { format: { type: 'text' } } }, undefined, []],
    ['a file', {}, [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }], ['files']],
    ['an image', {}, [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }], ['images']],
    ['audio', {}, [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }], ['audio']],
    ['reasoning', { reasoning: { effort: 'high' } }, undefined, ['reasoning']],
    ['no reasoning', { reasoning: { effort: 'none' } }, undefined, []],
  ])('a request with %s needs the listed capabilities', (_, more, input, capabilities) => {
    expect([...(read(more, input)?.capabilities ?? ['unread'])]).toEqual(capabilities);
  });
});
