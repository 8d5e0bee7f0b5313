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
      'the response before it',
      { previous_response_id: 'resp_1' },
      undefined,
      { reason: 'previous_response_id', responseId: 'resp_1' },
    ],
    ['nothing: a null response before it', { previous_response_id: null }, undefined, undefined],
    ['a conversation', { conversation: { id: 'conv_1' } }, undefined, { reason: 'conversation' }],
    ['work in the background', { background: true }, undefined, { reason: 'background' }],
    ['nothing: no work in the background', { background: false }, undefined, undefined],
    ['sealed reasoning', {}, [sealed, ...history], { reason: 'encrypted_content' }],
    ['sealed reasoning deep in a conversation', {}, [...history, sealed, ...history], { reason: 'encrypted_content' }],
    ['nothing: reasoning that is not sealed', {}, [...history, { ...sealed, encrypted_content: null }], undefined],
    [
      'nothing: words about sealed reasoning',
      {},
      [...history, { role: 'user', content: '"encrypted_content":"x"' }],
      undefined,
    ],
    ['nothing: what another member holds', { metadata: { encrypted_content: 'x' } }, history, undefined],
  ])('the model is bound by %s', (_, more, input, bound) => {
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
    ['an image', {}, [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }], ['images']],
    ['reasoning', { reasoning: { effort: 'high' } }, undefined, ['reasoning']],
    ['no reasoning', { reasoning: { effort: 'none' } }, undefined, []],
  ])('a request with %s needs the listed capabilities', (_, more, input, capabilities) => {
    expect([...(read(more, input)?.capabilities ?? ['unread'])]).toEqual(capabilities);
  });
});
