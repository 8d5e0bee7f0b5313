/** Bills as vendors give them, against the ledger of the same calls: every dollar has its place. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Store } from '../../../src/contracts/store.ts';
import type { BillOptions } from '../../../src/exports/bill/bill.ts';
import { readBill } from '../../../src/exports/bill/bill.ts';
import { EXPECTED_REASONS } from '../../../src/exports/bill/differences.ts';
import type { Reconciliation } from '../../../src/exports/bill/reconcile.ts';
import { reconcile } from '../../../src/exports/bill/reconcile.ts';
import type { Call, Line } from './vendor-bills.ts';
import {
  anthropicCosts,
  dailyLines,
  DAY,
  FROM,
  isoDay,
  isoTime,
  ledgerOf,
  listPrice,
  MODELS,
  openaiCosts,
  someCalls,
  usd,
} from './vendor-bills.ts';

const calls = someCalls();
let store: Store;
let withIds: Store;
beforeAll(async () => {
  store = await ledgerOf(calls);
  withIds = await ledgerOf(calls, true);
});

async function compare(text: string, options: BillOptions = {}, ledger = store): Promise<Reconciliation> {
  const chunks = text.match(/[^]{1,4096}/g) ?? [];
  return reconcile(readBill(chunks, options), ledger, { priceOf: listPrice });
}

/** Nano-dollars that the ledger's calls to a vendor cost, by the published rates. */
function spentOn(vendor: 'openai' | 'anthropic'): number {
  return Number(dailyLines(calls, vendor).reduce((sum, { pico }) => sum + pico, 0n)) / 1000;
}

/** Everything is explained: no part needs an action, and the parts add up to the difference. */
function expectExplained(
  result: Reconciliation,
  { spent, width = 'day' }: { spent: number; width?: 'day' | 'request' },
): void {
  expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
  expect(result.parts.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)).toBe(
    result.billedNanoUsd - result.ledgerNanoUsd,
  );
  const { matched, rounded, different, missingInLedger, comparedBy } = result;
  const same = matched.count + rounded.count;
  expect(same / (same + different.count + missingInLedger.count)).toBeGreaterThanOrEqual(0.99);
  expect(comparedBy[width]).toBe(same);
  expect(Math.abs(Number(matched.ledgerNanoUsd + rounded.ledgerNanoUsd) - spent)).toBeLessThan(1000);
}

