import { readFileSync } from 'node:fs';
import { calcPrice, findProvider } from '@pydantic/genai-prices';
import { describe, expect, test } from 'vitest';
import type { Usage } from '../../src/core/ledger/usage.ts';
import { BOOK, lookUp, nearNames, providerAt, providerName } from '../../src/prices/book.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

test('the name of the book has the installed version', () => {
  const manifest = readFileSync(
    new URL('../../node_modules/@pydantic/genai-prices/package.json', import.meta.url),
    'utf8',
  );
  expect(BOOK).toBe(`genai-prices ${(JSON.parse(manifest) as { version: string }).version}`);
});

describe('only exact names count', () => {
  test.each([
    ['openai', 'gpt-5', 'gpt-5'],
    ['openai', 'GPT-5', 'gpt-5'],
    ['openai', ' gpt-5 ', 'gpt-5'],
    ['openai', 'gpt-5-2025-08-07', 'gpt-5'],
    ['openai', 'gpt-5-codex', 'gpt-5'], // the book names it
    ['anthropic', 'claude-sonnet-4-20250514', 'claude-sonnet-4-0'],
    ['anthropic', 'claude-3-5-haiku-20241022', 'claude-3-5-haiku-latest'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['openai', 'gpt-4o-mini-realtime', 'gpt-4o-mini-realtime-preview'], // the start of the names it matches
  ])('%s %s is the book’s model %s', (provider, model, id) => {
    expect(lookUp(provider, model)).toMatchObject({ kind: 'found', provider, id });
  });

  test.each([
    ['anthropic', 'claude-sonnet-5-5', 'claude-sonnet-5'],
    ['anthropic', 'claude-haiku-4-5-turbo', 'claude-haiku-4-5'],
    ['openai', 'gpt-5-nano-plus', 'gpt-5-nano'],
    ['openai', 'ft:gpt-4o-2024-08-06:acme::x', 'ft:gpt-4o'],
  ])('%s %s is not %s, although the book would match it', (provider, model, id) => {
    expect(lookUp(provider, model)).toEqual({ kind: 'other-model', provider, id });
  });

  test('a snapshot has the price of its own provider, although the book would search another provider’s list for it', () => {
    const [model, snapshot] = ['claude-opus-5', 'claude-opus-5-20260724'].map(name => lookUp('google', name));
    expect(snapshot).toEqual(model);
    expect(snapshot).not.toEqual({ ...lookUp('anthropic', 'claude-opus-5'), provider: 'google' });
    // Where a provider has no such model, the book's choice of another list stays.
    expect(lookUp('azure', 'deepseek-chat')).toMatchObject({ kind: 'found' });
  });

  test('the id that the book suggests for another name can be looked up', () => {
    expect(lookUp('openai', 'ft:gpt-4o')).toMatchObject({ kind: 'found', id: 'ft:gpt-4o' });
  });

  test('an unknown model is looked up without a guess, and similar names are found on request, the most similar first', () => {
    expect(lookUp('openai', 'gpt-5-mni')).toEqual({ kind: 'unknown-model', provider: 'openai' });
    const near = nearNames('openai', 'gpt-5-mni');
    expect(near[0]).toBe('gpt-5-mini');
    expect([near.length, new Set(near).size]).toEqual([5, 5]);
    // A long name may differ in a third of its characters.
    expect(nearNames('openai', 'gpt4ominirealtimepreview')).toContain('gpt-4o-mini-realtime-preview');
    expect(nearNames('openai', 'zzzzzzzzzzzz')).toEqual([]);
    expect(nearNames('acme', 'gpt-5')).toEqual([]);
  });

  test('a provider is found by its exact id only', () => {
    expect(lookUp('my-openai-gateway', 'gpt-5')).toEqual({ kind: 'unknown-provider' });
    expect(lookUp('acme', 'gpt-5')).toEqual({ kind: 'unknown-provider' });
  });
});

test.each([
  ['https://api.openai.com/v1', 'openai'],
  ['https://example.openai.azure.com/openai', 'azure'],
  ['https://api.anthropic.com', 'anthropic'],
  ['https://openrouter.ai/api/v1', 'openrouter'],
  ['http://localhost:8000/v1', undefined],
  ['https://eu.api.openai.com/v1', 'openai'],
  ['https://US.api.x.ai', 'x-ai'],
  ['https://eu-west-1.api.x.ai/v1', 'x-ai'],
  ['https://eu.api.openai.com.example.com/v1', undefined],
  ['https://example.com/eu.api.openai.com', undefined],
])('%s is served by %s', (url, provider) => {
  expect(providerAt(url)).toBe(provider);
});

test('a provider has a display name only under its exact id', () => {
  expect(['openai', 'aws', 'my-openai-gateway', 'acme'].map(providerName)).toEqual([
    'OpenAI',
    'AWS Bedrock',
    undefined,
    undefined,
  ]);
});

describe('against the book’s own calculation', () => {
  const usages: readonly Usage[] = [
    { input: 1_000, output: 300 },
    { input: 123, cacheRead: 45_678, output: 9 },
    { input: 7, cacheWrite5m: 1_111, cacheWrite1h: 2_222, output: 33 },
    { input: 150_000, cacheRead: 150_001, output: 4_321 },
    { input: 1_000_001, output: 1 },
    { input: 50, inputAudio: 500, output: 60, outputAudio: 70 },
    { input: 5, output: 5, webSearch: 3 },
  ];
  const times = [
    '2024-06-01T00:00:00Z',
    '2025-12-31T23:59:59Z',
    '2026-09-01T02:00:00Z',
    '2026-11-22T12:00:00Z',
    '2027-02-01T07:00:00Z',
  ];

  test.each(['openai', 'anthropic', 'google', 'deepseek', 'mistral', 'groq', 'x-ai', 'aws'])(
    'every billable model of %s costs what the book calculates, to half a nano-dollar per line',
    providerId => {
      let compared = 0;
      for (const { id } of findProvider({ providerId })?.models ?? []) {
        const known = lookUp(providerId, id);
        if (known.kind !== 'found') continue;
        const price = schedulePrice('book', known.eras);
        for (const usage of usages) {
          for (const time of times) {
            const atMs = Date.parse(time);
            if (price.unpriced(usage, atMs).length > 0) continue;
            const reference = calcPrice(inBookTerms(usage), id, { providerId, timestamp: new Date(atMs) });
            if (reference?.model.id !== id) continue;
            const lines = price.lines(usage, atMs).length;
            expect(Math.abs(price.cost(usage, atMs) - reference.total_price * 1e9)).toBeLessThanOrEqual(
              lines * 0.5 + 1e-3,
            );
            compared++;
          }
        }
      }
      expect(compared).toBeGreaterThan(50);
    },
  );

  /** The book counts cached and audio tokens inside the totals. */
  function inBookTerms(usage: Usage): Record<string, number> {
    const {
      input = 0,
      cacheRead = 0,
      cacheWrite5m = 0,
      cacheWrite1h = 0,
      inputAudio = 0,
      output = 0,
      outputAudio = 0,
      webSearch = 0,
    } = usage;
    return {
      input_tokens: input + cacheRead + cacheWrite5m + cacheWrite1h + inputAudio,
      cache_read_tokens: cacheRead,
      cache_write_tokens: cacheWrite5m + cacheWrite1h,
      cache_write_5m_tokens: cacheWrite5m,
      cache_write_1h_tokens: cacheWrite1h,
      input_audio_tokens: inputAudio,
      output_tokens: output + outputAudio,
      output_audio_tokens: outputAudio,
      web_searches: webSearch,
    };
  }
});
