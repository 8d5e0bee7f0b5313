/**
 * Prices against a second implementation, written from the documentation: fractions of whole numbers, one rate at a time,
 * nothing compiled.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LongContextRates, RatesPrice, TierPrice, TokenRates } from '../../src/contracts/price-config.ts';
import type { Price } from '../../src/contracts/price.ts';
import type { PriceList } from '../../src/contracts/price-list.ts';
import type { Meter, ServedTerms, Usage } from '../../src/core/ledger/usage.ts';
import { METERS } from '../../src/core/ledger/usage.ts';
import { RouterError } from '../../src/errors.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';

type Fraction = readonly [bigint, bigint];

const KEYS: Readonly<Record<Meter, readonly [keyof TokenRates, bigint]>> = {
  input: ['inputUsdPerMillion', 1_000_000n],
  cacheRead: ['cacheReadUsdPerMillion', 1_000_000n],
  cacheWrite5m: ['cacheWrite5mUsdPerMillion', 1_000_000n],
  cacheWrite1h: ['cacheWrite1hUsdPerMillion', 1_000_000n],
  inputAudio: ['inputAudioUsdPerMillion', 1_000_000n],
  cacheReadAudio: ['cacheReadAudioUsdPerMillion', 1_000_000n],
  output: ['outputUsdPerMillion', 1_000_000n],
  outputAudio: ['outputAudioUsdPerMillion', 1_000_000n],
  outputImage: ['outputImageUsdPerMillion', 1_000_000n],
  imageGenInput: ['imageGenInputUsdPerMillion', 1_000_000n],
  imageGenInputImage: ['imageGenInputImageUsdPerMillion', 1_000_000n],
  imageGenOutput: ['imageGenOutputUsdPerMillion', 1_000_000n],
  webSearch: ['webSearchUsdPerThousand', 1_000n],
  fileSearch: ['fileSearchUsdPerThousand', 1_000n],
  codeSession: ['codeSessionUsd', 1n],
  webSearchPreview: ['webSearchPreviewUsdPerThousand', 1_000n],
  request: ['perRequestUsd', 1n],
};
/**
 * Meters whose price does not depend on the terms of the reply's own model, for example for a search, or for an image model that is called
 * as a tool.
 */
const ON_ALL_TERMS: readonly Meter[] = [
  'webSearch',
  'webSearchPreview',
  'fileSearch',
  'codeSession',
  'request',
  'imageGenInput',
  'imageGenInputImage',
  'imageGenOutput',
];
/**
 * The meters whose rate is used for a meter that has none of its own, and whether this leaves the cost exact; `false`: the meter is named
 * as unpriced.
 */
const PLAINER: readonly (readonly [Meter, readonly Meter[], boolean])[] = [
  ['cacheRead', ['input'], true],
  ['cacheWrite5m', ['input'], true],
  ['cacheWrite1h', ['cacheWrite5m', 'input'], true],
  ['inputAudio', ['input'], false],
  ['cacheReadAudio', ['inputAudio'], true],
  ['cacheReadAudio', ['cacheRead', 'input'], false],
  ['outputAudio', ['output'], false],
  ['outputImage', ['output'], false],
  ['imageGenInputImage', ['imageGenInput'], false],
  ['webSearchPreview', ['webSearch'], false],
];
const LIMIT = 9_000_000n * 1_000_000_000n;

function fraction(value: number): Fraction {
  const [digits = '', exponent = '0'] = String(value).split('e');
  const [whole = '', decimals = ''] = digits.split('.');
  const power = BigInt(exponent) - BigInt(decimals.length);
  const scale = 10n ** (power < 0n ? -power : power);
  return power < 0n ? [BigInt(whole + decimals), scale] : [BigInt(whole + decimals) * scale, 1n];
}

function halfUp(num: bigint, den: bigint): bigint {
  return (2n * num + den) / (2n * den);
}

type ListedRates = Partial<TokenRates> & { readonly longContext?: LongContextRates };

