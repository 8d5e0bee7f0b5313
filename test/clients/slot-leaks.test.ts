import { describe, expect, test } from 'vitest';
import {
  refuseLeak,
  refuseSigned,
  refuseSlot,
  refuseSlotField,
  refuseSlotInUrl,
} from '../../src/clients/slot-leaks.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { refusal } from '../support/refusal.ts';

const wires = [openaiChat, openaiResponses, anthropicMessages];
const chatUrl = 'https://x.example/v1/chat/completions';

describe('a slot where nothing routes it is refused', () => {
  test.each([
    ['the model of another API', '{"input":"Hello","model":"feature:f#1"}'],
    [
      'the model of a request in a batch',
      '{"requests":[{"custom_id":"1","params":{"model": "feature:f","max_tokens":1}}]}',
    ],
    ['one of several models', '{"models":["gpt-5","feature:f"]}'],
    [
      'a line of a batch file',
      '{"custom_id":"1","body":{"model":"gpt-5"}}\n{"custom_id":"2","body":{"model":"feature:f"}}',
    ],
    ['a model by its id', '{"model":{"id":"feature:f"}}'],
    ['a deployment', '{"deployment":"feature:f"}'],
    ['an escaped name', '{"model":"\\u0066eature:f"}'],
    ['a list of requests', '[{"model":"feature:f"}]'],
    ['JSON behind a byte order mark', '\uFEFF{"model":{"id":"feature:f"}}'],
  ])('a slot where nothing routes it is refused: %s', (_, body) => {
    expect(refusal(() => refuseSlot(body))).toMatchObject({ code: 'invalid-value', path: 'model' });
    expect(refusal(() => refuseLeak(wires, { url: 'https://x.example/v1/embeddings', body })).code).toBe(
      'invalid-value',
    );
  });

  test.each([
    ['a tool', { model: 'feature:f', tools: [{ type: 'image_generation', model: 'feature:images' }] }],
    ['a fallback', { model: 'feature:f', fallbacks: [{ model: 'feature:f' }] }],
    ['several models', { model: 'feature:f', models: ['gpt-5', 'feature:f'] }],
    ['an Anthropic tool', { model: 'claude', tools: [{ type: 'advisor_20260301', model: 'feature:f' }] }],
    ['a fallback of that name', { model: 'gpt-5', fallbacks: ['feature:f'] }],
    ['a tool beside a real model', { model: 'gpt-5', tools: [{ type: 'image_generation', model: 'feature:images' }] }],
  ])('a routed request that names another model in %s is refused', (_, body) => {
    const call = { url: chatUrl, body: JSON.stringify(body), target: 'feature:f' };
    expect(refusal(() => refuseLeak(wires, call))).toMatchObject({ code: 'invalid-value', path: 'model' });
  });

  test.each([
    ['an escaped name', '{"model":"\\u0066eature:f","messages":[]}'],
    ['a model by its id', '{"model":{"id":"feature:f"}}'],
    ['a second model', '{"model":"gpt-5","model":"feature:f"}'],
    ['a first model', '{"model":"feature:f","messages":[],"model":"gpt-5"}'],
    ['JSON behind a byte order mark', '\uFEFF{"model":"feature:f"}'],
    ['a list of requests', '[{"model":"feature:f"}]'],
  ])('%s is refused, because a routed API would read it as the model name', (_, body) => {
    expect(refusal(() => refuseLeak(wires, { url: chatUrl, body }))).toMatchObject({ code: 'invalid-value' });
  });

  test('a message or a tool of a request may hold a member called `model`', () => {
    const input = { model: 'feature:f' };
    const body = JSON.stringify({
      model: 'gpt-5',
      messages: [{ role: 'assistant', content: [{ type: 'tool_use', input }] }],
    });
    expect(() => refuseLeak(wires, { url: chatUrl, body })).not.toThrow();
  });

  test.each(['null', '7', '', '{"model":"gpt-5","user":"feature:f","id":"feature:f"}'])(
    'a request without a slot passes, whatever it is: %s',
    body => {
      expect(() => refuseLeak(wires, { url: chatUrl, body })).not.toThrow();
    },
  );

  test('a slot for an Azure deployment is refused, in the body and in the URL', () => {
    const url = 'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1';
    expect(refusal(() => refuseLeak(wires, { url, body: '{"model":"feature:f"}' })).code).toBe('unsupported-client');
    const named = { url, body: '{"model":"d"}', target: 'feature:f' };
    expect(refusal(() => refuseLeak(wires, named)).code).toBe('unsupported-client');
  });

  test.each([
    ['model', 'feature:f'],
    ['session[model]', 'feature:f'],
    ['models[]', 'feature:f'],
    ['session', '{"type":"realtime","model":"feature:f"}'],
  ])('a form whose field %s holds a slot is refused', (name, value) => {
    expect(refusal(() => refuseSlotField(name, value))).toMatchObject({ code: 'invalid-value', path: 'model' });
  });

  test('a text that only looks like a slot is not refused', () => {
    for (const body of [
      JSON.stringify({ model: 'text-embedding-3', input: ['feature: dark mode', '"model":"feature:f"'] }),
      JSON.stringify({ metadata: { about: 'feature:f' } }),
    ])
      expect(() => refuseSlot(body)).not.toThrow();
    expect(() => refuseSlotField('model', 'gpt-image-1')).not.toThrow();
    expect(() => refuseSlotField('prompt', 'feature:f')).not.toThrow();
  });

  test.each([
    ['https://bedrock.example/model/feature:f%23i-1/invoke'],
    ['https://bedrock.example/model/feature%3Af%23i-1/invoke-with-response-stream'],
    ['https://bedrock.example/model/feature%253Af/invoke'],
    ['https://vertex.example/v1/publishers/anthropic/models/feature:f%23i-1:rawPredict'],
    ['https://x.example/v1/models/feature:f'],
    ['https://x.openai.azure.com/openai/deployments/feature:f/chat/completions?api-version=1'],
    ['wss://x.example/v1/realtime?api-version=1&model=feature%3Af'],
  ])('a slot in the URL %s is refused', url => {
    expect(refusal(() => refuseSlotInUrl(url))).toMatchObject({ code: 'unsupported-client', path: 'client' });
  });

  test('a URL that only looks like it has a slot is not refused', () => {
    for (const url of ['https://x.example/v1/files?purpose=feature:f', 'https://x.example/feature:f/models/gpt-5'])
      expect(() => refuseSlotInUrl(url)).not.toThrow();
  });

  test.each([
    ['a signature of AWS', chatUrl, { authorization: 'AWS4-HMAC-SHA256 Credential=k' }],
    ['the hash of the body', chatUrl, [['X-Amz-Content-Sha256', 'abc']]],
    ['a signed URL', `${chatUrl}?X-Amz-Signature=abc`, undefined],
  ])('a routed request with %s is refused, because its body would change', (_, url, headers) => {
    expect(refusal(() => refuseSigned(url, { headers } as RequestInit))).toMatchObject({ code: 'unsupported-client' });
  });

  test('a request with an API key does not count as signed', () => {
    expect(() => refuseSigned(chatUrl, { headers: new Headers({ authorization: 'Bearer k' }) })).not.toThrow();
  });
});
