import { describe, expect, test } from 'vitest';
import { errorHeaders, retryAfterHeaders } from '../../src/testing/fake-errors-sent.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

describe('the headers of an error', () => {
  test('the retry delay can be sent as seconds, milliseconds, a date, or any text', () => {
    expect(retryAfterHeaders({ seconds: 2 }, 0)).toEqual({ 'retry-after': '2' });
    expect(retryAfterHeaders({ ms: 150 }, 0)).toEqual({ 'retry-after-ms': '150' });
    expect(retryAfterHeaders({ dateInMs: 61_500 }, NOW_MS)).toEqual({ 'retry-after': 'Thu, 01 Jan 2026 00:01:01 GMT' });
    expect(retryAfterHeaders({ dateInMs: -1000 }, NOW_MS)).toEqual({ 'retry-after': 'Wed, 31 Dec 2025 23:59:59 GMT' });
    expect(retryAfterHeaders({ text: '-5' }, 0)).toEqual({ 'retry-after': '-5' });
    expect(retryAfterHeaders(undefined, 0)).toEqual({});
  });

  test('`x-should-retry` is sent if the fault sets it, and a fault that is not an error has no headers', () => {
    expect(errorHeaders({ kind: 'no-credit', shouldRetry: true }, 0)).toEqual({ 'x-should-retry': 'true' });
    expect(errorHeaders({ kind: 'unknown-model' }, 0)).toEqual({});
    expect(errorHeaders({ kind: 'reset' }, 0)).toEqual({});
    expect(errorHeaders(undefined, 0)).toEqual({});
  });
});

test('an error has the format of the fault’s vendor, otherwise of the model’s, otherwise of the API’s', async () => {
  const price = { input: '1', output: '1' };
  await using provider = await startFakeProvider({ models: { plain: { price }, deep: { price, vendor: 'deepseek' } } });
  const seen: unknown[] = [];
  for (const [model, vendor] of [['plain'], ['deep'], ['deep', 'openrouter']] as const) {
    provider.reply({ kind: 'no-credit', ...(vendor === undefined ? {} : { vendor }) });
    const response = await fetch(`${provider.openaiBaseURL}/chat/completions`, {
      method: 'POST',
      body: JSON.stringify({ model, messages: [] }),
    });
    seen.push([
      response.status,
      ((await response.json()) as { readonly error: { readonly code: unknown } }).error.code,
    ]);
  }
  expect(seen).toEqual([
    [429, 'insufficient_quota'],
    [402, 'invalid_request_error'],
    [402, 402],
  ]);
  expect(provider.bill().totalNanoUsd).toBe(0n);
});
