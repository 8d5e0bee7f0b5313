import { describe, expect, test } from 'vitest';
import type { Sheet } from '../../src/prices/sheet.ts';
import { mapSheets, schedulePrice, shortHash } from '../../src/prices/schedule.ts';
import { over, ratioOf } from '../../src/prices/ratio.ts';

const sheet = (inputUsd: number, outputUsd = inputUsd): Sheet => ({
  standard: [
    {
      aboveTokens: -1,
      prices: {
        input: over(ratioOf(inputUsd), ratioOf(1_000_000)),
        output: over(ratioOf(outputUsd), ratioOf(1_000_000)),
      },
    },
  ],
});
const day = (text: string): number => Date.parse(text);

describe('a price over time', () => {
  const change = day('2026-03-01T00:00:00Z');
  const price = schedulePrice('test', [
    { fromMs: day('2026-01-01T00:00:00Z'), sheet: sheet(10) },
    { fromMs: change, sheet: sheet(4) },
  ]);

  test('a call is priced by the rates in force at its time, to the millisecond', () => {
    expect(price.cost({ input: 1 }, change - 1)).toBe(10_000);
    expect(price.cost({ input: 1 }, change)).toBe(4_000);
  });

  test('a call before the first date is priced by the first era, which is reported as a guess', () => {
    const first = day('2026-01-01T00:00:00Z');
    expect(price.cost({ input: 1 }, 0)).toBe(10_000);
    expect(price.unpriced({ input: 1 }, first - 1)).toEqual(['a time before 2026-01-01']);
    expect(price.unpriced({ input: 1 }, first - 1, { tier: 'ultra' })).toEqual([
      'a time before 2026-01-01',
      'tier "ultra"',
    ]);
    expect(price.unpriced({ input: 1 }, first)).toEqual([]);
    const noon = schedulePrice('test', [{ fromMs: day('2026-01-01T12:00:00Z'), sheet: sheet(1) }]);
    expect(noon.unpriced({ input: 1 }, first)).toEqual(['a time before 2026-01-01T12:00:00.000Z']);
  });

  test('the price id at a time changes with the rates, and does not depend on the source', () => {
    expect(price.idAt(change - 1)).not.toBe(price.idAt(change));
    expect(price.idAt(change)).toBe(schedulePrice('other source', [{ fromMs: 0, sheet: sheet(4) }]).idAt(0));
    expect(price.id).toMatch(/^[0-9a-f]{8}$/);
  });

  test('the id of the whole price depends on every date', () => {
    const starting = (fromMs: number) =>
      schedulePrice('test', [
        { fromMs: 0, sheet: sheet(10) },
        { fromMs, sheet: sheet(4) },
      ]);
    expect(starting(change).id).toBe(starting(change).id);
    expect(starting(change).id).not.toBe(starting(change + 1).id);
  });

  test('the price id at a time depends on the hours and prices of its daily windows', () => {
    const withWindow = (endMs: number, usd: number) =>
      schedulePrice('test', [{ fromMs: 0, sheet: sheet(1), windows: [{ startMs: 0, endMs, sheet: sheet(usd) }] }]);
    const ids = [withWindow(5, 3), withWindow(6, 3), withWindow(5, 4), withWindow(5, 3)].map(each => each.idAt(0));
    expect([new Set(ids).size, ids[3]]).toEqual([3, ids[0]]);
  });

  test('ids are the same on every machine and release', () => {
    expect(shortHash([{ aboveTokens: -1 }, 'x'])).toBe('38cfd9a5');
  });
});

