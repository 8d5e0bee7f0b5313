/** Exports of tracing products: Langfuse, OpenTelemetry spans (OpenLLMetry) and Braintrust. */
import { scoreEntries, tokensOf } from './gateway-logs.ts';
import type { HistoryEntry, LogFormat, LogRow } from './log-entry.ts';
import { amountAt, listAt, msUntil, numberAt, scoreAt, textAt, timeAt, valueAt } from './log-entry.ts';

/**
 * Observations and scores of a blob storage export or of a table's export, and traces that contain both in the format of the API.
 */
export const LANGFUSE: LogFormat = {
  source: 'https://langfuse.com/docs/api-and-data-platform/features/blob-storage-export-fields',
  entries(row) {
    const nested = [...listAt(row, 'observations'), ...listAt(row, 'scores')].filter(isRow);
    if (nested.length > 0) {
      const trace = textAt(row, 'id');
      const about = { feature: textAt(row, 'name'), session: textAt(row, 'sessionId', 'session_id') };
      return [
        ...(trace === undefined ? [] : [{ kind: 'intent' as const, intent: trace, ...about }]),
        ...nested.flatMap(each => LANGFUSE.entries(each)),
      ];
    }
    const type = textAt(row, 'type')?.toUpperCase();
    if (type === 'GENERATION') return generation(row);
    const trace = textAt(row, 'traceId', 'trace_id');
    const value = scoreAt(row, 'value', 'stringValue', 'string_value');
    if (type === undefined && trace !== undefined && textAt(row, 'name') !== undefined && value !== undefined)
      return scoreEntries(textAt(row, 'observationId', 'observation_id') ?? trace, [
        [textAt(row, 'name') ?? '', value],
      ]);
    return [];
  },
};

function generation(row: LogRow): readonly HistoryEntry[] {
  const id = textAt(row, 'id') ?? '';
  const intent = textAt(row, 'traceId', 'trace_id') ?? id;
  const atMs = timeAt(row, 'startTime', 'start_time');
  const model = textAt(row, 'model', 'provided_model_name', 'providedModelName', 'internal_model_id');
  if (model === undefined) return [{ kind: 'left-out', why: 'without a model' }];
  if (atMs === undefined) return [{ kind: 'left-out', why: 'without a time' }];
  // Disjoint counts, under the names that the provider or the instrumentation gave them.
  const usage = (...names: readonly string[]): number | undefined =>
    numberAt(row, ...names.flatMap(name => [`usageDetails.${name}`, `usage_details.${name}`]));
  return [
    {
      kind: 'call',
      id,
      intent,
      model,
      atMs,
      latencyMs: msUntil(row, atMs, 'endTime', 'end_time'),
      isError: textAt(row, 'level') === 'ERROR',
      costUsd: amountAt(
        row,
        'totalCost',
        'total_cost',
        'calculatedTotalCost',
        'costDetails.total',
        'cost_details.total',
      ),
      input: usage('input', 'input_tokens') ?? numberAt(row, 'usage.input', 'inputUsage', 'promptTokens'),
      cacheRead: usage('input_cached_tokens', 'cache_read_input_tokens', 'input_cache_read'),
      cacheWrite: usage('cache_creation_input_tokens', 'input_cache_creation', 'input_cache_creation_5m'),
      output: usage('output', 'output_tokens') ?? numberAt(row, 'usage.output', 'outputUsage', 'completionTokens'),
    },
    {
      kind: 'intent',
      intent,
      feature: textAt(row, 'trace_name', 'traceName', 'name'),
      session: textAt(row, 'session_id', 'sessionId'),
      promptVersion: textAt(row, 'prompt_version', 'promptVersion'),
    },
  ];
}

/** OTLP in JSON (`resourceSpans`), or one span a line, with attributes of the GenAI conventions or of OpenLLMetry before them. */
export const OPENLLMETRY: LogFormat = {
  source: 'https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/, https://opentelemetry.io/docs/specs/otlp/',
  entries(row) {
    const resources = listAt(row, 'resourceSpans').filter(isRow);
    if (resources.length === 0) return spanEntries(row, attributesOf(row), {});
    return resources.flatMap(resource => {
      const shared = attributesOf((valueAt(resource, 'resource') ?? {}) as LogRow);
      return [...listAt(resource, 'scopeSpans'), ...listAt(resource, 'instrumentationLibrarySpans')]
        .flatMap(scope => listAt(scope, 'spans').filter(isRow))
        .flatMap(span => spanEntries(span, attributesOf(span), shared));
    });
  },
};

/** `gen_ai.operation.name` of spans that contain calls, and may repeat their model and usage. */
const NOT_CALLS: ReadonlySet<string> = new Set([
  'create_agent',
  'execute_tool',
  'invoke_agent',
  'invoke_workflow',
  'plan',
  'retrieval',
  'search_memory',
]);

type Attributes = Readonly<Record<string, unknown>>;