const partOf = ({ parts }: Reconciliation, reason: string) => parts.find(part => part.reason === reason);
const OPENAI = (): readonly Line[] => dailyLines(calls, 'openai');
const ANTHROPIC = (): readonly Line[] => dailyLines(calls, 'anthropic');
const csv = (header: string, rows: readonly (readonly (string | number)[])[]): string =>
  [header, ...rows.map(row => row.map(field => (/[",]/.test(String(field)) ? `"${field}"` : field)).join(','))].join(
    '\n',
  );

describe('OpenAI', () => {
  test('costs by line item match by day, and charges without a model or of another project are set aside', async () => {
    const cost = (value: number, line_item: string, project_id = 'proj_app') => ({
      object: 'organization.costs.result',
      amount: { value, currency: 'usd' },
      line_item,
      project_id,
    });
    const more = [cost(0.25, 'text-embedding-3-small, input'), cost(7.5, 'gpt-5-2025-08-07, output', 'proj_other')];
    const result = await compare(openaiCosts(OPENAI(), more), { only: { project_id: 'proj_app' } });
    expectExplained(result, { spent: spentOn('openai') });
    expect(partOf(result, 'other-key')).toMatchObject({ count: 1, nanoUsd: 7_500_000_000n });
    expect(partOf(result, 'other-service')).toMatchObject({ count: 1, nanoUsd: 250_000_000n });
    expect(partOf(result, 'other-model')).toMatchObject({ nanoUsd: expect.any(BigInt) as bigint });
  });

  test('costs of another key that was not excluded are reported as missing in the ledger, with their amount', async () => {
    const more = [
      { amount: { value: 7.5, currency: 'usd' }, line_item: 'gpt-5-nano, output', project_id: 'proj_other' },
      { amount: { value: 1.5, currency: 'usd' }, line_item: 'gpt-5, web search tool calls', project_id: 'proj_other' },
    ];
    const result = await compare(openaiCosts(OPENAI(), more));
    expect(partOf(result, 'unknown-model')).toMatchObject({ count: 1, nanoUsd: 7_500_000_000n });
    expect(partOf(result, 'not-in-ledger')).toMatchObject({ count: 1, nanoUsd: 1_500_000_000n });
    expect(result.unknownModels).toEqual(['gpt-5-nano']);
  });

  test('calls that the vendor counts on the day they ended are a calendar edge, to the nano-dollar', async () => {
    const result = await compare(openaiCosts(dailyLines(calls, 'openai', 'endMs')));
    expect(result.parts.map(({ reason }) => reason).filter(reason => !EXPECTED_REASONS.has(reason))).toEqual([]);
    expect(partOf(result, 'calendar-edge')).toMatchObject({ nanoUsd: 0n });
    const late = calls.filter(({ startMs, endMs, model }) => {
      return MODELS[model]?.vendor === 'openai' && Math.floor(startMs / DAY) !== Math.floor(endMs / DAY);
    });
    expect(late).toHaveLength(10);
    expect(Number(partOf(result, 'calendar-edge')?.sizeNanoUsd)).toBeGreaterThan(0);
  });

  test('costs without line items are compared by day as a whole, and charges of other vendors are left out', async () => {
    const days = Array.from({ length: 6 }, (_, day) => ({
      object: 'bucket',
      start_time: (FROM + day * DAY) / 1000,
      end_time: (FROM + (day + 1) * DAY) / 1000,
      results: [
        {
          object: 'organization.costs.result',
          amount: {
            value: Number(OPENAI().reduce((sum, line) => sum + (line.day === day ? line.pico : 0n), 0n)) / 1e12,
            currency: 'usd',
          },
          line_item: null,
          project_id: null,
        },
      ],
    }));
    const page = JSON.stringify({ object: 'page', data: days, has_more: false, next_page: null });
    const isOfOtherVendor = ({ attempt }: { attempt: { model: string } }) => attempt.model.startsWith('claude');
    const result = await reconcile(readBill([page]), store, { priceOf: listPrice, isOfOtherVendor });
    expectExplained(result, { spent: spentOn('openai') });
    expect(result.comparedBy.day).toBe(6);
    expect(partOf(result, 'other-vendor')?.count).toBeGreaterThan(0);
  });

  test('the costs page’s CSV matches as the JSON does', async () => {
    const rows = OPENAI().map(({ day, model, meter, pico }) => [
      (FROM + day * DAY) / 1000,
      (FROM + (day + 1) * DAY) / 1000,
      `${isoDay(day)}T00:00:00+00:00`,
      Number(pico) / 1e12,
      'usd',
      `${MODELS[model]?.snapshot}, ${meter === 'cacheRead' ? 'cached input' : meter}`,
      'proj_app',
    ]);
    const header = 'start_time,end_time,start_time_iso,amount_value,amount_currency,line_item,project_id';
    expectExplained(await compare(csv(header, rows)), { spent: spentOn('openai') });
  });

  test('a report of use by the minute and key has no costs: its quantities match', async () => {
    const openai = calls.filter(({ model }) => MODELS[model]?.vendor === 'openai');
    const rows = openai.map(({ model, startMs, usage }) => {
      const minute = Math.floor(startMs / 60_000) * 60;
      const { input = 0, cacheRead = 0, output = 0 } = usage;
      return [
        minute,
        minute + 60,
        isoTime(minute * 1000),
        'key_1',
        1,
        MODELS[model]?.snapshot ?? '',
        input + cacheRead,
        cacheRead,
        output,
      ];
    });
    const header =
      'start_time,end_time,start_time_iso,api_key_id,num_model_requests,model,input_tokens,input_cached_tokens,output_tokens';
    const result = await compare(csv(header, rows));
    expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
    expect(result.matched.count).toBe(openai.length * 3);
    const more = await compare(
      csv(header, [...rows, [FROM / 1000, FROM / 1000 + 60, isoTime(FROM), 'key_2', 1, 'gpt-5', 9, 0, 9]]),
    );
    expect(more.missingInLedger.count).toBe(2);
  });

  test('pages whose last one announces another page are refused as an incomplete bill', async () => {
    const text = openaiCosts(OPENAI()).replace(/"has_more": false/, '"has_more": true');
    await expect(compare(text)).rejects.toThrow('the report is not whole: its last page says that another one follows');
  });
});

describe('Anthropic', () => {
  test('the cost report is in cents, and matches by day within its rounding', async () => {
    const more = [
      {
        currency: 'USD',
        amount: '150',
        cost_type: 'web_search',
        description: 'Web Search Usage',
        model: null,
        token_type: null,
      },
      { currency: 'USD', amount: '-25.5', cost_type: 'tokens', description: 'Credit', model: null, token_type: null },
      {
        currency: 'USD',
        amount: '40',
        cost_type: 'session_usage',
        description: 'Sessions',
        model: null,
        token_type: null,
      },
    ];
    const result = await compare(anthropicCosts(ANTHROPIC(), more));
    expect(partOf(result, 'credit')).toMatchObject({ nanoUsd: -255_000_000n });
    expect(partOf(result, 'other-service')).toMatchObject({ nanoUsd: 400_000_000n });
    expect(partOf(result, 'not-in-ledger')).toMatchObject({ nanoUsd: 1_500_000_000n });
    expectExplained(await compare(anthropicCosts(ANTHROPIC())), { spent: spentOn('anthropic') });
  });

  test('the Console’s cost file is rounded to cents, and matches within its rounding', async () => {
    const types = {
      input: 'input_no_cache',
      cacheRead: 'input_cache_read',
      cacheWrite5m: 'input_cache_write_5m',
      cacheWrite1h: 'input_cache_write_1h',
      output: 'output',
    };
    const rows = ANTHROPIC().map(({ day, meter, pico }) => [
      isoDay(day),
      'Claude Opus 4.5',
      'Default',
      'app-key',
      'message',
      '≤ 200k',
      types[meter as keyof typeof types],
      usd(pico, 2),
      usd(pico, 2),
      'token',
      'global',
      '',
    ]);
    const header =
      'usage_date_utc,model,workspace,api_key,usage_type,context_window,token_type,cost_usd,list_price_usd,cost_type,inference_geo,speed';
    const result = await compare(csv(header, rows));
    expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
    expect(result.rounded.count + result.matched.count).toBe(rows.length);
    expect(Number(partOf(result, 'rounding')?.sizeNanoUsd)).toBeLessThanOrEqual(rows.length * 5_000_000);
  });

  test('the usage report and the Console’s token file match by quantity', async () => {
    const byDay = Array.from({ length: 6 }, (_, day) => {
      const tokens = (meter: string): number =>
        ANTHROPIC().find(line => line.day === day && line.meter === meter)?.tokens ?? 0;
      return { day, tokens };
    });
    const json = JSON.stringify({
      data: byDay.map(({ day, tokens }) => ({
        starting_at: isoTime(FROM + day * DAY),
        ending_at: isoTime(FROM + (day + 1) * DAY),
        results: [
          {
            api_key_id: null,
            model: 'claude-opus-4-5-20251101',
            uncached_input_tokens: tokens('input'),
            cache_read_input_tokens: tokens('cacheRead'),
            cache_creation: {
              ephemeral_5m_input_tokens: tokens('cacheWrite5m'),
              ephemeral_1h_input_tokens: tokens('cacheWrite1h'),
            },
            output_tokens: tokens('output'),
            server_tool_use: { web_search_requests: 0 },
          },
        ],
      })),
      has_more: false,
      next_page: null,
    });
    const header =
      'usage_date_utc,model_version,api_key,workspace,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count';
    const file = csv(
      header,
      byDay.map(({ day, tokens }) => [
        isoDay(day),
        'claude-opus-4-5-20251101',
        'app-key',
        'Default',
        tokens('input'),
        tokens('cacheWrite5m'),
        tokens('cacheWrite1h'),
        tokens('cacheRead'),
        tokens('output'),
        0,
      ]),
    );
    for (const text of [json, file]) {
      const result = await compare(text);
      expect(result.matched.count).toBe(30);
      expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
    }
  });
});

describe('clouds, in FOCUS', () => {
  const FOCUS = `BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit,ServiceCategory,ServiceName,SkuId,SkuMeter,ChargeDescription,x_SkuMeterName,x_UsageType,SubAccountId`;
  interface Sku {
    readonly unit: string;
    readonly per: number;
    readonly digits: number;
    readonly names: (
      line: Line,
    ) => Partial<
      Record<'SkuId' | 'SkuMeter' | 'ChargeDescription' | 'x_SkuMeterName' | 'x_UsageType' | 'ServiceName', string>
    >;
  }
  const row = (fields: Readonly<Record<string, string | number>>): readonly (string | number)[] =>
    FOCUS.split(',').map(name => fields[name] ?? '');
  const period = (day: number) => ({
    ChargePeriodStart: isoTime(FROM + day * DAY),
    ChargePeriodEnd: isoTime(FROM + (day + 1) * DAY),
  });
  const AI = 'AI and Machine Learning';
  function bill(lines: readonly Line[], { unit, per, digits, names }: Sku): string {
    const rows = lines.map(line =>
      row({
        ...period(line.day),
        BilledCost: usd(line.pico, digits),
        EffectiveCost: usd(line.pico, digits),
        BillingCurrency: 'USD',
        ChargeCategory: 'Usage',
        PricingQuantity: line.tokens / per,
        PricingUnit: unit,
        ServiceCategory: AI,
        ...names(line),
      }),
    );
    const other = (fields: Readonly<Record<string, string | number>>) =>
      row({ ...period(1), BillingCurrency: 'USD', SkuId: 'x', ...fields });
    return csv(FOCUS, [
      ...rows,
      other({
        ChargeCategory: 'Usage',
        ServiceCategory: 'Compute',
        ServiceName: 'Virtual Machines',
        SkuMeter: 'D2s v5',
        EffectiveCost: 12,
      }),
      other({ ChargeCategory: 'Tax', EffectiveCost: '3.33', ServiceCategory: AI }),
      other({ ChargeCategory: 'Credit', EffectiveCost: '-1.25', ServiceCategory: AI }),
      other({ ChargeCategory: 'Purchase', EffectiveCost: '100', ServiceCategory: AI }),
    ]);
  }
  function expectAside(result: Reconciliation): void {
    expect(partOf(result, 'other-service')).toMatchObject({ count: 1, nanoUsd: 12_000_000_000n });
    expect(partOf(result, 'tax')).toMatchObject({ nanoUsd: 3_330_000_000n });
    expect(partOf(result, 'credit')).toMatchObject({ nanoUsd: -1_250_000_000n });
    expect(partOf(result, 'purchase')).toMatchObject({ nanoUsd: 100_000_000_000n });
  }
  const AZURE: Readonly<Record<string, string>> = { input: 'Inpt', cacheRead: 'cchd Inpt', output: 'outpt' };
  const AZURE_MODELS: Readonly<Record<string, string>> = { 'gpt-5-mini': 'GPT 5 Mini', 'gpt-5': 'GPT 5' };
  const AWS: Readonly<Record<string, string>> = {
    input: 'input-tokens',
    cacheRead: 'cache-read-input-token-count',
    cacheWrite5m: 'cache-write-input-token-count',
    cacheWrite1h: 'cache-write-input-token-count-1-hour',
    output: 'output-tokens',
  };

  test('Azure: a bill matches with opaque SKUs and Azure’s own meter names, by the thousand or the million tokens', async () => {
    for (const [unit, per, suffix] of [
      ['1K', 1e3, ''],
      ['1M', 1e6, ' 1M'],
    ] as const) {
      const result = await compare(
        bill(OPENAI(), {
          unit,
          per,
          digits: 12,
          names: ({ model, meter }) => ({
            SkuId: 'DZH318Z0BQPS/00TG',
            SkuMeter: `${AZURE_MODELS[model]} ${AZURE[meter]} Glbl${suffix} Tokens`,
            ServiceName: 'Azure OpenAI Service',
          }),
        }),
      );
      expectExplained(result, { spent: spentOn('openai') });
      expectAside(result);
    }
  });

  test('AWS: a bill matches with Bedrock usage types of a region, and marketplace usage types without a model', async () => {
    const own = bill(ANTHROPIC(), {
      unit: '1K tokens',
      per: 1e3,
      digits: 10,
      names: ({ meter }) => ({
        SkuId: 'ABCDEFGH12345678',
        SkuMeter: '',
        x_UsageType: `USE1-Claude4.5Opus-${AWS[meter]}`,
        ServiceName: 'Amazon Bedrock',
      }),
    });
    const result = await compare(own);
    expectExplained(result, { spent: spentOn('anthropic') });
    expectAside(result);
    const counts: Readonly<Record<string, string>> = {
      input: 'InputTokenCount',
      cacheRead: 'CacheReadInputTokenCount',
      cacheWrite5m: 'CacheWriteInputTokenCount',
      cacheWrite1h: 'CacheWrite1hInputTokenCount',
      output: 'OutputTokenCount',
    };
    const marketplace = bill(ANTHROPIC(), {
      unit: 'Units',
      per: 1e6,
      digits: 10,
      names: ({ meter }) => ({
        SkuId: 'ABCDEFGH12345678',
        x_UsageType: `USE1-MP:USE1_${counts[meter]}_Global-Units`,
        ServiceName: 'Claude Opus 4.5 (Amazon Bedrock Edition)',
      }),
    });
    expectExplained(await compare(marketplace), { spent: spentOn('anthropic') });
  });

  test('Google: a bill matches with Vertex SKU descriptions, by the token, rounded to six digits', async () => {
    const words: Readonly<Record<string, string>> = {
      input: 'Input Tokens',
      cacheRead: 'Cache Read Input Tokens',
      cacheWrite5m: 'Cache Write Input Tokens',
      cacheWrite1h: '1h Cache Write Input Tokens',
      output: 'Output Tokens',
    };
    const text = bill(ANTHROPIC(), {
      unit: 'count',
      per: 1,
      digits: 6,
      names: ({ meter }) => ({
        SkuId: 'EAC4-305F-1249',
        ChargeDescription: `Claude Opus 4.5 - ${words[meter]}`,
        ServiceName: 'Vertex AI',
      }),
    });
    const result = await compare(text);
    expectExplained(result, { spent: spentOn('anthropic') });
    expectAside(result);
  });

  test('names that no reader knows are taken from a map, and are reported until there is one', async () => {
    const sku = (model: string, meter: string): string => `SKU-${model.length * 8 + meter.length}`;
    const text = bill(OPENAI(), {
      unit: '1M',
      per: 1e6,
      digits: 12,
      names: ({ model, meter }) => ({
        SkuId: sku(model, meter),
        SkuMeter: 'AI units',
        ServiceName: 'Our reseller',
      }),
    });
    const unmapped = await compare(text);
    expect(unmapped.matched.count).toBe(0);
    expect(unmapped.unknownModels).toContain('SKU-45');
    const meters: Readonly<Record<string, string>> = {
      input: 'Input Tokens',
      cacheRead: 'Cache Read Tokens',
      output: 'Output Tokens',
    };
    const names = Object.fromEntries(
      ['gpt-5-mini', 'gpt-5'].flatMap(model =>
        Object.entries(meters).map(([meter, name]) => [sku(model, meter).toLowerCase(), { model, meter: name }]),
      ),
    );
    expectExplained(await compare(text, { names }), { spent: spentOn('openai') });
  });

  test('a bill in another currency is refused without a rate, and matches with the rate or the vendor’s own USD', async () => {
    const sku: Sku = {
      unit: '1M',
      per: 1e6,
      digits: 12,
      names: ({ model, meter }) => ({ SkuId: 'x', SkuMeter: `${AZURE_MODELS[model]} ${AZURE[meter]} Glbl Tokens` }),
    };
    const euros = bill(
      OPENAI().map(line => ({ ...line, pico: line.pico / 2n })),
      sku,
    ).replaceAll(',USD,', ',EUR,');
    await expect(compare(euros)).rejects.toThrow('the bill is in EUR');
    const result = await compare(euros, { usdPer: { EUR: 2 } });
    expect(result.different.count).toBe(0);
    expect(result.matched.count + result.rounded.count).toBe(36);
    const [header = '', ...rows] = euros.split('\n');
    const both = [`${header},x_EffectiveCostInUsd`, ...rows.map(each => `${each},${Number(each.split(',')[1]) * 2}`)];
    expect((await compare(both.join('\n'))).different.count).toBe(0);
  });

  test.each([
    ['EUR', 92n, 6],
    ['EUR', 92n, 2],
    ['JPY', 15_000n, 2],
  ])(
    'a bill in %s is rounded in that currency: converted differences below that are not a different price',
    async (currency, hundredths, digits) => {
      const sku: Sku = {
        unit: '1M',
        per: 1e6,
        digits,
        names: ({ model, meter }) => ({ SkuId: 'x', SkuMeter: `${AZURE_MODELS[model]} ${AZURE[meter]} Glbl Tokens` }),
      };
      const text = bill(
        OPENAI().map(line => ({ ...line, pico: (line.pico * hundredths) / 100n })),
        sku,
      ).replaceAll(',USD,', `,${currency},`);
      const result = await compare(text, { usdPer: { [currency]: 100 / Number(hundredths) } });
      expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
      expect(result.different.count).toBe(0);
      expect(result.matched.count + result.rounded.count).toBe(36);
    },
  );
});

describe('rounding', () => {
  test('if the bills of two vendors are read as one, each keeps its own rounding', async () => {
    async function* both() {
      yield* readBill(openaiCosts(OPENAI()));
      yield* readBill(anthropicCosts(ANTHROPIC()));
    }
    const alone = await compare(anthropicCosts(ANTHROPIC()));
    expect(alone.rounded.count).toBeGreaterThan(0);
    const result = await reconcile(both(), store, { priceOf: listPrice });
    expect(result.rounded.count).toBe(alone.rounded.count);
    expect(result.different.count).toBe(0);
    expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
  });
});

describe('gateways', () => {
  const perCall = (call: Call): bigint =>
    Object.entries(call.usage).reduce(
      (sum, [meter, tokens]) =>
        sum + BigInt(tokens) * BigInt(Math.round((MODELS[call.model]?.rates[meter as 'input'] ?? 0) * 1e6)),
      0n,
    );
  const spent = (): number => spentOn('openai') + spentOn('anthropic');
  const openrouter = (ids: (call: Call) => string): string =>
    csv(
      'generation_id,created_at,cost_total,cost_cache,byok_usage_inference,tokens_prompt,tokens_completion,model_permaslug,provider_name,api_key_name',
      calls.map(call => [
        ids(call),
        isoTime(call.startMs).replace('T', ' ').replace('Z', '.123'),
        usd(perCall(call), 10),
        0,
        0,
        1,
        1,
        `${MODELS[call.model]?.vendor}/${MODELS[call.model]?.snapshot}`,
        'Provider',
        'app',
      ]),
    );

  test('OpenRouter’s activity matches by call where the ledger has its ids, otherwise by day and model', async () => {
    const byId = await compare(
      openrouter(({ id }) => id),
      {},
      withIds,
    );
    expectExplained(byId, { spent: spent(), width: 'request' });
    const byDay = await compare(openrouter(({ id }) => `gen-${id}`));
    expectExplained(byDay, { spent: spent() });
    expect(byDay.comparedBy.day).toBe(18);
  });

  test('OpenRouter’s activity by the day matches by day and model', async () => {
    const sums = new Map<string, bigint>();
    for (const call of calls) {
      const key = `${isoDay(Math.floor((call.startMs - FROM) / DAY))} ${MODELS[call.model]?.vendor}/${call.model}`;
      sums.set(key, (sums.get(key) ?? 0n) + perCall(call));
    }
    const rows = [...sums].map(([key, pico]) => {
      const [date = '', slug = ''] = key.split(' ');
      return [`${date} 00:00:00`, slug, usd(pico, 6), 0, 12, 1, 1, 0];
    });
    const header = 'Date,Slug,Usage,BYOK Usage,Requests,Prompt Tokens,Completion Tokens,Reasoning Tokens';
    const result = await compare(csv(header, rows));
    expect(result.parts.map(({ reason }) => reason)).toEqual(['rounding']);
    expect(result.rounded.count + result.matched.count).toBe(18);
  });

  test('LiteLLM’s spend logs match by call, as JSON lines, as an array and as CSV; failed and cached calls are left out', async () => {
    const logs = calls.map(call => ({
      request_id: call.id,
      call_type: 'acompletion',
      api_key: 'hashed',
      spend: Number(perCall(call)) / 1e12,
      total_tokens: 1,
      startTime: isoTime(call.startMs),
      endTime: isoTime(call.endMs),
      model: `openai/${call.model}`,
      model_group: 'app',
      cache_hit: 'False',
      team_id: 'team_1',
    }));
    const failed = { ...logs[0], request_id: 'failed', spend: 0 };
    const fields = ['request_id', 'spend', 'startTime', 'model', 'team_id'] as const;
    const texts = [
      [...logs, failed].map(log => JSON.stringify(log)).join('\n'),
      JSON.stringify([...logs, failed]),
      csv(
        fields.join(','),
        [...logs, failed].map(log => fields.map(field => log[field] ?? '')),
      ),
    ];
    for (const text of texts) expectExplained(await compare(text, {}, withIds), { spent: spent(), width: 'request' });
  });
});

describe('time zones', () => {
  test('a bill whose days are in a time zone is compared by those days', async () => {
    const zone = 'America/Los_Angeles';
    const dayIn = (ms: number): string =>
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(ms);
    const sums = new Map<string, bigint>();
    for (const call of calls) {
      const cost = Object.entries(call.usage).reduce(
        (sum, [meter, tokens]) => sum + tokens * Math.round((MODELS[call.model]?.rates[meter as 'input'] ?? 0) * 1e6),
        0,
      );
      const key = `${dayIn(call.startMs)} ${call.model}`;
      sums.set(key, (sums.get(key) ?? 0n) + BigInt(cost));
    }
    // The clock went back an hour on 1 November 2026 there.
    const rows = [...sums].map(([key, pico]) => [...key.split(' '), usd(pico, 12), 0, 1]);
    const text = csv('Date,Slug,Usage,BYOK Usage,Requests', rows);
    const result = await compare(text, { timeZone: zone });
    expect(result.parts.filter(({ reason }) => !EXPECTED_REASONS.has(reason))).toEqual([]);
    expect(result.different.count).toBe(0);
    expect((await compare(text)).different.count).toBeGreaterThan(0);
    await expect(compare(text, { timeZone: 'Mars/Olympus' })).rejects.toThrow('readBill.timeZone');
  });
});
