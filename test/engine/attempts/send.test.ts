import { describe, expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { Exchanged, ActiveStream, StreamEnd } from '../../../src/engine/attempts/exchange.ts';
import type { SendOptions } from '../../../src/engine/attempts/send.ts';
import { send } from '../../../src/engine/attempts/send.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models } = resolveConfig(
  { models: { mini: { provider: 'openai', model: 'mini-1', price } }, features: {} },
  { policy: fixed('mini') },
);
const model = models.get('mini') as ResolvedModel;

type Result = Exchanged<string>;
const answer = { usage: {}, provenance: 'reported', finish: 'stop', text: '', hasToolCalls: false } as const;
const ok: Result = { status: 'ok', reply: 'good', answer };
const fault = (retryAfterMs?: number): Result => ({ status: 'provider-fault', reply: 'busy', retryAfterMs });
const refused: Result = { status: 'rejected-request', reply: 'no', isRewritten: true };

/** Sends to a provider that gives these results in turn, the last one again and again; an attempt takes 10 ms. */
async function sent(results: readonly Result[], options: Partial<SendOptions<string>> = {}) {
  const runtime = testRuntime();
  const signals: (AbortSignal | undefined)[] = [];
  const attempts: [status: string, startedAtMs: number, latencyMs: number][] = [];
  const startMs = runtime.nowMs();
  const result = await send<string>({
    model,
    runtime,
    retries: 2,
    signal: undefined,
    deadline: undefined,
    attemptTimeoutMs: undefined,
    attempted: ({ status }, startedAtMs, latencyMs) => attempts.push([status, startedAtMs - startMs, latencyMs]),
    async exchange(_, signal) {
      signals.push(signal);
      runtime.advance(10);
      return results[Math.min(signals.length, results.length) - 1] as Result;
    },
    ...options,
  });
  return { result, runtime, signals, attempts, statuses: attempts.map(([status]) => status) };
}

test('an answer ends it, and every attempt is told with its start and its duration', async () => {
  const { result, attempts } = await sent([fault(100), ok]);
  expect(result).toBe(ok);
  expect(attempts).toEqual([
    ['provider-fault', 0, 10],
    ['ok', 110, 10],
  ]);
});

test.each(['provider-fault', 'connection', 'timeout', 'broken'] as const)(
  '%s is tried again, up to the retries',
  async status => {
    const { statuses, result } = await sent([{ status, error: new Error(status) }]);
    expect(statuses).toEqual([status, status, status]);
    expect(result.status).toBe(status);
  },
);

test.each(['aborted', 'rejected-request'] as const)('%s is not', async status => {
  expect((await sent([{ status, error: new Error(status) }])).statuses).toEqual([status]);
});

test('without retries there is one attempt', async () => {
  expect((await sent([fault()], { retries: 0 })).statuses).toHaveLength(1);
});

describe('a parameter that is not supported', () => {
  test('is left out and the request resent once, on nobody’s account', async () => {
    const { statuses } = await sent([refused, fault(), fault(), ok]);
    expect(statuses).toEqual(['rejected-request', 'provider-fault', 'provider-fault', 'ok']);
  });

  test('is not resent when that would not help', async () => {
    expect((await sent([{ ...refused, isRewritten: false }, ok])).statuses).toEqual(['rejected-request']);
    // Twice in a row is a request that cannot be mended this way.
    expect((await sent([refused])).statuses).toEqual(['rejected-request', 'rejected-request']);
  });
});

describe('waiting', () => {
  test('is as long as the provider says, else longer each time', async () => {
    const { runtime } = await sent([fault(3_000), fault(), ok]);
    expect(runtime.slept[0]).toBe(3_000);
    // Before the second retry: a second, less a quarter at most.
    expect(runtime.slept[1]).toBeGreaterThanOrEqual(750);
    expect(runtime.slept[1]).toBeLessThanOrEqual(1_000);
  });

  test('longer than anybody would wait is not begun', async () => {
    const { runtime, statuses } = await sent([fault(61_000), ok]);
    expect([runtime.slept, statuses]).toEqual([[], ['provider-fault']]);
  });

  test('past the deadline is not begun', async () => {
    const atMs = testRuntime().elapsedMs() + 1_000;
    const { runtime, statuses } = await sent([fault(995), ok], { deadline: { atMs, passed: false } });
    expect([runtime.slept, statuses]).toEqual([[], ['provider-fault']]);
  });

  test('is stopped by the caller, and what came last is the answer', async () => {
    const caller = new AbortController();
    const { statuses, result } = await sent([fault(100), ok], {
      signal: caller.signal,
      attempted: () => caller.abort(),
    });
    expect(statuses).toEqual([]);
    expect(result).toMatchObject({ status: 'provider-fault' });
  });
});

describe('time', () => {
  test('an attempt without limits listens to the caller alone', async () => {
    const { signal } = new AbortController();
    expect((await sent([ok], { signal })).signals).toEqual([signal]);
    expect((await sent([ok])).signals).toEqual([undefined]);
  });

  test('an attempt’s own time stops it; the deadline is not touched by that', async () => {
    const deadline = { atMs: testRuntime().elapsedMs() + 10_000, passed: false };
    const { signals } = await sent([fault(0), ok], { attemptTimeoutMs: 5, deadline });
    expect(signals.map(signal => (signal?.reason as Error | undefined)?.name)).toEqual([
      'TimeoutError',
      'TimeoutError',
    ]);
    expect(deadline.passed).toBe(false);
  });

  test('the deadline stops the attempt when less is left than its own time, and says so', async () => {
    const deadline = { atMs: testRuntime().elapsedMs() + 5, passed: false };
    const { signals } = await sent([ok], { attemptTimeoutMs: 50, deadline, retries: 0 });
    expect((signals[0]?.reason as Error | undefined)?.name).toBe('TimeoutError');
    expect(deadline.passed).toBe(true);
  });

  test('a clock that was not needed is stopped', async () => {
    const { runtime, signals } = await sent([ok], { attemptTimeoutMs: 50 });
    runtime.advance(1_000);
    expect(signals[0]?.aborted).toBe(false);
  });

  test('a stream that has begun may take its time, and still stops with its caller', async () => {
    const listeners: ((end: StreamEnd) => void)[] = [];
    const stream: ActiveStream = { onEnd: listener => void listeners.push(listener), abandon: () => {} };
    const caller = new AbortController();
    const { runtime, signals } = await sent([{ status: 'ok', reply: 'stream', stream }], {
      attemptTimeoutMs: 50,
      signal: caller.signal,
    });
    runtime.advance(60_000);
    expect(signals[0]?.aborted).toBe(false);
    caller.abort(new Error('enough'));
    expect(signals[0]?.reason).toMatchObject({ message: 'enough' });
    expect(listeners).toHaveLength(1);
  });
});
