import { expect, test } from 'vitest';
import { resolveConfig } from '../../../src/config/resolve.ts';
import type { ResolvedModel } from '../../../src/config/resolved.ts';
import type { Verdict } from '../../../src/core/ledger/vocabulary.ts';
import type { ActiveStream, StreamEnd } from '../../../src/engine/attempts/exchange.ts';
import type { RequestLog } from '../../../src/engine/request/request-log.ts';
import type { StreamedAttempt } from '../../../src/engine/request/stream-end.ts';
import { recordAtStreamEnd } from '../../../src/engine/request/stream-end.ts';
import type { IntentBook } from '../../../src/engine/state/intent-book.ts';
import type { ReceiptDraft } from '../../../src/engine/state/receipts.ts';
import { receipts } from '../../../src/engine/state/receipts.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models } = resolveConfig(
  { models: { mini: { provider: 'openai', model: 'mini-1', price } }, features: {} },
  { policy: fixed('mini') },
);
const model = models.get('mini') as ResolvedModel;

const answer = {
  id: 'reply-1',
  usage: {},
  provenance: 'reported',
  finish: 'stop',
  text: '',
  hasToolCalls: false,
} as const;
const receipt: ReceiptDraft = {
  feature: 'f',
  intentId: 'i',
  requestId: 'r',
  plan: ['mini'],
  propensity: 1,
  reason: '',
  attempts: [],
};

/** A stream that has been open for 20 ms, whose end and whose verdict a test decides; `events` has what happened, in order. */
function streaming(verdictOn: StreamedAttempt['verdictOn'] = () => undefined) {
  const runtime = testRuntime();
  const events: string[] = [];
  const recorded: Parameters<RequestLog['record']>[] = [];
  let tellEnd: (end: StreamEnd) => void = () => {};
  const stream: ActiveStream = { onEnd: listener => void (tellEnd = listener), abandon: () => {} };
  const activeStreams = new Set<ActiveStream>();
  const work: Promise<void>[] = [];
  const kept = receipts();
  runtime.advance(120);
  recordAtStreamEnd(
    {
      runtime,
      receipts: kept,
      activeStreams,
      afterReply: done => void work.push(done),
      book: { release: () => void events.push('released') } as Partial<IntentBook> as IntentBook,
    },
    stream,
    {
      attempt: { kind: 'first', model, node: 'mini', startedAtMs: 5 },
      httpStatus: 200,
      startedMs: runtime.elapsedMs() - 20,
      firstByteMs: 20,
      intentId: 'i',
      receipt,
      log: {
        record: (...args: Parameters<RequestLog['record']>) => void (events.push('recorded'), recorded.push(args)),
        commit: () => void events.push('committed'),
      } as Partial<RequestLog> as RequestLog,
      observation: { run: call => call(), ended: ({ status }) => void events.push(`observed ${status}`) },
      verdictOn,
      ended: ({ status }) => void events.push(`ended ${status}`),
    },
  );
  return {
    runtime,
    events,
    recorded,
    activeStreams,
    stream,
    kept,
    end: (status: StreamEnd['status']) => tellEnd({ status, answer }),
    done: async () => Promise.all(work),
  };
}

test('a streamed attempt is recorded and its intent released when the stream ends, and not before', async () => {
  const { runtime, events, recorded, activeStreams, stream, kept, end, done } = streaming();
  runtime.advance(30);
  expect([events, [...activeStreams]]).toEqual([[], [stream]]);
  end('ok');
  await done();
  expect(events).toEqual(['ended ok', 'recorded', 'committed', 'observed ok', 'released']);
  expect(recorded).toMatchObject([
    [{ startedAtMs: 5, latencyMs: 50, result: { firstByteMs: 20, httpStatus: 200 } }, undefined],
  ]);
  expect(activeStreams.size).toBe(0);
  expect(kept.byReplyId('reply-1')).toMatchObject({ intentId: 'i' });
});

test('the latency of a streamed attempt ends with the stream, however long its verdict takes', async () => {
  const { promise, resolve } = Promise.withResolvers<Verdict>();
  const { runtime, recorded, end, done } = streaming(async () => promise);
  end('ok');
  runtime.advance(5_000);
  resolve({ accepted: false, by: 'function' });
  await done();
  expect(recorded).toMatchObject([[{ latencyMs: 20 }, { accepted: false, by: 'function' }]]);
});

test.each(['broken', 'aborted', 'timeout'] as const)(
  'a stream that ends as %s is recorded without a verdict',
  async status => {
    const { recorded, end, done } = streaming(() => ({ accepted: true, by: 'function' }));
    end(status);
    await done();
    expect(recorded).toMatchObject([[{ result: { status } }, undefined]]);
  },
);

test('the intent of a stream is released even when its verdict throws', async () => {
  const { events, end, done } = streaming(() => {
    throw new Error('broken');
  });
  end('ok');
  await expect(done()).rejects.toThrow('broken');
  expect(events).toEqual(['ended ok', 'released']);
});
