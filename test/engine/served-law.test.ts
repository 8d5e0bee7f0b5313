/**
 * The law of what was served: whatever a reply says of its price (tier, speed, region, another model, calls inside it, tools),
 * the ledger has the provider's own amount to the nano-dollar; and where the reply says something that the price list does not
 * know, the cost is an estimate that names it.
 */
import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelConfig } from '../../src/config/application.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { servedParts } from '../../src/core/cells/served-version.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import type { Intent } from '../../src/core/ledger/records.ts';
import type { Meter } from '../../src/core/ledger/usage.ts';
import { METERS } from '../../src/core/ledger/usage.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { chargesOf } from '../../src/exports/focus/charges.ts';
import { fixed } from '../../src/policies/fixed.ts';
import type { FakeModel, FakeProvider, ScriptedReply } from '../../src/public/testing.ts';
import { startFakeProvider } from '../../src/public/testing.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { rebuildCells } from '../../src/stores/rebuild.ts';
import { hasty } from '../support/routed.ts';

const RUNS = 300;

/** A broken reply has probably cost its fee too; the fake provider does not charge it. */
const FEE_NANO_USD = 5_100_000n;

const TOOLS = {
  webSearch: '10',
  fileSearch: '2.5',
  codeSession: '0.03',
  imageGenInput: '5.0007',
  imageGenOutput: '40',
};

/** Prices with more places than a nano-dollar has, so that rounding is part of the law. */
const OPUS: FakeModel = {
  price: {
    input: '5',
    output: '25.0003',
    cacheRead: '0.5003',
    cacheWrite5m: '6.25',
    cacheWrite1h: '10',
    request: '0.0051',
    ...TOOLS,
  },
  tierPrices: {
    priority: { input: '7.5001', output: '37', cacheRead: '0.75', cacheWrite5m: '9', cacheWrite1h: '15', ...TOOLS },
  },
  speeds: { fast: '2' },
  regions: { us: '1.1' },
};
const FAKES: Readonly<Record<string, FakeModel>> = {
  'opus-1': OPUS,
  'sonnet-1': {
    price: { input: '3.0001', output: '15', cacheRead: '0.3', cacheWrite5m: '3.75', cacheWrite1h: '6', ...TOOLS },
    regions: { us: '1.1' },
  },
  'haiku-1': {
    price: { input: '1.0009', output: '5', cacheRead: '0.1', cacheWrite5m: '1.25', cacheWrite1h: '2', ...TOOLS },
  },
};

/** The configuration with the same prices. */
function configOf({ price, tierPrices, speeds, regions }: FakeModel): NonNullable<ModelConfig['price']> {
  const rates = (of: Readonly<Record<string, string>>) =>
    Object.fromEntries(
      Object.entries(of).map(([meter, usd]) => [RATE_NAMES[meter] ?? `${meter}UsdPerMillion`, Number(usd)]),
    );
  const numbers = (of: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(of).map(([name, factor]) => [name, Number(factor)]));
  return {
    ...(rates({ ...price }) as { inputUsdPerMillion: number; outputUsdPerMillion: number }),
    tiers: Object.fromEntries(Object.entries(tierPrices ?? {}).map(([tier, own]) => [tier, rates({ ...own })])),
    speeds: numbers(speeds),
    regions: numbers(regions),
  };
}
const RATE_NAMES: Readonly<Record<string, string>> = {
  webSearch: 'webSearchUsdPerThousand',
  fileSearch: 'fileSearchUsdPerThousand',
  codeSession: 'codeSessionUsd',
  request: 'perRequestUsd',
};

const NAMES = Object.keys(FAKES);
type Api = 'chat' | 'responses' | 'messages';
const models = (provider: 'openai' | 'anthropic') =>
  Object.fromEntries(
    Object.entries(FAKES).map(([name, fake]): [string, ModelConfig] => [
      name,
      { provider, model: name, price: configOf(fake) },
    ]),
  );

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: FAKES, seed: 'served' });
});
afterAll(async () => provider.close());

