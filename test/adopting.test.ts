/** The steps of docs/adopting.md, with the official client and a real provider on loopback that fails now and then. */
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import type { FeatureConfig } from '../src/config/application.ts';
import type { DecidedRecord } from '../src/core/ledger/records.ts';
import { replayLedger } from '../src/public/replay.ts';
import type { FakeProviderOptions } from '../src/public/testing.ts';
import { startFakeProvider } from '../src/public/testing.ts';
import { fixed } from '../src/policies/fixed.ts';
import { createRouter } from '../src/create-router.ts';
import { memory } from '../src/stores/memory.ts';

const MODELS = {
  'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
  'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.9 },
} as const;

type Support = Omit<FeatureConfig<'mini' | 'premium'>, 'candidates'>;

/** Calls one after the other, each an intent that succeeds if its reply is right. Which model answered each, and what was recorded. */
async function served(calls: number, support: Support, provider: Partial<FakeProviderOptions> = {}) {
  await using fake = await startFakeProvider({ models: MODELS, seed: 'adopt', ...provider });
  const store = memory();
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
    features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 15, retries: 0, ...support } },
    store,
    seed: 1,
  });
  const client = router.wrap(new OpenAI({ apiKey: 'none', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const messages = [{ role: 'user' as const, content: 'Where is my order?' }];
  let errors = 0;
  for (let i = 0; i < calls; i++) {
    const intent = router.feature('support').intent();
    const reply = await client.chat.completions.create({ model: intent.model, messages }).catch(() => undefined);
    if (reply === undefined) errors++;
    else await (reply.choices[0]?.message.content?.startsWith('[solved]') === true ? intent.succeed() : intent.fail());
  }
  await router.flush();
  const explanation = await router.explain('support');
  const records = await Array.fromAsync(store.scan());
  const decided = records.filter((record): record is DecidedRecord => record.kind === 'decided');
  const asked = fake.bill().requests.map(({ model }) => model);
  await router.close();
  return { store, decided, asked, errors, explanation };
}

test('while a feature is observed its own model answers all of 200 calls, and decisions, costs and outcomes are recorded', async () => {
  const { store, decided, asked, explanation } = await served(200, { mode: 'observe', ownModel: 'premium' });
  expect(asked).toHaveLength(200);
  expect(new Set(asked)).toEqual(new Set(['gpt-5']));
  expect(decided).toHaveLength(200);
  for (const { decision } of decided) expect(decision).toMatchObject({ plan: ['premium'], propensity: 1 });
  // What the policy would have chosen is in every decision; the explanation has the shares of new intents, and what it would do now in words.
  expect(decided.some(({ decision }) => decision.reason === 'observed; thompson would have chosen mini')).toBe(true);
  expect(explanation.plans.map(({ share }) => share)).toEqual([0, 1]);
  expect(explanation.notes[0]).toMatch(
    /^The feature is only observed: premium answers every intent\. The policy alone would choose \w+ in [\d.]+ %; \w+ in [\d.]+ %\.$/u,
  );
  // These logs cannot tell what the other model would have done.
  const always = async (model: string) => (await replayLedger(store, fixed(model), { seed: '1' })).features['support'];
  expect((await always('premium'))?.estimate.kind).toBe('estimate');
  expect((await always('mini'))?.estimate.kind).toBe('refused');
});

test('an observed feature never falls back to another model: an error of its own model goes to the caller', async () => {
  const faults: FakeProviderOptions['faults'] = Array.from({ length: 40 }, (_, i) =>
    i % 4 === 0 ? { kind: 'status' as const, status: 503 } : undefined,
  );
  const { asked, errors } = await served(40, { mode: 'observe', ownModel: 'premium' }, { faults });
  expect(errors).toBe(10);
  expect(asked).not.toContain('gpt-5-mini');
});

test('a rejected reply and a spent budget change nothing while a feature is observed', async () => {
  const { asked, errors } = await served(30, {
    mode: 'observe',
    ownModel: 'mini',
    validate: () => false,
    budget: { usd: 0.000001, per: 'day', onLimit: 'refuse' },
  });
  expect(errors).toBe(0);
  expect(asked).toEqual(Array.from({ length: 30 }, () => 'gpt-5-mini'));
});

test('with a rollout of 0.1 the policy decides a tenth of the intents, and every propensity is exact', async () => {
  const { decided, asked } = await served(400, { ownModel: 'premium', rollout: 0.1, policy: fixed('mini') });
  const byModel = Map.groupBy(decided, ({ decision }) => decision.plan.join());
  const [routed, kept] = [byModel.get('mini') ?? [], byModel.get('premium') ?? []];
  expect(routed.length + kept.length).toBe(400);
  // Five standard errors.
  expect(Math.abs(routed.length - 40)).toBeLessThan(5 * Math.sqrt(400 * 0.1 * 0.9));
  for (const { decision } of routed) expect(decision.propensity).toBeCloseTo(0.1, 12);
  for (const { decision } of kept) expect(decision.propensity).toBeCloseTo(0.9, 12);
  expect(asked.filter(model => model === 'gpt-5-mini')).toHaveLength(routed.length);
});
