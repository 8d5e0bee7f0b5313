import { describe, expect, test } from 'vitest';
import { resolvePrice } from '../../../src/prices/price-book.ts';

const atMs = Date.UTC(2026, 10, 22);

function search(model: string) {
  const price = resolvePrice({ provider: 'openai', model });
  const usage = { webSearchPreview: 1 };
  return { costNanoUsd: price.cost(usage, atMs), unpriced: price.unpriced(usage, atMs) };
}

describe('searches by the older tool', () => {
  test.each([
    ['gpt-4.1', 25_000_000],
    ['gpt-4o-mini', 25_000_000],
    ['gpt-4o-search-preview', 25_000_000],
    ['gpt-4o-mini-search-preview', 25_000_000],
    ['gpt-5', 10_000_000],
    ['o4-mini', 10_000_000],
  ])('a search by the older tool with %s costs what its vendor lists', (model, costNanoUsd) => {
    expect(search(model)).toEqual({ costNanoUsd, unpriced: [] });
  });

  test('a search by the older tool with an unlisted model costs as much as other searches, and is reported as unpriced', () => {
    expect(search('gpt-6-sol')).toEqual({
      costNanoUsd: 10_000_000,
      unpriced: ['webSearchPreview'],
    });
  });
});
