/** The router's OpenTelemetry metrics. Dimensions are few: feature, model and plan, never an id. */
import type { Meter } from '@opentelemetry/api';
import { toUsd } from '../core/ledger/money.ts';
import { COUNTED_METERS, inputTokens, METERS } from '../core/ledger/usage.ts';
import type { Attempt } from '../core/ledger/vocabulary.ts';
import { planKey } from '../core/ledger/vocabulary.ts';
import type { DecidedRecord, Intent } from '../core/ledger/records.ts';
import type { RequestEnd, RequestStart, RouterView } from '../contracts/observer.ts';
import { cacheReadTokens, cacheWriteTokens, inferenceDimensions, outputTokens } from './opentelemetry-attributes.ts';

export interface RouterMetrics {
  decided(record: DecidedRecord): void;
  requested(start: RequestStart, end: RequestEnd): void;
  labelled(intent: Intent): void;
}

/** @param inference also the GenAI conventions' client metrics, one record per attempt */
export function routerMetrics(meter: Meter, router: () => RouterView | undefined, inference: boolean): RouterMetrics {
  const requests = meter.createCounter('outcome_router.requests', { unit: '{request}', description: 'Client calls.' });
  const duration = meter.createHistogram('outcome_router.request.duration', {
    unit: 's',
    description: 'Client calls, from the call to the end of the reply.',
  });
  const decisions = meter.createCounter('outcome_router.decisions', {
    unit: '{intent}',
    description: 'Decided intents, by plan.',
  });
  const attempts = meter.createCounter('outcome_router.attempts', { unit: '{attempt}', description: 'Exchanges.' });
  const escalations = meter.createCounter('outcome_router.escalations', {
    unit: '{attempt}',
    description: 'Attempts made because the reply before them was rejected or did not come.',
  });
  const cost = meter.createCounter('outcome_router.cost', {
    unit: 'USD',
    description: 'Spend on models. For dashboards: the ledger adds up exactly.',
  });
  const tokens = meter.createCounter('outcome_router.tokens', { unit: '{token}', description: 'Billed tokens.' });
  const outcomes = meter.createCounter('outcome_router.outcomes', {
    unit: '{outcome}',
    description: 'Recorded outcomes, corrections included.',
  });
  const recordInference = inference ? inferenceMetrics(meter) : undefined;
  observeEstimates(meter, router);

  function attempted(feature: string, attempt: Attempt): void {
    const { model, kind, status, costNanoUsd, usage } = attempt;
    const by = { 'outcome_router.feature': feature, 'outcome_router.model': model };
    attempts.add(1, { ...by, 'outcome_router.kind': kind, 'outcome_router.status': status });
    if (kind === 'escalation') escalations.add(1, by);
    if (costNanoUsd > 0) cost.add(toUsd(costNanoUsd), { ...by, 'outcome_router.kind': kind });
    for (const name of METERS) {
      const quantity = COUNTED_METERS.has(name) ? 0 : (usage[name] ?? 0);
      if (quantity > 0) tokens.add(quantity, { ...by, 'outcome_router.meter': name });
    }
  }

  return {
    decided: ({ feature, decision }) =>
      decisions.add(1, {
        'outcome_router.feature': feature,
        'outcome_router.plan': planKey(decision.plan),
        'outcome_router.policy': decision.policy,
      }),
    requested: (start, end) => {
      const by = {
        'outcome_router.feature': start.feature,
        'outcome_router.status': end.error === undefined ? 'ok' : 'error',
        ...(end.answeredBy === undefined ? {} : { 'outcome_router.model': end.answeredBy }),
      };
      requests.add(1, by);
      duration.record((end.endedAtMs - start.startedAtMs) / 1_000, by);
      for (const attempt of end.attempts) {
        attempted(start.feature, attempt);
        recordInference?.(attempt, start.providerOf(attempt.model));
      }
    },
    labelled: ({ decided, outcome }) =>
      outcomes.add(1, {
        'outcome_router.feature': decided.feature,
        'outcome_router.plan': planKey(decided.decision.plan),
        'outcome_router.outcome': outcome.state,
      }),
  };
}

