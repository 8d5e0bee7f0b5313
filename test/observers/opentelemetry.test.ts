import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/vocabulary.ts';
import type { OpenTelemetryOptions } from '../../src/observers/opentelemetry.ts';
import { opentelemetry } from '../../src/observers/opentelemetry.ts';
import { climbed, decided, end, intentWith, START_MS, settledRecord, start } from './fixtures.ts';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
const finished = () => exporter.getFinishedSpans();

beforeEach(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

afterEach(() => {
  exporter.reset();
  trace.disable();
  context.disable();
  metrics.disable();
});

function route(options: OpenTelemetryOptions = {}, ended = end) {
  const observer = opentelemetry(options);
  const request = observer.requesting?.(start);
  request?.ended(ended);
  return observer;
}

describe('a request', () => {
  test('is one INTERNAL span with its ids, its decision and its cost', () => {
    route({ tracerProvider: provider });
    const [span, ...rest] = finished();
    expect(rest).toEqual([]);
    expect(span).toMatchObject({ name: 'route support.reply', kind: SpanKind.INTERNAL });
    expect(span?.attributes).toMatchObject({
      'outcome_router.feature': 'support.reply',
      'outcome_router.request_id': 'req_1',
      'outcome_router.session_id': 'user_3',
      'outcome_router.intent_id': 'int_7',
      'outcome_router.model': 'premium',
      'outcome_router.plan': 'mini>premium',
      'outcome_router.propensity': 0.62,
      'outcome_router.cost_usd': 0.01294,
    });
    expect(span?.startTime).toEqual([START_MS / 1_000, 0]);
    expect(span?.endTime).toEqual([START_MS / 1_000 + 1, 950_000_000]);
  });

  test('counts no tokens under the conventions’ names: who emits the inference does', () => {
    route({ tracerProvider: provider });
    expect(Object.keys(finished()[0]?.attributes ?? {}).filter(name => name.startsWith('gen_ai.usage'))).toEqual([]);
  });

  test('has every attempt as an event at its end, with the ids', () => {
    route({ tracerProvider: provider });
    const events = finished()[0]?.events ?? [];
    expect(events.map(({ name, time }) => [name, time])).toEqual([
      ['outcome_router.attempt', [START_MS / 1_000, 400_000_000]],
      ['outcome_router.attempt', [START_MS / 1_000 + 1, 910_000_000]],
    ]);
    expect(events[1]?.attributes).toMatchObject({
      'outcome_router.request_id': 'req_1',
      'outcome_router.session_id': 'user_3',
      'outcome_router.feature': 'support.reply',
      'outcome_router.model': 'premium',
      'outcome_router.kind': 'escalation',
    });
  });

  test('that failed says with what', () => {
    const { answeredBy: _none, ...unanswered } = end;
    route({ tracerProvider: provider }, { ...unanswered, error: new TypeError('fetch failed') });
    expect(finished()[0]?.status.code).toBe(SpanStatusCode.ERROR);
    expect(finished()[0]?.attributes['error.type']).toBe('TypeError');
  });

  test('is the parent of what happens inside it, across awaits, and a child of what is around it', async () => {
    const tracer = provider.getTracer('test');
    const outer = tracer.startSpan('page');
    const observer = opentelemetry({ tracerProvider: provider });
    await context.with(trace.setSpan(context.active(), outer), async () => {
      const request = observer.requesting?.(start);
      await request?.within?.(async () => {
        await Promise.resolve();
        tracer.startSpan('POST').end();
      });
      request?.ended(end);
    });
    const [http, routed] = finished();
    expect(http?.parentSpanContext?.spanId).toBe(routed?.spanContext().spanId);
    expect(routed?.parentSpanContext?.spanId).toBe(outer.spanContext().spanId);
  });
});

describe('inference spans', () => {
  test('are opt-in: one CLIENT span per attempt, under the request, with its times and tokens', () => {
    route({ tracerProvider: provider, inference: true });
    const [first, second, routed] = finished();
    expect([first?.name, second?.name, routed?.name]).toEqual([
      'chat gpt-5-mini',
      'chat claude-opus-4-5',
      'route support.reply',
    ]);
    expect(second).toMatchObject({
      kind: SpanKind.CLIENT,
      parentSpanContext: { spanId: routed?.spanContext().spanId },
    });
    expect(second?.duration).toEqual([1, 500_000_000]);
    expect(second?.attributes).toMatchObject({
      'outcome_router.request_id': 'req_1',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.usage.input_tokens': 1_050,
    });
  });

  test('of an attempt that failed are errors', () => {
    const failed = { ...climbed, status: 'provider-fault', httpStatus: 529 } as const;
    route({ tracerProvider: provider, inference: true }, { ...end, attempts: [failed] });
    expect(finished()[0]).toMatchObject({
      status: { code: SpanStatusCode.ERROR },
      attributes: { 'error.type': '529' },
    });
  });
});

describe('an outcome', () => {
  const stars: Evidence = { source: 'explicit', success: true, signal: 'stars', value: 5 };

  test('is a span of its own with the event gen_ai.evaluation.result, linked to the request', () => {
    const observer = route({ tracerProvider: provider });
    observer.settled?.(settledRecord(stars), intentWith(stars));
    const [routed, outcome] = finished();
    expect(outcome?.name).toBe('outcome support.reply');
    expect(outcome?.links.map(link => link.context.spanId)).toEqual([routed?.spanContext().spanId]);
    expect(outcome?.events).toMatchObject([
      {
        name: 'gen_ai.evaluation.result',
        time: [START_MS / 1_000 + 60, 0],
        attributes: {
          'gen_ai.evaluation.name': 'stars',
          'gen_ai.evaluation.score.value': 1,
          'gen_ai.evaluation.score.label': 'success',
          'outcome_router.request_id': 'req_1',
          'outcome_router.session_id': 'user_3',
          'outcome_router.feature': 'support.reply',
        },
      },
    ]);
    expect(outcome?.attributes).toMatchObject({
      'outcome_router.outcome': 'success',
      'outcome_router.model': 'premium',
    });
  });

  test('is linked to every turn of its intent, the latest eight', () => {
    const observer = opentelemetry({ tracerProvider: provider });
    for (let turn = 0; turn < 10; turn++) observer.requesting?.(start)?.ended(end);
    observer.settled?.(settledRecord(stars), intentWith(stars));
    const requests = finished()
      .slice(0, 10)
      .map(span => span.spanContext().spanId);
    expect(finished()[10]?.links.map(link => link.context.spanId)).toEqual(requests.slice(2));
  });

  test('of another process has no link, and its ids', () => {
    opentelemetry({ tracerProvider: provider }).settled?.(settledRecord(stars), intentWith(stars));
    expect(finished()[0]?.links).toEqual([]);
    expect(finished()[0]?.attributes['outcome_router.intent_id']).toBe('int_7');
  });

  test('of an intent pushed out of memory has no link', () => {
    const observer = opentelemetry({ tracerProvider: provider, rememberedIntents: 1 });
    observer.requesting?.(start)?.ended(end);
    observer.requesting?.({ ...start, intentId: 'int_8' })?.ended(end);
    observer.settled?.(settledRecord(stars), intentWith(stars));
    expect(finished()[2]?.links).toEqual([]);
  });
});

describe('without a provider', () => {
  test('a request is not followed at all', () => {
    expect(opentelemetry().requesting?.(start)).toBeUndefined();
  });

  test('nothing is emitted and nothing throws', () => {
    const observer = opentelemetry();
    observer.started?.({ features: [], estimates: () => [] });
    observer.decided?.(decided);
    observer.settled?.(settledRecord({ source: 'silence', success: true }), intentWith());
    expect(finished()).toEqual([]);
  });

  test('one that is registered later is found', () => {
    const observer = opentelemetry();
    expect(observer.requesting?.(start)).toBeUndefined();
    trace.setGlobalTracerProvider(provider);
    observer.requesting?.(start)?.ended(end);
    expect(finished()).toHaveLength(1);
  });
});
