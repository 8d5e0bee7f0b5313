import { DatabaseSync } from 'node:sqlite';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { parseDecimal } from '../../../src/exports/focus/decimal.ts';
import type { Adjustments } from '../../../src/exports/focus/focus.ts';
import { exportFocus } from '../../../src/exports/focus/focus.ts';
import type { FocusVersion } from '../../../src/exports/focus/focus-columns.ts';
import { decided, history, NOON } from '../../stores/histories.ts';
import { priced, priceOf, someHistories, someLedger, spentBy, textOf, VENDOR } from '../bill/bills.ts';

type Row = Readonly<Record<string, string>>;

const options = { priceOf, vendorOf: () => VENDOR } as const;

async function csv(version: FocusVersion): Promise<string> {
  return textOf(exportFocus(await someLedger(), { ...options, version }));
}

/** Rows by column, as an independent parser reads them. */
async function rows(version: FocusVersion = '1.3'): Promise<readonly Row[]> {
  return parse(await csv(version), { columns: true });
}

const MANDATORY_IN_BOTH = `BilledCost ContractedCost EffectiveCost ListCost PricingQuantity PricingUnit
  BillingPeriodStart BillingPeriodEnd ChargePeriodStart ChargePeriodEnd BillingAccountId BillingAccountName BillingCurrency
  ChargeCategory ChargeClass ChargeDescription HostProviderName InvoiceIssuerName ServiceCategory ServiceName
  ServiceProviderName`.split(/\s+/);
const WITH_LIST_PRICES = `ConsumedQuantity ConsumedUnit ListUnitPrice SkuId SkuPriceId SkuMeter SkuPriceDetails
  ChargeFrequency ServiceSubcategory`.split(/\s+/);
const OURS = [
  'x_RequestId',
  'x_SessionId',
  'x_IntentId',
  'x_FeatureTag',
  'x_ModelVersion',
  'x_PromptVersion',
  'x_Outcome',
];
const NUMERIC = /Cost$|Quantity$|UnitPrice$/;
const DATES = /Period(Start|End)$/;

