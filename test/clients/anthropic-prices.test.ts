/** Anthropic's replies through a routed client: what the ledger says they cost is what the provider bills. */
import Anthropic from '@anthropic-ai/sdk';
import { afterEach, describe, expect, test } from 'vitest';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeModel } from '../../src/testing/fake-model.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import type { ScriptedReply } from '../../src/testing/scripted-replies.ts';
import { createTestRouter } from '../../src/testing/test-router.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

/** The vendor's list prices, from its own page. */
const MODELS: Readonly<Record<string, FakeModel>> = {
  'claude-opus-4-6': { price: { input: '5', output: '25' }, speeds: { fast: '6' }, regions: { us: '1.1' } },
  'claude-opus-5': { price: { input: '5', output: '25', cacheRead: '0.5' }, speeds: { fast: '2' } },
  'claude-opus-4-8': { price: { input: '5', output: '25' } },
  'claude-fable-5': { price: { input: '10', output: '50' } },
  'claude-sonnet-4-6': { price: { input: '3', output: '15' } },
  'claude-sonnet-4-5': {
    price: { input: '3', output: '15', webSearch: '10' },
    tierPrices: { batch: { input: '1.5', output: '7.5' } },
  },
  'claude-haiku-4-5': { price: { input: '1', output: '5' } },
};

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async each => each.close()));
});

interface Asked {
  readonly attempts: readonly Attempt[];
  readonly faults: readonly Fault[];
  readonly provider: FakeProvider;
}

/** Asks a model for the scripted reply, plain and as a stream. */
async function ask(model: string, script: ScriptedReply, more: object = {}): Promise<Asked> {
  const runtime = testRuntime();
  const provider = await startFakeProvider({ runtime, models: MODELS });
  const store = memory();
  const faults: Fault[] = [];
  const router = createTestRouter(runtime, {
    models: {
      asked: { provider: 'anthropic', model, baseURL: provider.anthropicBaseURL, price: `anthropic/${model}` },
    },
    features: { chat: { candidates: ['asked'], policy: fixed('asked'), failureCostUsd: 15 } },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  open.push(router, provider);
  const client = router.wrap(new Anthropic({ apiKey: 'k', baseURL: provider.anthropicBaseURL, maxRetries: 0 }));
  const body = {
    model: router.feature('chat').model,
    max_tokens: 100,
    messages: [{ role: 'user', content: 'Hi' }],
    ...more,
  };
  provider.reply(script, script);
  await client.beta.messages.create(body as Anthropic.Beta.MessageCreateParamsNonStreaming);
  await client.beta.messages.stream(body as Anthropic.Beta.MessageCreateParams).finalMessage();
  await router.flush();
  const attempts: Attempt[] = [];
  for await (const record of store.scan()) if (record.kind === 'attempted') attempts.push(record.attempt);
  return { attempts, faults, provider };
}

const call = (type: string, input: number, output: number, model?: string) => ({
  type,
  tokens: { input, output },
  ...(model === undefined ? {} : { model }),
});
const tokens = (input: number, output: number, more: object = {}) => ({
  text: 'x',
  tokens: { input, output, ...more },
});

type Row = readonly [
  id: string,
  model: string,
  script: ScriptedReply,
  costUsd: number,
  unpriced: readonly string[] | undefined,
];

const ROWS: readonly (Row | readonly [string, string, ScriptedReply, number])[] = [
  ['I1', 'claude-opus-4-6', { ...tokens(100_000, 10_000), served: { speed: 'fast' } }, 4.5],
  ['I2', 'claude-opus-5', { ...tokens(1_000, 1_000, { cacheRead: 6_034 }), served: { speed: 'fast' } }, 0.066034],
  ['I3', 'claude-opus-5', { ...tokens(2_000, 400), served: { speed: 'fast' } }, 0.04],
  ['I4', 'claude-opus-5', { ...tokens(2_000, 400), served: { speed: 'turbo' } }, 0.02, ['speed "turbo"']],
  ['I5', 'claude-opus-4-6', { ...tokens(100_000, 10_000), served: { region: 'us' } }, 0.825],
  [
    'I9',
    'claude-fable-5',
    {
      text: 'x',
      served: { model: 'claude-opus-4-8' },
      calls: [
        { ...call('message', 408, 0, 'claude-fable-5'), declined: 'cyber' },
        call('fallback_message', 412, 264, 'claude-opus-4-8'),
      ],
    },
    0.00866,
  ],
  [
    'I10',
    'claude-opus-4-6',
    {
      text: 'x',
      served: { model: 'claude-sonnet-4-6' },
      calls: [call('message', 0, 0, 'claude-opus-4-6'), call('fallback_message', 100_000, 10_000, 'claude-sonnet-4-6')],
    },
    0.45,
  ],
  [
    'I11',
    'claude-haiku-4-5',
    {
      text: 'x',
      calls: [
        call('message', 50_000, 5_000),
        call('advisor_message', 50_000, 5_000, 'claude-opus-4-6'),
        call('message', 50_000, 5_000),
      ],
    },
    0.525,
  ],
  [
    'I13',
    'claude-sonnet-4-5',
    { text: 'x', calls: [call('compaction', 180_000, 3_500), call('message', 23_000, 1_000)] },
    0.6765,
  ],
  [
    'compaction without brackets',
    'claude-opus-4-6',
    { text: 'x', calls: [call('compaction', 180_000, 3_500), call('message', 100_000, 10_000)] },
    1.7375,
  ],
  ['batch', 'claude-sonnet-4-5', { ...tokens(1_000, 100), served: { tier: 'batch' } }, 0.00225],
  [
    'priority',
    'claude-sonnet-4-5',
    { ...tokens(1_000, 100), served: { tier: 'priority' } },
    0.0045,
    ['tier "priority"'],
  ],
  ['searches', 'claude-sonnet-4-5', tokens(9_548, 528, { webSearch: 2 }), 0.056564],
  ['a free refusal', 'claude-opus-5', { declined: 'cyber', tokens: { input: 412, output: 0 } }, 0],
  ['a refusal that is billed', 'claude-opus-5', { declined: 'bio', tokens: { input: 412, output: 0 } }, 0.00206],
];

describe('replies of Anthropic', () => {
  test.each(ROWS.map(([id, model, script, costUsd, unpriced]): Row => [id, model, script, costUsd, unpriced]))(
    '%s: the cost in the ledger is what %s bills, plain and streamed',
    async (_, model, script, costUsd, unpriced) => {
      const { attempts, faults, provider } = await ask(model, script);
      const costNanoUsd = Math.round(costUsd * 1e9);
      const expected = { costNanoUsd, provenance: unpriced === undefined ? 'reported' : 'estimated' };
      expect(attempts).toMatchObject([expected, expected]);
      expect(attempts.map(attempt => attempt.unpriced)).toEqual([unpriced, unpriced]);
      expect(Number(provider.bill().totalNanoUsd)).toBe(2 * costNanoUsd);
      expect(faults.map(({ where }) => where)).toEqual(unpriced === undefined ? [] : ['price']);
    },
  );
});
