import { describe, expect, test } from 'vitest';
import { fakeOpenaiChat } from '../../src/testing/fake-openai-chat.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { describeWire } from './conformance.ts';

describeWire({
  wire: openaiChat,
  api: fakeOpenaiChat,
  url: 'https://api.openai.com/v1/chat/completions',
  otherUrls: [
    'https://api.openai.com/v1/responses',
    'https://api.openai.com/v1/chat/completions/chatcmpl-1',
    'https://api.openai.com/v1/files?path=/chat/completions',
  ],
  body: (model, messages) => ({ model, messages }),
  limit: 'max_tokens',
});

const read = (more: Record<string, unknown>, messages: unknown = [{ role: 'user', content: 'x' }]) => {
  const text = JSON.stringify({ model: 'feature:x', messages, ...more });
  const facts = openaiChat.read(text, 'feature:');
  if (facts === undefined) throw new Error('not read');
  return { text, facts };
};

describe('the capabilities that a chat completion needs', () => {
  const parts = (part: unknown) => [{ role: 'user', content: [{ type: 'text', text: 'see' }, part] }];
  test.each<[string, Record<string, unknown>, unknown, readonly string[]]>([
    ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }, undefined, ['tools']],
    ['functions, the older form of tools', { functions: [{ name: 'f' }] }, undefined, ['tools']],
    ['an empty list of tools', { tools: [] }, undefined, []],
    ['no tools', { tools: null, stop: null, n: null, reasoning_effort: null, audio: null }, undefined, []],
    [
      'a JSON schema',
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: {} } } },
      undefined,
      ['schema'],
    ],
    ['JSON without a schema', { response_format: { type: 'json_object' } }, undefined, []],
    ['a file', {}, parts({ type: 'file', file: { file_id: 'f' } }), ['files']],
    ['an image', {}, parts({ type: 'image_url', image_url: { url: 'https://x' } }), ['images']],
    ['audio input', {}, parts({ type: 'input_audio', input_audio: { data: '', format: 'wav' } }), ['audio']],
    ['audio output in the default modalities', { audio: { voice: 'a', format: 'mp3' } }, undefined, ['audio']],
    ['audio output', { modalities: ['text', 'audio'], audio: { voice: 'a', format: 'mp3' } }, undefined, ['audio']],
    [
      'only words about images',
      {},
      [
        { role: 'user', content: 'image_url' },
        { role: 'user', content: '"type":"image_url"' },
      ],
      [],
    ],
    ['a stop sequence', { stop: '\n' }, undefined, ['stop']],
    ['several choices', { n: 2 }, undefined, ['several-choices']],
    ['one choice', { n: 1 }, undefined, []],
    ['reasoning', { reasoning_effort: 'low' }, undefined, ['reasoning']],
    ['no reasoning', { reasoning_effort: 'none' }, undefined, []],
  ])('a request with %s needs the listed capabilities', (_, more, messages, capabilities) => {
    expect([...read(more, messages).facts.capabilities]).toEqual(capabilities);
  });

  test('a list of fallback models binds the request to its vendor', () => {
    expect(read({ models: ['a', 'b'] }).facts.bound).toEqual({ reason: 'vendor fallbacks' });
  });
});

describe('usage of a stream', () => {
  const prepared = (more: Record<string, unknown>, drop?: readonly string[]) => {
    const { text, facts } = read({ stream: true, ...more });
    const { body, hidesUsageChunk } = openaiChat.prepare(
      text,
      facts,
      'mini',
      drop === undefined ? undefined : { drop },
    );
    return { options: (JSON.parse(body) as { stream_options?: unknown }).stream_options, hidesUsageChunk };
  };

  test('a stream is asked for its usage, and the usage chunk is hidden from a caller who did not ask for it', () => {
    const asked = { options: { include_usage: true }, hidesUsageChunk: true };
    expect(prepared({})).toEqual(asked);
    expect(prepared({ stream_options: null })).toEqual(asked);
    expect(prepared({ stream_options: { include_usage: false } })).toEqual(asked);
    expect(prepared({ stream_options: { include_obfuscation: false } })).toEqual({
      options: { include_obfuscation: false, include_usage: true },
      hidesUsageChunk: true,
    });
  });

  test('stream options stay as they are when the caller asked for usage or the model refuses the option', () => {
    expect(prepared({ stream_options: { include_usage: true } })).toEqual({
      options: { include_usage: true },
      hidesUsageChunk: false,
    });
    expect(prepared({}, ['stream_options'])).toEqual({ options: undefined, hidesUsageChunk: false });
  });
});
