import { expect, test } from 'vitest';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { latencyMeter } from '../../../src/engine/rails/latency-meter.ts';

const took = (...latencies: number[]) => latencies.map(latencyMs => ({ latencyMs }) as Attempt);

test('a request is slow when its attempts together take longer than the objective, but not when they take exactly as long', () => {
  const meter = latencyMeter(1_000);
  meter.observe('mini', took(400, 500));
  meter.observe('mini', took(400, 601));
  meter.observe('mini', took(400, 600));
  expect(meter.of('mini')).toEqual({ n: 3, slow: 1 });
  expect(meter.of('premium')).toEqual({ n: 0, slow: 0 });
});

test('every 400 requests the counts are halved, so that a model that has become fast is soon counted as fast', () => {
  const meter = latencyMeter(1_000);
  for (let i = 0; i < 400; i++) meter.observe('mini', took(2_000));
  expect(meter.of('mini')).toEqual({ n: 400, slow: 400 });
  meter.observe('mini', took(10));
  expect(meter.of('mini')).toEqual({ n: 201, slow: 200 });
  for (let i = 0; i < 1_200; i++) meter.observe('mini', took(10));
  const { n, slow } = meter.of('mini');
  expect(n).toBeLessThan(402);
  expect(slow / n).toBeLessThan(0.2);
});
