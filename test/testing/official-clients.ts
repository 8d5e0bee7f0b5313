/** The official clients, in the oldest and the newest supported version, connected to a fake provider. */
import Anthropic from '@anthropic-ai/sdk';
import AnthropicOldest from 'anthropic-oldest';
import OpenAI from 'openai';
import OpenAIOldest from 'openai-oldest';
import { z } from 'zod';
import type { FakeModel } from '../../src/testing/fake-model.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';

const price = { input: '0.25', output: '2', cacheRead: '0.025' };

export const MODELS: Readonly<Record<string, FakeModel>> = {
  mini: { price, tokens: { input: 101, output: 13, cacheRead: 7 } },
  weak: { price, success: { 'support.reply': 0.5, '*': 0 } },
  thinker: { price, tokens: { output: 50, reasoning: 30 } },
  other: { price },
  picky: { price, unsupported: ['temperature'] },
};

export const OPENAIS = [
  ['newest', ({ openaiBaseURL: baseURL }: FakeProvider) => new OpenAI({ apiKey: 'k', baseURL, maxRetries: 0 })],
  [
    'oldest',
    // The tests use only the part of the API that both versions share.
    ({ openaiBaseURL: baseURL }: FakeProvider) =>
      new OpenAIOldest({ apiKey: 'k', baseURL, maxRetries: 0 }) as unknown as OpenAI,
  ],
] as const;

export const ANTHROPICS = [
  ['newest', ({ anthropicBaseURL: baseURL }: FakeProvider) => new Anthropic({ apiKey: 'k', baseURL, maxRetries: 0 })],
  [
    'oldest',
    ({ anthropicBaseURL: baseURL }: FakeProvider) =>
      new AnthropicOldest({ apiKey: 'k', baseURL, maxRetries: 0 }) as unknown as Anthropic,
  ],
] as const;

/** The schema of structured output. */
export const Answer = z.object({ city: z.string(), people: z.number().int(), tags: z.array(z.string()) });

export const user = (content: string) => [{ role: 'user' as const, content }];

export async function collect<Item>(items: AsyncIterable<Item>): Promise<readonly Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}
