import { metrics } from '@opentelemetry/api';
import type { MetricData } from '@opentelemetry/sdk-metrics';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { afterEach, describe, expect, test } from 'vitest';
import type { PlanEstimate } from '../../src/core/report/estimate.ts';
import { opentelemetry } from '../../src/observers/opentelemetry.ts';
import { routerMetrics } from '../../src/observers/opentelemetry-metrics.ts';
import { climbed, decided, end, intentWith, rejected, labelledRecord, start } from './fixtures.ts';

const stop: (() => Promise<void>)[] = [];
afterEach(async () => {
  metrics.disable();
  for (const shutdown of stop.splice(0)) await shutdown();
});

function collector() {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const provider = new MeterProvider({
    readers: [new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1e9 })],
  });
  stop.push(() => provider.shutdown());
  const collect = async (): Promise<ReadonlyMap<string, MetricData>> => {
    exporter.reset();
    await provider.forceFlush();
    const all = exporter.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(scope => scope.metrics));
    return new Map(all.map(metric => [metric.descriptor.name, metric]));
  };
  return { provider, collect };
}

/** The points of a counter or gauge: value and the attributes without their common prefix. */
function points(metric: MetricData | undefined) {
  return (metric?.dataPoints ?? []).map(({ value, attributes }) => [
    typeof value === 'number' ? value : value.sum,
    Object.fromEntries(Object.entries(attributes).map(([name, text]) => [name.replace('outcome_router.', ''), text])),
  ]);
}

async function recorded(options: { inference?: boolean } = {}) {
  const { provider, collect } = collector();
  const observer = opentelemetry({ ...options, meterProvider: provider });
  observer.decided?.(decided);
  observer.requesting?.(start)?.ended(end);
  const failed = { source: 'explicit', success: false } as const;
  observer.labelled?.(labelledRecord(failed), intentWith(failed));
  return collect();
}

describe('counters', () => {
  test('requests and their durations are counted by feature and answering model', async () => {
    const by = { feature: 'support.reply', model: 'premium', status: 'ok' };
    const counted = await recorded();
    expect(points(counted.get('outcome_router.requests'))).toEqual([[1, by]]);
    expect(points(counted.get('outcome_router.request.duration'))).toEqual([[1.95, by]]);
  });

  test('decisions are counted by plan and policy, and outcomes by plan and state', async () => {
    const counted = await recorded();
    expect(points(counted.get('outcome_router.decisions'))).toEqual([
      [1, { feature: 'support.reply', plan: 'mini>premium', policy: 'thompson' }],
    ]);
    expect(points(counted.get('outcome_router.outcomes'))).toEqual([
      [1, { feature: 'support.reply', plan: 'mini>premium', outcome: 'failure' }],
    ]);
  });

  test('attempts, escalations, cost and tokens are counted by model', async () => {
    const counted = await recorded();
    const [mini, premium] = [
      { feature: 'support.reply', model: 'mini' },
      { feature: 'support.reply', model: 'premium' },
    ];
    expect(points(counted.get('outcome_router.attempts'))).toEqual([
      [1, { ...mini, kind: 'first', status: 'ok' }],
      [1, { ...premium, kind: 'escalation', status: 'ok' }],
    ]);
    expect(points(counted.get('outcome_router.escalations'))).toEqual([[1, premium]]);
    expect(points(counted.get('outcome_router.cost'))).toEqual([
      [0.0001275, { ...mini, kind: 'first' }],
      [0.0128125, { ...premium, kind: 'escalation' }],
    ]);
    expect(points(counted.get('outcome_router.tokens'))).toEqual([
      [100, { ...mini, meter: 'input' }],
      [900, { ...mini, meter: 'cacheRead' }],
      [40, { ...mini, meter: 'output' }],
      [1_000, { ...premium, meter: 'input' }],
      [50, { ...premium, meter: 'cacheWrite5m' }],
      [300, { ...premium, meter: 'output' }],
    ]);
  });

  test('no dimension is an id, so that a metric has few series', async () => {
    for (const metric of (await recorded({ inference: true })).values()) {
      for (const { attributes } of metric.dataPoints) {
        expect(Object.keys(attributes).filter(name => /_id$|conversation/.test(name))).toEqual([]);
      }
    }
  });
});