const count = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 90_000 }));
/** Every request has at least one token of input. */
const sent = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 90_000 }));
const tokens = fc.record({ input: sent, output: fc.integer({ min: 1, max: 9_000 }), cacheRead: count });
const claudeTokens = fc.record({
  input: sent,
  output: fc.integer({ min: 1, max: 9_000 }),
  cacheRead: count,
  cacheWrite5m: count,
  cacheWrite1h: count,
});
const own = { type: fc.constant('message'), tokens: claudeTokens };
const call = fc.oneof(
  fc.record(own),
  fc.record({ type: fc.constant('compaction'), tokens: claudeTokens }),
  fc.record({
    type: fc.constant('advisor_message'),
    model: fc.constantFrom(...NAMES, 'ghost-1'),
    tokens: claudeTokens,
  }),
);

interface Served {
  readonly script: ScriptedReply;
  readonly request: object;
}

/** What a Messages reply says. A fallback model has its declined message in front. */
const messages: fc.Arbitrary<Served> = fc
  .record({
    tokens: claudeTokens,
    searches: fc.constantFrom(0, 0, 2),
    tier: fc.constantFrom(undefined, 'standard', 'priority', 'ultrafast'),
    speed: fc.constantFrom(undefined, 'standard', 'fast', 'turbo'),
    region: fc.constantFrom(undefined, 'global', 'us', 'eu'),
    inside: fc.oneof(
      fc.constant({}),
      fc.record({ calls: fc.tuple(call, fc.record(own), call).map(calls => [...calls]) }),
      fc.tuple(fc.constantFrom('sonnet-1', 'haiku-1'), claudeTokens).map(([model, used]) => ({
        model,
        calls: [
          { type: 'message', model: 'opus-1', tokens: { input: 70 }, declined: 'cyber' },
          { type: 'fallback_message', model, tokens: used },
        ],
      })),
      fc.constantFrom('sonnet-1', 'ghost-1').map(model => ({ model })),
      fc.constantFrom('sonnet-1', 'ghost-1').map(model => ({ model, fallbacks: [{ model }] })),
      fc.constant({
        calls: [
          { type: 'message', tokens: { input: 5, output: 6 } },
          { type: 'dream', tokens: { input: 900 } },
        ],
      }),
    ),
    unknown: fc.constantFrom(undefined, undefined, 'dream_tokens'),
  })
  .map(({ tokens, searches, tier, speed, region, inside, unknown }) => {
    const { model, calls, fallbacks } = inside as {
      model?: string;
      calls?: NonNullable<ScriptedReply['calls']>;
      fallbacks?: object;
    };
    const served = {
      ...(model && { model }),
      ...(tier && { tier }),
      ...(speed && { speed }),
      ...(region && { region }),
    };
    return {
      script: {
        text: 'Hello',
        served,
        tokens: calls === undefined ? { ...tokens, webSearch: searches } : { webSearch: searches },
        ...(calls && { calls }),
        ...(unknown && { usage: (usage: object) => ({ ...usage, [unknown]: 3 }) }),
      },
      request: fallbacks === undefined ? {} : { fallbacks },
    };
  });

const openai: fc.Arbitrary<Served> = fc
  .record({
    tokens,
    tools: fc.constantFrom(
      {},
      {},
      { webSearch: 2, fileSearch: 1, codeSession: 1, imageGenInput: 171, imageGenOutput: 1372 },
    ),
    tier: fc.constantFrom(undefined, 'default', 'priority', 'ultrafast'),
    model: fc.constantFrom(undefined, undefined, 'opus-1-2026-01-31', 'sonnet-1', 'ghost-1'),
    unknown: fc.constantFrom(undefined, undefined, 'dream_tokens'),
  })
  .map(({ tokens, tools, tier, model, unknown }) => ({
    script: {
      text: 'Hello',
      served: { ...(model && { model }), ...(tier && { tier }) },
      tokens: { ...tokens, ...tools },
      ...(unknown && { usage: (usage: object) => ({ ...usage, [unknown]: 3 }) }),
    },
    request: {},
  }));