/** The client inference metrics of the GenAI conventions. */
function inferenceMetrics(meter: Meter): (attempt: Attempt, provider: string | undefined) => void {
  const counter = (name: string, description: string) =>
    meter.createCounter(`gen_ai.client.inference.usage.${name}`, { unit: '{token}', description });
  const duration = meter.createHistogram('gen_ai.client.inference.duration', {
    unit: 's',
    description: 'One exchange with a model.',
  });
  const input = counter('input_tokens', 'Input tokens, cached ones included.');
  const output = counter('output_tokens', 'Output tokens, reasoning included.');
  const cacheRead = counter('cache_read.input_tokens', 'Input tokens read from a cache.');
  const cacheWrite = counter('cache_write.input_tokens', 'Input tokens written to a cache.');
  const reasoning = counter('reasoning.output_tokens', 'Output tokens of reasoning.');
  return (attempt, provider) => {
    const { usage } = attempt;
    const by = inferenceDimensions(attempt, provider);
    duration.record(attempt.latencyMs / 1_000, by);
    // Providers report audio tokens separately, and text and image tokens as one number.
    const audio = { ...by, 'gen_ai.token.modality': 'audio' };
    const rest = { ...by, 'gen_ai.token.modality': 'unknown' };
    const audioInput = (usage.inputAudio ?? 0) + (usage.cacheReadAudio ?? 0);
    const audioOutput = usage.outputAudio ?? 0;
    input.add(inputTokens(usage) - audioInput, rest);
    output.add(outputTokens(usage) - audioOutput, rest);
    if (audioInput > 0) input.add(audioInput, audio);
    if (audioOutput > 0) output.add(audioOutput, audio);
    cacheRead.add(cacheReadTokens(usage) - (usage.cacheReadAudio ?? 0), rest);
    if (usage.cacheReadAudio !== undefined) cacheRead.add(usage.cacheReadAudio, audio);
    cacheWrite.add(cacheWriteTokens(usage), rest);
    reasoning.add(usage.reasoning ?? 0, rest);
  };
}

/** Gauges of the current estimates, read when the metrics are collected. */
function observeEstimates(meter: Meter, router: () => RouterView | undefined): void {
  const costPerSuccess = meter.createObservableGauge('outcome_router.cost_per_success', {
    unit: 'USD',
    description: 'Expected spend and failure cost for one success, by plan, with its 95 % limits.',
  });
  const costPerIntent = meter.createObservableGauge('outcome_router.cost_per_intent', {
    unit: 'USD',
    description: 'Expected spend and failure cost of one intent, by plan, with its 95 % limits.',
  });
  const successRate = meter.createObservableGauge('outcome_router.success_rate', {
    unit: '1',
    description: 'Fraction of the labelled intents that succeeded, by plan, with its 95 % limits.',
  });
  meter.addBatchObservableCallback(
    result => {
      const view = router();
      for (const feature of view?.features ?? []) {
        for (const estimate of view?.estimates(feature) ?? []) {
          if (estimate.labelled === 0) continue;
          const by = {
            'outcome_router.feature': feature,
            'outcome_router.plan': estimate.plan,
            'outcome_router.state': estimate.state,
          };
          observe(result, costPerSuccess, estimate.costPerSuccessUsd, by);
          observe(result, costPerIntent, estimate.costPerIntentUsd, by);
          observe(result, successRate, estimate.success, by);
        }
      }
    },
    [costPerSuccess, costPerIntent, successRate],
  );
}

type Gauge = ReturnType<Meter['createObservableGauge']>;
type Batch = { observe: (gauge: Gauge, value: number, attributes: Record<string, string>) => void };

function observe(
  result: Batch,
  gauge: Gauge,
  figure: { readonly value: number; readonly low: number; readonly high: number },
  by: Record<string, string>,
): void {
  const values = { value: figure.value, low: figure.low, high: figure.high };
  for (const [limit, value] of Object.entries(values)) {
    if (Number.isFinite(value)) result.observe(gauge, value, { ...by, 'outcome_router.limit': limit });
  }
}
