import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

/** Sends to a provider that gives these results in turn and repeats the last one; an attempt takes 10 ms. */
async function sent(results: readonly Result[], options: Partial<SendOptions<string>> = {}) {
  const runtime = testRuntime();
  const signals: (AbortSignal | undefined)[] = [];
  const attempts: [status: string, startedAtMs: number, latencyMs: number][] = [];
  const startMs = runtime.nowMs();
  const result = await send<string>({
    model,
    runtime,
    retries: 2,
    hasSubstitute: () => true,
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

test('an answer ends the attempts, and each attempt is reported with its start and its duration', async () => {
  const { result, attempts } = await sent([fault(100), ok]);
  expect(result).toBe(ok);
  expect(attempts).toEqual([
    ['provider-fault', 0, 10],
    ['ok', 110, 10],
  ]);
});

test.each(['provider-fault', 'connection', 'timeout', 'broken'] as const)(
  'an attempt that ends as %s is repeated up to the number of retries',
  async status => {
    const { statuses, result } = await sent([{ status, error: new Error(status) }]);
    expect(statuses).toEqual([status, status, status]);
    expect(result.status).toBe(status);
  },
);

test.each(['aborted', 'rejected-request'] as const)('an attempt that ends as %s is not repeated', async status => {
  expect((await sent([{ status, error: new Error(status) }])).statuses).toEqual([status]);
});

test('`retries: 0` makes one attempt', async () => {
  expect((await sent([fault()], { retries: 0 })).statuses).toHaveLength(1);
});

describe('a request with a parameter that the model refuses', () => {
  test('a request without its refused parameter is sent again at once, and spends no retry', async () => {
    const { statuses } = await sent([refused, fault(), fault(), ok]);
    expect(statuses).toEqual(['rejected-request', 'provider-fault', 'provider-fault', 'ok']);
  });

  test('a refused request is sent again as long as each refusal changes it, eight times at most', async () => {
    expect((await sent([{ ...refused, isRewritten: false }, ok])).statuses).toEqual(['rejected-request']);
    expect((await sent([refused, refused, ok])).statuses).toEqual(['rejected-request', 'rejected-request', 'ok']);
    expect((await sent([refused])).statuses).toHaveLength(9);
  });

  test('a model that keeps refusing parameters counts as unable, so that another one may answer', async () => {
    const { result, statuses } = await sent([refused]);
    expect([result.status, statuses.at(-1), statuses.at(-2)]).toEqual(['refused', 'refused', 'rejected-request']);
  });
});

describe('waiting', () => {
  test('the wait before a retry is as long as the provider asks for; otherwise it doubles with each retry', async () => {
    const { runtime } = await sent([fault(3_000), fault(), ok]);
    expect(runtime.slept[0]).toBe(3_000);
    // Before the second retry: a second, less a quarter at most.
    expect(runtime.slept[1]).toBeGreaterThanOrEqual(750);
    expect(runtime.slept[1]).toBeLessThanOrEqual(1_000);
  });

  test('where no other model may answer, a wait that is too long is replaced by the usual one', async () => {
    const { statuses, runtime } = await sent([fault(60_001), ok], { hasSubstitute: () => false });
    expect(statuses).toEqual(['provider-fault', 'ok']);
    expect(runtime.slept[0]).toBeLessThanOrEqual(500);
    expect((await sent([fault(60_000), ok], { hasSubstitute: () => false })).runtime.slept).toEqual([60_000]);
  });

  test('where another model may answer, a wait is accepted up to 8 s, the longest back-off; a longer one ends the attempts', async () => {
    const tooLong = await sent([fault(8_001), ok]);
    expect([tooLong.runtime.slept, tooLong.statuses]).toEqual([[], ['provider-fault']]);
    const deadline = { atMs: testRuntime().elapsedMs() + 3_600_000, passed: false };
    expect((await sent([fault(8_001), ok], { deadline })).statuses).toEqual(['provider-fault']);
    const longest = await sent([fault(8_000), ok]);
    expect([longest.runtime.slept, longest.statuses]).toEqual([[8_000], ['provider-fault', 'ok']]);
  });

  test('there is one wait before each retry, and none after the last', async () => {
    const { runtime, statuses } = await sent([fault(100)], { retries: 2 });
    expect([statuses.length, runtime.slept]).toEqual([3, [100, 100]]);
  });

  test('a wait that would outlast the deadline is not started', async () => {
    const atMs = testRuntime().elapsedMs() + 1_000;
    const { runtime, statuses } = await sent([fault(995), ok], { deadline: { atMs, passed: false } });
    expect([runtime.slept, statuses]).toEqual([[], ['provider-fault']]);
  });

  test('the caller’s abort stops a wait, and the last result is returned', async () => {
    const caller = new AbortController();
    const { statuses, result } = await sent([fault(100), ok], {
      signal: caller.signal,
      attempted: () => caller.abort(),
    });
    expect(statuses).toEqual([]);
    expect(result).toMatchObject({ status: 'provider-fault' });
  });
});

describe('replies of failed attempts', () => {
  const failing = (name: string, discarded: string[]): Result => ({
    status: 'provider-fault',
    retryAfterMs: 0,
    discard: () => void discarded.push(name),
  });

  test('a reply is discarded when a later one replaces it, and the last one is left to the caller', async () => {
    const discarded: string[] = [];
    const results = ['a', 'b', 'c'].map(name => failing(name, discarded));
    const { result } = await sent(results);
    expect([discarded, result]).toEqual([['a', 'b'], results[2]]);
  });

  test('a discarded reply is closed at the server: with n retries no more than two replies are open at a time', async () => {
    let open = 0;
    let mostOpen = 0;
    const server = createServer((_, response) => {
      mostOpen = Math.max(mostOpen, ++open);
      response.on('close', () => open--);
      response.writeHead(503);
      // More than the buffers of a socket hold: the reply stays open until its body is read or cancelled.
      response.write(Buffer.alloc(4_000_000));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const replies: Response[] = [];
    const { statuses } = await sent([], {
      retries: 4,
      async exchange() {
        await expect.poll(() => open).toBeLessThanOrEqual(1);
        const reply = await fetch(`http://127.0.0.1:${port}`);
        replies.push(reply);
        return { status: 'provider-fault', retryAfterMs: 0, discard: () => void reply.body?.cancel() };
      },
    });
    expect(statuses).toHaveLength(5);
    await expect.poll(() => open).toBe(1);
    expect(mostOpen).toBe(2);
    await replies.at(-1)?.body?.cancel();
    server.closeAllConnections();
    server.close();
  });
});

describe('time', () => {
  test('an attempt without limits gets the caller’s own signal', async () => {
    const { signal } = new AbortController();
    expect((await sent([ok], { signal })).signals).toEqual([signal]);
    expect((await sent([ok])).signals).toEqual([undefined]);
  });

  test('an attempt is aborted by its own timeout if that is before the deadline, and the deadline is not marked as passed', async () => {
    const deadline = { atMs: testRuntime().elapsedMs() + 10_000, passed: false };
    const { signals } = await sent([fault(0), ok], { attemptTimeoutMs: 5, deadline });
    expect(signals.map(signal => (signal?.reason as Error | undefined)?.name)).toEqual([
      'TimeoutError',
      'TimeoutError',
    ]);
    expect(deadline.passed).toBe(false);
  });

  test('an attempt is aborted by the deadline if that is before its timeout, and the deadline is marked as passed', async () => {
    const deadline = { atMs: testRuntime().elapsedMs() + 5, passed: false };
    const { signals } = await sent([ok], { attemptTimeoutMs: 50, deadline, retries: 0 });
    expect((signals[0]?.reason as Error | undefined)?.name).toBe('TimeoutError');
    expect(deadline.passed).toBe(true);
  });

  test('the deadline is marked as passed if it coincides with the attempt’s timeout', async () => {
    const deadline = { atMs: testRuntime().elapsedMs() + 5, passed: false };
    await sent([ok], { attemptTimeoutMs: 5, deadline, retries: 0 });
    expect(deadline.passed).toBe(true);
  });

  test('the timeout of an attempt that answered in time is cleared', async () => {
    const { runtime, signals } = await sent([ok], { attemptTimeoutMs: 50 });
    runtime.advance(1_000);
    expect(signals[0]?.aborted).toBe(false);
  });

  test('a stream that has begun has no time limit any more, and the caller’s abort still stops it', async () => {
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

  test('the body of an error that is still arriving has the time limit of its attempt, until it ends', async () => {
    const ends: (() => void)[] = [];
    const failed: Result = { status: 'refused', onBodyEnd: listener => void ends.push(listener) };
    const stopped = await sent([failed], { attemptTimeoutMs: 50 });
    stopped.runtime.advance(60_000);
    expect(stopped.signals[0]?.reason).toMatchObject({ name: 'TimeoutError' });
    const caller = new AbortController();
    const read = await sent([failed], { attemptTimeoutMs: 50, signal: caller.signal });
    ends.at(-1)?.();
    read.runtime.advance(60_000);
    caller.abort();
    expect(read.signals[0]?.aborted).toBe(false);
  });
});
