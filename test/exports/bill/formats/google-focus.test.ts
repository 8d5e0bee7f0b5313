/**
 * Google's FOCUS exports of the same calls as a ledger, by the rules of Google's documentation and of its view in BigQuery: rows of an
 * hour, costs net of credits in the billing account's currency, no category of the service, SKUs in words.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../../../src/contracts/store.ts';
import type { BillOptions } from '../../../../src/exports/bill/bill.ts';
import { readBill } from '../../../../src/exports/bill/bill.ts';
import { EXPECTED_REASONS } from '../../../../src/exports/bill/differences.ts';
import type { Reconciliation } from '../../../../src/exports/bill/reconcile.ts';
import { reconcile } from '../../../../src/exports/bill/reconcile.ts';
import type { PriceOf } from '../../../../src/exports/focus/charges.ts';
import { resolvePrice } from '../../../../src/prices/price-book.ts';
import { attempted, decided, history } from '../../../stores/histories.ts';
import { someLedger } from '../bills.ts';

type Kind = 'input' | 'cacheRead' | 'output';

const RATES: Readonly<Record<string, Readonly<Record<Kind, number>>>> = {
  'gemini-2.5-flash': { input: 0.3, cacheRead: 0.03, output: 2.5 },
  'gemini-3.1-flash-lite-preview': { input: 0.25, cacheRead: 0.025, output: 1.5 },
};
const PRICES = new Map(
  Object.entries(RATES).map(([model, { input, cacheRead, output }]) => [
    model,
    resolvePrice({
      provider: 'other',
      model,
      price: { inputUsdPerMillion: input, cacheReadUsdPerMillion: cacheRead, outputUsdPerMillion: output },
    }),
  ]),
);
const priceOf: PriceOf = (_model, _atMs, { providerModel }) => PRICES.get(providerModel);

const FROM = Date.UTC(2026, 10, 1);
const HOUR = 3_600_000;

const CALLS = Object.keys(RATES).flatMap((model, m) =>
  Array.from({ length: 60 }, (_, i) => ({
    id: `call-${m}-${i}`,
    model,
    atMs: FROM + (i % 48) * HOUR + 60_000 * (i % 50) + 1_000,
    usage: { input: 900 + 37 * i, cacheRead: 200 + 11 * i, output: 60 + 7 * i } as Record<Kind, number>,
  })),
);

/** As invoices write them: of Vertex AI, and of the Gemini API. */
const SKUS: Readonly<Record<string, { readonly service: string; readonly words: Readonly<Record<Kind, string>> }>> = {
  'gemini-2.5-flash': {
    service: 'Vertex AI',
    words: {
      input: 'Gemini 2.5 Flash GA Text Input - Predictions',
      cacheRead: ' Gemini 2.5 Flash GA Input Text Caching',
      output: 'Gemini 2.5 Flash GA Text Output (Thinking On) - Predictions',
    },
  },
  'gemini-3.1-flash-lite-preview': {
    service: 'Gemini API',
    words: {
      input: 'Generate content input token count gemini 3.1 flash lite preview text',
      cacheRead: 'Generate content cached input token count gemini 3.1 flash lite preview text',
      output: 'Generate content output token count gemini 3.1 flash lite preview text',
    },
  },
};

const time = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

interface Account {
  readonly currency: string;
  readonly perUsd: number;
  /** The fraction of each usage's cost that a credit pays. */
  readonly credit: number;
  /** As Google's own view writes categories, and as the export does. */
  readonly category: (name: string) => string;
}

/** Rows by the hour and SKU; NUMERIC has nine digits. */
function billOf({ currency, perUsd, credit, category }: Account): readonly Readonly<Record<string, unknown>>[] {
  const sums = new Map<string, { model: string; kind: Kind; hour: number; tokens: number }>();
  for (const { model, atMs, usage } of CALLS)
    for (const kind of ['input', 'cacheRead', 'output'] as const) {
      const hour = Math.floor(atMs / HOUR);
      const key = `${model} ${kind} ${hour}`;
      const sum = sums.get(key) ?? { model, kind, hour, tokens: 0 };
      sums.set(key, { ...sum, tokens: sum.tokens + usage[kind] });
    }
  const shared = {
    BillingAccountId: '010101-F0FFF0-61C528',
    BillingCurrency: currency,
    ProviderName: 'Google Cloud',
    PublisherName: 'Google Cloud',
    SubAccountId: 'my-project',
    x_CurrencyConversionRate: perUsd,
    x_ExportTime: '2026-11-04 04:17:33 UTC',
    ChargeClass: null,
  };
  const amount = (value: number): string => value.toFixed(9);
  const used = [...sums.values()].map(({ model, kind, hour, tokens }) => {
    const cost = (tokens * (RATES[model]?.[kind] ?? 0) * perUsd) / 1e6;
    const paid = cost * credit;
    return {
      ...shared,
      ChargeCategory: category('Usage'),
      ChargePeriodStart: time(hour * HOUR),
      ChargePeriodEnd: time((hour + 1) * HOUR),
      ChargeDescription: SKUS[model]?.words[kind],
      ServiceName: SKUS[model]?.service,
      SkuId: 'FDAB-647C-5A22',
      ConsumedQuantity: tokens,
      ConsumedUnit: 'requests',
      PricingQuantity: 1_000_000,
      PricingUnit: 'count',
      ListCost: amount(cost),
      ContractedCost: amount(cost),
      BilledCost: amount(cost - paid),
      EffectiveCost: amount(cost - paid),
      x_CostType: 'regular',
      x_Credits: credit === 0 ? [] : [{ Name: 'Free Trial', Amount: amount(-paid), Type: 'PROMOTION' }],
    };
  });
  const other = (fields: object, cost: number): Readonly<Record<string, unknown>> => ({
    ...shared,
    ChargeCategory: category('Usage'),
    ChargePeriodStart: time(FROM + HOUR),
    ChargePeriodEnd: time(FROM + 2 * HOUR),
    ListCost: amount(cost),
    ContractedCost: amount(cost),
    BilledCost: amount(cost),
    EffectiveCost: amount(cost),
    x_CostType: 'regular',
    x_Credits: [],
    ...fields,
  });
  return [
    ...used,
    other(
      { ServiceName: 'Compute Engine', SkuId: '2E27', ChargeDescription: 'N1 Predefined Instance Core running' },
      12 * perUsd,
    ),
    other(
      { ServiceName: 'Vertex AI', SkuId: '1FB9', ChargeDescription: 'Grounding with\nGoogle "Search"' },
      0.5 * perUsd,
    ),
    other({ ServiceName: 'Invoice', ChargeCategory: category('Tax'), x_CostType: 'tax' }, 2 * perUsd),
    other(
      { ServiceName: 'Invoice', ChargeCategory: category('Adjustment'), x_CostType: 'rounding_error' },
      -0.01 * perUsd,
    ),
  ];
}

