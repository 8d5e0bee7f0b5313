import { describe, expect, test } from 'vitest';
import {
  isRoutedUrl,
  isSigned,
  isSlotInUrl,
  mayHoldForeignReasoning,
  mayNameFeature,
  routeCall,
} from '../../src/clients/route-call.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { translatorOf } from '../../src/translate/translate.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';

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

  test('a request that names a feature has no route if its URL or another of its fields cannot be routed', () => {
    const azure = 'https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=1';
    expect(routeCall(wires, { url: azure, body: '{"model":"feature:f"}' })).toBeUndefined();
    const body = '{"model":"feature:f","models":["feature:f"]}';
    expect(routeCall(wires, { url: chatUrl, body })).toBeUndefined();
    expect(routeCall(wires, { url: 'https://x.example/v1/embeddings', body })).toBeUndefined();
  });

  test('only a request that may name a feature is checked a second time', () => {
    const mayName = (body: string): boolean => mayNameFeature({ body });
    expect([mayName('{"model":"gpt-5"}'), mayName('{"n":"feature:f"}'), mayName('"\\u0066eature:f"')]).toEqual([
      false,
      true,
      true,
    ]);
    expect(mayNameFeature({ body: '{}', target: 'feature:f' })).toBe(true);
  });

  test('the description of a tool may contain the text of a slot', () => {
    const tools = [{ name: 'search', description: 'feature: dark mode, "model":"feature:f"' }];
    const body = JSON.stringify({ model: 'feature:f', tools, messages: [] });
    expect(routeCall(wires, { url: chatUrl, body })).toBeDefined();
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
});

test('a slot in the URL is recognized by the URL, and a signed body by its headers', () => {
  expect(isSlotInUrl('https://x.example/v1/models/feature:f')).toBe(true);
  expect(isSlotInUrl(chatUrl)).toBe(false);
  expect(isSigned(chatUrl, { headers: { 'x-amz-content-sha256': 'abc' } })).toBe(true);
  expect(isSigned(chatUrl, {})).toBe(false);
});

describe('reasoning of another vendor is found anywhere in a body', () => {
  const mark = '"or1.';

  test.each([
    ['few quotes', 'x1.or'.repeat(2_000)],
    ['many quotes', 'or1.\\"or1"or.'.repeat(1_000)],
    ['nothing but quotes', '"'.repeat(5_000)],
    ['nearly the mark, again and again', '"or1'.repeat(2_000)],
    ['wide characters', 'й"o"or"1.'.repeat(1_000)],
    ['nothing', ''],
  ])('reasoning of another vendor is found in a body with %s', (_, filling) => {
    for (const text of ['', filling]) {
      expect(mayHoldForeignReasoning(filling + mark + text)).toBe(true);
      expect(mayHoldForeignReasoning(text + mark + filling)).toBe(true);
    }
    expect(mayHoldForeignReasoning(`${filling} or1.${filling}`)).toBe(false);
    expect(mayHoldForeignReasoning(filling + mark.slice(0, -1))).toBe(false);
  });

  test('the body of a chat request is not searched, as nothing is removed from it', () => {
    const body = `{"messages":[${mark}]}`;
    expect(translatorOf('openai-chat').withoutEnvelopes).toBeUndefined();
    expect(mayHoldForeignReasoning(body, 'openai-chat')).toBe(false);
    for (const api of ['openai-responses', 'anthropic-messages', 'own'] as const)
      expect(mayHoldForeignReasoning(body, api)).toBe(true);
  });

  test('for any text the check finds a mark exactly if a plain search finds it', () => {
    const random = seededRandom('marks');
    const found = { true: 0, false: 0 };
    for (let round = 0; round < 3_000; round++) {
      const letters = Array.from({ length: random.next() * 700 }, () => '""or1.x'[Math.floor(random.next() * 7)]);
      const body = letters.join('');
      expect(mayHoldForeignReasoning(body)).toBe(body.includes(mark));
      found[`${body.includes(mark)}`]++;
    }
    expect(Math.min(found.true, found.false)).toBeGreaterThan(30);
  });
});