describe('hours of the day', () => {
  const hour = 3_600_000;
  const midnight = day('2026-05-05T00:00:00Z');

  test('a daily window includes its start and excludes its end', () => {
    const price = schedulePrice('test', [
      { fromMs: -Infinity, sheet: sheet(1), windows: [{ startMs: 2 * hour, endMs: 4 * hour, sheet: sheet(3) }] },
    ]);
    const costAfter = (ms: number): number => price.cost({ input: 1 }, midnight + ms);
    expect([
      costAfter(2 * hour - 1),
      costAfter(2 * hour),
      costAfter(4 * hour - 1),
      costAfter(4 * hour),
      costAfter(26 * hour),
    ]).toEqual([1_000, 3_000, 3_000, 1_000, 3_000]);
    expect(price.cost({ input: 1 }, -21 * hour)).toBe(3_000);
  });

  test('a daily window that ends when it starts contains no time, as in the price book', () => {
    const windows = [{ startMs: 2 * hour, endMs: 2 * hour, sheet: sheet(3) }];
    const price = schedulePrice('test', [{ fromMs: -Infinity, sheet: sheet(1), windows }]);
    const costs = [0, 2 * hour, 3 * hour].map(ms => price.cost({ input: 1 }, midnight + ms));
    expect(costs).toEqual([1_000, 1_000, 1_000]);
  });

  test('a daily window may span midnight', () => {
    const price = schedulePrice('test', [
      { fromMs: -Infinity, sheet: sheet(1), windows: [{ startMs: 22 * hour, endMs: 2 * hour, sheet: sheet(3) }] },
    ]);
    const costAfter = (ms: number): number => price.cost({ input: 1 }, midnight + ms);
    expect([costAfter(0), costAfter(2 * hour), costAfter(21 * hour), costAfter(22 * hour)]).toEqual([
      3_000, 1_000, 1_000, 3_000,
    ]);
  });

  test('the daily windows of a price share one id, so that a new window does not start a new cell', () => {
    const price = schedulePrice('test', [
      { fromMs: -Infinity, sheet: sheet(1), windows: [{ startMs: 0, endMs: 2 * hour, sheet: sheet(3) }] },
    ]);
    expect(price.idAt(midnight)).toBe(price.idAt(midnight + 3 * hour));
  });
});

describe('service tiers', () => {
  const tiers = { flex: ratioOf(0.5) };
  const price = schedulePrice('test', [{ fromMs: 0, sheet: { ...sheet(1), tiers } }]);

  test('a tier is priced at its own rates', () => {
    expect(price.cost({ input: 10 }, 1, { tier: 'flex' })).toBe(5_000);
    expect(price.lines({ input: 10 }, 1, { tier: 'flex' })).toEqual([
      { meter: 'input', quantity: 10, rate: 500_000, costNanoUsd: 5_000 },
    ]);
    expect(price.unpriced({ input: 10 }, 1, { tier: 'flex' })).toEqual([]);
  });

  test('a tier without a price is priced as standard and reported as unpriced', () => {
    expect(price.cost({ input: 10 }, 1, { tier: 'priority' })).toBe(10_000);
    expect(price.unpriced({ input: 10 }, 1, { tier: 'priority' })).toEqual(['tier "priority"']);
    expect(price.ratesAt(1, { tier: 'priority' })).toEqual([]);
  });

  test('`mapSheets` changes the price list of the era and those of its daily windows', () => {
    const era = { fromMs: 0, sheet: sheet(1), windows: [{ startMs: 0, endMs: 5, sheet: sheet(2) }] };
    const changed = mapSheets(era, ({ standard }) => ({ standard, factor: ratioOf(0.5) }));
    const half = schedulePrice('test', [changed]);
    expect([half.cost({ input: 2 }, 1), half.cost({ input: 2 }, 6)]).toEqual([2_000, 1_000]);
  });
});

describe('a fee for each request', () => {
  const withFee = (usd: number): Sheet => {
    const [bracket] = sheet(1).standard;
    return { standard: [{ aboveTokens: -1, prices: { ...bracket?.prices, request: ratioOf(usd) } }] };
  };

  test('the engine learns from the price whether to count requests', () => {
    expect(schedulePrice('test', [{ fromMs: 0, sheet: withFee(0.005) }]).hasRequestFee).toBe(true);
    expect(schedulePrice('test', [{ fromMs: 0, sheet: sheet(1) }]).hasRequestFee).toBe(false);
    const windows = [{ startMs: 0, endMs: 5, sheet: withFee(0.005) }];
    expect(schedulePrice('test', [{ fromMs: 0, sheet: sheet(1), windows }]).hasRequestFee).toBe(true);
  });

  test('a price that gets a fee later has none before, and reports none', () => {
    const price = schedulePrice('test', [
      { fromMs: 0, sheet: sheet(1) },
      { fromMs: 1_000, sheet: withFee(0.005) },
    ]);
    expect([price.cost({ request: 1 }, 0), price.unpriced({ request: 1 }, 0)]).toEqual([0, []]);
    expect([price.cost({ request: 1 }, 1_000), price.unpriced({ request: 1 }, 1_000)]).toEqual([5_000_000, []]);
  });
});
