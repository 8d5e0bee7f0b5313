import { expect, test } from 'vitest';
import { BRAINTRUST, LANGFUSE, OPENLLMETRY } from '../../../src/exports/history/trace-logs.ts';

const AT = Date.UTC(2026, 9, 1, 10);

test('a trace of Langfuse contains its generations and its scores', () => {
  const generation = {
    id: 'o1',
    traceId: 't1',
    type: 'GENERATION',
    name: 'answer',
    model: 'gpt-5-mini',
    startTime: '2026-10-01T10:00:00.000Z',
    endTime: '2026-10-01T10:00:02.000Z',
    usageDetails: { input: 1000, output: 200 },
    costDetails: { total: 0.00065 },
    level: 'DEFAULT',
  };
  const span = { id: 'o0', traceId: 't1', type: 'SPAN', name: 'retrieve', startTime: '2026-10-01T10:00:00Z' };
  const trace = {
    id: 't1',
    name: 'support',
    sessionId: 's1',
    observations: [span, generation],
    scores: [{ traceId: 't1', name: 'helpful', value: 0, dataType: 'BOOLEAN' }],
  };
  expect(LANGFUSE.entries(trace)).toMatchObject([
    { kind: 'intent', intent: 't1', feature: 'support', session: 's1' },
    {
      kind: 'call',
      intent: 't1',
      model: 'gpt-5-mini',
      atMs: AT,
      latencyMs: 2_000,
      costUsd: 0.00065,
      input: 1000,
      output: 200,
    },
    { kind: 'intent', intent: 't1', feature: 'answer' },
    { kind: 'score', of: 't1', name: 'helpful', value: 0 },
  ]);
});

test('an enriched observation of a blob storage export, and its score, are read by their column names there', () => {
  expect(
    LANGFUSE.entries({
      id: 'o1',
      trace_id: 't1',
      type: 'GENERATION',
      provided_model_name: 'gpt-5',
      start_time: '2026-10-01 10:00:00.000000',
      usage_details: { input: 10, output: 2 },
      total_cost: '0.01',
      trace_name: 'support',
      session_id: 's1',
      prompt_version: 3,
      level: 'ERROR',
    }),
  ).toMatchObject([
    { kind: 'call', model: 'gpt-5', atMs: AT, costUsd: 0.01, isError: true },
    { kind: 'intent', feature: 'support', session: 's1', promptVersion: '3' },
  ]);
  expect(
    LANGFUSE.entries({ id: 'x', trace_id: 't1', observation_id: 'o1', name: 'stars', value: 4, data_type: 'NUMERIC' }),
  ).toEqual([{ kind: 'score', of: 'o1', name: 'stars', value: 4 }]);
});

const attribute = (key: string, value: object) => ({ key, value });

test('OTLP spans are calls if they name a model, in the GenAI attributes or in older ones', () => {
  const span = (attributes: readonly object[]) => ({
    traceId: 'abc',
    spanId: '01',
    startTimeUnixNano: String(BigInt(AT) * 1_000_000n),
    endTimeUnixNano: String(BigInt(AT + 1_500) * 1_000_000n),
    status: { code: 2 },
    attributes,
    events: [
      {
        name: 'gen_ai.evaluation.result',
        attributes: [
          attribute('gen_ai.evaluation.name', { stringValue: 'relevance' }),
          attribute('gen_ai.evaluation.score.value', { doubleValue: 0.9 }),
        ],
      },
    ],
  });
  const file = (attributes: readonly object[]) => ({
    resourceSpans: [
      {
        resource: { attributes: [attribute('service.name', { stringValue: 'app' })] },
        scopeSpans: [{ spans: [span(attributes)] }],
      },
    ],
  });
  const expected = [
    {
      kind: 'call',
      id: '01',
      intent: 'abc',
      model: 'gpt-5-mini',
      atMs: AT,
      latencyMs: 1_500,
      isError: true,
      input: 700,
      cacheRead: 300,
      output: 20,
    },
    { kind: 'intent', intent: 'abc', feature: 'app', session: 's1' },
    { kind: 'score', of: 'abc', name: 'relevance', value: 0.9 },
  ];
  const now = [
    attribute('gen_ai.response.model', { stringValue: 'gpt-5-mini' }),
    attribute('gen_ai.usage.input_tokens', { intValue: '1000' }),
    attribute('gen_ai.usage.cache_read.input_tokens', { intValue: '300' }),
    attribute('gen_ai.usage.output_tokens', { intValue: '20' }),
    attribute('gen_ai.conversation.id', { stringValue: 's1' }),
  ];
  expect(OPENLLMETRY.entries(file(now))).toMatchObject(expected);
  const before = [
    attribute('gen_ai.request.model', { stringValue: 'gpt-5-mini' }),
    attribute('gen_ai.usage.prompt_tokens', { intValue: '1000' }),
    attribute('gen_ai.usage.cache_read_input_tokens', { intValue: '300' }),
    attribute('gen_ai.usage.completion_tokens', { intValue: '20' }),
    attribute('traceloop.association.properties.session_id', { stringValue: 's1' }),
  ];
  expect(OPENLLMETRY.entries(file(before))).toMatchObject(expected);
  expect(OPENLLMETRY.entries(file([])).map(({ kind }) => kind)).toEqual(['score']);
});

