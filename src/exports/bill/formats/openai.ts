/**
 * OpenAI's costs and its usage reports, as JSON of the organization API (`/v1/organization/costs`, `/v1/organization/usage/…`)
 * and as the CSV files that the usage page exports.
 */
import type { BillRow } from '../bill-row.ts';
import type { CsvRecord } from '../csv-records.ts';
import { unitFactor } from '../units.ts';
import type { SkuNames } from '../sku-names.ts';
import { namesInSku } from '../sku-names.ts';
import type { BillFormat, BillObject, RowContext } from './format.ts';
import { currencyOf, invalidRow, isOfOtherKey, objectsIn, quantityOf, textOf, usdOf } from './format.ts';

/** The period of a bucket, from two times in Unix seconds. */
function bucketOf(start: string | undefined, end: string | undefined, context: RowContext) {
  const [from, to] = [start, end].map(text => (/^\d+(\.\d+)?$/.test(text ?? '') ? Number(text) : 0)) as [
    number,
    number,
  ];
  if (!(from > 0 && to > from))
    throw invalidRow(context, `start_time "${start ?? ''}", end_time "${end ?? ''}" is not a bucket`, 'Unix seconds');
  return { startMs: from * 1000, endMs: to * 1000 };
}

/** `priority | gpt-5-mini-2025-08-07, cached input, long context`, or a name of something that belongs to no model. */
const OF_NO_MODEL = /vector|storage|fine[- ]?tun|training|assistants|embedding|moderation|whisper|tts|dall|sora|eval/i;

function namesInLineItem(lineItem: string | undefined): SkuNames | undefined {
  if (lineItem === undefined) return { model: '', meter: '' };
  const [, model = '', what = ''] = /^(?:[^|,]+\| )?([^,]+?)(?:, (.*))?$/.exec(lineItem) ?? [];
  if (OF_NO_MODEL.test(model)) return undefined;
  const modality = / (audio|image|text)$/i.exec(model)?.[1] ?? '';
  const bare = modality === '' ? model : model.slice(0, -modality.length - 1);
  const meter = namesInSku(`${modality === 'text' ? '' : modality} ${what.replaceAll('_', ' ')}`)?.meter;
  if (meter !== undefined) return { model: bare, meter };
  const tool = namesInSku(lineItem);
  if (tool !== undefined && what === '') return { ...tool, model: '' };
  return /^(?:completions|model (?:in|out)put|responses)$/i.test(bare)
    ? { model: '', meter: '' }
    : { model: bare, meter: '' };
}

function costRow(
  fields: Readonly<Record<'amount' | 'currency' | 'lineItem' | 'quantity' | 'unit', string | undefined>>,
  period: { readonly startMs: number; readonly endMs: number },
  { isOther, context }: { readonly isOther: boolean; readonly context: RowContext },
): BillRow {
  const { amount, currency, lineItem, quantity, unit } = fields;
  const found = namesInLineItem(lineItem);
  const names = context.names.apply([lineItem], found ?? { model: '', meter: '' });
  const isService = found === undefined && names.meter === '' && names.model === '';
  const isCredit = amount?.startsWith('-') === true;
  const kind = isOther ? 'other-key' : isService ? 'other-service' : isCredit ? 'credit' : 'use';
  return {
    ...names,
    ...period,
    requestId: undefined,
    kind,
    cost: usdOf(amount, 'amount', context, { currency, kind }),
    quantity: quantityOf(quantity, 'quantity', context, unitFactor(unit?.replaceAll('_', ' '))),
  };
}

