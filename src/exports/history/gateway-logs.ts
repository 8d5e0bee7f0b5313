/** Logs of gateways: LiteLLM, Helicone, Portkey and TensorZero. */
import type { HistoryEntry, LogFormat, LoggedCall, LogRow } from './log-entry.ts';
import { amountAt, msUntil, numberAt, scoreAt, textAt, timeAt, valueAt } from './log-entry.ts';

/** `LiteLLM_SpendLogs`, as exported from the database or by `/spend/logs`. The first tag of a row names the feature. */
export const LITELLM: LogFormat = {
  source: 'https://github.com/BerriAI/litellm/blob/main/schema.prisma (LiteLLM_SpendLogs)',
  entries(row) {
    const id = textAt(row, 'request_id');
    const atMs = timeAt(row, 'startTime');
    const model = textAt(row, 'model');
    if (id === undefined || atMs === undefined || model === undefined) return [];
    if (/^true$/i.test(textAt(row, 'cache_hit') ?? '')) return [{ kind: 'left-out', why: 'answered by a cache' }];
    if (/embedding/i.test(textAt(row, 'call_type') ?? '')) return [{ kind: 'left-out', why: 'an embedding' }];
    return [
      {
        kind: 'call',
        id,
        intent: id,
        model,
        atMs,
        latencyMs: msUntil(row, atMs, 'endTime'),
        isError: textAt(row, 'status') === 'failure',
        costUsd: amountAt(row, 'spend'),
        input: numberAt(row, 'prompt_tokens'),
        output: numberAt(row, 'completion_tokens'),
      },
      {
        kind: 'intent',
        intent: id,
        feature: textAt(row, 'request_tags.0', 'metadata.tags.0', 'metadata.feature'),
        session: textAt(row, 'session_id', 'end_user'),
      },
    ];
  },
};

/** Rows of `npx @helicone/export` and of `POST /v1/request/query`. The property `feature` or the prompt's id names the feature. */
export const HELICONE: LogFormat = {
  source: 'https://docs.helicone.ai/rest/request/post-v1requestquery-clickhouse',
  entries(row) {
    const id = textAt(row, 'request_id');
    const atMs = timeAt(row, 'request_created_at');
    const model = textAt(row, 'response_model', 'request_model', 'model');
    if (id === undefined || atMs === undefined || model === undefined) return [];
    // A call that refers to no other has a UUID of zeros here.
    if (/[1-9a-f]/i.test(textAt(row, 'cache_reference_id') ?? ''))
      return [{ kind: 'left-out', why: 'answered by a cache' }];
    const status = numberAt(row, 'response_status') ?? 200;
    const scores = Object.keys((valueAt(row, 'scores') as object | undefined) ?? {});
    return [
      {
        kind: 'call',
        id,
        intent: id,
        model,
        atMs,
        latencyMs: Math.max(0, numberAt(row, 'delay_ms') ?? 0),
        isError: status < 200 || status > 299,
        costUsd: amountAt(row, 'costUSD', 'cost_usd', 'cost'),
        ...tokensOf(row, ['prompt_tokens', 'prompt_cache_read_tokens', 'completion_tokens']),
      },
      {
        kind: 'intent',
        intent: id,
        feature: textAt(row, 'request_properties.feature', 'properties.feature', 'prompt_id'),
        session: textAt(row, 'request_properties.Helicone-Session-Id', 'properties.Helicone-Session-Id'),
      },
      ...scoreEntries(id, [['feedback', scoreAt(row, 'feedback_rating')]]),
      // `helicone-score-feedback` is the log's own name for the feedback, which is then in the row twice.
      ...scoreEntries(
        id,
        scores.map(name => [
          name === 'helicone-score-feedback' ? 'feedback' : name,
          scoreAt(valueAt(row, 'scores'), name),
        ]),
      ),
    ];
  },
};

