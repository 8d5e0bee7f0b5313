import { describe, expect, test } from 'vitest';
import type { ServedTerms, Usage } from '../../../src/core/ledger/usage.ts';
import { lookUp } from '../../../src/prices/book.ts';
import { OVERLAY } from '../../../src/prices/overlay.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { modelIn } from '../../../src/prices/price-list.ts';

const atMs = Date.UTC(2026, 10, 22);

const { terms: TERMS = [] } = OVERLAY;

describe('every entry', () => {
  test.each(TERMS)(
    'the terms of $provider $models have a public source of the vendor, and a date',
    ({ source, asOf = '' }) => {
      expect(source).toMatch(
        /^https:\/\/((developers\.)?openai\.com|platform\.claude\.com|docs\.(perplexity|x)\.ai)\//,
      );
      expect(Date.parse(asOf)).toBeGreaterThan(Date.parse('2025-01-01'));
    },
  );

  test.each(TERMS.filter(({ models }) => models !== 'all'))(
    'a list has every model of $models',
    ({ provider, models }) => {
      const unknown = (models as readonly string[]).filter(model => {
        const listed = modelIn(OVERLAY, provider, model);
        const book = lookUp(provider, model);
        const id = listed?.model ?? (book.kind === 'found' ? book.id : undefined);
        return id !== model;
      });
      expect(unknown).toEqual([]);
    },
  );
});

function cost(provider: string, model: string, usage: Usage, terms: ServedTerms) {
  const price = resolvePrice({ provider, model });
  return { costNanoUsd: price.cost(usage, atMs, terms), unpriced: price.unpriced(usage, atMs, terms) };
}

describe('speeds and regions of Anthropic', () => {
  test.each([
    ['claude-opus-4-6', 100_000 * 30_000 + 10_000 * 150_000],
    ['claude-opus-4-8', 100_000 * 10_000 + 10_000 * 50_000],
    ['claude-opus-5', 100_000 * 10_000 + 10_000 * 50_000],
    ['claude-opus-5-5', 100_000 * 8_000 + 10_000 * 40_000],
    ['claude-fable-5-2', 100_000 * 16_000 + 10_000 * 80_000],
  ])('the fast mode of %s has its published price', (model, nano) => {
    expect(cost('anthropic', model, { input: 100_000, output: 10_000 }, { speed: 'fast' })).toEqual({
      costNanoUsd: nano,
      unpriced: [],
    });
  });

  test('the fast mode multiplies the price of cached input by the same factor', () => {
    const usage = { input: 1_000, cacheRead: 6_034, output: 1_000 };
    expect(cost('anthropic', 'claude-opus-5', usage, { speed: 'fast' }).costNanoUsd).toBe(66_034_000);
  });

  test('an unknown speed, and the fast mode of a model that has none, are reported as unpriced', () => {
    expect(cost('anthropic', 'claude-opus-5', { input: 2_000, output: 400 }, { speed: 'turbo' })).toEqual({
      costNanoUsd: 20_000_000,
      unpriced: ['speed "turbo"'],
    });
    expect(cost('anthropic', 'claude-sonnet-4-6', { input: 1 }, { speed: 'fast' }).unpriced).toEqual(['speed "fast"']);
  });

  test('inference in the United States costs a tenth more for the models that offer it, in addition to the fast mode', () => {
    const usage = { input: 100_000, output: 10_000 };
    expect(cost('anthropic', 'claude-opus-4-6', usage, { region: 'us' })).toEqual({
      costNanoUsd: 825_000_000,
      unpriced: [],
    });
    expect(cost('anthropic', 'claude-opus-5', usage, { region: 'us', speed: 'fast' }).costNanoUsd).toBe(1_650_000_000);
    expect(cost('anthropic', 'claude-haiku-4-5', usage, { region: 'us' }).unpriced).toEqual(['region "us"']);
  });
});

describe('regions of OpenAI', () => {
  const usage = { input: 1_000_000 };

  test('a model released since 5 March 2026 costs a tenth more in a region, an older one the same', () => {
    expect(cost('openai', 'gpt-5.6-luna', { input: 1_000 }, { region: 'eu' })).toEqual({
      costNanoUsd: 220_000,
      unpriced: [],
    });
    expect(cost('openai', 'gpt-5', usage, { region: 'us' })).toEqual({ costNanoUsd: 1_250_000_000, unpriced: [] });
  });

  test('a region whose price the vendor does not state is reported', () => {
    expect(cost('openai', 'gpt-5', usage, { region: 'kr' }).unpriced).toEqual(['region "kr"']);
  });

  test('a web search costs the same in every region', () => {
    expect(cost('openai', 'gpt-5.6-luna', { webSearch: 1 }, { region: 'us', tier: 'flex' }).costNanoUsd).toBe(
      10_000_000,
    );
  });
});

describe('fees of an unknown amount', () => {
  test.each([
    ['perplexity', 'sonar'],
    ['perplexity', 'sonar-reasoning-pro'],
  ])('a request to %s %s has a fee that is reported as unpriced until it is configured', (provider, model) => {
    const price = resolvePrice({ provider, model });
    expect(price.hasRequestFee).toBe(true);
    expect(price.unpriced({ request: 1 }, atMs)).toEqual(['request']);
    const configured = resolvePrice({ provider, model, price: { perRequestUsd: 0.005 } });
    expect(configured.unpriced({ request: 1 }, atMs)).toEqual([]);
    expect(configured.cost({ request: 1 }, atMs)).toBe(5_000_000);
  });

  test('sonar with its smallest fee costs what the vendor states', () => {
    const price = resolvePrice({ provider: 'perplexity', model: 'sonar', price: { perRequestUsd: 0.005 } });
    expect(price.cost({ input: 50, output: 100, request: 1 }, atMs)).toBe(5_150_000);
  });
});

test('the tiers that the vendor lists for older models are known', () => {
  expect(cost('openai', 'gpt-4o', { input: 1_000, cacheRead: 1_000, output: 1_000 }, { tier: 'priority' })).toEqual({
    costNanoUsd: 4_250_000 + 2_125_000 + 17_000_000,
    unpriced: [],
  });
  expect(cost('openai', 'gpt-6.1-sol', { input: 1_000 }, { tier: 'ultrafast' })).toEqual({
    costNanoUsd: 12_000_000,
    unpriced: [],
  });
  expect(cost('openai', 'gpt-5', { input: 1_000 }, { tier: 'ultrafast' }).unpriced).toEqual(['tier "ultrafast"']);
});
