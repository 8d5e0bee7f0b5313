import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import type { SentRequest } from '../../src/clients/http-request.ts';
import { answerOf, estimatedAnswer, reportedAnswer, streamAnswer } from '../../src/clients/reply-answer.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import type { PartialUsage } from '../../src/core/ledger/usage.ts';
import { NOT_RETRIEVED } from '../../src/core/ledger/vocabulary.ts';
import type { ReplyFacts, Wire } from '../../src/contracts/wire.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';

function sentWith(wire: Wire, body: object): SentRequest {
  const facts = wire.read(JSON.stringify({ model: 'feature:f', messages: [], ...body }), 'feature:');
  return { requestChars: 400, request: { facts }, model: { providerModel: 'asked-1' } } as SentRequest;
}

const sent = sentWith(openaiChat, {});
const facts: ReplyFacts = { id: 'r', model: 'm', tier: 'flex', finish: 'stop', text: 'hi', hasToolCalls: false };

test('usage that the provider reports is recorded unchanged, however long the reply is', () => {
  expect(answerOf(sent, { ...facts, usage: { input: 7, output: 9 } }, 4_000)).toEqual({
    ...facts,
    usage: { input: 7, output: 9 },
    provenance: 'reported',
  });
});

test('a reply of a fallback model that the request names is marked as requested', () => {
  const isRequested = (from: SentRequest, model: string): boolean =>
    answerOf(from, { ...facts, model, usage: { input: 7 } }, 0).isRequestedFallback === true;
  const claude = sentWith(anthropicMessages, { fallbacks: [{ model: 'claude-opus-4-8' }] });
  expect(
    ['claude-opus-4-8', 'claude-opus-4-8-20260501', 'claude-opus-4-7', 'asked-1'].map(name =>
      isRequested(claude, name),
    ),
  ).toEqual([true, true, false, false]);
  const gateway = sentWith(openaiChat, { models: ['vendor/pro-1', 7, null] });
  expect(['vendor/pro-1', 'pro-1', 'pro-2'].map(name => isRequested(gateway, name))).toEqual([true, true, false]);
  expect(isRequested(sent, 'pro-1')).toBe(false);
  // The model that was asked has not fallen back, whatever the request lists.
  expect(isRequested(sentWith(openaiChat, { models: ['asked-1', 'pro-1'] }), 'asked-1')).toBe(false);
});

test('a usage of 0 beside written text is replaced by an estimate, which is marked', () => {
  expect(answerOf(sent, { ...facts, usage: { input: 0, output: 0 } }, 40)).toMatchObject({
    usage: { input: 100, output: 10 },
    unpriced: ['usage of 0'],
  });
});

test('usage that the provider does not report is estimated from characters, and the other facts are kept', () => {
  expect(answerOf(sent, facts, 40)).toEqual({
    ...facts,
    usage: { input: 100, output: 10 },
    provenance: 'estimated',
    unpriced: ['no usage'],
  });
});

test('input that a broken stream has reported is not estimated', () => {
  const partialUsage = { input: 8, cacheRead: 90 };
  expect(answerOf(sent, { ...facts, partialUsage }, 40).usage).toEqual({ ...partialUsage, output: 10 });
});

test('the usage of an unreadable reply is estimated, and its text is empty', () => {
  expect(estimatedAnswer(sent, { replyChars: 40 })).toMatchObject({
    usage: { input: 100, output: 10 },
    finish: 'other',
    text: '',
  });
});

test('an estimate lists the counts that the reply does not state, and the meters that have no price', () => {
  const named = (partialUsage: PartialUsage | undefined) =>
    answerOf(sent, { ...facts, unpriced: ['usage.pages'], partialUsage }, 40).unpriced;
  expect(named(undefined)).toEqual(['usage.pages', 'no usage']);
  expect(named({ output: 7 })).toEqual(['usage.pages', 'usage without input']);
  expect(answerOf(sent, { ...facts, unpriced: [NOT_RETRIEVED] }, 0).unpriced).toEqual([NOT_RETRIEVED]);
  expect(estimatedAnswer(sent, { replyChars: 40 }).unpriced).toEqual(['usage cut off']);
});

