/**
 * The law: whatever goes wrong, each exchange costs in the ledger what it costs on the provider's own bill, to the
 * nano-dollar, and every HTTP request the provider received is an attempt in the ledger. Whether a request without a reply
 * is billed cannot be known: of it, only the input is estimated.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FeatureConfig } from '../../src/config/application.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import type { Runtime } from '../../src/runtime.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import type { FakeErrorForm, FakeFault, FakeProvider } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { patientAfter } from '../support/patient-time.ts';
import { straightStore } from '../support/straight-store.ts';
import { trials } from '../support/trials.ts';

const RUNS = trials(200);

let provider: FakeProvider;
beforeAll(async () => {
  const tokens = { input: [50, 4_000], output: [1, 300] } as const;
  provider = await startFakeProvider({
    models: {
      // Prices with more places than a nano-dollar has, so that rounding is part of the law.
      'mini-1': {
        price: { input: '0.1537', output: '0.6', cacheRead: '0.0125' },
        tokens: { ...tokens, cacheRead: [0, 900] },
        success: 0.5,
      },
      'premium-1': { price: { input: '10', output: '40.0003' }, tokens, success: 0.9 },
      'judge-1': { price: { input: '0.05', output: '0.2' }, tokens, success: 0.5 },
    },
    seed: 'accounting',
  });
});
afterAll(async () => provider.close());

const rates = (input: number, output: number, cacheRead = input) => ({
  inputUsdPerMillion: input,
  outputUsdPerMillion: output,
  cacheReadUsdPerMillion: cacheRead,
});
/** Each model speaks the client's API, or another one at an endpoint of its own. */
function models(kind: 'openai' | 'anthropic', apis: Pick<Scenario, 'mini' | 'premium'>) {
  const at = (api: keyof typeof ENDPOINTS | undefined) =>
    api === undefined ? { provider: kind } : { ...ENDPOINTS[api](), api, apiKey: 'sk-own' };
  return {
    mini: { ...at(apis.mini), model: 'mini-1', price: rates(0.1537, 0.6, 0.0125) },
    premium: { ...at(apis.premium), model: 'premium-1', price: rates(10, 40.0003) },
    judge: { provider: kind, model: 'judge-1', price: rates(0.05, 0.2) },
  } as const;
}

const ENDPOINTS = {
  'openai-chat': () => ({ provider: 'openai', baseURL: provider.openaiBaseURL }) as const,
  'openai-responses': () => ({ provider: 'openai', baseURL: provider.openaiBaseURL }) as const,
  'anthropic-messages': () => ({ provider: 'anthropic', baseURL: provider.anthropicBaseURL }) as const,
};

/** Half of the models speak the client's own API. */
const api = fc.constantFrom(
  undefined,
  undefined,
  undefined,
  'openai-chat' as const,
  'openai-responses' as const,
  'anthropic-messages' as const,
);

const WIRES = {
  chat: { provider: 'openai', path: '/v1/chat/completions', body: { messages: [{ role: 'user', content: 'Hello' }] } },
  responses: { provider: 'openai', path: '/v1/responses', body: { input: 'Hello' } },
  messages: {
    provider: 'anthropic',
    path: '/v1/messages',
    body: { max_tokens: 500, messages: [{ role: 'user', content: 'Hello' }] },
  },
} as const;

const FEATURES: Readonly<Record<string, Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'>>> = {
  plain: {},
  rejecting: { validate: reply => reply.text.includes('[solved]'), policy: fixed(['mini', 'premium']) },
  held: {
    validate: reply => reply.text.includes('[solved]'),
    hold: 'until-verdict',
    policy: fixed(['mini', 'premium']),
  },
  checked: { checks: { empty: true, cutOff: true, refusal: true }, policy: fixed(['mini', 'premium']) },
  turning: { maxTurns: 1, policy: fixed('mini') },
  stuck: { onStuck: 'learn', maxTurns: 1 },
};