function billedOn({ tier, speed, region }: ServedTerms, config: RatesPrice) {
  const asked = [
    ['tier', tier, config.tiers, 'standard'],
    ['speed', speed, config.speeds, 'standard'],
    ['region', region, config.regions, 'global'],
  ] as const;
  const named: string[] = [];
  const factors: number[] = [];
  const lists: (readonly [string, ListedRates])[] = [];
  for (const [kind, name, prices, standard] of asked) {
    if (name === undefined || name === standard) continue;
    const price: TierPrice | undefined = Object.hasOwn(prices ?? {}, name) ? prices?.[name] : undefined;
    if (price === undefined) named.push(`${kind} "${name}"`);
    else if (typeof price === 'number') factors.push(price);
    else lists.push([`${kind} "${name}"`, price]);
  }
  for (const [name] of lists.slice(1)) named.push(`${name} with ${lists[0]?.[0]}`);
  return { named, factors, list: lists[0]?.[1] };
}

function ratesAt(config: RatesPrice, list: ListedRates | undefined, size: number): Partial<TokenRates> {
  const isLarge = (rates: { readonly longContext?: LongContextRates } | undefined): boolean =>
    rates?.longContext !== undefined && size > rates.longContext.aboveTokens;
  const standard = isLarge(config) ? { ...config, ...config.longContext } : config;
  if (list === undefined) return standard;
  if (list.longContext !== undefined) return { ...config, ...list, ...(isLarge(list) ? list.longContext : {}) };
  return isLarge(config) ? standard : { ...config, ...list };
}

function hasFee(config: RatesPrice): boolean {
  const lists = [config.tiers, config.speeds, config.regions].flatMap(each => Object.values(each ?? {}));
  const all = [config, ...lists].flatMap(each => (typeof each === 'object' ? [each, each.longContext] : []));
  return all.some(each => (each?.perRequestUsd ?? 0) > 0);
}

function free(config: RatesPrice): RatesPrice {
  return { perRequestUsd: 0, ...config };
}

function billed(given: RatesPrice, usage: Usage, terms: ServedTerms) {
  // If a price has a fee for requests on some terms only, the fee on other terms is 0, not unknown.
  const config = hasFee(given) ? free(given) : given;
  const { named: unpriced, factors, list } = billedOn(terms, config);
  const isBillable = (count: unknown): count is number =>
    typeof count === 'number' && count > 0 && count < 2 ** 53 && count % 1 === 0;
  const size = (['input', 'cacheRead', 'cacheWrite5m', 'cacheWrite1h', 'inputAudio', 'cacheReadAudio'] as const)
    .map(meter => usage[meter])
    .reduce<number>((sum, count) => sum + (isBillable(count) ? count : 0), 0);
  const rates = ratesAt(config, list, size);
  let cost = 0n;
  const lines: (readonly [Meter, number])[] = [];
  for (const meter of METERS) {
    const count: unknown = usage[meter];
    if (count === undefined || count === null || count === 0) continue;
    const has = (each: Meter): boolean => rates[KEYS[each][0]] !== undefined;
    const plainer = PLAINER.filter(([from]) => from === meter).flatMap(([, to, isExact]) =>
      to.map(each => [each, isExact] as const),
    );
    const [source, isExact] = [[meter, true] as const, ...plainer].find(([each]) => has(each)) ?? [undefined, false];
    let picoUsd = 0n;
    if (source !== undefined) {
      const [key, units] = KEYS[source];
      let [num, den] = fraction(rates[key] as number);
      den *= units;
      for (const [n, d] of ON_ALL_TERMS.includes(meter) ? [] : factors.map(fraction)) [num, den] = [num * n, den * d];
      const [off, whole] = fraction(config.discount ?? 0);
      picoUsd = halfUp(num * (whole - off) * 10n ** 12n, den * whole);
    }
    const nanoUsd = halfUp(isBillable(count) ? BigInt(count) * picoUsd : 0n, 1000n);
    const isTooMuch = cost + nanoUsd > LIMIT;
    if (!isBillable(count)) unpriced.push(`${meter} (not a count)`);
    else if (isTooMuch) unpriced.push(`${meter} (too much)`);
    else if (!isExact) unpriced.push(meter);
    if (source === undefined || !isBillable(count) || isTooMuch) continue;
    cost += nanoUsd;
    lines.push([meter, Number(nanoUsd)]);
  }
  return { cost: Number(cost), lines, unpriced };
}

