import { expect, test } from 'vitest';
import { HELICONE, LITELLM, PORTKEY, TENSORZERO } from '../../../src/exports/history/gateway-logs.ts';

const AT = Date.UTC(2026, 9, 1, 10);

test('a row of LiteLLM’s spend logs is a call with its spend, and its first tag names the feature', () => {
  const row = {
    request_id: 'chatcmpl-1',
    call_type: 'acompletion',
    spend: '0.00065',
    prompt_tokens: '1000',
    completion_tokens: '200',
    startTime: '2026-10-01 10:00:00',
    endTime: '2026-10-01 10:00:02',
    model: 'gpt-5-mini',
    request_tags: '["support.reply","team-a"]',
    session_id: 'user-17',
    cache_hit: 'False',
    status: 'success',
  };
  expect(LITELLM.entries(row)).toMatchObject([
    {
      kind: 'call',
      id: 'chatcmpl-1',
      model: 'gpt-5-mini',
      atMs: AT,
      latencyMs: 2_000,
      costUsd: 0.00065,
      input: 1000,
      output: 200,
      isError: false,
    },
    { kind: 'intent', intent: 'chatcmpl-1', feature: 'support.reply', session: 'user-17' },
  ]);
  expect(LITELLM.entries({ ...row, status: 'failure' })).toMatchObject([{ isError: true }, {}]);
  expect(LITELLM.entries({ ...row, cache_hit: 'True' })).toEqual([{ kind: 'left-out', why: 'answered by a cache' }]);
});

test('a row of Helicone is a call, with its feedback and scores', () => {
  const entries = HELICONE.entries({
    request_id: 'r1',
    request_created_at: '2026-10-01T10:00:00.000Z',
    response_status: 200,
    response_model: 'gpt-5-mini',
    prompt_tokens: 1000,
    prompt_cache_read_tokens: 400,
    completion_tokens: 200,
    delay_ms: 1500,
    costUSD: 0.0005,
    request_properties: { feature: 'search', 'Helicone-Session-Id': 's1' },
    feedback_rating: true,
    scores: { quality: 0.8 },
  });
  expect(entries).toMatchObject([
    {
      kind: 'call',
      atMs: AT,
      latencyMs: 1_500,
      input: 600,
      cacheRead: 400,
      output: 200,
      costUsd: 0.0005,
      isError: false,
    },
    { kind: 'intent', feature: 'search', session: 's1' },
    { kind: 'score', of: 'r1', name: 'feedback', value: 1 },
    { kind: 'score', of: 'r1', name: 'quality', value: 0.8 },
  ]);
});

test('a cost of Portkey is in cents, and one of another currency is left out', () => {
  const row = {
    id: 'p1',
    trace_id: 't1',
    created_at: '2026-10-01T10:00:00Z',
    ai_model: 'gpt-5',
    req_units: 100,
    res_units: 10,
    cost: 0.5,
    cost_currency: 'USD',
    is_success: 1,
    metadata: { feature: 'f', _user: 'u' },
  };
  expect(PORTKEY.entries(row)).toMatchObject([
    { kind: 'call', id: 'p1', intent: 't1', costUsd: 0.005, isError: false },
    { kind: 'intent', intent: 't1', feature: 'f', session: 'u' },
  ]);
  expect(PORTKEY.entries({ ...row, cost_currency: 'EUR' })[0]).toHaveProperty('costUsd', undefined);
  expect(PORTKEY.entries({ ...row, is_success: 0 })).toMatchObject([{ isError: true }, {}]);
});

test('rows of TensorZero’s tables are distinguished by their columns', () => {
  const id = '019995b0-7a00-7000-8000-000000000001';
  expect(TENSORZERO.entries({ id, function_name: 'reply', variant_name: 'v2', episode_id: 'e1' })).toEqual([
    { kind: 'intent', intent: id, feature: 'reply', session: 'e1', promptVersion: 'v2' },
  ]);
  // The first 48 bits of a UUID of version 7 are the time in milliseconds.
  expect(
    TENSORZERO.entries({
      id,
      inference_id: 'i1',
      model_name: 'openai::gpt-5-mini',
      input_tokens: 10,
      output_tokens: 2,
      cost: 0.1,
    }),
  ).toMatchObject([{ kind: 'call', intent: 'i1', model: 'gpt-5-mini', atMs: 0x019995b07a00, costUsd: 0.1 }]);
  expect(TENSORZERO.entries({ id, target_id: 'i1', metric_name: 'solved', value: true })).toEqual([
    { kind: 'score', of: 'i1', name: 'solved', value: 1 },
  ]);
});

test('a reply from Helicone’s cache is left out, and Helicone’s second name of the feedback does not count as another score', () => {
  const row = {
    request_id: 'r1',
    request_created_at: '2026-10-01T10:00:00.000Z',
    response_model: 'gpt-5-mini',
    cost: 0.01,
    feedback_rating: null,
    scores: { 'helicone-score-feedback': 0 },
    cache_reference_id: '00000000-0000-0000-0000-000000000000',
  };
  expect(HELICONE.entries(row)).toMatchObject([
    { kind: 'call', costUsd: 0.01 },
    { kind: 'intent' },
    { kind: 'score', of: 'r1', name: 'feedback', value: 0 },
  ]);
  expect(HELICONE.entries({ ...row, cache_reference_id: 'b6c0f1de-0000-4000-8000-000000000000' })).toEqual([
    { kind: 'left-out', why: 'answered by a cache' },
  ]);
});

test('a session that Portkey’s metadata names comes before the user', () => {
  expect(
    PORTKEY.entries({
      id: 'p1',
      created_at: '2026-10-01T10:00:00Z',
      ai_model: 'gpt-5',
      metadata: { _user: 'u', session: 's1' },
    }),
  ).toMatchObject([{}, { kind: 'intent', session: 's1' }]);
});

test('TensorZero’s input includes the tokens that the provider’s cache has read and written', () => {
  const row = {
    id: '019995b0-7a00-7000-8000-000000000001',
    inference_id: 'i1',
    model_name: 'anthropic::claude-sonnet-4-5',
    input_tokens: 1000,
    provider_cache_read_input_tokens: 600,
    provider_cache_write_input_tokens: 300,
    output_tokens: 20,
  };
  expect(TENSORZERO.entries(row)).toMatchObject([{ input: 100, cacheRead: 600, cacheWrite: 300, output: 20 }]);
});