// At least one event: before the first one, it is a race whether the caller receives anything that can be billed.
const events = fc.integer({ min: 1, max: 6 });
const fault: fc.Arbitrary<FakeFault | undefined> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(undefined) },
  {
    weight: 2,
    arbitrary: fc.constantFrom<FakeFault>(
      { kind: 'status', status: 429, retryAfter: { ms: 5 } },
      { kind: 'status', status: 500 },
      { kind: 'status', status: 529, retryAfter: { seconds: 1 } },
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<FakeFault>(
      { kind: 'reset' },
      { kind: 'silent' },
      { kind: 'malformed' },
      { kind: 'html', status: 502 },
      { kind: 'html', status: 200 },
      { kind: 'unknown-model' },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<FakeFault>({ kind: 'slow', delayMs: 3, betweenEventsMs: 1 }) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          { kind: 'status', status: 429 } as const,
          { kind: 'status', status: 503, shouldRetry: false } as const,
          { kind: 'invalid-key' } as const,
          { kind: 'no-credit' } as const,
          { kind: 'retired-model' } as const,
          { kind: 'context-too-long' } as const,
          { kind: 'content-filter' } as const,
          { kind: 'unsupported-parameter', parameter: 'temperature' } as const,
        ),
        fc.constantFrom<FakeErrorForm>(
          { sentAs: 'http' },
          { sentAs: 'json' },
          { sentAs: 'event' },
          { sentAs: 'reply' },
          { sentAs: 'event', afterEvents: 1 },
          { sentAs: 'reply', afterEvents: 3 },
        ),
      )
      .map(([error, form]): FakeFault => ({ ...error, ...form })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        contentType: fc.constantFrom(undefined, null, 'Text/Event-Stream', 'text/plain', 'APPLICATION/JSON'),
        encoding: fc.constantFrom(undefined, 'gzip' as const, 'br' as const),
        chunkBytes: fc.constantFrom(undefined, [1, 40] as const),
        events: fc.record({
          byteOrderMark: fc.boolean(),
          lineEnd: fc.constantFrom('\n' as const, '\r\n' as const, '\r' as const),
          spaceAfterColon: fc.boolean(),
          splitData: fc.boolean(),
          fieldsAfterData: fc.boolean(),
          comments: fc.boolean(),
          pings: fc.boolean(),
          lastBlankLine: fc.boolean(),
          done: fc.boolean(),
        }),
      })
      .map(({ contentType, encoding, chunkBytes, events }): FakeFault => {
        const delivery = { events, ...(contentType === undefined ? {} : { contentType }) };
        const bytes = chunkBytes === undefined ? {} : { chunkBytes };
        return {
          kind: 'delivery',
          delivery: { ...delivery, ...bytes, ...(encoding === undefined ? {} : { encoding }) },
        };
      }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('truncate' as const, 'cut' as const, 'pause' as const),
      afterEvents: events,
    }),
  },
);

