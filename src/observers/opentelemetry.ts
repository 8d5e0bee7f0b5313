/**
 * OpenTelemetry for the router: one INTERNAL span per client call, with the decision, every attempt and the cost;
 * metrics; and the event `gen_ai.evaluation.result` when an outcome is recorded, linked to the spans of its intent.
 *
 * Needs the optional peer `@opentelemetry/api`, which only this file and its two neighbors import.
 */
import type { Context, HrTime, Meter, MeterProvider, Span, SpanContext, TracerProvider } from '@opentelemetry/api';
import {
  context,
  createNoopMeter,
  metrics,
  ProxyTracerProvider,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { RecentlyUsed } from '../recently-used.ts';
import { checkNames } from '../errors.ts';
import type { Intent } from '../core/ledger/records.ts';
import type { Attempt, Evidence } from '../core/ledger/vocabulary.ts';
import type { ObservedRequest, Observer, RequestEnd, RequestStart, RouterView } from '../contracts/observer.ts';
import {
  attemptEvent,
  evaluation,
  identity,
  inference,
  outcomeAttributes,
  requestEnd,
  thrownType,
} from './opentelemetry-attributes.ts';
import type { RouterMetrics } from './opentelemetry-metrics.ts';
import { routerMetrics } from './opentelemetry-metrics.ts';
import { recentlyUsed } from '../recently-used.ts';

export interface OpenTelemetryOptions {
  /**
   * Also emits, for each attempt, the CLIENT span `chat {model}` and the metrics `gen_ai.client.inference.*` of the GenAI
   * conventions. Default false, because provider SDKs and instrumentations emit the same, and tokens would count twice.
   * Inside an SDK's own inference span (@anthropic-ai/sdk has them from 1.0 on), the answering exchange gets no second
   * span; rejected and failed exchanges do.
   */
  readonly inference?: boolean;
  /** Default: the global one, looked up at each request, so that it may be registered later. */
  readonly tracerProvider?: TracerProvider;
  /** Default: the global one, looked up at each request. */
  readonly meterProvider?: MeterProvider;
  /** Number of intents whose spans are kept, so that outcomes can be linked to them. Default 10,000. */
  readonly rememberedIntents?: number;
}

const SCOPE = 'outcome-router';

/** Maximum number of links of one outcome. They go to the latest requests, because an outcome is mostly about the last turns. */
const LINKS_PER_INTENT = 8;

/**
 * Spans, metrics and outcome events of a router. Without a registered provider it does nothing.
 *
 * An outcome that is recorded in another process than its requests has no links, because span ids are not in the ledger.
 * Its intent and session ids still identify them.
 *
 * @throws RouterError `invalid-value` for an unknown option
 *
 * @example
 * ```ts
 * import { createRouter } from 'outcome-router';
 * import { opentelemetry } from 'outcome-router/observers/opentelemetry';
 *
 * const router = createRouter({ models, features, observers: [opentelemetry()] });
 * ```
 */
export function opentelemetry(options: OpenTelemetryOptions = {}): Observer {
  checkNames(options, ['inference', 'tracerProvider', 'meterProvider', 'rememberedIntents'], 'opentelemetry');
  const { inference: withInference = false, rememberedIntents = 10_000 } = options;
  const spansOfIntent = recentlyUsed<string, readonly SpanContext[]>(rememberedIntents);
  let router: RouterView | undefined;
  const tracer = () => (options.tracerProvider ?? trace.getTracerProvider()).getTracer(SCOPE);
  const traced = () => options.tracerProvider !== undefined || isRegistered(trace.getTracerProvider());
  const currentMetrics = metricsOf(options, () => router, withInference);

  function labelled(evidence: Evidence, intent: Intent, atMs: number): void {
    currentMetrics()?.labelled(intent);
    if (!traced()) return;
    const { decided } = intent;
    const links = (spansOfIntent.get(intent.id) ?? []).map(spanContext => ({ context: spanContext }));
    const span = tracer().startSpan(`outcome ${decided.feature}`, {
      kind: SpanKind.INTERNAL,
      startTime: hrTime(atMs),
      links,
    });
    if (span.isRecording()) {
      const of = identity({
        feature: decided.feature,
        intentId: intent.id,
        ...(decided.session === undefined ? {} : { session: decided.session }),
        ...requestIdOf(intent.attempts),
      });
      span.setAttributes({ ...of, ...outcomeAttributes(intent) });
      span.addEvent('gen_ai.evaluation.result', { ...of, ...evaluation(evidence, intent) }, hrTime(atMs));
    }
    span.end(hrTime(atMs));
  }

  return {
    name: 'opentelemetry',
    started: view => {
      router = view;
      currentMetrics();
    },
    requesting: start => {
      const counted = currentMetrics();
      if (counted === undefined && !traced()) return undefined;
      const parent = context.active();
      const span = tracer().startSpan(
        `route ${start.feature}`,
        { kind: SpanKind.INTERNAL, startTime: hrTime(start.startedAtMs), attributes: identity(start) },
        parent,
      );
      if (span.isRecording()) remember(spansOfIntent, start.intentId, span.spanContext());
      const within = trace.setSpan(parent, span);
      const isCovered = withInference && isInference(trace.getSpan(parent));
      return observed({ start, span, within, counted, withInference, isCovered, tracer });
    },
    decided: record => currentMetrics()?.decided(record),
    labelled: (record, intent) => labelled(record.evidence, intent, record.atMs),
  };
}

const NO_PROVIDER = new ProxyTracerProvider().getDelegate();

/** The API returns a proxy provider until the application registers a real one. */
function isRegistered(provider: TracerProvider): boolean {
  return !(provider instanceof ProxyTracerProvider) || provider.getDelegate() !== NO_PROVIDER;
}

interface Observed {
  readonly start: RequestStart;
  readonly span: Span;
  readonly within: Context;
  readonly counted: RouterMetrics | undefined;
  readonly withInference: boolean;
  /** The span around the request already describes the exchange whose reply the caller gets. */
  readonly isCovered: boolean;
  readonly tracer: () => ReturnType<TracerProvider['getTracer']>;
}

function observed({ start, span, within, counted, withInference, isCovered, tracer }: Observed): ObservedRequest {
  return {
    within: call => context.with(within, call),
    ended: end => {
      counted?.requested(start, end);
      if (span.isRecording()) {
        describe(span, start, end);
        if (withInference) {
          const covered = isCovered ? returned(end) : undefined;
          for (const attempt of end.attempts) if (attempt !== covered) inferenceSpan(tracer(), within, start, attempt);
        }
      }
      span.end(hrTime(end.endedAtMs));
    },
  };
}

/** True for an inference span of the GenAI conventions. The API's span type hides the attributes of the SDK's spans. */
function isInference(span: Span | undefined): boolean {
  const { attributes } = (span ?? {}) as { readonly attributes?: Readonly<Record<string, unknown>> };
  return attributes?.['gen_ai.operation.name'] !== undefined;
}

/** The attempt whose reply went to the caller, else the one whose error did. */
function returned({ attempts }: RequestEnd): Attempt | undefined {
  return attempts.findLast(attempt => attempt.status === 'ok') ?? attempts.at(-1);
}

function describe(span: Span, start: RequestStart, end: RequestEnd): void {
  span.setAttributes(requestEnd(end));
  const of = identity(start);
  for (const attempt of end.attempts) {
    span.addEvent('outcome_router.attempt', { ...of, ...attemptEvent(attempt) }, endOf(attempt));
  }
  if (end.error === undefined) return;
  span.setAttribute('error.type', thrownType(end.error));
  span.setStatus({ code: SpanStatusCode.ERROR, message: thrownType(end.error) });
}

function inferenceSpan(
  tracer: ReturnType<TracerProvider['getTracer']>,
  parent: Context,
  start: RequestStart,
  attempt: Attempt,
): void {
  const span = tracer.startSpan(
    `chat ${attempt.providerModel}`,
    {
      kind: SpanKind.CLIENT,
      startTime: hrTime(attempt.startedAtMs),
      attributes: { ...identity(start), ...inference(attempt, start.providerOf(attempt.model)) },
    },
    parent,
  );
  if (attempt.status !== 'ok') span.setStatus({ code: SpanStatusCode.ERROR, message: attempt.status });
  span.end(endOf(attempt));
}

function endOf(attempt: Attempt): HrTime {
  return hrTime(attempt.startedAtMs + attempt.latencyMs);
}

/** A time as seconds and nanoseconds, because the SDK treats a small number as an offset from the process's start. */
function hrTime(epochMs: number): HrTime {
  const seconds = Math.floor(epochMs / 1_000);
  return [seconds, Math.round((epochMs - seconds * 1_000) * 1_000_000)];
}

function requestIdOf(attempts: readonly Attempt[]): { readonly requestId?: string } {
  const requestId = attempts.at(-1)?.requestId;
  return requestId === undefined ? {} : { requestId };
}

function remember(
  spans: RecentlyUsed<string, readonly SpanContext[]>,
  intentId: string,
  spanContext: SpanContext,
): void {
  spans.set(intentId, [...(spans.get(intentId) ?? []), spanContext].slice(-LINKS_PER_INTENT));
}

/**
 * Instruments belong to the provider that created them, and the API has no proxy for a provider that is registered later:
 * when the provider changes, the instruments are created again. `undefined` while there is no provider.
 */
function metricsOf(
  { meterProvider }: OpenTelemetryOptions,
  router: () => RouterView | undefined,
  inference: boolean,
): () => RouterMetrics | undefined {
  let provider: MeterProvider | undefined;
  let current: RouterMetrics | undefined;
  return () => {
    const latest = meterProvider ?? metrics.getMeterProvider();
    if (latest !== provider) {
      provider = latest;
      const meter: Meter = latest.getMeter(SCOPE);
      current = meter === createNoopMeter() ? undefined : routerMetrics(meter, router, inference);
    }
    return current;
  };
}