/** Rows of a logs export. `cost` is in cents of a dollar. The metadata's `feature` or the prompt's slug names the feature. */
export const PORTKEY: LogFormat = {
  source: 'https://portkey.ai/docs/product/observability/logs-export',
  entries(row) {
    const id = textAt(row, 'id', 'trace_id');
    const atMs = timeAt(row, 'created_at');
    const model = textAt(row, 'ai_model');
    if (id === undefined || atMs === undefined || model === undefined) return [];
    if (/hit$/i.test(textAt(row, 'cache_status') ?? '')) return [{ kind: 'left-out', why: 'answered by a cache' }];
    const intent = textAt(row, 'trace_id') ?? id;
    const cents = amountAt(row, 'cost');
    const currency = textAt(row, 'cost_currency') ?? 'USD';
    return [
      {
        kind: 'call',
        id,
        intent,
        model,
        atMs,
        latencyMs: Math.max(0, numberAt(row, 'response_time') ?? 0),
        isError: scoreAt(row, 'is_success') === 0,
        costUsd: cents === undefined || currency.toUpperCase() !== 'USD' ? undefined : cents / 100,
        input: numberAt(row, 'req_units'),
        output: numberAt(row, 'res_units'),
      },
      {
        kind: 'intent',
        intent,
        feature: textAt(row, 'metadata.feature', 'prompt_slug'),
        session: textAt(row, 'metadata.session', 'metadata._user'),
      },
    ];
  },
};

/**
 * Rows of the tables `ChatInference` or `JsonInference` (function, variant, episode), `ModelInference` (the calls) and
 * `…MetricFeedback` (the outcomes), in any order.
 */
export const TENSORZERO: LogFormat = {
  source: 'https://www.tensorzero.com/docs/gateway/data-model',
  entries(row) {
    const name = textAt(row, 'metric_name');
    if (name !== undefined) return scoreEntries(textAt(row, 'target_id') ?? '', [[name, scoreAt(row, 'value')]]);
    const id = textAt(row, 'id');
    if (id === undefined) return [];
    const feature = textAt(row, 'function_name');
    if (feature !== undefined) {
      const about = { session: textAt(row, 'episode_id'), promptVersion: textAt(row, 'variant_name') };
      return [{ kind: 'intent', intent: id, feature, ...about }];
    }
    const intent = textAt(row, 'inference_id');
    const model = textAt(row, 'model_name');
    if (intent === undefined || model === undefined) return [];
    if (scoreAt(row, 'cached') === 1) return [{ kind: 'left-out', why: 'answered by a cache' }];
    const atMs = timeAt(row, 'timestamp') ?? timeOfUuid(id);
    if (atMs === undefined) return [{ kind: 'left-out', why: 'without a time' }];
    return [
      {
        kind: 'call',
        id,
        intent,
        model: model.replace(/^[a-z_]+::/, ''),
        atMs,
        latencyMs: Math.max(0, numberAt(row, 'response_time_ms') ?? 0),
        isError: false,
        costUsd: amountAt(row, 'cost'),
        ...tokensOf(row, [
          'input_tokens',
          'provider_cache_read_input_tokens',
          'output_tokens',
          'provider_cache_write_input_tokens',
        ]),
      },
    ];
  },
};

/** A UUID of version 7 begins with its time in milliseconds. */
function timeOfUuid(id: string): number | undefined {
  return /^[\da-f]{8}-[\da-f]{4}-7/i.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}

/** @param names of the counts of all input, of the part read from the cache, of the output, and of the part written to the cache */
export function tokensOf(
  row: LogRow,
  [all, cached, output, written]: readonly [all: string, cached: string, output: string, written?: string],
): Pick<LoggedCall, 'input' | 'cacheRead' | 'cacheWrite' | 'output'> {
  const input = numberAt(row, all);
  const cacheRead = numberAt(row, cached) ?? 0;
  const cacheWrite = written === undefined ? 0 : (numberAt(row, written) ?? 0);
  const out = numberAt(row, output);
  return {
    ...(input === undefined ? {} : { input: Math.max(0, input - cacheRead - cacheWrite) }),
    ...(cacheRead === 0 ? {} : { cacheRead }),
    ...(cacheWrite === 0 ? {} : { cacheWrite }),
    ...(out === undefined ? {} : { output: out }),
  };
}

/** For a column that contains only outcomes: any other text is counted as unreadable. */
export function outcomeEntries(of: string, row: LogRow, column: string): readonly HistoryEntry[] {
  const value = scoreAt(row, column);
  if (value === undefined && textAt(row, column) !== undefined)
    return [{ kind: 'left-out', why: 'an outcome that is neither yes, no nor a number' }];
  return scoreEntries(of, [['success', value]]);
}

export function scoreEntries(
  of: string,
  scores: readonly (readonly [name: string, value: number | undefined])[],
): readonly HistoryEntry[] {
  return scores.flatMap(([name, value]) => (value === undefined ? [] : [{ kind: 'score' as const, of, name, value }]));
}