const decimal = (digits: number, most: number) =>
  fc
    .tuple(fc.integer({ min: 0, max: most }), fc.integer({ min: 0, max: digits }))
    .map(([n, d]) => Number(`${n}e-${d}`));
const rate = fc.oneof({ weight: 60, arbitrary: decimal(3, 9_000) }, { weight: 1, arbitrary: decimal(9, 9_999_999) });
const keys = Object.values(KEYS).map(([key]) => key);
const rates = (required: readonly string[]): fc.Arbitrary<Partial<TokenRates>> =>
  fc.record(Object.fromEntries(keys.map(key => [key, rate])), { requiredKeys: [...required] });
const aboveTokens = fc.integer({ min: 1, max: 2_000 });
const long: fc.Arbitrary<LongContextRates> = fc.tuple(rates([]), aboveTokens).map(([some, above]) => ({
  ...some,
  aboveTokens: above,
}));
const list: fc.Arbitrary<TierPrice> = fc.oneof(
  rates([]),
  fc.tuple(rates([]), long).map(([some, longContext]) => ({ ...some, longContext })),
);
const change = fc.oneof(
  { weight: 2, arbitrary: decimal(2, 999).map(each => each + 0.1) as fc.Arbitrary<TierPrice> },
  { weight: 1, arbitrary: list },
);
const changes = (...names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map(name => [name, change])), { requiredKeys: [] });
const config = fc
  .tuple(
    rates(['inputUsdPerMillion', 'outputUsdPerMillion']),
    fc.record(
      {
        longContext: long,
        tiers: changes('batch', 'scale', '__proto__'),
        speeds: changes('fast', 'constructor'),
        regions: changes('us', 'eu'),
        discount: decimal(3, 950).filter(discount => discount < 1),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([some, terms]) => ({ ...some, ...terms }) as RatesPrice);
const terms: fc.Arbitrary<ServedTerms> = fc.record(
  {
    tier: fc.constantFrom('standard', 'batch', 'scale', 'flex', '__proto__', 'toString'),
    speed: fc.constantFrom('standard', 'fast', 'turbo', 'constructor'),
    region: fc.constantFrom('global', 'us', 'eu', 'mars'),
  },
  { requiredKeys: [] },
);
const count = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 0, max: 1_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 5_000_000 }) },
);
const NUMBERS = [
  Number.NaN,
  -1,
  -0,
  0.5,
  1e9 + 0.25,
  2 ** 53,
  2 ** 53 - 1,
  2 ** 52,
  1e300,
  Infinity,
  -Infinity,
  1e12,
  1e15,
];
const hostile = fc.oneof(
  { weight: 3, arbitrary: count },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(...NUMBERS, '5', '', 'many', null, true, {}, [7], 5n, Symbol('7'), {
      valueOf: () => 7,
    }),
  },
);
const usageOf = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<Usage> =>
  fc.record(Object.fromEntries(METERS.map(meter => [meter, arbitrary])), { requiredKeys: [] }) as fc.Arbitrary<Usage>;

function priceOf(price: RatesPrice) {
  return resolvePrice({ provider: 'other', model: 'any', price });
}

function resolved(price: RatesPrice) {
  try {
    return priceOf(price);
  } catch (error) {
    if (RouterError.isInstance(error) && error.code === 'invalid-value') return undefined;
    throw error;
  }
}

function matches(price: RatesPrice, usage: Usage, terms: ServedTerms): boolean {
  const own = resolved(price);
  if (own !== undefined) expectBill(own, 0, billed(price, usage, terms), { usage, terms });
  return own !== undefined;
}

function expectBill(
  price: Price,
  atMs: number,
  { cost, lines, unpriced }: ReturnType<typeof billed>,
  { usage, terms }: { readonly usage: Usage; readonly terms: ServedTerms },
): void {
  const actual = price.lines(usage, atMs, terms);
  expect(actual.map(line => [line.meter, line.costNanoUsd])).toEqual(lines);
  expect(price.cost(usage, atMs, terms)).toBe(cost);
  expect(price.unpriced(usage, atMs, terms)).toEqual(unpriced);
}

