/** Compile errors for mistakes, and types that must be kept. Nothing here runs: the compiler reads it. */
import Anthropic from '@anthropic-ai/sdk';
import OldestAnthropic from 'anthropic-oldest';
import OpenAI, { AzureOpenAI } from 'openai';
import OldestOpenAI from 'openai-oldest';
import { describe, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import type {
  BudgetConfig,
  BudgetEvent,
  DriftEvent,
  FailureCostCheck,
  PriceList,
  RouterConfig,
} from '../../src/index.ts';
import type { RecordedOutcome } from '../../src/clients/intent-input.ts';
import { defineConfig } from '../../src/config/define-config.ts';
import { numbers } from '../../src/policies/numbers.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { createRouter } from '../../src/create-router.ts';

const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini' },
  premium: { provider: 'openai', model: 'gpt-5' },
} as const;

const router = createRouter({
  models,
  features: {
    'support.reply': {
      candidates: ['mini', 'premium'],
      failureCostUsd: 15,
      signals: {
        resolved: true,
        contactedSupport: false,
        stars: (stars: number) => stars >= 4,
        choice: (choice: 'good' | 'bad') => choice === 'good',
      },
      context: { plan: ['free', 'paid'], length: 'bucket', tools: 'used', difficulty: { cuts: [0.3, 0.7] } },
    },
    'invoice.extract': { candidates: ['mini'], failureCostUsd: 2.5 },
  },
});
const intent = router.feature('support.reply').intent();
const silent = router.feature('invoice.extract').intent();

describe('numbers in the context', () => {
  test('an intent gives one number, or a list of them', () => {
    const numbered = createRouter({
      models,
      features: { search: { candidates: ['mini'], failureCostUsd: 1, context: { topic: numbers(256) } } },
    }).feature('search');
    numbered.intent({ context: { topic: new Float32Array(256) } });
    numbered.intent({ context: { topic: [0.1, 0.2] } });
    numbered.intent({ context: { topic: undefined } });
    // @ts-expect-error: not a number
    numbered.intent({ context: { topic: 'hard' } });
    // @ts-expect-error: no such context
    numbered.intent({ context: { topics: [0.1, 0.2] } });
  });
});

describe('a name that is not configured is a compile error', () => {
  test('`feature` and `run` take the names of configured features only', () => {
    expectTypeOf<Parameters<typeof router.feature>[0]>().toEqualTypeOf<'support.reply' | 'invoice.extract'>();
    // @ts-expect-error: no such feature
    router.feature('support.replies');
    // @ts-expect-error: no such feature
    void router.run('support.replies', async () => ({ value: 1, costUsd: 0 }));
  });

  test('candidates are names of configured models, at least one', () => {
    createRouter({
      models,
      features: {
        // @ts-expect-error: no such model
        'support.reply': { candidates: ['mini', 'premum'], failureCostUsd: 15 },
      },
    });
    createRouter({
      models,
      features: {
        // @ts-expect-error: a feature without candidates routes nothing
        'support.reply': { candidates: [], failureCostUsd: 15 },
      },
    });
  });

  test('an unknown provider and a duration with an unknown unit are compile errors', () => {
    // @ts-expect-error: no such provider
    createRouter({ models: { mini: { provider: 'opnai', model: 'gpt-5-mini' } }, features: {} });
    const silence = { after: '30 minutes', means: 'success' } as const;
    // @ts-expect-error: a duration has a unit
    createRouter({ models, features: { 'support.reply': { candidates: ['mini'], failureCostUsd: 15, silence } } });
  });

  test('an unknown option of a feature, its checks or a model is a compile error, although their types are inferred', () => {
    const features = { 'support.reply': { candidates: ['mini'], failureCostUsd: 15 } } as const;
    // @ts-expect-error: no such option of a feature
    createRouter({ models, features: { 'support.reply': { candidates: ['mini'], failureCostUsdd: 15 } } });
    const checks = { json: true, refusl: true };
    // @ts-expect-error: no such check, beside one that there is
    createRouter({ models, features: { 'support.reply': { ...features['support.reply'], checks } } });
    // @ts-expect-error: no such option of a model
    createRouter({ models: { mini: { ...models.mini, headerz: { authorization: 'key' } } }, features });
  });

  test('a policy and a schema may have further properties, and signals and headers may have any name', () => {
    const schema = z.object({ total: z.number() });
    const routed = createRouter({
      models: { mini: { ...models.mini, headers: { 'x-team': 'support' } } },
      features: {
        'support.reply': {
          candidates: ['mini'],
          failureCostUsd: 15,
          policy: { ...thompson(), madeBy: 'us' },
          validate: [schema, ({ text }) => text !== ''],
          signals: { resolved: true, stars: (stars: number) => stars >= 4 },
          silence: { after: '30m', means: 'success' },
        },
      },
    });
    expectTypeOf(routed.feature('support.reply').intent().signal<'stars'>).parameters.toEqualTypeOf<
      [name: 'stars', value: number]
    >();
  });

  test('optional fields of an intent or an outcome may be undefined, also with `exactOptionalPropertyTypes`', () => {
    const known: { user?: string | undefined; usd?: number | undefined } = {};
    const support = router.feature('support.reply');
    support.intent({ id: known.user, session: known.user, failureCostUsd: known.usd, context: undefined });
    void support.outcome('i', { success: false, escalated: undefined, costUsd: known.usd, key: known.user });
  });

  test('an intent takes the names and values of the declared context only', () => {
    router.feature('support.reply').intent({ context: { plan: 'free' } });
    router.feature('support.reply').intent({ context: { difficulty: 0.4 } });
    router.feature('support.reply').intent({ context: { plan: undefined, difficulty: undefined } });
    // @ts-expect-error: a number
    router.feature('support.reply').intent({ context: { difficulty: 'high' } });
    // @ts-expect-error: read by the router, not declared by the application
    router.feature('support.reply').intent({ context: { length: 'long' } });
    // @ts-expect-error: the same
    router.feature('support.reply').intent({ context: { tools: 'used' } });
    // @ts-expect-error: no such value
    router.feature('support.reply').intent({ context: { plan: 'gold' } });
    // @ts-expect-error: no such name
    router.feature('support.reply').intent({ context: { tier: 'free' } });
    // @ts-expect-error: the feature declares no context
    router.feature('invoice.extract').intent({ context: { plan: 'free' } });
  });
});

