/**
 * The law of the forms of a failure: a failure has the same effect on ledger, statistics, circuits and caller, whether it comes as an
 * HTTP status, as JSON under status 200, as an event of a stream, or as a reply that is marked as failed. It holds in all APIs, plain and
 * streamed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeFault, FakeProvider } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { hasty } from '../support/routed.ts';

const tokens = { input: [100, 100], output: [10, 10] } as const;
const price = { input: '1', output: '2' };

/** The endpoint with the fault, and a healthy one. */
let failing: FakeProvider;
let healthy: FakeProvider;
beforeAll(async () => {
  [failing, healthy] = await Promise.all([
    startFakeProvider({ models: { 'a-1': { price, tokens } } }),
    startFakeProvider({ models: { 'b-1': { price, tokens } } }),
  ]);
});
afterAll(async () => Promise.all([failing.close(), healthy.close()]));

const said = [{ role: 'user', content: 'Hello' }];
const common = { temperature: 0.5, stream: false };
const APIS = {
  chat: {
    provider: 'openai',
    path: '/chat/completions',
    body: { ...common, messages: said, tools: [{ type: 'function', function: { name: 'look', parameters: {} } }] },
  },
  responses: {
    provider: 'openai',
    path: '/responses',
    body: { ...common, input: 'Hello', tools: [{ type: 'function', name: 'look', parameters: {} }] },
  },
  messages: {
    provider: 'anthropic',
    path: '/v1/messages',
    body: { ...common, messages: said, max_tokens: 500, tools: [{ name: 'look', input_schema: { type: 'object' } }] },
  },
} as const;
const FORMS = ['http', 'json', 'event', 'reply'] as const;

type Form = (typeof FORMS)[number];

interface Case {
  readonly api: keyof typeof APIS;
  readonly stream: boolean;
}

/** Two requests of one feature, as everything but their times and ids. */
async function outcome(fault: FakeFault | undefined, { api, stream }: Case) {
  const { provider, path, body } = APIS[api];
  failing.setFaults(() => fault);
  const billed = failing.bill().totalNanoUsd + healthy.bill().totalNanoUsd;
  const received = failing.requests().length;
  const store = memory();
  const told: string[] = [];
  const runtime = { ...hasty(), nowMs: () => Date.UTC(2026, 0, 1) };
  const rates = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const baseOf = (fake: FakeProvider): string => (provider === 'openai' ? fake.openaiBaseURL : fake.anthropicBaseURL);
  const router = createRouterOn(runtime, {
    models: {
      a: { provider, model: 'a-1', price: rates, baseURL: baseOf(failing) },
      b: { provider, model: 'b-1', price: rates, baseURL: baseOf(healthy) },
    },
    features: {
      f: {
        candidates: ['a', 'b'],
        failureCostUsd: 1,
        retries: 1,
        policy: fixed('a'),
        silence: { after: 0, means: 'success' },
        onFiltered: 'next-model',
      },
    },
    store,
    observers: [{ name: 'test', faulted: ({ where }) => void told.push(where) }],
  });
  const answers: string[] = [];
  for (let i = 0; i < 2; i++) {
    const request = JSON.stringify({ model: 'feature:f', ...body, stream });
    const reply = await router.fetch(`${baseOf(failing)}${path}`, { method: 'POST', body: request });
    const text = await reply.text();
    answers.push(`${reply.status} ${/"model":"(.-1)"/.exec(text)?.[1]}`);
    await router.flush();
  }
  await router.labelSilentIntents();
  const records = await Array.fromAsync(store.scan());
  const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
  const cells = await store.cells('f');
  await Promise.all([failing.idle(), healthy.idle()]);
  const result = {
    answers,
    told,
    ledger: attempts.map(({ kind, node, status, usage, provenance, costNanoUsd }) => ({
      kind,
      node,
      status,
      usage,
      provenance,
      costNanoUsd,
    })),
    labels: records.filter(({ kind }) => kind === 'labelled').length,
    statistics: new Map(cells.map(({ key, sums }) => [`${key.scope} ${key.subject}`, sums])),
    // How often the endpoint was asked says what its circuits did.
    asked: failing.requests().length - received,
  };
  const ledgerNanoUsd = attempts.reduce((total, { costNanoUsd }) => total + BigInt(costNanoUsd), 0n);
  expect(ledgerNanoUsd).toBe(failing.bill().totalNanoUsd + healthy.bill().totalNanoUsd - billed);
  await router.close();
  return result;
}

const FAULTS: readonly (readonly [
  name: string,
  fault: (sentAs: Form, api: Case['api']) => FakeFault,
  status: string,
  asked: number,
])[] = [
  ['429', sentAs => ({ kind: 'status', status: 429, sentAs }), 'provider-fault', 4],
  ['429 with a wait', sentAs => ({ kind: 'status', status: 429, sentAs, retryAfter: { ms: 5 } }), 'provider-fault', 4],
  ['500', sentAs => ({ kind: 'status', status: 500, sentAs }), 'provider-fault', 4],
  ['529', sentAs => ({ kind: 'status', status: 529, sentAs }), 'provider-fault', 4],
  ['503 without a retry', sentAs => ({ kind: 'status', status: 503, sentAs, shouldRetry: false }), 'provider-fault', 2],
  ['an invalid key', sentAs => ({ kind: 'invalid-key', sentAs }), 'refused', 1],
  // Without its code, OpenAI's sentence for this is that of a rate limit: its chat API has no reply that could say it.
  [
    'no credit',
    (sentAs, api) => ({ kind: 'no-credit', sentAs, ...(api === 'chat' ? { vendor: 'openrouter' } : {}) }),
    'refused',
    1,
  ],
  ['no permission', sentAs => ({ kind: 'no-permission', sentAs }), 'refused', 1],
  ['an unknown model', sentAs => ({ kind: 'unknown-model', sentAs }), 'refused', 1],
  ['a retired model', sentAs => ({ kind: 'retired-model', sentAs }), 'refused', 1],
  ['a request that is too large', sentAs => ({ kind: 'request-too-large', sentAs }), 'refused', 1],
  ['a request that is too long', sentAs => ({ kind: 'context-too-long', sentAs }), 'refused', 1],
  ['a filter', sentAs => ({ kind: 'content-filter', sentAs }), 'refused', 2],
  ['tools', sentAs => ({ kind: 'unsupported-capability', capability: 'tools', sentAs }), 'refused', 1],
  [
    'a parameter',
    sentAs => ({ kind: 'unsupported-parameter', parameter: 'temperature', sentAs }),
    'rejected-request',
    3,
  ],
];

test.each(FAULTS)(
  '%s has the same result in each form, in every API, streamed or not',
  async (_, faultIn, status, asked) => {
    const reference = await outcome(faultIn('http', 'chat'), { api: 'chat', stream: false });
    expect(reference.ledger[0]?.status).toBe(status);
    expect(reference.asked).toBe(asked);
    for (const form of FORMS) {
      for (const api of Object.keys(APIS) as (keyof typeof APIS)[]) {
        for (const stream of [false, true]) {
          const result = await outcome(faultIn(form, api), { api, stream });
          expect({ form, api, stream, ...result }).toEqual({ form, api, stream, ...reference });
        }
      }
    }
  },
);
