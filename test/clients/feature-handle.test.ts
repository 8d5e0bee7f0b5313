import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOpenAI } from '@ai-sdk/openai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText } from 'ai';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import type { Store } from '../../src/contracts/store.ts';
import { numbers } from '../../src/policies/numbers.ts';
import { RouterError } from '../../src/errors.ts';
import { createRouter } from '../../src/create-router.ts';
import { memory } from '../../src/stores/memory.ts';
import { closeAll, routed } from '../support/routed.ts';
import { chat, json } from '../support/scripted-server.ts';

afterEach(closeAll);

const signals = { resolved: true, stars: (stars: number) => stars >= 4 } as const;
const context = { plan: ['free', 'paid'], length: ['short', 'long'] } as const;

const codeOf = (call: () => unknown): unknown => {
  try {
    call();
  } catch (error) {
    return RouterError.isInstance(error) ? [error.code, error.path, error.accepted] : error;
  }
  return undefined;
};

describe('an intent', () => {
  test('an intent has an id before its first call, and its declared options are in its decision', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { context });
    const intent = router.feature('support').intent({
      session: 's1',
      failureCostUsd: 200,
      context: { length: 'long', plan: 'paid' },
      id: 'order-17',
    });
    expect([intent.id, intent.model]).toEqual(['order-17', 'feature:support#order-17']);
    await ask(intent.model);
    expect((await ledger())[0]).toMatchObject({
      kind: 'decided',
      intentId: 'order-17',
      session: 's1',
      failureCostNanoUsd: 200_000_000_000,
      // In the order of the configuration, not of the call.
      segment: 'plan=paid,length=long',
    });
  });

  test('an intent without options has the feature’s failure cost and no segment', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { context });
    await ask(router.feature('support').intent().model);
    expect((await ledger())[0]).toMatchObject({ segment: '', failureCostNanoUsd: 15_000_000_000 });
  });
});

describe('a fetch bound to an intent or a feature', () => {
  const messages = [{ role: 'user' as const, content: 'Hello' }];

  test('every model name that a client writes is routed to the intent, and nothing else in the body changes', async () => {
    const { router, server, attempts, ledger } = await routed([chat('hi')]);
    const intent = router.feature('support').intent();
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, fetch: intent.fetch });
    const body = { messages, max_completion_tokens: 5, model: 'gpt-5', reasoning_effort: 'low' } as const;
    await openai.chat.completions.create(body);
    await openai.chat.completions.create(body);
    expect(server.received.map(request => request.body)).toEqual(
      Array.from({ length: 2 }, () => ({ ...body, model: 'mini-1' })),
    );
    expect((await attempts()).map(({ turn }) => turn)).toEqual([1, 2]);
    expect((await ledger())[0]).toMatchObject({ kind: 'decided', intentId: intent.id });
  });

  test('each request through a feature’s fetch is an intent of its own', async () => {
    const { router, server, ledger } = await routed([chat('hi')]);
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, fetch: router.feature('support').fetch });
    for (const model of ['gpt-5', 'gpt-4.1']) await openai.chat.completions.create({ model, messages });
    expect(server.models).toEqual(['mini-1', 'mini-1']);
    expect((await ledger()).filter(({ kind }) => kind === 'decided')).toHaveLength(2);
  });

  test('a request through a feature’s fetch whose model names an intent belongs to that intent', async () => {
    const { router, server, ledger } = await routed([chat('hi')]);
    const { id, model } = router.feature('support').intent();
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, fetch: router.feature('support').fetch });
    await openai.chat.completions.create({ model, messages });
    expect((await ledger())[0]).toMatchObject({ kind: 'decided', intentId: id });
  });

  test('a request of any other API passes untouched', async () => {
    const { router, server, ledger } = await routed([json({ data: [], object: 'list' })]);
    const openai = new OpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, fetch: router.feature('support').fetch });
    await openai.embeddings.create({ model: 'text-embedding-3', input: 'Hello', encoding_format: 'float' });
    expect(server.models).toEqual(['text-embedding-3']);
    expect(await ledger()).toEqual([]);
  });

  test.each([
    ['gpt-5', { reasoningEffort: 'low', serviceTier: 'flex' }],
    ['gpt-4.1', { serviceTier: 'priority' }],
  ])('the AI SDK writes the same request for %s as without a router', async (name, options) => {
    const reply = { id: 'r', object: 'response', created_at: 1, model: name, output: [], incomplete_details: null };
    const { router, server } = await routed([json({ ...reply, usage: { input_tokens: 1, output_tokens: 1 } })]);
    const { fetch } = router.feature('support').intent();
    for (const each of [{}, { fetch }])
      await generateText({
        model: createOpenAI({ apiKey: 'k', baseURL: `${server.url}/v1`, ...each })(name),
        prompt: 'Hello',
        temperature: 0.2,
        providerOptions: { openai: options },
      });
    const [raw, bound] = server.received.map(({ body }) => body);
    expect(raw).toMatchObject({ model: name, service_tier: options.serviceTier });
    expect(bound).toEqual({ ...raw, model: 'mini-1' });
  });

  test('LangChain writes the same request for a reasoning model as without a router', async () => {
    const { router, server } = await routed([chat('hi')]);
    const { fetch } = router.feature('support').intent();
    for (const each of [{}, { fetch }])
      await new ChatOpenAI({
        model: 'gpt-5',
        apiKey: 'k',
        maxTokens: 500,
        reasoning: { effort: 'low' },
        configuration: { baseURL: `${server.url}/v1`, ...each },
      }).invoke('Hello');
    const [raw, bound] = server.received.map(({ body }) => body);
    expect(raw).toMatchObject({ reasoning_effort: 'low', max_completion_tokens: 500 });
    expect(bound).toEqual({ ...raw, model: 'mini-1' });
  });
});

