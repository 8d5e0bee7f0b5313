/**
 * Anthropic's cost and usage reports, as JSON of the admin API (`/v1/organizations/cost_report`,
 * `/v1/organizations/usage_report/messages`) and as the CSV files that the Console exports.
 */
import type { BillRow } from '../bill-row.ts';
import type { CsvRecord } from '../csv-records.ts';
import type { ChargePeriod } from '../periods.ts';
import type { SkuNames } from '../sku-names.ts';
import { modelIn, namesInSku } from '../sku-names.ts';
import type { BillFormat, BillObject, RowContext } from './format.ts';
import { currencyOf, invalidRow, isOfOtherKey, objectsIn, textOf, usdOf } from './format.ts';

/** Meters by the names that the API and the Console's files give to a kind of tokens. */
const METERS: Readonly<Record<string, string>> = {
  uncached_input_tokens: 'Input Tokens',
  cache_read_input_tokens: 'Cache Read Tokens',
  'cache_creation.ephemeral_5m_input_tokens': 'Cache Write Tokens 5m',
  'cache_creation.ephemeral_1h_input_tokens': 'Cache Write Tokens 1h',
  output_tokens: 'Output Tokens',
  input_no_cache: 'Input Tokens',
  input_cache_read: 'Cache Read Tokens',
  input_cache_write_5m: 'Cache Write Tokens 5m',
  input_cache_write_1h: 'Cache Write Tokens 1h',
  output: 'Output Tokens',
};
/** Costs that are not for tokens, with their meters. The hours of a session belong to no model call. */
const OF_NO_TOKENS: Readonly<Record<string, string | undefined>> = {
  web_search: 'Web Searches',
  code_execution: 'Code Sessions',
};

function periodOf(start: string | undefined, end: string | undefined, context: RowContext): ChargePeriod {
  const period = context.times.period(start ?? '', end);
  if (period === undefined) throw invalidRow(context, `"${start ?? ''}" is not a period`, 'an ISO time, or a date');
  return period;
}

function namesOf(
  fields: Readonly<Record<'model' | 'tokenType' | 'costType' | 'description', string | undefined>>,
): SkuNames | undefined {
  const { model, tokenType, costType = 'tokens', description } = fields;
  if (!/^tokens?$/.test(costType)) {
    const meter = Object.hasOwn(OF_NO_TOKENS, costType) ? OF_NO_TOKENS[costType] : undefined;
    return meter === undefined ? undefined : { model: '', meter };
  }
  const meter = tokenType === undefined || !Object.hasOwn(METERS, tokenType) ? undefined : METERS[tokenType];
  const described = description === undefined ? undefined : namesInSku(description);
  return {
    model: model ?? modelIn(described?.model ?? ''),
    meter: meter ?? described?.meter ?? namesInSku(tokenType ?? '')?.meter ?? '',
  };
}

function costRow(
  fields: Readonly<
    Record<'model' | 'tokenType' | 'costType' | 'description' | 'amount' | 'currency', string | undefined>
  >,
  period: ChargePeriod,
  { isOther, context, per }: { readonly isOther: boolean; readonly context: RowContext; readonly per: bigint },
): BillRow {
  const found = namesOf(fields);
  const names = context.names.apply([fields.description, fields.tokenType], found ?? { model: '', meter: '' });
  const isCredit = fields.amount?.startsWith('-') === true;
  const kind = isOther ? 'other-key' : found === undefined ? 'other-service' : isCredit ? 'credit' : 'use';
  const { currency } = fields;
  const cost = usdOf(fields.amount, 'amount', context, { currency, kind, per });
  return { ...names, ...period, requestId: undefined, kind, cost, quantity: undefined };
}

