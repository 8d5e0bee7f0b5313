import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PriceConfig } from '../../../src/contracts/price-config.ts';
import { METERS } from '../../../src/core/ledger/usage.ts';
import { recordedLines } from '../../../src/exports/focus/recorded-price.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';

const rates = (input: number, output: number) => ({ inputUsdPerMillion: input, outputUsdPerMillion: output });

const PRICES: Readonly<
  Record<string, { readonly provider: string; readonly model: string; readonly price?: PriceConfig }>
> = {
  'a list price': { provider: 'openai', model: 'gpt-5-mini' },
  'a list price with cache writes': { provider: 'anthropic', model: 'claude-opus-4-5' },
  'a price with a bracket for long contexts': { provider: 'anthropic', model: 'claude-sonnet-4-5' },
  'a discount': { provider: 'openai', model: 'gpt-5', price: { discount: 0.15 } },
  'tiers of its own': {
    provider: 'openai',
    model: 'x',
    price: { ...rates(0.25, 2), tiers: { flex: 0.5, priority: rates(0.45, 3.6) } },
  },
  'a GPU by its time': { provider: 'openai', model: 'x', price: { gpuHourUsd: 2, concurrency: 16, utilisation: 0.7 } },
  'a GPU by its throughput': { provider: 'openai', model: 'x', price: { gpuHourUsd: 2, tokensPerSecond: 900 } },
};

const usages = fc.record(
  Object.fromEntries(METERS.map(meter => [meter, fc.integer({ min: 0, max: 400_000 })])) as Record<
    (typeof METERS)[number],
    fc.Arbitrary<number>
  >,
  { requiredKeys: [] },
);
const AT_MS = Date.UTC(2026, 10, 3, 12);

test.each(Object.entries(PRICES))(
  'the rates that are recorded with a call reproduce the price lines of %s',
  (_, request) => {
    const price = resolvePrice(request);
    fc.assert(
      fc.property(
        usages,
        fc.constantFrom(undefined, 'flex', 'priority', 'unknown'),
        fc.integer({ min: 0, max: 90_000 }),
        (usage, tier, latencyMs) => {
          const kept = price.pricedAt?.(usage, AT_MS, { tier }) ?? {};
          const lines = price.lines(usage, AT_MS, { tier }, latencyMs);
          expect(recordedLines({ usage, ...kept }, latencyMs) ?? []).toEqual(lines);
          // As a store keeps them.
          expect(recordedLines({ usage, ...(JSON.parse(JSON.stringify(kept)) as object) }, latencyMs) ?? []).toEqual(
            lines,
          );
        },
      ),
      { numRuns: 300 },
    );
  },
);

test('only the rates of used meters are recorded, and calls with the same meters share them', () => {
  const price = resolvePrice({ provider: 'openai', model: 'gpt-5-mini' });
  const kept = price.pricedAt?.({ input: 5, output: 7, reasoning: 3 }, AT_MS);
  expect(kept).toEqual({ rates: { input: 250_000, output: 2_000_000 } });
  expect(price.pricedAt?.({ output: 1, input: 9 }, AT_MS)).toBe(kept);
  expect(price.pricedAt?.({}, AT_MS)).toEqual({});
});

test('without recorded rates there are no lines, and a meter without a rate has none', () => {
  expect(recordedLines({ usage: { input: 5 } }, 1)).toBeUndefined();
  expect(recordedLines({ usage: { input: 5, webSearch: 2 }, rates: { input: 1_000 } }, 1)).toEqual([
    { meter: 'input', quantity: 5, rate: 1_000, costNanoUsd: 5 },
  ]);
});

test('recorded rates give the price’s lines, even if a provider keeps reporting new combinations of meters', () => {
  const price = resolvePrice({ provider: 'openai', model: 'gpt-5-mini' });
  for (let mask = 0; mask < 1 << METERS.length; mask += 101) {
    const usage = Object.fromEntries(METERS.flatMap((meter, i) => (((mask >> i) & 1) === 1 ? [[meter, 1]] : [])));
    expect(recordedLines({ usage, ...price.pricedAt?.(usage, AT_MS) }, 0) ?? []).toEqual(price.lines(usage, AT_MS));
  }
});
