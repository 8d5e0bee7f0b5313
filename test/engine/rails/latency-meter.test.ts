import { expect, test } from 'vitest';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { latencyMeter } from '../../../src/engine/rails/latency-meter.ts';

const took = (...latencies: number[]) => latencies.map(latencyMs => ({ latencyMs }) as Attempt);

test('a request is slow when its attempts together take longer than the objective', () => {
  const meter = latencyMeter(1_000);
  meter.observe('mini', took(400, 500));
  meter.observe('mini', took(400, 601));
  expect(meter.of('mini')).toEqual({ n: 2, slow: 1 });
  expect(meter.of('premium')).toEqual({ n: 0, slow: 0 });
});

test('old requests are forgotten by halves, so that a model that has become fast is seen to be', () => {
  const meter = latencyMeter(1_000);
  for (let i = 0; i < 400; i++) meter.observe('mini', took(2_000));
  for (let i = 0; i < 1_200; i++) meter.observe('mini', took(10));
  const { n, slow } = meter.of('mini');
  expect(n).toBeLessThan(402);
  expect(slow / n).toBeLessThan(0.2);
});