test('the spans of a Braintrust trace are one intent: the root gives its name, its scores are the trace’s, a span of type llm is a call', () => {
  const root = {
    id: 'e1',
    span_id: 'r',
    root_span_id: 'r',
    span_attributes: { name: 'support', type: 'task' },
    scores: { Correct: 1, Ignored: null },
    created: '2026-10-01T10:00:00Z',
  };
  const call = {
    id: 'e2',
    span_id: 'c',
    root_span_id: 'r',
    span_attributes: { name: 'chat', type: 'llm' },
    metadata: { model: 'gpt-5' },
    metrics: { start: AT / 1000, end: AT / 1000 + 2, prompt_tokens: 100, completion_tokens: 10, estimated_cost: 0.01 },
    scores: {},
  };
  expect(BRAINTRUST.entries(root)).toMatchObject([
    { kind: 'intent', intent: 'r', feature: 'support' },
    { kind: 'score', of: 'r', name: 'Correct', value: 1 },
  ]);
  expect(BRAINTRUST.entries(call)).toMatchObject([
    {
      kind: 'call',
      intent: 'r',
      model: 'gpt-5',
      atMs: AT,
      latencyMs: 2_000,
      input: 100,
      output: 10,
      costUsd: 0.01,
      isError: false,
    },
    { kind: 'intent', intent: 'r', feature: undefined },
  ]);
});

test('a span of an agent or of a tool is not a call, because its usage is that of the calls inside it', () => {
  const span = (spanId: string, operation: string) => ({
    traceId: 't',
    spanId,
    startTimeUnixNano: '1790000000000000000',
    attributes: {
      'gen_ai.operation.name': operation,
      'gen_ai.request.model': 'gpt-5',
      'gen_ai.usage.input_tokens': 10,
      'gen_ai.usage.cost': 0.01,
    },
  });
  for (const operation of ['invoke_agent', 'create_agent', 'execute_tool'])
    expect(OPENLLMETRY.entries(span('1', operation))).toEqual([
      { kind: 'left-out', why: 'an agent, a workflow or a tool: its calls are spans of their own' },
    ]);
  expect(OPENLLMETRY.entries(span('2', 'chat'))[0]).toMatchObject({ kind: 'call', costUsd: 0.01 });
});

test('tokens that a provider’s cache read and wrote are separate from the input, in the field names of every product', () => {
  const langfuse = { id: 'o1', traceId: 't1', type: 'GENERATION', model: 'm', startTime: '2026-10-01T10:00:00Z' };
  for (const usageDetails of [
    { input: 100, cache_read_input_tokens: 600, cache_creation_input_tokens: 300, output: 20 },
    { input_tokens: 100, input_cache_read: 600, input_cache_creation: 300, output_tokens: 20 },
  ])
    expect(LANGFUSE.entries({ ...langfuse, usageDetails })[0]).toMatchObject({
      input: 100,
      cacheRead: 600,
      cacheWrite: 300,
      output: 20,
    });
  const attributes = {
    'gen_ai.request.model': 'm',
    'gen_ai.usage.input_tokens': 1000,
    'gen_ai.usage.cache_read.input_tokens': 600,
    'gen_ai.usage.cache_creation.input_tokens': 300,
    'gen_ai.usage.output_tokens': 20,
  };
  const span = { traceId: 't1', spanId: 's1', startTimeUnixNano: String(AT * 1e6), attributes };
  expect(OPENLLMETRY.entries(span)[0]).toMatchObject({ input: 100, cacheRead: 600, cacheWrite: 300, output: 20 });
  const metrics = {
    start: AT / 1000,
    prompt_tokens: 1000,
    prompt_cached_tokens: 600,
    prompt_cache_creation_tokens: 300,
    completion_tokens: 20,
  };
  const call = { id: 'b1', root_span_id: 't1', span_attributes: { type: 'llm' }, metadata: { model: 'm' }, metrics };
  expect(BRAINTRUST.entries(call)[0]).toMatchObject({ input: 100, cacheRead: 600, cacheWrite: 300, output: 20 });
});