/** OTLP writes `[{ key, value: { stringValue } }]`, other exporters an object by name. */
function attributesOf(row: LogRow): Attributes {
  const list = listAt(row, 'attributes');
  if (list.length === 0) return (valueAt(row, 'attributes') as Attributes | undefined) ?? {};
  return Object.fromEntries(
    list.map(each => [
      textAt(each, 'key') ?? '',
      valueAt(each, 'value.stringValue', 'value.intValue', 'value.doubleValue', 'value.boolValue'),
    ]),
  );
}

function spanEntries(span: LogRow, own: Attributes, shared: Attributes): readonly HistoryEntry[] {
  const get = (...names: readonly string[]): string | undefined => {
    const value = names.map(name => own[name] ?? shared[name]).find(each => each !== undefined && each !== '');
    return textAt({ value }, 'value');
  };
  const intent = textAt(span, 'traceId', 'trace_id', 'context.trace_id');
  const id = textAt(span, 'spanId', 'span_id', 'context.span_id') ?? '';
  if (intent === undefined) return [];
  const about = {
    kind: 'intent' as const,
    intent,
    feature: get('traceloop.workflow.name', 'gen_ai.agent.name', 'service.name'),
    session: get('gen_ai.conversation.id', 'session.id', 'traceloop.association.properties.session_id'),
  };
  const scores = listAt(span, 'events').flatMap(event => {
    const of = attributesOf(isRow(event) ? event : {});
    const name = textAt({ value: of['gen_ai.evaluation.name'] }, 'value');
    const value = scoreAt(
      { value: of['gen_ai.evaluation.score.value'] ?? of['gen_ai.evaluation.score.label'] },
      'value',
    );
    return name === undefined ? [] : scoreEntries(intent, [[name, value]]);
  });
  const model = get('gen_ai.response.model', 'gen_ai.request.model', 'llm.model_name');
  if (model === undefined) return scores;
  const operation = get('gen_ai.operation.name', 'llm.request.type') ?? 'chat';
  if (/^embeddings?$/.test(operation)) return [{ kind: 'left-out', why: 'an embedding' }, ...scores];
  // The span's tokens and cost are the sums of its calls.
  if (NOT_CALLS.has(operation))
    return [{ kind: 'left-out', why: 'an agent, a workflow or a tool: its calls are spans of their own' }, ...scores];
  const atMs = timeAt(span, 'startTimeUnixNano', 'start_time');
  if (atMs === undefined) return [{ kind: 'left-out', why: 'without a time' }];
  const counts = {
    all: get('gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
    cached: get('gen_ai.usage.cache_read.input_tokens', 'gen_ai.usage.cache_read_input_tokens'),
    written: get('gen_ai.usage.cache_creation.input_tokens', 'gen_ai.usage.cache_creation_input_tokens'),
    out: get('gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
  };
  return [
    {
      kind: 'call',
      id,
      intent,
      model,
      atMs,
      latencyMs: msUntil(span, atMs, 'endTimeUnixNano', 'end_time'),
      isError: ['2', 'STATUS_CODE_ERROR', 'ERROR'].includes(textAt(span, 'status.code', 'status.status_code') ?? ''),
      costUsd: amountAt({ cost: get('gen_ai.usage.cost') }, 'cost'),
      ...tokensOf(counts, ['all', 'cached', 'out', 'written']),
    },
    about,
    ...scores,
  ];
}

/** Spans of a project's logs, in the format of the API and of the page's export. A score belongs to the whole trace. */
export const BRAINTRUST: LogFormat = {
  source: 'https://www.braintrust.dev/docs/annotate/export',
  entries(row) {
    const id = textAt(row, 'span_id', 'id');
    const intent = textAt(row, 'root_span_id') ?? id;
    if (id === undefined || intent === undefined) return [];
    const scores = valueAt(row, 'scores') as LogRow | undefined;
    const about = {
      kind: 'intent' as const,
      intent,
      // Only the root span has the purpose of the trace.
      feature: id === intent ? textAt(row, 'span_attributes.name', 'metadata.feature') : undefined,
      session: textAt(row, 'metadata.session_id', 'metadata.session'),
    };
    const entries: HistoryEntry[] = [
      about,
      ...scoreEntries(
        intent,
        Object.keys(scores ?? {}).map(name => [name, scoreAt(scores, name)]),
      ),
    ];
    const model = textAt(row, 'metadata.model');
    if (textAt(row, 'span_attributes.type') !== 'llm' || model === undefined) return entries;
    const atMs = timeAt(row, 'metrics.start', 'created');
    if (atMs === undefined) return [...entries, { kind: 'left-out', why: 'without a time' }];
    const metrics = (valueAt(row, 'metrics') ?? {}) as LogRow;
    return [
      {
        kind: 'call',
        id,
        intent,
        model,
        atMs,
        latencyMs: msUntil(row, atMs, 'metrics.end'),
        isError: valueAt(row, 'error') !== undefined,
        costUsd: amountAt(metrics, 'estimated_cost', 'cost'),
        ...tokensOf(metrics, [
          'prompt_tokens',
          'prompt_cached_tokens',
          'completion_tokens',
          'prompt_cache_creation_tokens',
        ]),
      },
      ...entries,
    ];
  },
};

function isRow(value: unknown): value is LogRow {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
