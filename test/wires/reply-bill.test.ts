import { expect, test } from 'vitest';
import { addUnpriced, hasNumber, NOT_BILLED, speedAndRegion } from '../../src/wires/reply-bill.ts';

test.each([
  'video_tokens',
  'tokens',
  'cachedContentTokens',
  'thoughts_token_count',
  'x_search_calls',
  'web_search_requests',
  'num_search_queries',
  'prompt_audio_seconds',
  'search_units',
  'num_images',
  'pages_processed',
  'duration_seconds',
  'characters',
  'browser_sessions',
])('`%s` is the name of a number that may be billed', name => {
  expect(NOT_BILLED.test(name)).toBe(false);
});

test.each([
  'queue_time',
  'total_latency',
  'completion_tokens_per_sec',
  'tokens_per_second',
  'input_tokens_cost',
  'neurons',
  'prompt_time',
  'time_to_first_token',
  'total_duration',
  'acceptance_rate',
  'estimated_cost',
  'cost_in_usd_ticks',
])('`%s` is the name of a rate, a duration, a cost or a figure that no vendor bills', name => {
  expect(NOT_BILLED.test(name)).toBe(true);
});

test.each([
  [1, true],
  [0, false],
  ['7', true],
  ['', false],
  ['low', false],
  [{}, false],
  [{ a: [{ b: 0 }, { c: 0.5 }] }, true],
  [null, false],
  [true, false],
])('%j contains a number other than 0: %s', (value, expected) => {
  expect(hasNumber(value)).toBe(expected);
});

test('an unpriced item is reported once, with a short name, and at most twenty items are', () => {
  const unpriced: string[] = [];
  addUnpriced(unpriced, 'usage.video_tokens');
  addUnpriced(unpriced, 'usage.video_tokens');
  addUnpriced(unpriced, 'a'.repeat(1_000));
  expect(unpriced).toEqual(['usage.video_tokens', 'a'.repeat(100)]);
  for (let index = 0; index < 100; index++) addUnpriced(unpriced, `usage.${index}`);
  expect(unpriced).toHaveLength(20);
});

test.each([
  [{ speed: 'fast', inference_geo: 'us' }, 'fast', 'us'],
  [{ speed: 'turbo', inference_geo: 'eu' }, 'turbo', 'eu'],
  [{ speed: 'standard', inference_geo: 'global' }, undefined, undefined],
  [{ speed: '', inference_geo: 'not_available' }, undefined, undefined],
  [{ speed: 2, inference_geo: null }, undefined, undefined],
  [undefined, undefined, undefined],
])('%j was served at the speed %s in the region %s', (usage, speed, region) => {
  expect(speedAndRegion(usage)).toEqual({ speed, region });
});