test('a configuration in a file of its own keeps every name and type', () => {
  const config = defineConfig({
    models,
    features: {
      'support.reply': { candidates: ['mini'], failureCostUsd: 15, signals: { stars: (stars: number) => stars >= 4 } },
    },
    budget: { usd: 500, per: 'month', onLimit: 'alert' },
  });
  const configured = createRouter(config);
  expectTypeOf<Parameters<typeof configured.feature>[0]>().toEqualTypeOf<'support.reply'>();
  void configured.feature('support.reply').intent().signal('stars', 5);
  // @ts-expect-error: no such option
  defineConfig({ models, features: {}, bugdet: {} });
});

test('a configuration checked with `satisfies` keeps its names too, and a wrong one is refused', () => {
  const config = {
    models: { mini: { provider: 'openai', model: 'gpt-5-mini' }, premium: { provider: 'openai', model: 'gpt-5' } },
    features: {
      search: {
        candidates: ['mini', 'premium'],
        failureCostUsd: 15,
        holdout: { model: 'premium', fraction: 0.1 },
        context: { tier: ['free', 'paid'] },
      },
    },
  } satisfies RouterConfig;
  const search = createRouter(config).feature('search');
  expectTypeOf(search.pin).parameter(0).extract<string>().toEqualTypeOf<'mini' | 'premium'>();
  search.intent({ context: { tier: 'free' } });
  // @ts-expect-error: not one of its values
  search.intent({ context: { tier: 'fre' } });
  const wrong = { models, features: { search: { candidates: ['premum'], failureCostUsd: 1 } } } satisfies RouterConfig;
  // @ts-expect-error: no such model
  createRouter(wrong);
  // @ts-expect-error: no such option
  ({ models, features: { search: { candidates: ['mini'], failureCost: 1 } } }) satisfies RouterConfig;
});

describe('a signal takes the value that it was configured with', () => {
  test('a signal configured as true or false takes no value', () => {
    expectTypeOf(intent.signal('resolved')).resolves.toEqualTypeOf<RecordedOutcome>();
    // @ts-expect-error: it takes none
    void intent.signal('resolved', true);
  });

  test('a signal configured as a function takes the value of its parameter', () => {
    void intent.signal('stars', 5);
    void intent.signal('choice', 'good');
    // @ts-expect-error: the value is missing
    void intent.signal('stars');
    // @ts-expect-error: not a number
    void intent.signal('stars', 'five');
    // @ts-expect-error: neither of the two
    void intent.signal('choice', 'so-so');
  });

  test('an intent accepts only the signals of its own feature', () => {
    // @ts-expect-error: no such signal
    void intent.signal('thumbsUp');
    // @ts-expect-error: this feature has no signals
    void silent.signal('resolved');
  });
});

