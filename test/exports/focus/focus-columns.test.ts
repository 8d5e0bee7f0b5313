import { describe, expect, it } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { Usage } from '../../../src/core/ledger/usage.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import type { LinePrice } from '../../../src/exports/focus/charges.ts';
import { chargesOf } from '../../../src/exports/focus/charges.ts';
import type { FocusVendor } from '../../../src/exports/focus/focus-columns.ts';
import { chargeHour, focusColumns, focusTime } from '../../../src/exports/focus/focus-columns.ts';
import { resolvePrice } from '../../../src/prices/price-book.ts';
import { decided, history, NOON } from '../../stores/histories.ts';
import { priced, priceOf, VENDOR } from '../bill/bills.ts';

/** One attempt's first charge, by column. */
function rowOf({
  vendor = VENDOR,
  price,
  ...attempt
}: Partial<Attempt> & { readonly vendor?: FocusVendor; readonly price?: LinePrice }): Readonly<
  Record<string, string | null>
> {
  const intent = foldIntent(history('a', 'support', [decided(NOON), priced(NOON, 'mini', attempt)]).records);
  const [first] = intent?.attempts ?? [];
  if (intent === undefined || first === undefined) throw new Error('no attempt');
  const [charge] = chargesOf(intent, first, price === undefined ? priceOf : () => price);
  if (charge === undefined) throw new Error('no charge');
  return Object.fromEntries(focusColumns('1.3').map(column => [column.name, column.value(charge, vendor)]));
}

const row = (usage: Usage, vendor?: FocusVendor) => rowOf({ usage, ...(vendor === undefined ? {} : { vendor }) });

const price: LinePrice = { source: 'test', idAt: () => 'test', lines: () => [] };

