import { describe, expect, test } from 'vitest';
import { METERS } from '../../src/core/ledger/usage.ts';
import { longContextPrices, RATE_KEYS, unitPrices } from '../../src/prices/configured-rates.ts';
import { ratioOf, toPicoUsd } from '../../src/prices/ratio.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

describe('configured rates', () => {
  test('a rate is in USD per million tokens, per thousand searches, or per container or request, as its name says', () => {
    const rates = Object.fromEntries(RATE_KEYS.map(key => [key, 1]));
    const prices = unitPrices(rates, 'price');
    const units = METERS.map(meter => [meter, 1e12 / toPicoUsd(prices[meter] ?? ratioOf(0))]);
    expect(Object.fromEntries(units)).toMatchObject({
      input: 1_000_000,
      outputImage: 1_000_000,
      imageGenOutput: 1_000_000,
      webSearch: 1_000,
      fileSearch: 1_000,
      codeSession: 1,
      request: 1,
    });
  });

  test('a meter whose rate is left out has no price', () => {
    expect(Object.keys(unitPrices({ inputUsdPerMillion: 1 }, 'price'))).toEqual(['input']);
  });

  test.each([
    ['inputUsdPerMillion', 1e12],
    ['outputUsdPerMillion', 1e-30],
    ['webSearchUsdPerThousand', 1e7],
    ['fileSearchUsdPerThousand', 1e-11],
    ['codeSessionUsd', 9_001],
    ['perRequestUsd', 1e-13],
    ['perRequestUsd', 4.9e-10],
    ['codeSessionUsd', 4.9e-10],
    ['perRequestUsd', -1],
  ])('the rate %s of %d is refused with its path', (key, usd) => {
    expect(refusal(() => unitPrices({ [key]: usd }, 'price'))).toMatchObject({ path: `price.${key}` });
  });

  test('long-context rates name only the rates that differ, and apply above a whole number of tokens', () => {
    const { aboveTokens, prices } = longContextPrices({ aboveTokens: 5, inputUsdPerMillion: 2 }, 'price.longContext');
    expect([aboveTokens, Object.keys(prices)]).toEqual([5, ['input']]);
    for (const [wrong, path] of [
      [{ aboveTokens: 0.5 }, 'price.longContext.aboveTokens'],
      [{ aboveTokens: 5, inputUsd: 2 }, 'price.longContext.inputUsd'],
      [{ aboveTokens: 5, inputUsdPerMillion: 1e20 }, 'price.longContext.inputUsdPerMillion'],
    ] as const)
      expect(refusal(() => (longContextPrices as Loose)(wrong, 'price.longContext'))).toMatchObject({ path });
  });
});
