import { expect, it, test } from 'vitest';
import { firstDay, rowsOf } from './read.ts';

const DAY = { starting_at: '2026-11-01T00:00:00Z', ending_at: '2026-11-02T00:00:00Z' };
const page = (results: readonly object[]) => ({ data: [{ ...DAY, results }], has_more: false, next_page: null });
const cost = (more: object) => ({
  currency: 'USD',
  amount: '123.78912',
  description: 'Claude Sonnet 4 Usage - Input Tokens',
  cost_type: 'tokens',
  model: 'claude-sonnet-4-5',
  token_type: 'uncached_input_tokens',
  service_tier: 'standard',
  ...more,
});

it.each([
  [{}, 'claude-sonnet-4-5', 'Input Tokens', 'use'],
  [{ token_type: 'cache_read_input_tokens' }, 'claude-sonnet-4-5', 'Cache Read Tokens', 'use'],
  [{ token_type: 'cache_creation.ephemeral_5m_input_tokens' }, 'claude-sonnet-4-5', 'Cache Write Tokens 5m', 'use'],
  [{ token_type: 'cache_creation.ephemeral_1h_input_tokens' }, 'claude-sonnet-4-5', 'Cache Write Tokens 1h', 'use'],
  [{ token_type: 'output_tokens' }, 'claude-sonnet-4-5', 'Output Tokens', 'use'],
  [{ model: null, token_type: null }, 'Claude Sonnet 4', 'Input Tokens', 'use'],
  [{ model: null, token_type: null, description: null, cost_type: null }, '', '', 'use'],
  [{ cost_type: 'web_search', model: null, token_type: null }, '', 'Web Searches', 'use'],
  [{ cost_type: 'code_execution', model: null, token_type: null }, '', 'Code Sessions', 'use'],
  [{ cost_type: 'session_usage', model: null, token_type: null }, '', '', 'other-service'],
])('a cost with %j belongs to the model %s and the meter %s, in cents', async (more, model, meter, kind) => {
  expect(await rowsOf(page([cost(more)]))).toEqual([
    firstDay({ model, meter, kind, cost: 12_378_912n * 10n ** 11n, vendor: 'anthropic' }),
  ]);
});

test('a usage report gives a row for each kind of tokens, and one for searches', async () => {
  const usage = {
    model: 'claude-opus-4-5',
    uncached_input_tokens: 1,
    cache_read_input_tokens: 0,
    cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
    output_tokens: 4,
    server_tool_use: { web_search_requests: 5 },
  };
  const rows = await rowsOf(page([usage]));
  expect(rows.map(({ meter, quantity }) => [meter, Number(quantity) / 1e18])).toEqual([
    ['Input Tokens', 1],
    ['Cache Write Tokens 5m', 2],
    ['Cache Write Tokens 1h', 3],
    ['Output Tokens', 4],
    ['Web Searches', 5],
  ]);
});

test('a bucket that is not a valid period is refused with its path', async () => {
  const bad = { data: [{ starting_at: 'now', ending_at: 'then', results: [cost({})] }] };
  await expect(rowsOf(bad)).rejects.toThrow('value 1: "now" is not a period');
});