describe('inference metrics', () => {
  test('inference metrics are off by default', async () => {
    expect([...(await recorded()).keys()].filter(name => name.startsWith('gen_ai'))).toEqual([]);
  });

  test('inference metrics use the names and units of the GenAI semantic conventions, and cached tokens count as input', async () => {
    const counted = await recorded({ inference: true });
    const sums = (name: string) => points(counted.get(`gen_ai.client.inference.${name}`)).map(([sum]) => sum);
    expect(sums('duration')).toEqual([0.4, 1.5]);
    expect(sums('usage.input_tokens')).toEqual([1_000, 1_050]);
    expect(sums('usage.output_tokens')).toEqual([40, 300]);
    expect(sums('usage.cache_read.input_tokens')).toEqual([900, 0]);
    expect(sums('usage.cache_write.input_tokens')).toEqual([0, 50]);
    expect(sums('usage.reasoning.output_tokens')).toEqual([30, 0]);
  });

  test('audio tokens are counted under their own modality', async () => {
    const { provider, collect } = collector();
    const usage = { input: 10, inputAudio: 20, cacheReadAudio: 5, output: 3, outputAudio: 7 };
    const recorded = routerMetrics(provider.getMeter('test'), () => undefined, true);
    recorded.requested(start, { ...end, attempts: [{ ...rejected, usage }] });
    const counted = await collect();
    const byModality = (name: string) =>
      (counted.get(`gen_ai.client.inference.usage.${name}`)?.dataPoints ?? []).map(({ value, attributes }) => [
        attributes['gen_ai.token.modality'],
        value,
      ]);
    expect(byModality('input_tokens')).toEqual([
      ['unknown', 10],
      ['audio', 25],
    ]);
    expect(byModality('output_tokens')).toEqual([
      ['unknown', 3],
      ['audio', 7],
    ]);
    expect(byModality('cache_read.input_tokens')).toEqual([
      ['unknown', 0],
      ['audio', 5],
    ]);
  });
});

describe('gauges of the estimates', () => {
  const figure = (value: number) => ({ value, low: value / 2, high: value * 2 });
  const estimate: PlanEstimate = {
    plan: 'mini>premium',
    n: 210,
    labelled: 200,
    successes: 190,
    success: figure(0.4),
    spendUsd: figure(0.01),
    costPerIntentUsd: figure(0.76),
    costPerSuccessUsd: figure(0.8),
    state: 'estimating',
  };

  test('gauges report the estimates at the time of collection, with their limits and state', async () => {
    const { provider, collect } = collector();
    const observer = opentelemetry({ meterProvider: provider });
    let estimates: readonly PlanEstimate[] = [];
    observer.started?.({ features: ['support.reply'], estimates: () => estimates });
    expect(points((await collect()).get('outcome_router.cost_per_success'))).toEqual([]);
    estimates = [estimate, { ...estimate, plan: 'untried', labelled: 0 }];
    const by = { feature: 'support.reply', plan: 'mini>premium', state: 'estimating' };
    const collected = await collect();
    expect(points(collected.get('outcome_router.cost_per_success'))).toEqual([
      [0.8, { ...by, limit: 'value' }],
      [0.4, { ...by, limit: 'low' }],
      [1.6, { ...by, limit: 'high' }],
    ]);
    expect(points(collected.get('outcome_router.cost_per_intent'))).toHaveLength(3);
    expect(points(collected.get('outcome_router.success_rate'))).toHaveLength(3);
  });

  test('a limit that is not finite is left out', async () => {
    const { provider, collect } = collector();
    const boundless = { ...estimate, costPerSuccessUsd: { value: 0.8, low: 0.1, high: Infinity } };
    const observer = opentelemetry({ meterProvider: provider });
    observer.started?.({ features: ['support.reply'], estimates: () => [boundless] });
    expect(points((await collect()).get('outcome_router.cost_per_success'))).toHaveLength(2);
  });
});

test('a meter provider that is registered later receives the metrics', async () => {
  const observer = opentelemetry();
  observer.requesting?.(start)?.ended(end);
  const { provider, collect } = collector();
  metrics.setGlobalMeterProvider(provider);
  observer.requesting?.(start)?.ended({ ...end, attempts: [climbed] });
  expect(points((await collect()).get('outcome_router.requests'))).toMatchObject([[1, {}]]);
});