const reply = fc.oneof(
  fc.record({ api: fc.constant<Api>('messages'), stream: fc.boolean(), said: messages }),
  fc.record({
    api: fc.constant<Api>('chat'),
    stream: fc.boolean(),
    // Chat has no meters of tools.
    said: openai.map(({ script, request }) => {
      const { input, output, cacheRead } = script.tokens as Record<string, number>;
      return { script: { ...script, tokens: { input, output, cacheRead } } as ScriptedReply, request };
    }),
  }),
  fc.record({ api: fc.constant<Api>('responses'), stream: fc.boolean(), said: openai }),
);
/**
 * One in four streams ends early. A reply that another model has written a part of, or that has calls inside, is left whole: the bill does
 * not show which part was done by then.
 */
const scenario = fc.tuple(reply, fc.nat(3)).map(([it, dice]) => {
  const { calls, served } = it.said.script;
  return { ...it, breaks: it.stream && dice === 0 && calls === undefined && served?.model === undefined };
});
type Scenario = typeof scenario extends fc.Arbitrary<infer Value> ? Value : never;

/** The names in the reply that are not in the price list of the model that made the call. */
function unknownOf({ api, said: { script, request } }: Scenario): readonly string[] {
  const { served = {}, calls, usage } = script;
  const names = new Set<string>();
  const writer = served.model ?? 'opus-1';
  const isSnapshot = writer.startsWith('opus-1');
  const makers = calls?.filter(({ declined }) => declined === undefined).map(each => each.model ?? writer) ?? [writer];
  for (const maker of makers) {
    const { tierPrices, speeds, regions } = FAKES[maker] ?? OPUS;
    const { tier = 'standard', speed = 'standard', region = 'global' } = served;
    if (tierPrices?.[tier as 'flex'] === undefined && tier !== 'standard' && tier !== 'default')
      names.add(`tier "${tier}"`);
    if (speeds?.[speed] === undefined && speed !== 'standard') names.add(`speed "${speed}"`);
    else if (speed !== 'standard' && maker !== writer && !(maker === 'opus-1' && isSnapshot))
      names.add(`speed "${speed}" of model "${maker}"`);
    if (regions?.[region] === undefined && region !== 'global') names.add(`region "${region}"`);
    if (maker === 'ghost-1') names.add('model "ghost-1"');
  }
  const isListed = calls?.some(({ model }) => model === writer) === true || 'fallbacks' in request;
  if (!isSnapshot && !isListed) names.add(`model "${writer}"`);
  if (usage !== undefined) names.add('usage.dream_tokens');
  if (calls?.some(({ type }) => type === 'dream') === true)
    names.add(`usage.iterations.${api === 'messages' ? 'dream' : ''}`);
  return [...names].sort();
}

const ledgers = Object.fromEntries(
  (['openai', 'anthropic'] as const).map(vendor => {
    const store = memory();
    const faults: Fault[] = [];
    const router = createRouterOn(hasty(), {
      models: models(vendor),
      features: { work: { candidates: ['opus-1'], failureCostUsd: 1, retries: 0, policy: fixed('opus-1') } },
      store,
      observers: [{ name: 'faults', faulted: fault => void faults.push(fault) }],
    });
    const resolved = resolveConfig({ models: models(vendor), features: {} }, { policy: fixed('opus-1') });
    return [vendor, { store, faults, router, opus: resolved.models.get('opus-1') }] as const;
  }),
);

async function ask({ api, stream, breaks, said: { script, request } }: Scenario, model: string): Promise<void> {
  provider.reply(breaks ? { ...script, fault: { kind: 'truncate', afterEvents: 3 } } : script);
  const prompt = [{ role: 'user' as const, content: 'Hello' }];
  if (api === 'messages') {
    const client = new Anthropic({
      apiKey: 'k',
      baseURL: provider.anthropicBaseURL,
      maxRetries: 0,
      fetch: ledgers.anthropic?.router.fetch,
    });
    const body = { model, max_tokens: 20_000, messages: prompt, ...request };
    if (stream) await client.beta.messages.stream(body).finalMessage();
    else await client.beta.messages.create(body);
    return;
  }
  const client = new OpenAI({
    apiKey: 'k',
    baseURL: provider.openaiBaseURL,
    maxRetries: 0,
    fetch: ledgers.openai?.router.fetch,
  });
  if (api === 'responses') {
    if (stream) await client.responses.stream({ model, input: 'Hello' }).finalResponse();
    else await client.responses.create({ model, input: 'Hello' });
  } else if (stream) {
    for await (const chunk of await client.chat.completions.create({ model, messages: prompt, stream: true }))
      void chunk;
  } else await client.chat.completions.create({ model, messages: prompt });
}

