/** Bills of gateways, which charge by the call: OpenRouter's activity, and the spend logs of a LiteLLM proxy. */
import type { BillRow } from '../bill-row.ts';
import type { CsvRecord } from '../csv-records.ts';
import type { BillFormat, BillObject, RowContext } from './format.ts';
import { invalidRow, isOfOtherKey, textOf, usdOf } from './format.ts';

interface CallFields {
  readonly id: string | undefined;
  readonly time: string | undefined;
  readonly model: string | undefined;
  readonly cost: string | undefined;
}

/** The row of a single call, or, without an id, of all calls of a day. */
function callRow(
  { id, time, model = '', cost }: CallFields,
  fields: CsvRecord | BillObject,
  context: RowContext,
): BillRow {
  const period = context.times.period(time ?? '', undefined);
  if (period === undefined) throw invalidRow(context, `"${time ?? ''}" is not a time`, 'an ISO time, or a date');
  const kind = isOfOtherKey(fields, context) ? 'other-key' : 'use';
  const names = context.names.apply([model], { model, meter: '' });
  return {
    ...names,
    ...period,
    requestId: id,
    kind,
    cost: usdOf(cost, 'the cost', context, { kind }),
    quantity: undefined,
  };
}

/** The activity of a day: the file writes its date as `2026-11-01 00:00:00`. */
const dateOf = (text: string | undefined): string | undefined => text?.replace(/ 00:00:00$/, '');

export const OPENROUTER_ACTIVITY: BillFormat = {
  name: 'openrouter',
  csv: {
    isOf: ['generation_id', 'cost_total'],
    columns:
      'generation_id created_at cost_total model_permaslug provider_name variant user api_key_name app_name'.split(' '),
    *rows(record, context) {
      const { generation_id: id, created_at: time, cost_total: cost, model_permaslug: model } = record;
      yield callRow({ id: id || undefined, time, cost, model: model || undefined }, record, context);
    },
  },
  json: {
    isOf: value => 'model_permaslug' in value && 'usage' in value,
    *rows(value, context) {
      const model = textOf(value['model_permaslug']) ?? textOf(value['model']);
      const day = { id: undefined, time: dateOf(textOf(value['date'])), model, cost: textOf(value['usage']) };
      yield callRow(day, value, context);
    },
  },
};

export const OPENROUTER_DAYS: BillFormat = {
  name: 'openrouter-days',
  csv: {
    isOf: ['Date', 'Slug', 'Usage'],
    columns: ['Date', 'Slug', 'Usage', 'BYOK Usage', 'Requests'],
    *rows(record, context) {
      const { Date: date, Slug: model, Usage: cost } = record;
      yield callRow({ id: undefined, time: dateOf(date), cost, model }, record, context);
    },
  },
};

const LITELLM_COLUMNS =
  `request_id startTime model model_group spend api_key team_id user end_user organization_id cache_hit
  custom_llm_provider`.split(/\s+/);

function* litellmRows(fields: CsvRecord | BillObject, context: RowContext): Generator<BillRow> {
  const [id, time, model, cost = '0'] = ['request_id', 'startTime', 'model', 'spend'].map(name => textOf(fields[name]));
  const call = { id, time, model, cost };
  const row = callRow(call, fields, context);
  // A call that failed, or that the proxy's own cache answered, did not reach a provider.
  if (row.cost !== 0n) yield row;
}

export const LITELLM_SPEND: BillFormat = {
  name: 'litellm',
  json: { isOf: value => 'spend' in value && 'startTime' in value, rows: litellmRows },
  csv: { isOf: ['request_id', 'spend', 'startTime'], columns: LITELLM_COLUMNS, rows: litellmRows },
};