const scenario = fc.record({
  wire: fc.constantFrom('chat' as const, 'responses' as const, 'messages' as const),
  mini: api,
  premium: api,
  stream: fc.boolean(),
  feature: fc.constantFrom(...Object.keys(FEATURES), 'judged'),
  faults: fc.array(fault, { maxLength: 8 }),
  retries: fc.nat(2),
  turns: fc.integer({ min: 1, max: 3 }),
  concurrent: fc.boolean(),
  leavesEarly: fc.boolean(),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** Marks the timer of an attempt's timeout, which {@link whenStalled} replaces. */
const ATTEMPT_TIMEOUT_MS = 12_345;

/** Back-offs take no time, and an attempt times out when the provider has really stopped answering it. */
function hasty(): Runtime {
  const system = systemRuntime(1);
  return {
    ...system,
    random: seededRandom(1),
    sleep: async () => {},
    after: (ms, callback) => (ms === ATTEMPT_TIMEOUT_MS ? whenStalled(callback, 3) : patientAfter(ms, callback)),
  };
}

/**
 * Calls back once the latest request has been stalled for this many checks. A real timeout could also fire, on a busy
 * machine, between the provider's answer and its arrival: the ledger and the bill could not agree then.
 */
function whenStalled(callback: () => void, looks: number): () => void {
  let index = -1;
  let seen = 0;
  const timer = setInterval(() => {
    const last = provider.requests().at(-1);
    const isStalled = last?.fault?.kind === 'silent' || last?.fault?.kind === 'pause';
    seen = isStalled && last.index === index ? seen + 1 : 0;
    index = last?.index ?? -1;
    if (seen < looks) return;
    clearInterval(timer);
    callback();
  }, 5);
  return () => clearInterval(timer);
}

interface Books {
  readonly attempts: readonly Attempt[];
  /** What the provider bills, by the id of the exchange. */
  readonly bill: ReadonlyMap<string, bigint>;
  readonly requests: number;
  /** The intent took the fast path. */
  readonly isStraight: boolean;
  readonly cellsNanoUsd: bigint;
}

/** An attempt that the fake provider does not charge: it costs nothing, or its reply never came or was none of the API. */
function mayBeUnbilled({ costNanoUsd, httpStatus, provenance, status, usage }: Attempt): boolean {
  if (costNanoUsd === 0) return true;
  return provenance === 'estimated' && usage.output === 0 && (httpStatus === undefined || status === 'broken');
}

async function run(it: Scenario): Promise<Books> {
  const wire = WIRES[it.wire];
  const url = `${provider.url}${wire.path}`;
  const billed = provider.bill().requests.length;
  const received = provider.requests().at(-1)?.index ?? -1;
  // `whenStalled` sees only the latest request, so concurrent requests must not stall.
  provider.setFaults(
    it.concurrent ? it.faults.filter(fault => fault?.kind !== 'silent' && fault?.kind !== 'pause') : it.faults,
  );
  const { store, taken } = straightStore();
  const judge = {
    validate: async (reply: { judgeModel(name: string): string; signal: AbortSignal }) => asksJudge(reply),
    policy: fixed(['mini', 'premium']),
  };
  const router = createRouterOn(hasty(), {
    models: models(wire.provider, it),
    features: {
      work: {
        candidates: ['mini', 'premium'],
        failureCostUsd: 1,
        stateless: true,
        retries: it.retries,
        attemptTimeout: ATTEMPT_TIMEOUT_MS,
        ...(FEATURES[it.feature] ?? judge),
      },
      other: { candidates: ['mini'], failureCostUsd: 1 },
    },
    store,
  });
  async function asksJudge(reply: { judgeModel(name: string): string; signal: AbortSignal }): Promise<boolean> {
    const body = JSON.stringify({ model: reply.judgeModel('judge'), ...wire.body });
    const response = await router.fetch(url, { method: 'POST', body });
    return (await response.text()).includes('[solved]');
  }

  // Loads the statistics and the switches, for which the first request would wait: it could not take the fast path.
  await router.feature('work').reset();
  await router.run('other', async () => ({ value: 0, costUsd: 0 }));
  const intent = router.feature('work').intent();
  const turn = async (): Promise<void> => {
    const body = JSON.stringify({ model: intent.model, ...wire.body, ...(it.stream ? { stream: true } : {}) });
    const caller = new AbortController();
    // After any attempt's own timeout. A stream that stops half-way has no timeout: only its caller ends it.
    const stop = whenStalled(() => caller.abort(), 12);
    try {
      const response = await router.fetch(url, { method: 'POST', body, signal: caller.signal });
      if (it.stream && it.leavesEarly) await leaveEarly(response);
      else await response.text();
    } catch {
      // Other tests check the error that the caller gets.
    }
    stop();
  };
  if (it.concurrent) await Promise.all(Array.from({ length: it.turns }, turn));
  else {
    for (let i = 0; i < it.turns; i++) {
      await turn();
      // A stream is judged after its caller has read it: `whenStalled` needs one exchange at a time.
      await router.flush();
    }
  }
  await provider.idle();
  await router.flush();

  const attempts = (await store.load(intent.id)).flatMap(record =>
    record.kind === 'attempted' ? [record.attempt] : [],
  );
  const cells = (await store.cells('work')).filter(cell => cell.key.scope === 'plan');
  await router.close();
  return {
    attempts,
    cellsNanoUsd: cells.reduce((total, cell) => total + (cell.sums.cost ?? 0n), 0n),
    bill: new Map(
      provider
        .bill()
        .requests.slice(billed)
        .map(each => [each.requestId, each.costNanoUsd]),
    ),
    requests: provider.requests().filter(request => request.index > received).length,
    isStraight: taken() > 0,
  };
}

/**
 * Cancels a paused stream after its first piece, and reads any other stream to its end: only while a stream is paused do the
 * provider and the router count the same characters.
 */
async function leaveEarly(response: Response): Promise<void> {
  const paused = provider.requests().at(-1)?.fault?.kind === 'pause';
  const reader = response.body?.getReader();
  if (reader === undefined) return;
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (paused) await reader.cancel();
  }
}

test(`every exchange costs what the bill says and is an attempt, in ${RUNS} random runs`, async ({ annotate }) => {
  let straight = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async it => {
      const books = await run(it);
      straight += Number(books.isStraight);
      expect(books.attempts).toHaveLength(books.requests);
      const unpaid = new Map(books.bill);
      for (const attempt of books.attempts) {
        const billed = unpaid.get(attempt.providerRequestId ?? '');
        if (billed === undefined) expect(mayBeUnbilled(attempt)).toBe(true);
        else expect(BigInt(attempt.costNanoUsd)).toBe(billed);
        unpaid.delete(attempt.providerRequestId ?? '');
      }
      expect(unpaid).toEqual(new Map());
      const ledgerNanoUsd = books.attempts.reduce((total, { costNanoUsd }) => total + BigInt(costNanoUsd), 0n);
      expect(books.cellsNanoUsd).toBe(ledgerNanoUsd);
    }),
    { numRuns: RUNS, seed: 20_261_122 },
  );
  // The others have a validator, translation, or a fault in their first request.
  await annotate(`${straight} of ${RUNS} intents took the fast path`);
  expect(straight / RUNS).toBeGreaterThanOrEqual(0.1);
});
