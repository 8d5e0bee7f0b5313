import { describe, expect, test } from 'vitest';
import {
  isRoutedUrl,
  refuseSigned,
  refuseSlot,
  refuseSlotField,
  refuseSlotInUrl,
  routeCall,
} from '../../src/clients/route-call.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { refusal } from '../support/refusal.ts';

const wires = [openaiChat, openaiResponses, anthropicMessages];
const chatUrl = 'https://x.example/v1/chat/completions';

describe('a request is routed', () => {
  test('a body whose model names a feature is routed', () => {
    const body = '{"model":"feature:f","messages":[]}';
    expect(routeCall(wires, { url: chatUrl, body })).toMatchObject({ wire: openaiChat, body, counts: false });
  });

  test('any other model is routed only where the fetch has a target', () => {
    const body = '{"model":"gpt-5","messages":[]}';
    expect(routeCall(wires, { url: chatUrl, body })).toBeUndefined();
    expect(routeCall(wires, { url: chatUrl, body, target: 'feature:f' })?.facts.model).toBe('gpt-5');
  });

  test('a count of tokens is routed only where its model names a feature', () => {
    const url = 'https://x.example/v1/messages/count_tokens';
    expect(routeCall(wires, { url, body: '{"model":"feature:f"}' })?.counts).toBe(true);
    expect(routeCall(wires, { url, body: '{"model":"claude"}', target: 'feature:f' })).toBeUndefined();
    expect([chatUrl, url, 'https://x.example/v1/embeddings'].map(each => isRoutedUrl(wires, each))).toEqual([
      true,
      true,
      false,
    ]);
  });

  test('a slot for an Azure deployment is refused', () => {
    const url = 'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1';
    const error = refusal(() => routeCall(wires, { url, body: '{"model":"feature:f"}' }));
    expect(error.code).toBe('unsupported-client');
  });
});

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
  ])('%s', (_, body) => {
    expect(refusal(() => refuseSlot(body))).toMatchObject({ code: 'invalid-value', path: 'model' });
    expect(refusal(() => routeCall(wires, { url: 'https://x.example/v1/embeddings', body })).code).toBe(
      'invalid-value',
    );
  });

  test.each([
    ['a tool', { model: 'feature:f', tools: [{ type: 'image_generation', model: 'feature:images' }] }],
    ['a fallback', { model: 'feature:f', fallbacks: [{ model: 'feature:f' }] }],
    ['several models', { model: 'feature:f', models: ['gpt-5', 'feature:f'] }],
    ['a tool beside a real model', { model: 'gpt-5', tools: [{ type: 'image_generation', model: 'feature:images' }] }],
  ])('the model of %s inside a routed request', (_, body) => {
    const call = { url: chatUrl, body: JSON.stringify(body), target: 'feature:f' };
    expect(refusal(() => routeCall(wires, call))).toMatchObject({ code: 'invalid-value', path: 'model' });
  });

  test('a message of a routed request may look like a slot', () => {
    const messages = [
      { role: 'user', content: 'feature:f' },
      { role: 'user', content: '"model":"feature:f"' },
    ];
    for (const body of [
      { model: 'feature:f', messages },
      { messages, model: 'feature:f' },
    ])
      expect(routeCall(wires, { url: chatUrl, body: JSON.stringify(body) })?.facts.model).toBe('feature:f');
  });

  test('a text that only looks like a slot is not refused', () => {
    for (const body of [
      JSON.stringify({ model: 'text-embedding-3', input: ['feature: dark mode', '"model":"feature:f"'] }),
      JSON.stringify({ metadata: { about: 'feature:f' } }),
    ])
      expect(() => refuseSlot(body)).not.toThrow();
    expect(() => refuseSlotField('gpt-image-1')).not.toThrow();
  });

  test.each([
    ['https://bedrock.example/model/feature:f%23i-1/invoke'],
    ['https://bedrock.example/model/feature%3Af%23i-1/invoke-with-response-stream'],
    ['https://bedrock.example/model/feature%253Af/invoke'],
    ['https://vertex.example/v1/publishers/anthropic/models/feature:f%23i-1:rawPredict'],
    ['https://x.example/v1/models/feature:f'],
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

  test('a request with a key is not signed', () => {
    expect(() => refuseSigned(chatUrl, { headers: new Headers({ authorization: 'Bearer k' }) })).not.toThrow();
  });
});
