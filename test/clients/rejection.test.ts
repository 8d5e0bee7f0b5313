import Anthropic from '@anthropic-ai/sdk';
import AnthropicOldest from 'anthropic-oldest';
import OpenAI from 'openai';
import OpenAIOldest from 'openai-oldest';
import { afterEach, describe, expect, test } from 'vitest';
import { rejection } from '../../src/clients/rejection.ts';
import { RouterError } from '../../src/errors.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat } from '../support/scripted-server.ts';

afterEach(closeAll);

const messages = [{ role: 'user' as const, content: 'Hello' }];

describe('an SDK that was given `router.fetch`', () => {
  test.each([
    ['newest openai', OpenAI],
    ['oldest openai', OpenAIOldest as unknown as typeof OpenAI],
  ])('the %s client throws a RouterError itself, at its first attempt', async (_, SDK) => {
    const it = await routed([chat('hi')]);
    const openai = new SDK({ apiKey: 'k', baseURL: `${it.server.url}/v1`, fetch: it.router.fetch, maxRetries: 5 });
    for (const stream of [false, true]) {
      const asked = openai.chat.completions.create({ model: 'feature:suport', messages, stream });
      await expect(asked).rejects.toMatchObject({ name: 'RouterError', code: 'unknown-feature' });
    }
    const controller = new AbortController();
    const embedded = openai.embeddings.create({ model: 'feature:support', input: 'Hi' }, { signal: controller.signal });
    await expect(embedded).rejects.toMatchObject({ name: 'RouterError', code: 'invalid-value' });
    expect(it.server.received).toEqual([]);
  });

  test.each([
    ['newest Anthropic', Anthropic],
    ['oldest Anthropic', AnthropicOldest as unknown as typeof Anthropic],
  ])('the %s client throws a RouterError itself, at its first attempt', async (_, SDK) => {
    const it = await routed([chat('hi')]);
    const anthropic = new SDK({ apiKey: 'k', baseURL: it.server.url, fetch: it.router.fetch, maxRetries: 5 });
    const asked = anthropic.messages.create({ model: 'feature:support', max_tokens: 1, messages });
    await expect(asked).rejects.toMatchObject({ name: 'RouterError', code: 'wrong-provider' });
    const counted = anthropic.messages.countTokens({ model: 'feature:support', messages });
    await expect(counted).rejects.toMatchObject({ name: 'RouterError', code: 'wrong-provider' });
    expect(it.server.received).toEqual([]);
  });
});

test('for every other client and every other error, `fetch` itself rejects', async () => {
  const mistake = new RouterError('unknown-feature', 'no such feature');
  await expect(rejection(mistake, undefined)).rejects.toBe(mistake);
  const lost = new TypeError('fetch failed');
  await expect(rejection(lost, { headers: { 'x-stainless-lang': 'js' } })).rejects.toBe(lost);
});