describe('a number as context', () => {
  const difficulty = { difficulty: { cuts: [0.3, 0.7] }, plan: ['free', 'paid'] } as const;

  test('a number as context falls into the range between its cuts', async () => {
    const { router, ask, ledger } = await routed([chat('hi'), chat('hi')], { context: difficulty });
    for (const given of [0.29, 0.7]) {
      await ask(router.feature('support').intent({ context: { plan: 'free', difficulty: given } }).model);
    }
    const segments = (await ledger()).flatMap(record => (record.kind === 'decided' ? [record.segment] : []));
    expect(segments).toEqual(['difficulty=below-0.3,plan=free', 'difficulty=from-0.7,plan=free']);
  });
});

describe('numbers as context', () => {
  const topic = { topic: numbers(3), plan: ['free', 'paid'] } as const;

  test('the ledger has levels of the numbers, and no number', async () => {
    const { router, ask, ledger } = await routed(
      Array.from({ length: 18 }, () => chat('hi')),
      { context: topic },
    );
    for (let i = 0; i < 18; i++) {
      const given = Float32Array.of(0.123_45 * i, 0.678_91, -3);
      const intent = router.feature('support').intent({ context: { plan: 'free', topic: given } });
      await ask(intent.model);
      await intent.succeed();
    }
    const records = await ledger();
    const segments = records.flatMap(record => (record.kind === 'decided' ? [record.segment] : []));
    expect(segments[0]).toBe('plan=free');
    expect(segments.at(-1)).toMatch(/^topic=11:[0-9a]{2},plan=free$/);
    expect(JSON.stringify(records)).not.toMatch(/0\.1234|0\.6789/);
  });

  test('the outcomes of intents are learned together with what their numbers predict', async () => {
    const { router, ask, ledger } = await routed(
      Array.from({ length: 160 }, () => chat('hi')),
      { context: topic },
    );
    for (let i = 0; i < 160; i++) {
      const intent = router
        .feature('support')
        .intent({ context: { topic: [i % 2 === 0 ? 1 : -1, (i % 7) / 7, (i % 5) / 5] } });
      await ask(intent.model);
      await (i % 2 === 0 ? intent.succeed() : intent.fail());
    }
    const segments = (await ledger()).flatMap(record => (record.kind === 'decided' ? [record.segment] : []));
    const level = (segment: string | undefined): number => Number.parseInt(segment?.slice(9, 10) ?? '', 16);
    expect(level(segments.at(-2))).toBeGreaterThan(5);
    expect(level(segments.at(-1))).toBeLessThan(5);
    const { notes } = await router.explain('support');
    const [, explained] = /numbers of the requests explain ([\d.]+) %/.exec(notes.join('\n')) ?? [];
    expect(Number(explained)).toBeGreaterThan(1);
  });

  test.each([
    ['too few', [1, 2], 'intent.context.topic'],
    ['no list', 'abc', 'intent.context.topic'],
    ['a number that is not finite', [1, Number.NaN, 3], 'intent.context.topic[1]'],
    ['null', null, 'intent.context.topic'],
  ])('numbers that are %s are refused where the intent is made', async (_, given, path) => {
    const { router } = await routed([], { context: topic });
    expect(() => router.feature('support').intent({ context: { topic: given } } as never)).toThrow(
      expect.objectContaining({ code: 'invalid-value', path }),
    );
  });

  test('an intent whose numbers are unknown is decided without them', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { context: topic });
    await ask(router.feature('support').intent({ context: { topic: undefined, plan: 'paid' } }).model);
    expect((await ledger())[0]).toMatchObject({ segment: 'plan=paid' });
  });
});

