import { describe, expect, test } from 'vitest';
import type { ServedTerms } from '../../src/core/ledger/usage.ts';
import { costOf } from '../../src/prices/rate-table.ts';
import { over, ratioOf } from '../../src/prices/ratio.ts';
import { compileSheet } from '../../src/prices/served-tables.ts';
import type { Modifier, Sheet } from '../../src/prices/sheet.ts';

const usd = (perMillion: number) => over(ratioOf(perMillion), ratioOf(1_000_000));
const sheet: Sheet = {
  standard: [{ aboveTokens: -1, prices: { input: usd(1), output: usd(2) } }],
  tiers: { flex: ratioOf(0.5), priority: { prices: { input: usd(7) } } },
  speeds: { fast: ratioOf(6), turbo: { prices: { input: usd(8) } } },
  regions: { us: ratioOf(1.1), eu: ratioOf(1.2), jp: ratioOf(1.3), au: ratioOf(1.4) },
};
const inputRate = (terms: ServedTerms): number => costOf(compileSheet(sheet).tableFor(terms), { input: 1 });
const unknownTerms = (terms?: ServedTerms) => compileSheet(sheet).unknownTerms(terms);

describe('the price table for the service terms of a call', () => {
  test('every combination of known terms has its own table, compiled once', () => {
    const terms = ['standard', 'flex', 'priority'].flatMap(tier =>
      ['standard', 'fast', 'turbo'].flatMap(speed =>
        ['global', 'us', 'eu', 'jp', 'au'].map(region => ({ tier, speed, region })),
      ),
    );
    const tables = compileSheet(sheet);
    const found = terms.map(each => tables.tableFor(each));
    expect(new Set(found).size).toBe(45);
    expect(terms.map(each => tables.tableFor({ ...each }))).toEqual(found);
    expect(terms.every((each, i) => tables.tableFor({ ...each }) === found[i])).toBe(true);
    expect(inputRate({ tier: 'flex', speed: 'fast', region: 'us' })).toBe(3_300);
    expect(inputRate({ tier: 'priority', speed: 'fast', region: 'us' })).toBe(46_200);
  });

  test('absent and standard terms have the standard table', () => {
    const tables = compileSheet(sheet);
    const standard = tables.tableFor(undefined);
    const terms = { tier: 'standard', speed: 'standard', region: 'global' };
    for (const same of [{}, terms, { tier: undefined }, { tier: null as never }]) {
      expect(tables.tableFor(same)).toBe(standard);
      expect(unknownTerms(same)).toEqual([]);
    }
    expect(unknownTerms()).toEqual([]);
  });

  test('an unknown term is ignored and reported, and the others still count', () => {
    const terms = { tier: 'ultrafast', speed: 'fast', region: 'mars' };
    expect(inputRate(terms)).toBe(6_000);
    expect(unknownTerms(terms)).toEqual(['tier "ultrafast"', 'region "mars"']);
    expect(unknownTerms({ speed: 'warp' })).toEqual(['speed "warp"']);
  });

  test('property names that every object has are unknown terms', () => {
    for (const tier of ['constructor', 'toString', '__proto__']) {
      expect(inputRate({ tier })).toBe(1_000);
      expect(unknownTerms({ tier })).toEqual([`tier "${tier}"`]);
    }
  });

  test('a term of the wrong type is reported by its type, and a long one by its beginning', () => {
    for (const [tier, shown] of [
      [5, 'number'],
      [Symbol('flex'), 'symbol'],
      [Object.create(null), 'object'],
      ['x'.repeat(1_000), 'x'.repeat(60)],
    ] as const) {
      expect(inputRate({ tier: tier as never })).toBe(1_000);
      expect(unknownTerms({ tier: tier as never })).toEqual([`tier "${shown}"`]);
    }
  });

  test('two terms with their own lists of rates have no known combined price: the first is used, and the other is reported with it', () => {
    const terms = { tier: 'priority', speed: 'turbo' };
    expect(inputRate(terms)).toBe(7_000);
    expect(unknownTerms(terms)).toEqual(['speed "turbo" with tier "priority"']);
    expect(unknownTerms({ tier: 'flex', speed: 'turbo', region: 'us' })).toEqual([]);
    expect(inputRate({ tier: 'flex', speed: 'turbo' })).toBe(4_000);
  });
});

test('the rates from which an id is made differ with every price and every name, but not with their order', () => {
  const variants: readonly Sheet[] = [
    sheet,
    { ...sheet, factor: ratioOf(0.5) },
    { ...sheet, tiers: {} },
    { ...sheet, tiers: { flex: ratioOf(0.25) } },
    { ...sheet, tiers: {}, speeds: { flex: ratioOf(0.25) } },
    { ...sheet, speeds: {} },
    { ...sheet, speeds: { fast: ratioOf(5), turbo: { prices: { input: usd(8) } } } },
    { ...sheet, regions: {} },
    { ...sheet, regions: { eu: ratioOf(1.1) } },
  ];
  const texts = variants.map(each => JSON.stringify(compileSheet(each).rates));
  expect(new Set(texts).size).toBe(variants.length);
  const [flex, priority] = Object.values(sheet.tiers ?? {}) as [Modifier, Modifier];
  expect(JSON.stringify(compileSheet({ ...sheet, tiers: { priority, flex } }).rates)).toBe(texts[0]);
});