test('a failure charges the usage that it reports, in full or in part, and a failure without usage charges nothing', () => {
  expect(reportedAnswer(sent, { ...facts, usage: { input: 7 } })).toMatchObject({ provenance: 'reported' });
  const part = { ...facts, partialUsage: { output: 7 } };
  expect(reportedAnswer(sent, part)).toMatchObject({ usage: { input: 100, output: 7 }, provenance: 'estimated' });
  expect(reportedAnswer(sent, facts)).toBeUndefined();
  expect(reportedAnswer(sent, undefined)).toBeUndefined();
});

test('a stream that has broken off is estimated from the characters it has brought so far', () => {
  const reader = openaiChat.reader({ hidesUsageChunk: false, wantsText: true });
  reader.push(new TextEncoder().encode('data: {"id":"r","choices":[{"index":0,"delta":{"content":"Hello"}}]}\n\n'));
  expect(streamAnswer(sent, reader)).toMatchObject({
    usage: { input: 100, output: 2 },
    unpriced: ['usage cut off'],
    text: 'Hello',
  });
});

const header = Buffer.from('iVBORw0KGgoAAAANSUhEUgAABAAAAAQA', 'base64');
const data = Buffer.concat([header, Buffer.alloc(1_000_000)]).toString('base64');
/** 1024 × 1024 pixels, and a megabyte. */
const image_url = `data:image/png;base64,${data}`;
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

describe('a picture of a megabyte', () => {
  // By the rules that the vendors publish.
  test.each([
    ['openai-chat', 'gpt-4o', 765],
    ['openai-responses', 'gpt-5', 630],
    ['anthropic-messages', 'claude-sonnet-4-5', 1_369],
  ] as const)('an aborted request is charged for a picture, not for its base64: %s', async (api, name, tokens) => {
    const left = new AbortController();
    const fake = await startFakeProvider({
      models: { [name]: { price: { input: '1', output: '2' } } },
      faults() {
        setImmediate(() => left.abort());
        return { kind: 'silent' };
      },
    });
    const store = memory();
    const provider = api === 'anthropic-messages' ? 'anthropic' : 'openai';
    const router = createRouter({
      models: { m: { provider, model: name, price } },
      features: { f: { candidates: ['m'], failureCostUsd: 1 } },
      store,
    });
    const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
    const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, maxRetries: 0 }));
    const { model } = router.feature('f');
    const { signal } = left;
    const role = 'user' as const;
    const calls = {
      async 'openai-chat'() {
        const content = [{ type: 'image_url' as const, image_url: { url: image_url } }];
        return openai.chat.completions.create({ model, messages: [{ role, content }] }, { signal });
      },
      async 'openai-responses'() {
        const content = [{ type: 'input_image' as const, detail: 'auto' as const, image_url }];
        return openai.responses.create({ model, input: [{ role, content }] }, { signal });
      },
      async 'anthropic-messages'() {
        const source = { type: 'base64', media_type: 'image/png', data } as const;
        const content = [{ type: 'image' as const, source }];
        return anthropic.messages.create({ model, max_tokens: 9, messages: [{ role, content }] }, { signal });
      },
    };
    await expect(calls[api]()).rejects.toThrow(/abort/i);
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    const [attempt] = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
    expect(attempt).toMatchObject({ provenance: 'estimated', unpriced: ['usage cut off'] });
    // The rest is the JSON around it.
    expect(attempt?.usage.input).toBeGreaterThan(tokens);
    expect(attempt?.usage.input).toBeLessThan(tokens + 80);
    await router.close();
    await fake.close();
  });
});

test('a stream with a picture that breaks off costs what the fake provider charges', async () => {
  const fake = await startFakeProvider({ models: { 'gpt-4o': { price: { input: '1', output: '2' } } } });
  const store = memory();
  const router = createRouter({
    models: { m: { provider: 'openai', model: 'gpt-4o', price } },
    features: { f: { candidates: ['m'], failureCostUsd: 1 } },
    store,
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  fake.reply({ fault: { kind: 'cut', afterEvents: 4 } });
  const content = [{ type: 'image_url' as const, image_url: { url: image_url } }];
  const stream = openai.chat.completions.stream({
    model: router.feature('f').model,
    messages: [{ role: 'user', content }],
  });
  await stream.done().catch(() => undefined);
  await fake.idle();
  await router.flush();
  const records = await Array.fromAsync(store.scan());
  const costs = records.flatMap(record => (record.kind === 'attempted' ? [BigInt(record.attempt.costNanoUsd)] : []));
  expect(costs).toEqual([fake.bill().totalNanoUsd]);
  expect(costs[0]).toBeLessThan(2_000_000n);
  await router.close();
  await fake.close();
});