describe('compared with the second bill', () => {
  test('random prices, terms and usages give the same lines, cost and names as the second bill', () => {
    let accepted = 0;
    fc.assert(
      fc.property(config, usageOf(count), terms, (price, usage, terms) => {
        if (matches(price, usage, terms)) accepted++;
      }),
      { numRuns: 600 },
    );
    expect(accepted).toBeGreaterThan(300);
  });

  test('a usage with anything in place of a count gives the same lines, cost and names as the second bill', () => {
    fc.assert(
      fc.property(config, usageOf(hostile), terms, (price, usage, terms) => void matches(price, usage, terms)),
      { numRuns: 600 },
    );
  });
});

describe('the other forms of a price', () => {
  const changeMs = Date.UTC(2027, 0, 1);

  test('a dated list has the bill of the entry in force at every time', () => {
    fc.assert(
      fc.property(config, config, usageOf(count), terms, (before, after, usage, terms) => {
        if (resolved(before) === undefined || resolved(after) === undefined) return;
        // An entry without a fee for requests has none where the other has one.
        const [first, second] = hasFee(before) === hasFee(after) ? [before, after] : [before, after].map(free);
        const price = [before, { from: '2027-01-01', ...after }];
        const dated = resolvePrice({ provider: 'other', model: 'any', price });
        expectBill(dated, changeMs - 1, billed(first as RatesPrice, usage, terms), { usage, terms });
        expectBill(dated, changeMs, billed(second as RatesPrice, usage, terms), { usage, terms });
      }),
      { numRuns: 200 },
    );
  });

  test('terms and fees that are added to the book’s price are billed together with its rates', () => {
    const listed = { inputUsdPerMillion: 1, cacheReadUsdPerMillion: 0.1, outputUsdPerMillion: 5 };
    const priceList: PriceList = {
      source: 'https://example.com/prices',
      asOf: '2026-11-28',
      models: [{ provider: 'acme', model: 'one', prices: [listed] }],
    };
    const added = config.map(({ inputUsdPerMillion: _, outputUsdPerMillion: __, longContext: ___, ...rest }) => rest);
    fc.assert(
      fc.property(added, usageOf(count), terms, (added, usage, terms) => {
        if (resolved({ ...listed, ...added }) === undefined) return;
        const price = resolvePrice({ provider: 'acme', model: 'one', price: added, priceList });
        expectBill(price, 0, billed({ ...listed, ...added }, usage, terms), { usage, terms });
      }),
      { numRuns: 200 },
    );
  });
});

describe('usage with any content', () => {
  const large: RatesPrice = { inputUsdPerMillion: 9e9, outputUsdPerMillion: 9e9, perRequestUsd: 9_000 };
  const local = resolvePrice({ provider: 'other', model: 'any', price: { gpuHourUsd: 2 } });

  test('the cost is the sum of the lines, a safe integer, and at most the limit of one ledger amount', () => {
    const prices = [priceOf(large), priceOf({ ...large, cacheReadUsdPerMillion: 5e-7 }), local];
    fc.assert(
      fc.property(usageOf(hostile), fc.constantFrom(...prices), fc.double(), (usage, price, latencyMs) => {
        const cost = price.cost(usage, 0, undefined, latencyMs);
        const sum = price.lines(usage, 0, undefined, latencyMs).reduce((all, line) => all + line.costNanoUsd, 0);
        expect(cost).toBe(sum);
        expect(Number.isSafeInteger(cost) && cost >= 0 && cost <= Number(LIMIT)).toBe(true);
      }),
      { numRuns: 600 },
    );
  });

  test('a meter that was used has a line, or is reported as unpriced', () => {
    const price = priceOf({ ...large, cacheReadUsdPerMillion: 0, webSearchUsdPerThousand: 10 });
    fc.assert(
      fc.property(usageOf(hostile), usage => {
        const billed = new Set<string>(price.lines(usage, 0).map(({ meter }) => meter));
        const named = price.unpriced(usage, 0).map(name => name.split(' ')[0]);
        for (const meter of METERS)
          if ((usage[meter] ?? 0) !== 0 && !named.includes(meter))
            expect([meter, billed.has(meter)]).toEqual([meter, true]);
      }),
    );
  });
});
