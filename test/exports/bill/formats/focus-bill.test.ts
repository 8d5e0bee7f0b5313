import { describe, expect, it, test } from 'vitest';
import { rowsOf } from './read.ts';

const PERIOD = {
  ChargePeriodStart: '2026-11-20T00:00:00Z',
  ChargePeriodEnd: '2026-11-21T00:00:00Z',
  EffectiveCost: '1',
};
const one = async (fields: object, options = {}) => (await rowsOf({ ...PERIOD, ...fields }, options))[0];

describe('a row of a FOCUS bill', () => {
  it('our own column names are read unchanged, in CSV and in JSON', async () => {
    const fields = { SkuId: 'gpt-5', SkuMeter: 'Cache Read Tokens', ConsumedQuantity: '7', x_RequestId: 'r' };
    const expected = {
      model: 'gpt-5',
      meter: 'Cache Read Tokens',
      quantity: 7n * 10n ** 18n,
      requestId: 'r',
      kind: 'use',
    };
    expect(await one(fields)).toMatchObject(expected);
    const all = { ...PERIOD, ...fields };
    expect(await rowsOf(`${Object.keys(all).join(',')}\n${Object.values(all).join(',')}\n`)).toMatchObject([expected]);
  });

  it.each([
    [{ ConsumedQuantity: '2', ConsumedUnit: 'Tokens', PricingUnit: '1M' }, 2],
    [{ ConsumedQuantity: '2', PricingUnit: '1K' }, 2000],
    [{ PricingQuantity: '2', PricingUnit: '1M' }, 2_000_000],
    [{ PricingQuantity: '2', PricingUnit: 'Units', x_PricingBlockSize: '1000' }, 2000],
  ])('the quantity of %j is converted to single units', async (fields, quantity) => {
    expect(Number((await one({ SkuMeter: 'Input Tokens', ...fields }))?.quantity) / 1e18).toBe(quantity);
  });

  it.each([
    [{ ChargeCategory: 'Tax' }, 'tax'],
    [{ ChargeCategory: 'Credit' }, 'credit'],
    [{ ChargeCategory: 'Purchase' }, 'purchase'],
    [{ ChargeCategory: 'Adjustment' }, 'adjustment'],
    [{ ChargeCategory: 'Adjustment', x_IntentId: 'i' }, 'use'],
    [{ ChargeCategory: 'Usage', ServiceCategory: 'Compute', SkuMeter: 'D2s v5' }, 'other-service'],
    [{ ChargeCategory: 'Usage', ServiceCategory: 'Compute', SkuMeter: 'gpt 5 Inp glbl' }, 'use'],
    [{ ChargeCategory: 'Usage', ServiceCategory: 'AI and Machine Learning', SkuMeter: 'unknown' }, 'use'],
    [{ ChargeCategory: 'tax' }, 'tax'],
    [{ ProviderName: 'Google Cloud', ServiceName: 'Compute Engine', ChargeDescription: 'N1 Core' }, 'other-service'],
    [{ SubAccountId: 'b' }, 'other-key'],
    [{ SubAccountId: 'a', x_FeatureTag: 'b' }, 'other-key'],
    [{ SubAccountId: 'a', x_FeatureTag: 'a' }, 'use'],
  ])('a row with %j has the kind %s', async (fields, kind) => {
    const isOfOne = Object.keys(fields).filter(name => /SubAccountId|x_FeatureTag/.test(name));
    const only = { only: Object.fromEntries(isOfOne.map(name => [name, 'a'])) };
    expect((await one(fields, only))?.kind).toBe(kind);
  });
});

test('a date is a day of the bill’s time zone, and a row without an end is an hour', async () => {
  const day = await one({ ChargePeriodStart: '2026-11-20', ChargePeriodEnd: '' }, { timeZone: 'Asia/Tokyo' });
  expect(day).toMatchObject({ startMs: Date.UTC(2026, 10, 19, 15), endMs: Date.UTC(2026, 10, 20, 15) });
  const hour = await one({ ChargePeriodEnd: '' });
  expect(hour).toMatchObject({ endMs: Date.UTC(2026, 10, 20, 1) });
});