function sumOfCalls({ calls = [] }: Attempt, meter: Meter): number {
  return calls.reduce((sum, { usage }) => sum + (usage[meter] ?? 0), 0);
}

test('law: the ledger has the provider’s amount, or an estimate that names what the price list does not know', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async it => {
      const { store, router, opus } = ledgers[it.api === 'messages' ? 'anthropic' : 'openai'] ?? {};
      if (store === undefined || opus === undefined) return expect.unreachable();
      const intent = router?.feature('work').intent();
      // The client of a broken stream may throw.
      await ask(it, intent?.model ?? '').catch((error: unknown) =>
        it.breaks ? undefined : expect.unreachable(String(error)),
      );
      await router?.flush();
      const folded = foldIntent(await store.load(intent?.id ?? '')) as Intent;
      expect(folded.attempts).toHaveLength(1);
      const [attempt] = folded.attempts as [Attempt];
      const billed = provider.bill().requests.find(({ requestId }) => requestId === attempt.providerRequestId);
      if (it.breaks) {
        expect(attempt).toMatchObject({ status: 'broken', provenance: 'estimated' });
        // The provider charges the tokens alone, the ledger also the tools that have run by then.
        const { webSearch = 0, fileSearch = 0, codeSession = 0 } = attempt.usage;
        const planned = it.said.script.tokens ?? {};
        expect([webSearch <= Number(planned.webSearch ?? 0), fileSearch <= Number(planned.fileSearch ?? 0)]).toEqual([
          true,
          true,
        ]);
        const tools = webSearch * 10_000_000 + fileSearch * 2_500_000 + codeSession * 30_000_000;
        expect(BigInt(attempt.costNanoUsd)).toBe((billed?.costNanoUsd ?? 0n) + FEE_NANO_USD + BigInt(tools));
        return;
      }
      const unknown = unknownOf(it);
      expect([attempt.provenance, [...(attempt.unpriced ?? [])].sort()]).toEqual([
        unknown.length === 0 ? 'reported' : 'estimated',
        unknown,
      ]);
      // An unknown kind of call has no price, whatever the provider bills for it.
      if (!unknown.includes('usage.iterations.dream')) expect(BigInt(attempt.costNanoUsd)).toBe(billed?.costNanoUsd);
      const served = it.said.script.served?.model;
      expect(attempt.servedBy).toBe(served?.startsWith('opus-1') === true ? undefined : served);
      for (const meter of attempt.calls === undefined ? [] : METERS)
        expect(sumOfCalls(attempt, meter)).toBe(attempt.usage[meter] ?? 0);
      const charges = chargesOf(folded, attempt, (_model, _atMs, _attempt, other) =>
        other === undefined ? opus.price : opus.priceOf(other).price,
      );
      expect(charges.every(({ kind }) => kind === 'meter')).toBe(true);
      expect(charges.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0)).toBe(attempt.costNanoUsd);
    }),
    { numRuns: RUNS, seed: 12 },
  );
  for (const { store, faults } of Object.values(ledgers)) {
    expect(await rebuildCells(store, 'work')).toMatchObject({ corrected: 0 });
    const told = faults.map(({ where, error }) => `${where} ${String(error)}`);
    expect(told.length).toBeGreaterThan(4);
    expect(new Set(told).size).toBe(told.length);
    const nodes = (await store.cells('work')).filter(({ key }) => key.scope === 'node');
    const others = new Set(nodes.map(({ key }) => servedParts(key.version)?.servedBy));
    expect(others).toContain('sonnet-1');
    expect(others).toContain(undefined);
  }
});
