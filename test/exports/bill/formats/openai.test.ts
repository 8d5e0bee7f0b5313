import { describe, expect, it, test } from 'vitest';
import { OPENAI_COSTS, OPENAI_USAGE } from '../../../../src/exports/bill/formats/openai.ts';
import { firstDay, rowsOf } from './read.ts';

const DAY = { start_time: 1_793_491_200, end_time: 1_793_577_600 };
const page = (results: readonly object[]) => ({
  object: 'page',
  data: [{ object: 'bucket', ...DAY, results }],
  has_more: false,
  next_page: null,
});
const cost = (line_item: string | null, more: object = {}) => ({
  object: 'organization.costs.result',
  amount: { value: 1.25, currency: 'usd' },
  line_item,
  project_id: 'proj_x',
  ...more,
});

describe('costs', () => {
  it.each([
    ['gpt-5-mini, input', 'gpt-5-mini', 'Input Tokens', 'use'],
    ['gpt-5-mini-2025-08-07, cached input', 'gpt-5-mini-2025-08-07', 'Cache Read Tokens', 'use'],
    ['priority | gpt-5.6-sol, output, long context', 'gpt-5.6-sol', 'Output Tokens', 'use'],
    ['gpt-5.6-sol, cache writes', 'gpt-5.6-sol', 'Cache Write Tokens', 'use'],
    ['gpt-5, output_tokens', 'gpt-5', 'Output Tokens', 'use'],
    ['gpt-audio-mini-2025-12-15 audio, input', 'gpt-audio-mini-2025-12-15', 'Input Audio Tokens', 'use'],
    ['gpt-4o', 'gpt-4o', '', 'use'],
    ['web search tool calls', '', 'Web Searches', 'use'],
    ['Completions', '', '', 'use'],
    [null, '', '', 'use'],
    ['text-embedding-3-large-2024-01-25, input', '', '', 'other-service'],
    ['Vector storage', '', '', 'other-service'],
  ])('the line item %s has the model %s and the meter %s', async (lineItem, model, meter, kind) => {
    expect(await rowsOf(page([cost(lineItem)]))).toEqual([
      firstDay({ model, meter, kind, cost: 125n * 10n ** 16n, vendor: 'openai' }),
    ]);
  });

  it('quantities are read in the unit that the row states, negative amounts are credits, and a bucket may be empty', async () => {
    const rows = await rowsOf(
      page([
        cost('gpt-5, input', { quantity: 2, quantity_unit: '1000_tokens' }),
        cost('gpt-5, input', { amount: { value: -3, currency: 'usd' } }),
        cost('gpt-5, input', { amount: {} }),
      ]),
    );
    expect(rows).toMatchObject([{ quantity: 2000n * 10n ** 18n }, { kind: 'credit', cost: -3n * 10n ** 18n }]);
    expect(await rowsOf(page([]))).toEqual([]);
  });

  it('a row of another project belongs to another key, and a name in the map replaces the name that the reader found', async () => {
    const rows = await rowsOf(page([cost('gpt-5, input')]), {
      only: { project_id: 'proj_y' },
      names: { 'gpt-5, input': { model: 'ours' } },
    });
    expect(rows).toMatchObject([{ kind: 'other-key', model: 'ours', meter: 'Input Tokens' }]);
  });
});

test('the counts of a usage report do not overlap, and other rows than model calls are set aside as another service', async () => {
  const completions = {
    object: 'organization.usage.completions.result',
    model: 'gpt-5',
    input_tokens: 100,
    input_cached_tokens: 40,
    input_cache_write_tokens: 10,
    input_audio_tokens: 5,
    input_cached_audio_tokens: 2,
    output_tokens: 30,
    output_audio_tokens: 4,
    num_model_requests: 1,
  };
  const rows = await rowsOf(page([completions, { object: 'organization.usage.embeddings.result', input_tokens: 7 }]));
  expect(rows.map(({ meter, quantity, cost: none, kind }) => [meter, Number(quantity) / 1e18, none, kind])).toEqual([
    ['Input Tokens', 45, undefined, 'use'],
    ['Cache Read Tokens', 38, undefined, 'use'],
    ['Cache Write Tokens', 10, undefined, 'use'],
    ['Input Audio Tokens', 5, undefined, 'use'],
    ['Cache Read Audio Tokens', 2, undefined, 'use'],
    ['Output Tokens', 26, undefined, 'use'],
    ['Output Audio Tokens', 4, undefined, 'use'],
    ['Input Tokens', 7, undefined, 'other-service'],
  ]);
});

test('a bucket without its times is refused, and the two kinds of reports are distinguished', async () => {
  await expect(rowsOf({ data: [{ start_time: 5, end_time: 5, results: [cost('x')] }] })).rejects.toThrow(
    'is not a bucket',
  );
  expect([OPENAI_COSTS.name, OPENAI_USAGE.name]).toEqual(['openai-costs', 'openai-usage']);
});