describe('exportFocus', () => {
  it.each(['1.3', '1.4'] as const)(
    'an export has every mandatory column of FOCUS %s, and our own columns last',
    async version => {
      const names = Object.keys((await rows(version))[0] ?? {});
      for (const name of [...MANDATORY_IN_BOTH, ...WITH_LIST_PRICES, ...OURS]) expect(names).toContain(name);
      for (const name of ['ProviderName', 'PublisherName']) expect(names.includes(name)).toBe(version === '1.3');
      const firstCustom = names.findIndex(name => name.startsWith('x_'));
      expect(names.slice(firstCustom).every(name => /^x_[A-Z][A-Za-z]+$/.test(name))).toBe(true);
      expect(names.slice(0, firstCustom).some(name => name.startsWith('x_'))).toBe(false);
      expect(new Set(names).size).toBe(names.length);
    },
  );

  it('a missing value is null, not an empty string or a placeholder', async () => {
    const text = await csv('1.3');
    expect(text).not.toMatch(/(^|,)""(,|$)/m);
    for (const row of await rows())
      for (const value of Object.values(row)) expect(value).not.toMatch(/^(null|undefined|n\/a|none|unknown|nan|-)$/i);
  });

  it('columns that FOCUS does not allow to be null have values', async () => {
    const nullable = ['BillingAccountName', 'ChargeClass', 'PricingQuantity', 'PricingUnit'];
    for (const row of await rows()) {
      for (const name of MANDATORY_IN_BOTH) if (!nullable.includes(name)) expect(row[name], name).not.toBe('');
      const isUsage = row.ChargeCategory === 'Usage';
      for (const name of [
        'PricingQuantity',
        'PricingUnit',
        'ListUnitPrice',
        'ConsumedQuantity',
        'ConsumedUnit',
        'SkuMeter',
      ])
        expect(row[name] !== '', `${name} of ${row.ChargeCategory}`).toBe(isUsage);
    }
  });

  it('numbers have no exponents, separators, symbols or trailing zeros', async () => {
    for (const row of await rows())
      for (const [name, value] of Object.entries(row))
        if (NUMERIC.test(name) && value !== '') expect(value, name).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
  });

  it('periods are UTC hours and months with exclusive ends, and the hour lies in the month', async () => {
    for (const row of await rows()) {
      for (const [name, value] of Object.entries(row))
        if (DATES.test(name)) expect(value, name).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      const time = (name: string): number => Date.parse(row[name] ?? '');
      expect(time('ChargePeriodEnd') - time('ChargePeriodStart')).toBe(3_600_000);
      expect(time('ChargePeriodStart')).toBeGreaterThanOrEqual(time('BillingPeriodStart'));
      expect(time('ChargePeriodEnd')).toBeLessThanOrEqual(time('BillingPeriodEnd'));
    }
    const last = (await rows()).find(row => row.x_RequestId === 'r7');
    expect(last).toMatchObject({
      ChargePeriodStart: '2026-12-31T23:00:00Z',
      ChargePeriodEnd: '2027-01-01T00:00:00Z',
      BillingPeriodStart: '2026-12-01T00:00:00Z',
      BillingPeriodEnd: '2027-01-01T00:00:00Z',
    });
  });

  it('rows have the currency, category and service of model usage', async () => {
    for (const row of await rows()) {
      expect(row).toMatchObject({ BillingCurrency: 'USD', ChargeClass: '', ChargeFrequency: 'Usage-Based' });
      expect(row).toMatchObject({ ServiceCategory: 'AI and Machine Learning', ServiceSubcategory: 'Generative AI' });
      expect(['Usage', 'Adjustment']).toContain(row.ChargeCategory);
      expect(row.ServiceProviderName).toBe(VENDOR.serviceProviderName);
    }
  });

  it('law: unit price × quantity is exactly the cost, at list and contracted prices', async () => {
    const usage = (await rows()).filter(row => row.ChargeCategory === 'Usage');
    expect(usage.length).toBeGreaterThan(10);
    for (const row of usage) {
      const quantity = parseDecimal(row.PricingQuantity ?? '', 9) ?? Number.NaN;
      for (const which of ['List', 'Contracted']) {
        const price = parseDecimal(row[`${which}UnitPrice`] ?? '', 12) ?? Number.NaN;
        expect(BigInt(price) * BigInt(quantity)).toBe(parseDecimal(row[`${which}Cost`] ?? '', 21));
      }
      const [amount] = /^\d+/.exec(row.PricingUnit ?? '') ?? ['1'];
      expect(BigInt(quantity) * BigInt(amount)).toBe(parseDecimal(row.ConsumedQuantity ?? '', 9));
    }
  });

  it('law: effective costs add up to the ledger’s total, to the nano-dollar', async () => {
    let total = 0n;
    for (const row of await rows()) total += parseDecimal(row.EffectiveCost ?? '', 9) ?? 0n;
    expect(total).toBe(spentBy(someHistories()));
  });

  it('an attempt has one row per meter, all with its request id', async () => {
    const ofR1 = (await rows()).filter(row => row.x_RequestId === 'r1');
    expect(ofR1.map(row => [row.SkuId, row.SkuMeter, row.x_AttemptKind])).toEqual([
      ['mini-1', 'Input Tokens', 'first'],
      ['mini-1', 'Output Tokens', 'first'],
      ['premium-1', 'Input Tokens', 'escalation'],
      ['premium-1', 'Output Tokens', 'escalation'],
    ]);
    expect(ofR1[3]).toMatchObject({
      x_SessionId: 'session, with "quotes"',
      x_IntentId: 'climbed',
      x_FeatureTag: 'support',
      x_ModelVersion: 'premium-1-2026-08-07',
      x_PromptVersion: 'v7',
      x_Outcome: 'success',
      x_ProviderRequestId: 'req_provider_1',
    });
  });

  it('the SKU price id differs between prices, and the SKU price details have source and tier', async () => {
    const ids = (await rows()).filter(row => row.SkuMeter === 'Input Tokens').map(row => row.SkuPriceId);
    // Two models, of which one also served at another tier.
    expect(new Set(ids).size).toBe(3);
    for (const row of await rows())
      if (row.SkuPriceDetails !== '')
        expect(JSON.parse(row.SkuPriceDetails ?? '')).toEqual({
          x_PriceSource: expect.any(String) as string,
          x_ServiceTier: row.x_RequestId === 'r3' ? 'priority' : 'standard',
        });
  });

  it('joining the rows with outcomes by request id gives the cost per success of each feature', async () => {
    const database = new DatabaseSync(':memory:');
    database.exec('CREATE TABLE bill (x_RequestId TEXT, x_FeatureTag TEXT, EffectiveCost REAL)');
    database.exec('CREATE TABLE outcomes (request_id TEXT PRIMARY KEY, success INTEGER)');
    const charge = database.prepare('INSERT INTO bill VALUES (?, ?, ?)');
    for (const row of await rows())
      charge.run(row.x_RequestId ?? null, row.x_FeatureTag ?? null, row.EffectiveCost ?? null);
    const label = database.prepare('INSERT INTO outcomes VALUES (?, ?)');
    for (const [id, success] of [
      ['r1', 1],
      ['r2', 0],
      ['r3', 0],
      ['r4', 1],
    ] as const)
      label.run(id, success);
    const found = database
      .prepare(
        `SELECT x_FeatureTag AS feature,
           SUM(EffectiveCost) / NULLIF(COUNT(DISTINCT CASE WHEN success THEN request_id END), 0) AS costPerSuccess
         FROM bill LEFT JOIN outcomes ON request_id = x_RequestId GROUP BY x_FeatureTag ORDER BY x_FeatureTag`,
      )
      .all() as { feature: string; costPerSuccess: number }[];
    database.close();
    const spent = (feature: string): number =>
      Number(spentBy(someHistories().filter(one => one.feature === feature))) / 1e9;
    expect(found.map(({ feature }) => feature)).toEqual(['extract', 'support']);
    expect(found[0]?.costPerSuccess).toBeCloseTo(spent('extract') / 1, 12);
    expect(found[1]?.costPerSuccess).toBeCloseTo(spent('support') / 1, 12);
  });

  it('an unknown version is rejected, and so is a vendor without an account', async () => {
    const store = await someLedger();
    const failing = (changed: object) => textOf(exportFocus(store, { ...options, version: '1.3', ...changed }));
    await expect(failing({ version: '1.2' })).rejects.toMatchObject({
      code: 'invalid-value',
      path: 'exportFocus.version',
    });
    await expect(failing({ vendorOf: () => ({ ...VENDOR, billingAccountId: '' }) })).rejects.toMatchObject({
      code: 'invalid-value',
      path: 'exportFocus.vendorOf("mini").billingAccountId',
    });
  });

  it('`progress` receives the number of rows, and for adjustments their number, their sum and the sum of their absolute values', async () => {
    const repriced = (id: string, costNanoUsd: number) =>
      history(id, 'support', [decided(NOON), priced(NOON, 'premium', { requestId: id, costNanoUsd })]);
    const list = [repriced('more', 5_000_000), repriced('less', 1_000_000), ...someHistories().slice(0, 1)];
    const seen: [number, Adjustments][] = [];
    const progress = (count: number, adjustments: Adjustments): void => void seen.push([count, { ...adjustments }]);
    const text = await textOf(exportFocus(await someLedger(list), { ...options, version: '1.4', progress }));
    // 1,001 input tokens at 1,250 nano-dollars and 203 output tokens at 10,000.
    const lines = 3_281_250n;
    const [more, less] = [5_000_000n - lines, 1_000_000n - lines];
    expect(seen.at(-1)).toEqual([
      text.trimEnd().split('\n').length - 1,
      { rows: 2, nanoUsd: more + less, sizeNanoUsd: more - less },
    ]);
  });

  it('each row has the vendor of its own model, and `vendorOf` is called once per model', async () => {
    const asked: string[] = [];
    const vendorOf = (model: string, providerModel: string) => {
      asked.push(`${model} ${providerModel}`);
      return { ...VENDOR, serviceName: `service of ${model}` };
    };
    const text = await textOf(exportFocus(await someLedger(), { ...options, version: '1.4', vendorOf }));
    const all: readonly Row[] = parse(text, { columns: true });
    const services = new Map(all.map(row => [row.SkuId, row.ServiceName]));
    expect(Object.fromEntries(services)).toEqual({
      'mini-1': 'service of mini',
      'premium-1': 'service of premium',
      llama: 'service of local',
      translate: 'service of tool',
    });
    for (const row of all) expect(row.ServiceName).toBe(services.get(row.SkuId));
    expect(asked.sort()).toEqual(['local llama', 'mini mini-1', 'premium premium-1', 'tool translate']);
  });
});
