import Anthropic from '@anthropic-ai/sdk';
import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Evidence } from '../../src/core/ledger/vocabulary.ts';
import type { OpenTelemetryOptions } from '../../src/observers/opentelemetry.ts';
import { opentelemetry } from '../../src/observers/opentelemetry.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouter } from '../../src/create-router.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { climbed, decided, end, intentWith, START_MS, labelledRecord, start } from './fixtures.ts';
import type { Loose } from '../support/refusal.ts';
import { refusal } from '../support/refusal.ts';

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
  test('a request is one INTERNAL span with its ids, decision and cost', () => {
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

  test('a request span has no `gen_ai.usage` token counts, because inference spans have them', () => {
    route({ tracerProvider: provider });
    expect(Object.keys(finished()[0]?.attributes ?? {}).filter(name => name.startsWith('gen_ai.usage'))).toEqual([]);
  });

  test('a request span has an event with the ids at the end of every attempt', () => {
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

  test('a failed request has an error status and the type of its error', () => {
    const { answeredBy: _none, ...unanswered } = end;
    route({ tracerProvider: provider }, { ...unanswered, error: new TypeError('fetch failed') });
    expect(finished()[0]?.status.code).toBe(SpanStatusCode.ERROR);
    expect(finished()[0]?.attributes['error.type']).toBe('TypeError');
  });

  test('a request span is the parent of spans inside the call, also after an await, and a child of the span around it', async () => {
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
  test('with `inference`, every attempt is a CLIENT span under the request with its times and tokens', () => {
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

  test('the inference span of a failed attempt has an error status', () => {
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

  test('an outcome is a span of its own, linked to the request, with the event gen_ai.evaluation.result', () => {
    const observer = route({ tracerProvider: provider });
    observer.labelled?.(labelledRecord(stars), intentWith(stars));
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

  test('an outcome is linked to the latest eight turns of its intent', () => {
    const observer = opentelemetry({ tracerProvider: provider });
    for (let turn = 0; turn < 10; turn++) observer.requesting?.(start)?.ended(end);
    observer.labelled?.(labelledRecord(stars), intentWith(stars));
    const requests = finished()
      .slice(0, 10)
      .map(span => span.spanContext().spanId);
    expect(finished()[10]?.links.map(link => link.context.spanId)).toEqual(requests.slice(2));
  });

  test('an outcome of another process’s intent has the intent’s ids and no links', () => {
    opentelemetry({ tracerProvider: provider }).labelled?.(labelledRecord(stars), intentWith(stars));
    expect(finished()[0]?.links).toEqual([]);
    expect(finished()[0]?.attributes['outcome_router.intent_id']).toBe('int_7');
  });

  test('an outcome of an intent that is no longer remembered has no links', () => {
    const observer = opentelemetry({ tracerProvider: provider, rememberedIntents: 1 });
    observer.requesting?.(start)?.ended(end);
    observer.requesting?.({ ...start, intentId: 'int_8' })?.ended(end);
    observer.labelled?.(labelledRecord(stars), intentWith(stars));
    expect(finished()[2]?.links).toEqual([]);
  });
});

describe('without a provider', () => {
  test('without a tracer provider the observer does not observe requests', () => {
    expect(opentelemetry().requesting?.(start)).toBeUndefined();
  });

  test('without a provider nothing is emitted and nothing throws', () => {
    const observer = opentelemetry();
    observer.started?.({ features: [], estimates: () => [] });
    observer.decided?.(decided);
    observer.labelled?.(labelledRecord({ source: 'silence', success: true }), intentWith());
    expect(finished()).toEqual([]);
  });

  test('a tracer provider that is registered later receives spans', () => {
    const observer = opentelemetry();
    expect(observer.requesting?.(start)).toBeUndefined();
    trace.setGlobalTracerProvider(provider);
    observer.requesting?.(start)?.ended(end);
    expect(finished()).toHaveLength(1);
  });
});

describe('around routed calls of a client that emits spans of its own', () => {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };

  /** One plain call that climbs from mini to premium, one streamed turn, one outcome. */
  async function conversation(options: OpenTelemetryOptions) {
    trace.setGlobalTracerProvider(provider);
    const fakePrice = { input: '1', output: '2' };
    await using fake = await startFakeProvider({
      models: { 'mini-1': { price: fakePrice, success: 0 }, 'premium-1': { price: fakePrice } },
    });
    const router = createRouter({
      models: {
        mini: { provider: 'anthropic', model: 'mini-1', price },
        premium: { provider: 'anthropic', model: 'premium-1', price },
      },
      features: {
        support: {
          candidates: ['mini', 'premium'],
          failureCostUsd: 1,
          policy: fixed(['mini', 'premium']),
          validate: reply => reply.text.startsWith('[solved]'),
        },
      },
      observers: [opentelemetry(options)],
    });
    const client = router.wrap(new Anthropic({ apiKey: 'none', baseURL: fake.anthropicBaseURL }));
    const intent = router.feature('support').intent({ session: 'user_3' });
    const call = { model: intent.model, max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };
    await client.messages.create(call);
    await Array.fromAsync(await client.messages.create({ ...call, stream: true }));
    await router.flush();
    await intent.succeed();
    await router.close();
    const bill = fake.bill();
    const spans = finished();
    const named = (prefix: string) => spans.filter(span => span.name.startsWith(prefix));
    return { bill, named, spans };
  }

  test('each call is one router span under the client’s span, with its attempts and cost', async () => {
    const { bill, named, spans } = await conversation({});
    const [first, second] = named('route support');
    expect(spans).toHaveLength(5);
    expect(first).toMatchObject({ kind: SpanKind.INTERNAL, attributes: { 'outcome_router.attempts': 2 } });
    expect(first?.events.map(({ attributes }) => attributes?.['outcome_router.verdict.accepted'])).toEqual([
      false,
      true,
    ]);
    const parents = named('anthropic.messages').map(span => span.spanContext().spanId);
    expect([first, second].map(span => span?.parentSpanContext?.spanId)).toEqual(parents);
    const spentUsd =
      Number(first?.attributes['outcome_router.cost_usd']) + Number(second?.attributes['outcome_router.cost_usd']);
    expect(spentUsd).toBeCloseTo(Number(bill.totalNanoUsd) / 1e9, 12);
  });

  test('token counts are only on the client’s spans', async () => {
    const { named, spans } = await conversation({});
    const counting = spans.filter(span => 'gen_ai.usage.input_tokens' in span.attributes);
    expect(counting).toEqual(named('anthropic.messages'));
  });

  test('with `inference`, an exchange gets an inference span only if the client has none for it', async () => {
    const { bill, named, spans } = await conversation({ inference: true });
    expect(named('chat ').map(span => span.name)).toEqual(['chat mini-1']);
    const counted = spans.reduce((sum, span) => sum + Number(span.attributes['gen_ai.usage.output_tokens'] ?? 0), 0);
    const billed = bill.requests.flatMap(({ lines }) => lines.filter(({ meter }) => meter === 'output'));
    expect(billed).toHaveLength(3);
    expect(counted).toBe(billed.reduce((sum, { quantity }) => sum + quantity, 0));
  });

  test('the outcome’s span is linked to both turns, and its event has request, session, model and feature', async () => {
    const { named } = await conversation({});
    const [outcome] = named('outcome support');
    const turns = named('route support').map(span => span.spanContext().spanId);
    expect(outcome?.links.map(link => link.context.spanId)).toEqual(turns);
    expect(outcome?.attributes['outcome_router.model']).toBe('premium');
    expect(outcome?.events).toMatchObject([
      {
        name: 'gen_ai.evaluation.result',
        attributes: {
          'gen_ai.evaluation.score.label': 'success',
          'outcome_router.session_id': 'user_3',
          'outcome_router.feature': 'support',
          'outcome_router.model': 'premium',
          'outcome_router.request_id': expect.any(String),
        },
      },
    ]);
  });
});

test('an unknown option of opentelemetry() is refused with the nearest known name', () => {
  const { path, message } = refusal(() => (opentelemetry as Loose)({ inferense: true }));
  expect(path).toBe('opentelemetry.inferense');
  expect(message).toContain('did you mean "inference"?');
});