describe('recorded evidence', () => {
  test('a signal is recorded with its value and with the meaning from the configuration', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { signals });
    const intent = router.feature('support').intent();
    await ask(intent.model);
    const signal = intent.signal as unknown as (name: string, value?: unknown) => Promise<{ state: string }>;
    expect(await signal('resolved')).toMatchObject({ state: 'success' });
    expect(await signal('stars', 2)).toMatchObject({ state: 'failure' });
    expect((await ledger()).slice(2)).toMatchObject([
      { evidence: { source: 'implicit', signal: 'resolved', success: true } },
      { evidence: { source: 'implicit', signal: 'stars', value: 2, success: false } },
    ]);
    await expect(signal('thumbs')).rejects.toMatchObject({ code: 'unknown-signal', accepted: ['resolved', 'stars'] });
    expect(await ledger()).toHaveLength(4);
  });

  test('an outcome that is neither true nor false is refused', async () => {
    const { router } = await routed([chat('hi')]);
    const { outcome } = router.feature('support').intent();
    await expect(outcome({ success: 'yes' as never })).rejects.toMatchObject({ path: 'outcome.success' });
  });

  test('an outcome before the first request decides the intent with its options, and the request follows that decision', async () => {
    const { router, ask, ledger } = await routed([chat('hi')], { context });
    const intent = router.feature('support').intent({ context: { plan: 'paid', length: 'long' } });
    expect(await intent.succeed()).toMatchObject({ state: 'success' });
    await ask(intent.model);
    const records = await ledger();
    expect(records.map(({ kind }) => kind)).toEqual(['decided', 'labelled', 'attempted']);
    expect(records[0]).toMatchObject({ intentId: intent.id, segment: 'plan=paid,length=long' });
  });

  test('an outcome can be recorded with only the intent’s id', async () => {
    const { router, ask } = await routed([chat('hi')]);
    const support = router.feature('support');
    const { id, model } = support.intent();
    await ask(model);
    expect(await support.resume(id).fail({ escalated: true, costUsd: 22.5 })).toEqual({
      state: 'failure',
      source: 'explicit',
      escalated: true,
      costNanoUsd: 22_500_000_000,
      costUsd: 22.5,
    });
    expect(await support.outcome(id, { success: true })).toMatchObject({ state: 'success' });
  });
});

describe('an operator', () => {
  test('a pinned plan is used for every new intent until the pin is lifted', async () => {
    const { router, ask, server, ledger } = await routed([chat('hi')], { checks: { empty: true } });
    const support = router.feature('support');
    void support.pin('premium');
    await ask();
    void support.pin(['mini', 'premium']);
    await ask();
    void support.pin(undefined);
    await ask();
    expect(server.models).toEqual(['premium-1', 'mini-1', 'mini-1']);
    const plans = (await ledger()).flatMap(record =>
      record.kind === 'decided' ? [[record.decision.plan.join('>'), record.decision.policy]] : [],
    );
    expect(plans).toEqual([
      ['premium', 'forced'],
      ['mini>premium', 'forced'],
      ['mini', 'fixed'],
    ]);
    expect(codeOf(() => support.pin('opus'))).toEqual(['unknown-model', 'pin[0]', ['mini', 'premium']]);
  });

  test('a reset forgets what was learned and keeps the ledger', async () => {
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouter({
      models: {
        mini: { provider: 'other', model: 'mini-1', price },
        premium: { provider: 'other', model: 'premium-1', price },
      },
      features: { support: { candidates: ['mini', 'premium'], failureCostUsd: 15 } },
      seed: 1,
    });
    const support = router.feature('support');
    const visits = async () => {
      const { plans } = await router.explain('support');
      return plans.flatMap(({ nodes }) => nodes).reduce((sum, node) => sum + node.visits, 0);
    };
    for (let i = 0; i < 40; i++) {
      const { intent } = await router.run('support', async () => ({ value: 1, costUsd: 0.001 }));
      await intent.fail();
    }
    expect(await visits()).toBeCloseTo(40, 0);
    await support.reset();
    expect(await visits()).toBe(0);
    expect((await router.report()).features[0]?.intents).toBe(40);
  });

  test('a reset also forgets what was recorded before it and not yet written', async () => {
    const inner = memory();
    const written = Promise.withResolvers<void>();
    const slow: Store = {
      ...inner,
      async commitAll(changes) {
        await written.promise;
        return inner.commitAll(changes);
      },
    };
    const { router, ask } = await routed([chat('hi')], {}, { store: slow });
    const support = router.feature('support');
    const visits = async () => {
      const { plans } = await router.explain('support');
      return plans.flatMap(({ nodes }) => nodes).reduce((sum, node) => sum + node.visits, 0);
    };
    const intent = support.intent();
    await ask(intent.model);
    const failing = intent.fail();
    await new Promise(setImmediate);
    const resetting = support.reset();
    await new Promise(setImmediate);
    written.resolve();
    await Promise.all([failing, resetting]);
    await router.flush();
    expect(await visits()).toBe(0);
    expect((await router.report()).features[0]?.intents).toBe(1);
  });
});