export const ANTHROPIC_COSTS: BillFormat = {
  name: 'anthropic-costs',
  vendor: 'anthropic',
  json: {
    isOf: ({ starting_at: start, results }) =>
      start !== undefined && objectsIn(results).every(each => 'amount' in each),
    *rows({ starting_at: start, ending_at: end, results }, context) {
      const period = periodOf(textOf(start), textOf(end), context);
      for (const result of objectsIn(results)) {
        const fields = {
          model: textOf(result['model']),
          tokenType: textOf(result['token_type']),
          costType: textOf(result['cost_type']),
          description: textOf(result['description']),
          amount: textOf(result['amount']),
          currency: currencyOf(result['currency'], context),
        };
        // `"123.45"` in `"USD"` is $1.2345: the amount is in cents.
        yield costRow(fields, period, { isOther: isOfOtherKey(result, context), context, per: 100n });
      }
    },
  },
  csv: {
    isOf: ['usage_date_utc', 'cost_usd'],
    columns:
      `usage_date_utc model workspace api_key usage_type context_window token_type cost_usd cost_type inference_geo speed`.split(
        ' ',
      ),
    *rows(record, context) {
      const fields = {
        model: record['model'] || undefined,
        tokenType: record['token_type'] || undefined,
        costType: record['cost_type'] || undefined,
        description: undefined,
        amount: record['cost_usd'],
        currency: 'USD',
      };
      const period = periodOf(record['usage_date_utc'], undefined, context);
      yield costRow(fields, period, { isOther: isOfOtherKey(record, context), context, per: 1n });
    },
  },
};

function* usageRows(
  counts: Readonly<Record<string, string | undefined>>,
  { period, model, isOther, context }: { period: ChargePeriod; model: string; isOther: boolean; context: RowContext },
): Generator<BillRow> {
  for (const [meter, text] of Object.entries(counts)) {
    const quantity = Number(text ?? 0);
    if (!(quantity > 0)) continue;
    const names = context.names.apply([model], { model, meter });
    const kind = isOther ? 'other-key' : 'use';
    yield { ...names, ...period, requestId: undefined, kind, cost: undefined, quantity: BigInt(quantity) * 10n ** 18n };
  }
}

export const ANTHROPIC_USAGE: BillFormat = {
  name: 'anthropic-usage',
  vendor: 'anthropic',
  json: {
    isOf: ({ starting_at: start, results }) =>
      start !== undefined && objectsIn(results).some(each => 'uncached_input_tokens' in each),
    *rows({ starting_at: start, ending_at: end, results }, context) {
      const period = periodOf(textOf(start), textOf(end), context);
      for (const result of objectsIn(results)) {
        const written = (result['cache_creation'] ?? {}) as BillObject;
        const used = (result['server_tool_use'] ?? {}) as BillObject;
        const counts = {
          'Input Tokens': textOf(result['uncached_input_tokens']),
          'Cache Read Tokens': textOf(result['cache_read_input_tokens']),
          'Cache Write Tokens 5m': textOf(written['ephemeral_5m_input_tokens']),
          'Cache Write Tokens 1h': textOf(written['ephemeral_1h_input_tokens']),
          'Output Tokens': textOf(result['output_tokens']),
          'Web Searches': textOf(used['web_search_requests']),
        };
        const model = textOf(result['model']) ?? '';
        yield* usageRows(counts, { period, model, isOther: isOfOtherKey(result, context), context });
      }
    },
  },
  csv: {
    isOf: ['usage_date_utc', 'usage_output_tokens'],
    columns: `usage_date_utc model_version api_key workspace usage_type context_window usage_input_tokens_no_cache
      usage_input_tokens_cache_write_5m usage_input_tokens_cache_write_1h usage_input_tokens_cache_read usage_output_tokens
      web_search_count inference_geo speed`.split(/\s+/),
    *rows(record: CsvRecord, context) {
      const counts = {
        'Input Tokens': record['usage_input_tokens_no_cache'],
        'Cache Read Tokens': record['usage_input_tokens_cache_read'],
        'Cache Write Tokens 5m': record['usage_input_tokens_cache_write_5m'],
        'Cache Write Tokens 1h': record['usage_input_tokens_cache_write_1h'],
        'Output Tokens': record['usage_output_tokens'],
        'Web Searches': record['web_search_count'],
      };
      const period = periodOf(record['usage_date_utc'], undefined, context);
      const model = record['model_version'] ?? '';
      yield* usageRows(counts, { period, model, isOther: isOfOtherKey(record, context), context });
    },
  },
};