describe('FOCUS columns', () => {
  it('version 1.3 has the columns that 1.4 dropped, and no others', () => {
    const names = (version: '1.3' | '1.4') => focusColumns(version).map(({ name }) => name);
    expect(names('1.3').filter(name => !names('1.4').includes(name))).toEqual(['ProviderName', 'PublisherName']);
    expect(names('1.4').filter(name => !names('1.3').includes(name))).toEqual([]);
  });

  it('the draft of 1.5 has the columns of 1.4, and the model in SkuPriceDetails', () => {
    const names = (version: '1.4' | '1.5-draft') => focusColumns(version).map(({ name }) => name);
    expect(names('1.5-draft')).toEqual(names('1.4'));
    const details = (version: '1.4' | '1.5-draft'): unknown => {
      const column = focusColumns(version).find(({ name }) => name === 'SkuPriceDetails');
      const intent = foldIntent(
        history('a', 'support', [
          decided(NOON),
          priced(NOON, 'mini', { providerModel: 'gpt-5-mini', usage: { input: 5 } }),
        ]).records,
      );
      const [attempt] = intent?.attempts ?? [];
      if (intent === undefined || attempt === undefined) throw new Error('no attempt');
      return JSON.parse(column?.value(chargesOf(intent, attempt, priceOf)[0] as never, VENDOR) ?? 'null');
    };
    const common = { x_PriceSource: expect.any(String), x_ServiceTier: 'standard' };
    expect(details('1.4')).toEqual(common);
    expect(details('1.5-draft')).toEqual({ ...common, ModelId: 'gpt-5-mini', ModelDeveloper: 'OpenAI' });
  });

  it('a negotiated discount shows in the contracted price and not in the list price', () => {
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

  it('a charge has the model that made the call, its service terms, and the names of unpriced usage', () => {
    const terms = { tier: 'priority', speed: 'fast', region: 'us' };
    const served = rowOf({
      ...terms,
      servedBy: 'pro-1',
      responseModel: 'pro-1-2026',
      unpriced: ['model "pro-1"', 'speed "fast"'],
    });
    expect(served).toMatchObject({
      SkuId: 'pro-1',
      ChargeDescription: 'pro-1: Input Tokens',
      x_ModelVersion: 'pro-1-2026',
      x_Unpriced: 'model "pro-1"; speed "fast"',
    });
    expect(served.SkuPriceId).toMatch(/^pro-1\/input@/);
    expect(JSON.parse(served.SkuPriceDetails ?? '')).toMatchObject({
      x_ServiceTier: 'priority',
      x_Speed: 'fast',
      x_Region: 'us',
    });
    const advised = rowOf({ responseModel: 'mini-1-2026', calls: [{ model: 'pro-1', usage: { input: 1 } }] });
    expect(advised).toMatchObject({ SkuId: 'pro-1', x_ModelVersion: 'pro-1', x_Unpriced: null });
  });

  it('one SKU price id has one list price, and every usage row has such an id', () => {
    const terms = [{}, { tier: 'priority' }, { tier: 'us' }, { region: 'us' }, { speed: 'us', region: '\ud800' }];
    const rows = [
      ...terms.map(rowOf),
      rowOf({ usage: { output: 5 } }),
      rowOf({ usage: {}, costNanoUsd: 5 }),
      rowOf({ usage: {}, costNanoUsd: 6 }),
    ];
    expect(new Set(rows.map(({ SkuPriceId }) => SkuPriceId)).size).toBe(rows.length);
    expect(rows[1]?.SkuPriceId).toMatch(/^mini-1\/input@[0-9a-f]{8}:500000\?tier=priority$/);
    expect(rows.at(-1)?.SkuPriceId).toBe('mini-1/request@stated:6');

    const long = {
      inputUsdPerMillion: 2,
      outputUsdPerMillion: 2,
      longContext: { aboveTokens: 9, inputUsdPerMillion: 4 },
    };
    const price = resolvePrice({ provider: 'other', model: 'm', price: long });
    const [small, large] = [9, 10].map(input => rowOf({ usage: { input }, price }));
    expect([small?.ListUnitPrice, large?.ListUnitPrice]).toEqual(['2', '4']);
    expect(small?.SkuPriceId).not.toBe(large?.SkuPriceId);
  });

  it('list and contracted cost keep the digits below a nano-dollar', () => {
    expect(row({ input: 1 })).toMatchObject({ ListCost: '0.00000025', ContractedCost: '0.0000002125' });
    expect(row({ input: 1 }).BilledCost).toBe('0.000000213');
  });

  it('searches are priced by the thousand', () => {
    expect(row({ webSearch: 3 })).toMatchObject({
      PricingUnit: '1000 Calls',
      PricingQuantity: '0.003',
      ListUnitPrice: '10',
    });
  });

  it('times are written with seconds, and a charge period is one hour', () => {
    expect(focusTime(NOON + 999)).toBe('2026-11-20T12:00:00Z');
    expect(chargeHour(NOON + 3_599_999)).toBe(NOON);
  });

  it('a call whose price is not known has its cost, but neither unit prices nor quantities', () => {
    const intent = foldIntent(history('a', 'support', [decided(NOON), priced(NOON, 'mini')]).records);
    const attempt = intent?.attempts[0];
    if (intent === undefined || attempt === undefined) throw new Error('no attempt');
    const [charge] = chargesOf(intent, attempt, () => undefined);
    if (charge === undefined) throw new Error('no charge');
    const unpriced = Object.fromEntries(focusColumns('1.3').map(column => [column.name, column.value(charge, VENDOR)]));
    for (const name of ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'])
      expect(Number(unpriced[name]) * 1e9).toBeCloseTo(attempt.costNanoUsd, 6);
    expect(unpriced).toMatchObject({
      ChargeCategory: 'Usage',
      SkuId: 'mini-1',
      SkuMeter: 'Requests',
      SkuPriceId: null,
      ListUnitPrice: null,
      ContractedUnitPrice: null,
      PricingQuantity: null,
      PricingUnit: null,
      ConsumedQuantity: null,
      ConsumedUnit: null,
    });
  });

  it('each vendor field has its own column, and host and issuer default to the service provider', () => {
    const vendor = {
      billingAccountId: 'account',
      billingAccountName: 'account name',
      serviceProviderName: 'reseller',
      serviceName: 'service',
      hostProviderName: 'cloud',
      invoiceIssuerName: 'issuer',
    };
    expect(row({ input: 1 }, vendor)).toMatchObject({
      BillingAccountId: 'account',
      BillingAccountName: 'account name',
      HostProviderName: 'cloud',
      InvoiceIssuerName: 'issuer',
      ProviderName: 'reseller',
      PublisherName: 'reseller',
      ServiceName: 'service',
      ServiceProviderName: 'reseller',
    });
    const { hostProviderName: _host, invoiceIssuerName: _issuer, billingAccountName: _name, ...least } = vendor;
    expect(row({ input: 1 }, least)).toMatchObject({
      BillingAccountName: null,
      HostProviderName: 'reseller',
      InvoiceIssuerName: 'reseller',
    });
  });

  it('a meter without a FOCUS name is counted in units', () => {
    const line = { meter: 'images', quantity: 2, rate: 5, costNanoUsd: 1 };
    expect(rowOf({ price: { ...price, lines: () => [line as never] } })).toMatchObject({
      SkuMeter: 'images',
      ConsumedUnit: 'Units',
      PricingUnit: 'Units',
      PricingQuantity: '2',
    });
  });

  it.each(['reported', 'estimated'] as const)('the row of a cost that is %s states this provenance', provenance => {
    expect(rowOf({ provenance })).toMatchObject({ x_CostProvenance: provenance });
  });
});
