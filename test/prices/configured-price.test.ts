import { describe, expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import { datedEras, sheetOfRates, withTerms } from '../../src/prices/configured-price.ts';
import type { RatesPrice } from '../../src/contracts/price-config.ts';
import { schedulePrice } from '../../src/prices/schedule.ts';

const base: RatesPrice = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const priceOf = (config: RatesPrice) =>
  schedulePrice('test', [{ fromMs: -Infinity, sheet: sheetOfRates(config, 'price') }]);

function thrown(run: () => unknown): readonly [string, string | undefined] {
  try {
    run();
  } catch (error) {
    if (RouterError.isInstance(error)) return [error.code, error.path];
  }
  throw new Error('no RouterError');
}

describe('rates', () => {
  test('every meter has a key in the configuration', () => {
    const all = priceOf({
      inputUsdPerMillion: 1,
      outputUsdPerMillion: 2,
      cacheReadUsdPerMillion: 3,
      cacheWrite5mUsdPerMillion: 4,
      cacheWrite1hUsdPerMillion: 5,
      inputAudioUsdPerMillion: 6,
      cacheReadAudioUsdPerMillion: 7,
      outputAudioUsdPerMillion: 8,
      webSearchUsdPerThousand: 9,
    });
    const one = {
      input: 1,
      output: 1,
      cacheRead: 1,
      cacheWrite5m: 1,
      cacheWrite1h: 1,
      inputAudio: 1,
      cacheReadAudio: 1,
      outputAudio: 1,
    };
    expect(all.lines({ ...one, webSearch: 1 }, 0).map(line => [line.meter, line.costNanoUsd])).toEqual([
      ['input', 1_000],
      ['cacheRead', 3_000],
      ['cacheWrite5m', 4_000],
      ['cacheWrite1h', 5_000],
      ['inputAudio', 6_000],
      ['cacheReadAudio', 7_000],
      ['output', 2_000],
      ['outputAudio', 8_000],
      ['webSearch', 9_000_000],
    ]);
  });

  test('a price without the rate of input or output says that it needs both', () => {
    expect(() => sheetOfRates({ inputUsdPerMillion: 1 } as RatesPrice, 'price')).toThrow(
      /"inputUsdPerMillion", "outputUsdPerMillion"/,
    );
  });

  test('the smallest long-context threshold is one token', () => {
    const longContext = { aboveTokens: 1, inputUsdPerMillion: 3 };
    expect(priceOf({ ...base, longContext }).cost({ input: 2 }, 0)).toBe(6_000);
  });

  test('a meter with a rate of 0 is free', () => {
    expect(priceOf({ ...base, cacheReadUsdPerMillion: 0 }).cost({ cacheRead: 1_000 }, 0)).toBe(0);
  });

  test.each<[string, unknown]>([
    ['price', { inputUsdPerMillion: 1 }],
    ['price', { outputUsdPerMillion: 1 }],
    ['price.inputUsdPerMillion', { ...base, inputUsdPerMillion: -1 }],
    ['price.outputUsdPerMillion', { ...base, outputUsdPerMillion: '2' }],
    ['price.outputUsdPerMillion', { ...base, outputUsdPerMillion: Number.NaN }],
    ['price.longContext.aboveTokens', { ...base, longContext: { inputUsdPerMillion: 2 } }],
    ['price.longContext.aboveTokens', { ...base, longContext: { aboveTokens: 0, inputUsdPerMillion: 2 } }],
    ['price.longContext.inputUsd', { ...base, longContext: { aboveTokens: 5, inputUsd: 2 } }],
    ['price.tiers.prioritty', { ...base, tiers: { prioritty: 2 } }],
    ['price.tiers.flex', { ...base, tiers: { flex: -0.5 } }],
    ['price.tiers.flex.input', { ...base, tiers: { flex: { input: 1 } } }],
    ['price.discount', { ...base, discount: 1 }],
    ['price.discount', { ...base, discount: 15 }],
  ])('an invalid %s is refused with an error that has this path', (path, config) => {
    expect(thrown(() => sheetOfRates(config as RatesPrice, 'price'))).toEqual(['invalid-value', path]);
  });
});

describe('terms', () => {
  test('a tier configured as a multiplier scales every bracket, but not web searches', () => {
    const price = priceOf({
      ...base,
      webSearchUsdPerThousand: 10,
      longContext: { aboveTokens: 100, inputUsdPerMillion: 4 },
      tiers: { flex: 0.5 },
    });
    expect(price.cost({ input: 100, webSearch: 1 }, 0, { tier: 'flex' })).toBe(50_000 + 10_000_000);
    expect(price.cost({ input: 200 }, 0, { tier: 'flex' })).toBe(400_000);
  });

  test('a tier configured as rates may have its own long-context rates', () => {
    const price = priceOf({
      ...base,
      longContext: { aboveTokens: 100, inputUsdPerMillion: 4 },
      tiers: { priority: { inputUsdPerMillion: 3, longContext: { aboveTokens: 7, inputUsdPerMillion: 9 } } },
    });
    expect(price.ratesAt(0, { tier: 'priority' }).map(({ aboveTokens }) => aboveTokens)).toEqual([-1, 7]);
    expect(price.cost({ input: 8 }, 0, { tier: 'priority' })).toBe(72_000);
  });

  test('the configuration can add a price of web searches to a price list that has none', () => {
    const sheet = withTerms(sheetOfRates(base, 'price'), { webSearchUsdPerThousand: 5 }, 'price');
    const price = schedulePrice('test', [{ fromMs: 0, sheet }]);
    expect(price.cost({ webSearch: 2 }, 0)).toBe(10_000_000);
    expect(price.unpriced({ webSearch: 2 }, 0)).toEqual([]);
  });

  test('a discount applies to every rate', () => {
    const price = priceOf({ ...base, webSearchUsdPerThousand: 10, tiers: { flex: 0.5 }, discount: 0.15 });
    expect(price.cost({ input: 1_000, webSearch: 1 }, 0)).toBe(850_000 + 8_500_000);
    expect(price.cost({ input: 1_000 }, 0, { tier: 'flex' })).toBe(425_000);
  });
});

describe('dated lists', () => {
  const list = (...froms: (string | undefined)[]) =>
    datedEras(
      froms.map(from => (from === undefined ? {} : { from })),
      'price',
      () => [{ fromMs: -Infinity, sheet: sheetOfRates(base, 'price') }],
    ).map(era => era.fromMs);

  test('dates are read as UTC, and times with their UTC offset', () => {
    expect(list('2026-01-01T10:00Z', '2026-01-01T10:00:00.250Z')).toEqual([
      Date.UTC(2026, 0, 1, 10),
      Date.UTC(2026, 0, 1, 10, 0, 0, 250),
    ]);
    expect(list(undefined, '2026-01-01', '2026-01-02T10:00:00+02:00')).toEqual([
      -Infinity,
      Date.UTC(2026, 0, 1),
      Date.UTC(2026, 0, 2, 8),
    ]);
  });

  test('price changes of the book apply within the period of each entry of a dated list', () => {
    const sheet = sheetOfRates(base, 'price');
    const eras = datedEras([{}, { from: '2026-03-01' }], 'price', () => [
      { fromMs: -Infinity, sheet },
      { fromMs: Date.UTC(2026, 1, 1), sheet },
      { fromMs: Date.UTC(2026, 5, 1), sheet },
    ]);
    expect(eras.map(era => era.fromMs)).toEqual([
      -Infinity,
      Date.UTC(2026, 1, 1),
      Date.UTC(2026, 2, 1),
      Date.UTC(2026, 5, 1),
    ]);
  });

  test('a price change of the book on the same date as an entry of a dated list is not repeated', () => {
    const sheet = sheetOfRates(base, 'price');
    const changeMs = Date.UTC(2026, 2, 1);
    const eras = datedEras([{}, { from: '2026-03-01' }], 'price', () => [
      { fromMs: -Infinity, sheet },
      { fromMs: changeMs, sheet },
    ]);
    expect(eras.map(era => era.fromMs)).toEqual([-Infinity, changeMs]);
  });

  test('only the first entry of a dated list may have no date', () => {
    for (const froms of [
      ['2026-01-01', undefined],
      [undefined, '2026-01-01', undefined],
    ])
      expect(() => list(...froms)).toThrow('only the first entry may leave it out');
  });

  test.each<[string, (string | undefined)[]]>([
    ['price', []],
    ['price[1].from', ['2026-01-01', undefined]],
    ['price[1].from', ['2026-01-01', '2026-01-01']],
    ['price[1].from', ['2026-01-01', '2025-01-01']],
    ['price[0].from', ['yesterday']],
    ['price[0].from', ['x2026-01-01']],
    ['price[0].from', ['from 2026-01-01']],
    ['price[1].from', ['2026-01-01', 'tomorrow']],
    ['price[0].from', ['2026-13-01']],
    ['price[0].from', ['2027-02-29']],
    ['price[1].from', ['2027-01-01', '2027-02-30']],
    ['price[0].from', ['2027-04-31T00:00:00Z']],
    ['price[0].from', ['2027-04-30T24:30:00Z']],
    ['price[0].from', [5 as never]],
    ['price[0].from', ['2026-01-01T10:00:00']],
  ])('the error has the path %s for a list with the dates %j', (path, froms) => {
    expect(thrown(() => list(...froms))).toEqual(['invalid-value', path]);
  });
});