export const OPENAI_COSTS: BillFormat = {
  name: 'openai-costs',
  vendor: 'openai',
  json: {
    isOf: ({ start_time: start, results }) => start !== undefined && objectsIn(results).every(each => 'amount' in each),
    *rows({ start_time: start, end_time: end, results }, context) {
      const period = bucketOf(textOf(start), textOf(end), context);
      for (const result of objectsIn(results)) {
        const { value, currency } = (result['amount'] ?? {}) as BillObject;
        // A bucket without costs may have an empty amount.
        if (value === undefined || value === null) continue;
        const fields = {
          amount: textOf(value),
          currency: currencyOf(currency, context),
          lineItem: textOf(result['line_item']),
          quantity: textOf(result['quantity']),
          unit: textOf(result['quantity_unit']),
        };
        yield costRow(fields, period, { isOther: isOfOtherKey(result, context), context });
      }
    },
  },
  csv: {
    isOf: ['start_time', 'amount_value'],
    columns: `start_time end_time amount_value amount_currency line_item quantity quantity_unit project_id project_name
      organization_id user_id api_key_id`.split(/\s+/),
    *rows(record, context) {
      const { start_time: start, end_time: end } = record;
      const fields = {
        amount: record['amount_value'],
        currency: record['amount_currency'] || undefined,
        lineItem: record['line_item'] || undefined,
        quantity: record['quantity'],
        unit: record['quantity_unit'],
      };
      yield costRow(fields, bucketOf(start, end, context), { isOther: isOfOtherKey(record, context), context });
    },
  },
};

const USAGE_FIELDS =
  `model input_tokens input_cached_tokens input_cache_write_tokens input_audio_tokens input_cached_audio_tokens
  output_tokens output_audio_tokens output_image_tokens num_model_requests num_requests num_sessions`.split(/\s+/);

/** The ledger's meters do not overlap; some of OpenAI's counts include others. */
function* usageRows(
  fields: CsvRecord | BillObject,
  period: { readonly startMs: number; readonly endMs: number },
  context: RowContext,
): Generator<BillRow> {
  const count = (name: string): number => Number(textOf(fields[name]) ?? 0);
  const kind = textOf(fields['object']) ?? 'organization.usage.completions.result';
  const isOther = isOfOtherKey(fields, context);
  const counts: Readonly<Record<string, number>> = kind.includes('web_search')
    ? { 'Web Searches': count('num_requests') || count('num_model_requests') }
    : kind.includes('file_search')
      ? { 'File Searches': count('num_requests') }
      : kind.includes('code_interpreter')
        ? { 'Code Sessions': count('num_sessions') }
        : {
            'Input Tokens':
              count('input_tokens') -
              count('input_cached_tokens') -
              count('input_cache_write_tokens') -
              count('input_audio_tokens'),
            'Cache Read Tokens': count('input_cached_tokens') - count('input_cached_audio_tokens'),
            'Cache Write Tokens': count('input_cache_write_tokens'),
            'Input Audio Tokens': count('input_audio_tokens'),
            'Cache Read Audio Tokens': count('input_cached_audio_tokens'),
            'Output Tokens': count('output_tokens') - count('output_audio_tokens') - count('output_image_tokens'),
            'Output Audio Tokens': count('output_audio_tokens'),
            'Output Image Tokens': count('output_image_tokens'),
          };
  const isService = !/completions|web_search|file_search|code_interpreter/.test(kind);
  const model = textOf(fields['model']) ?? '';
  for (const [meter, quantity] of Object.entries(counts)) {
    if (!(quantity > 0)) continue;
    const names = context.names.apply([model], { model, meter });
    const use = isOther ? 'other-key' : isService ? 'other-service' : 'use';
    yield {
      ...names,
      ...period,
      requestId: undefined,
      kind: use,
      cost: undefined,
      quantity: BigInt(quantity) * 10n ** 18n,
    };
  }
}

export const OPENAI_USAGE: BillFormat = {
  name: 'openai-usage',
  vendor: 'openai',
  json: {
    isOf: ({ start_time: start, results }) =>
      start !== undefined && objectsIn(results).some(each => String(each['object']).startsWith('organization.usage.')),
    *rows({ start_time: start, end_time: end, results }, context) {
      const period = bucketOf(textOf(start), textOf(end), context);
      for (const result of objectsIn(results)) yield* usageRows(result, period, context);
    },
  },
  csv: {
    isOf: ['start_time', 'input_tokens'],
    columns: ['start_time', 'end_time', 'project_id', 'user_id', 'api_key_id', ...USAGE_FIELDS],
    *rows(record, context) {
      yield* usageRows(record, bucketOf(record['start_time'], record['end_time'], context), context);
    },
  },
};
