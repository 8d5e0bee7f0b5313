import { describe, expect, test } from 'vitest';
import type { PriceConfig } from '../../src/contracts/price-config.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';
import { statedPrice } from '../../src/prices/stated-price.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

const atMs = Date.parse('2026-11-22T12:00:00Z');
const usage = { input: 1_000, output: 100 };
const resolved = (model: string, price: PriceConfig) => resolvePrice({ provider: 'openai', model, price });

describe('a price that replies state', () => {
  test('the rates of a model of the book are used for replies that do not state a cost', () => {
    const listed = resolvePrice({ provider: 'openai', model: 'gpt-5' });
    for (const price of ['reported', { reported: true }] as const) {
      const stated = resolved('gpt-5', price);
      expect([stated.usesStatedCost, stated.cost(usage, atMs), stated.unpriced(usage, atMs)]).toEqual([
        true,
        listed.cost(usage, atMs),
        [],
      ]);
      expect(stated.source).toBe(`reported by the call, else ${listed.source}`);
      expect([stated.id, stated.idAt(atMs)]).toEqual([`reported-${listed.id}`, `reported-${listed.idAt(atMs)}`]);
    }
  });

  test('a model without rates may have a stated price, and all usage of a reply without a cost is reported', () => {
    for (const price of ['reported', { reported: true }] as const) {
      const stated = resolved('gpt-unlisted', price);
      expect([stated.usesStatedCost, stated.cost(usage, atMs)]).toEqual([true, 0]);
      expect(stated.unpriced({ ...usage, request: 1, webSearch: 0 }, atMs)).toEqual(['input', 'output', 'request']);
    }
    expect(statedPrice(undefined).source).toBe('reported by the call');
  });

  test('configured rates, a discount, or the price of another model apply to replies that do not state a cost', () => {
    const cost = (price: PriceConfig): number => {
      const stated = resolved('gpt-5', price);
      expect(stated.usesStatedCost).toBe(true);
      return stated.cost(usage, atMs);
    };
    const own = { reported: true, inputUsdPerMillion: 1, outputUsdPerMillion: 2, perRequestUsd: 0.005 };
    expect(cost(own)).toBe(1_200_000);
    expect(resolved('gpt-5', own).hasRequestFee).toBe(true);
    expect(cost({ reported: true, discount: 0.5 })).toBe(1_125_000);
    expect(cost({ reported: true, as: 'openai/gpt-5-mini' })).toBe(450_000);
  });

  test('a price with `reported: false` equals the plain price', () => {
    const plain = resolved('gpt-5', { reported: false });
    expect([plain.usesStatedCost, plain.id]).toEqual([
      undefined,
      resolvePrice({ provider: 'openai', model: 'gpt-5' }).id,
    ]);
  });

  test.each<[string, unknown]>([
    ['price.reported', { reported: 'yes' }],
    ['price.reported', { reported: null }],
    ['price.reportd', { reportd: true }],
    ['price.reported', { gpuHourUsd: 2, reported: true }],
    ['price[0].reported', [{ reported: true, discount: 0.1 }]],
  ])('the path %s is in the error for %j', (path, price) => {
    const request = { provider: 'openai', model: 'gpt-5', price };
    expect(refusal(() => (resolvePrice as Loose)(request))).toMatchObject({ code: 'invalid-value', path });
  });
});