describe('a wrapped client keeps its class', () => {
  test('a client of the newest and of the oldest supported SDK keeps its class', () => {
    expectTypeOf(router.wrap(new OpenAI())).toEqualTypeOf<OpenAI>();
    expectTypeOf(router.wrap(new OldestOpenAI())).toEqualTypeOf<OldestOpenAI>();
    expectTypeOf(router.wrap(new Anthropic())).toEqualTypeOf<Anthropic>();
    expectTypeOf(router.wrap(new OldestAnthropic())).toEqualTypeOf<OldestAnthropic>();
    expectTypeOf(router.wrap(new AzureOpenAI())).toEqualTypeOf<AzureOpenAI>();
  });

  test('`router.fetch` fits every client that takes a fetch', () => {
    expectTypeOf(router.fetch).toExtend<NonNullable<ConstructorParameters<typeof OpenAI>[0]>['fetch']>();
    expectTypeOf(router.fetch).toExtend<NonNullable<ConstructorParameters<typeof Anthropic>[0]>['fetch']>();
  });

  test('an object that is not a client is refused', () => {
    // @ts-expect-error: nothing to wrap
    router.wrap({});
  });
});

describe('router.run', () => {
  test('`run` gives the function a candidate of the feature, and returns its value', async () => {
    const result = await router.run('support.reply', async ({ model }) => {
      expectTypeOf(model).toEqualTypeOf<'mini' | 'premium'>();
      return { value: { text: 'Hello' }, costUsd: 0.001 };
    });
    expectTypeOf(result.value).toEqualTypeOf<{ text: string }>();
    void result.intent.signal('stars', 4);
  });

  test('the function of `run` returns the usage or the cost of its call', () => {
    // @ts-expect-error: neither usage nor cost
    void router.run('support.reply', async () => ({ value: 1 }));
  });
});

test('hooks and a budget can be written apart from the configuration, with the exported types', () => {
  const onBudget = (event: BudgetEvent): void => void event.feature;
  const onDrift = (event: DriftEvent & { readonly feature: string }): void => void event.feature;
  const onFailureCostMismatch = (check: FailureCostCheck & { readonly feature: string }): void => void check.feature;
  const budget: BudgetConfig = { usd: 10, per: 'day', onLimit: 'alert' };
  createRouter({ models, features: {}, budget, onBudget, onDrift, onFailureCostMismatch });
});

test('a price list may be an imported JSON file, whose texts have no literal types, and has no misspelled key', () => {
  const imported = {
    source: 'https://example.com/prices',
    asOf: '2026-11-28',
    models: [{ provider: 'openai', model: 'gpt-7', prices: [{ inputUsdPerMillion: 1, outputUsdPerMillion: 2 }] }],
    terms: [
      { provider: 'openai', models: 'all', tiers: { flex: 0.5 }, unknown: ['request'] },
      { provider: 'openai', models: ['gpt-7'], speeds: { fast: 2 }, perRequestUsd: 0.01 },
    ],
  };
  createRouter({ models, features: {}, priceList: imported });
  // @ts-expect-error a misspelt key
  const misspelt: PriceList = { source: 'ours', asOf: '2026-11-28', model: [] };
  createRouter({ models, features: {}, priceList: misspelt });
});

describe('a configuration that is made at run time', () => {
  const config: RouterConfig = JSON.parse('{}');
  const runtime = createRouter(config);

  test('names and values are checked at run time', () => {
    const intent = runtime.feature('any').intent({ context: { plan: 'free', difficulty: 0.3, length: undefined } });
    void intent.signal('resolved');
    void intent.signal('stars', 5);
    // @ts-expect-error: a context has names
    runtime.feature('any').intent({ context: ['free'] });
    // @ts-expect-error: no such kind of value
    void intent.signal('stars', {});
  });

  test('a feature without signals and context has none', () => {
    const known = createRouter({ models, features: { plain: { candidates: ['mini'], failureCostUsd: 1 } } });
    // @ts-expect-error: none is configured
    known.feature('plain').intent({ context: { plan: 'free' } });
    // @ts-expect-error: none is configured
    void known.feature('plain').intent().signal('resolved');
  });
});