describe('a misspelt name is refused, and the one that was meant is suggested', () => {
  test.each([
    ['intent option', { sesion: 's1' }, 'intent.sesion', /did you mean "session"/],
    ['context name', { context: { plam: 'free' } }, 'intent.context.plam', /did you mean "plan"/],
    ['context value', { context: { plan: 'fre' } }, 'intent.context.plan', /did you mean "free"/],
  ])('a misspelt %s is refused, and the right name is suggested', async (_, input, path, says) => {
    const { router } = await routed([], { context });
    const make = () => router.feature('support').intent(input as never);
    expect(make).toThrow(expect.objectContaining({ code: 'invalid-value', path }));
    expect(make).toThrow(says);
  });

  test('a misspelt outcome field or signal is refused, and the right name is suggested', async () => {
    const { router } = await routed([], { signals });
    const intent = router.feature('support').intent();
    await expect(intent.outcome({ success: true, cost: 3 } as never)).rejects.toMatchObject({
      code: 'invalid-value',
      path: 'outcome.cost',
      message: expect.stringContaining('did you mean "costUsd"?'),
    });
    await expect(intent.signal('resolve' as never)).rejects.toMatchObject({
      code: 'unknown-signal',
      message: expect.stringContaining('did you mean "resolved"?'),
    });
  });
});

describe('an intent id', () => {
  test('`resume` and `outcome` refuse an id that was forgotten or is not a text', async () => {
    const { router } = await routed([], {});
    const support = router.feature('support');
    const id = expect.objectContaining({ code: 'invalid-value', path: 'intent.id' });
    for (const given of [undefined, 17, '']) expect(() => support.resume(given as never)).toThrow(id);
    await expect(support.outcome({ success: true } as never, undefined as never)).rejects.toEqual(id);
  });
});

describe('an outcome that is not awaited', () => {
  const runs = (path: string, record: string) => {
    const source = (file: string): string => JSON.stringify(new URL(`../../src/${file}`, import.meta.url).href);
    const script = `
      const { createRouter } = await import(${source('index.ts')});
      const { sqlite } = await import(${source('stores/sqlite.ts')});
      const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
      const router = createRouter({
        models: { mini: { provider: 'other', model: 'mini-1', price } },
        features: { f: { candidates: ['mini'], failureCostUsd: 1, signals: { thumbs: true } } },
        store: sqlite(${JSON.stringify(path)}),
      });
      const { intent } = await router.run('f', async () => ({ value: 1, usage: { input: 1 } }));
      void intent.${record};
      await new Promise(resolve => setTimeout(resolve, 200));
      console.log('goes on');
      process.exit(0);`;
    const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--input-type=module'];
    const { stdout, status } = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' });
    return { goesOn: stdout.includes('goes on'), status };
  };

  test('an outcome that store and spool have both lost does not end the process', () => {
    const lost = join(tmpdir(), 'no-such-folder', 'router.db');
    expect(runs(lost, 'succeed()')).toEqual({ goesOn: true, status: 0 });
  });

  test('an outcome with a mistake of the caller ends the process, as any unhandled rejection does', () => {
    expect(runs(':memory:', "signal('thums')")).toEqual({ goesOn: false, status: 1 });
  });
});