const jsonLines = (rows: ReturnType<typeof billOf>): string => rows.map(row => JSON.stringify(row)).join('\n');

/** As a spreadsheet saves it: a byte order mark, CRLF, the columns in another order, nested columns left out. */
function csvFile(rows: ReturnType<typeof billOf>): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))].filter(name => name !== 'x_Credits').toReversed();
  const field = (value: unknown): string => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns, ...rows.map(row => columns.map(name => row[name]))];
  return `\uFEFF${lines.map(line => line.map(field).join(',')).join('\r\n')}\r\n`;
}

let store: Store;
beforeAll(async () => {
  store = await someLedger(
    CALLS.map(({ id, model, atMs, usage }) => {
      const costNanoUsd = PRICES.get(model)?.cost(usage, atMs) ?? 0;
      const body = { model, node: model, providerModel: model, requestId: id, usage, costNanoUsd, latencyMs: 500 };
      return history(id, 'support', [decided(atMs, [model]), attempted(atMs + 500, { ...body, startedAtMs: atMs })]);
    }),
  );
});

async function compare(text: string, options: BillOptions = {}): Promise<Reconciliation> {
  return reconcile(readBill(text.match(/[^]{1,1000}/g) ?? [], options), store, { priceOf });
}

const usd = ({ parts }: Reconciliation, reason: string): number =>
  Number(parts.find(part => part.reason === reason)?.nanoUsd ?? 0n) / 1e9;

const SPENT = CALLS.reduce((sum, { model, atMs, usage }) => sum + (PRICES.get(model)?.cost(usage, atMs) ?? 0), 0) / 1e9;

function expectExplained(result: Reconciliation): void {
  expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
  expect(result.parts.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)).toBe(
    result.billedNanoUsd - result.ledgerNanoUsd,
  );
  const { matched, rounded, different, missingInLedger, missingInBill } = result;
  expect(different.count + missingInLedger.count + missingInBill.count).toBe(0);
  expect(matched.count + rounded.count).toBe(result.comparedBy.hour);
  expect(Number(matched.ledgerNanoUsd + rounded.ledgerNanoUsd) / 1e9).toBeCloseTo(SPENT, 9);
  expect(usd(result, 'other-service')).toBeCloseTo(12.5, 6);
  expect(usd(result, 'tax')).toBeCloseTo(2, 6);
  expect(usd(result, 'adjustment')).toBeCloseTo(-0.01, 6);
}

const DOLLARS: Account = { currency: 'USD', perUsd: 1, credit: 0, category: name => name };

describe.each([
  ['JSON lines', jsonLines],
  ['a CSV file that a spreadsheet saved', csvFile],
])('%s', (_kind, written) => {
  test('a FOCUS bill of Google matches by the hour, and charges without tokens are set aside even if services have no category', async () => {
    expectExplained(await compare(written(billOf(DOLLARS))));
  });

  test('credits inside the rows are a part of their own, and leave no difference of prices', async () => {
    const result = await compare(written(billOf({ ...DOLLARS, credit: 1 })));
    expectExplained(result);
    expect(usd(result, 'credit')).toBeCloseTo(-SPENT, 6);
    const billed = await compare(written(billOf({ ...DOLLARS, credit: 0.4 })), { costColumn: 'BilledCost' });
    expectExplained(billed);
    expect(usd(billed, 'credit')).toBeCloseTo(-0.4 * SPENT, 6);
    const list = await compare(written(billOf({ ...DOLLARS, credit: 1 })), { costColumn: 'ListCost' });
    expectExplained(list);
    expect(usd(list, 'credit')).toBe(0);
  });

  test('another currency is converted at the rate in the rows, or at the one that is given', async () => {
    const rupiah = written(
      billOf({ currency: 'IDR', perUsd: 16_384, credit: 0.5, category: name => name.toLowerCase() }),
    );
    expectExplained(await compare(rupiah));
    expectExplained(await compare(rupiah, { usdPer: { IDR: 1 / 16_384 } }));
    const twice = await compare(rupiah, { usdPer: { IDR: 2 / 16_384 } });
    expect(usd(twice, 'tax')).toBeCloseTo(4, 6);
    expect(twice.parts.map(({ reason }) => reason)).toContain('price');
  });
});
