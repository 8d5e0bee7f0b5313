import { describe, expect, it } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { chargesOf } from '../../../src/exports/focus/charges.ts';
import {
  chargeHour,
  FOCUS_COLUMNS,
  focusColumns,
  focusTime,
  meterName,
} from '../../../src/exports/focus/focus-columns.ts';
import { decided, history, NOON } from '../../stores/histories.ts';
import { priced, priceOf, VENDOR } from '../bill/bills.ts';

function row(usage: Readonly<Record<string, number>>): Readonly<Record<string, string | null>> {
  const intent = foldIntent(history('a', 'support', [decided(NOON), priced(NOON, 'mini', { usage })]).records);
  const [attempt] = intent?.attempts ?? [];
  if (intent === undefined || attempt === undefined) throw new Error('no attempt');
  const [charge] = chargesOf(intent, attempt, priceOf);
  if (charge === undefined) throw new Error('no charge');
  return Object.fromEntries(FOCUS_COLUMNS.map(column => [column.name, column.value(charge, VENDOR)]));
}

describe('FOCUS columns', () => {
  it('has the names 1.4 dropped in 1.3 only', () => {
    const names = (version: '1.3' | '1.4') => focusColumns(version).map(({ name }) => name);
    expect(names('1.3').filter(name => !names('1.4').includes(name))).toEqual(['ProviderName', 'PublisherName']);
    expect(names('1.4').filter(name => !names('1.3').includes(name))).toEqual([]);
  });

  it('gives list and contracted price apart where a discount was negotiated', () => {
    expect(row({ input: 1_000_000 })).toMatchObject({
      ListUnitPrice: '0.25',
      ListCost: '0.25',
      ContractedUnitPrice: '0.2125',
      ContractedCost: '0.2125',
      BilledCost: '0.2125',
      PricingQuantity: '1',
      PricingUnit: '1000000 Tokens',
      ConsumedQuantity: '1000000',
      ConsumedUnit: 'Tokens',
    });
  });

  it('keeps the digits below a nano-dollar that unit price times quantity has', () => {
    expect(row({ input: 1 })).toMatchObject({ ListCost: '0.00000025', ContractedCost: '0.0000002125' });
    expect(row({ input: 1 }).BilledCost).toBe('0.000000213');
  });

  it('prices searches by the thousand', () => {
    expect(row({ webSearch: 3 })).toMatchObject({
      PricingUnit: '1000 Calls',
      PricingQuantity: '0.003',
      ListUnitPrice: '10',
    });
  });

  it('says times to the second, and charges by the hour', () => {
    expect(focusTime(NOON + 999)).toBe('2026-11-20T12:00:00Z');
    expect(chargeHour(NOON + 3_599_999)).toBe(NOON);
  });

  it('has a name for every meter', () => {
    expect(row({ cacheRead: 5 }).SkuMeter).toBe('Cache Read Tokens');
    expect(meterName({ kind: 'adjustment' } as never)).toBe('Adjustment');
  });
});
