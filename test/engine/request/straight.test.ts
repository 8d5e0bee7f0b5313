/** The fast path is a shorter way to the same ledger: what it writes is what the general way writes, whatever happens. */
import fc from 'fast-check';
import OpenAI from 'openai';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Policy } from '../../../src/contracts/policy.ts';
import type { CommitAll, Store } from '../../../src/contracts/store.ts';
import { planIndexes } from '../../../src/core/ledger/plan-set.ts';
import { planKey } from '../../../src/core/ledger/vocabulary.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import type { RouterError } from '../../../src/errors.ts';
import type { Router } from '../../../src/router-type.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import { closeAll, hasty, routed } from '../../support/routed.ts';
import type { Answer, ScriptedServer } from '../../support/scripted-server.ts';
import {
  body,
  chat,
  chatChunk,
  chatStream,
  hang,
  json,
  reset,
  scriptedServer,
  sse,
  status,
} from '../../support/scripted-server.ts';
import { straightStore } from '../../support/straight-store.ts';
import { trials } from '../../support/trials.ts';

/** A memory store that takes no intents that were answered at once: everything goes the general way. */
function generalStore(): Store {
  const store = memory();
  const commitAll: CommitAll = async changes => store.commitAll(changes);
  return { ...store, commitAll };
}

const reply =
  (more: object): Answer =>
  (request, response) => {
    const choices = [{ index: 0, message: { role: 'assistant', content: 'hi' }, finish_reason: 'stop' }];
    const usage = { prompt_tokens: 100, completion_tokens: 10 };
    json({ id: 'chatcmpl-r', model: request.body.model, choices, usage, ...more }, { 'x-request-id': 'req_r' })(
      request,
      response,
    );
  };

const STOPPED = { ...chatChunk({}), choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const USAGE = { ...chatChunk({}), choices: [], usage: { prompt_tokens: 100, completion_tokens: 10 } };

/** The stream is sent in one piece: how much of it a caller got before it left must not depend on timing. */
function stream(...events: readonly object[]): Answer {
  return body([[...events, '[DONE]'].map(event => sse(event)).join('')]);
}

const ANSWERS: Readonly<Record<string, Answer>> = {
  ok: reply({}),
  cached: reply({ usage: { prompt_tokens: 100, completion_tokens: 10, prompt_tokens_details: { cached_tokens: 64 } } }),
  'another model': reply({ model: 'unknown-9' }),
  flex: reply({ service_tier: 'flex' }),
  'no usage': reply({ usage: null }),
  'half a usage': reply({ usage: { prompt_tokens: 100 } }),
  'no choices': reply({ choices: [] }),
  'an error in a 200': json({ error: { message: 'slow down', code: 429 } }),
  'a page': body(['<html>busy</html>'], { type: 'text/html' }),
  'a stream': body([sse(chatChunk({ content: 'hi' })), sse('[DONE]')]),
  'a stream with usage': stream(chatChunk({ content: 'hi' }), STOPPED, USAGE),
  'a stream without output': stream(STOPPED, USAGE),
  'a stream that stops': body([sse(chatChunk({ content: 'hi' }))]),
  'an error in a stream': stream(chatChunk({ content: 'hi' }), { error: { message: 'down', code: 500 } }),
  'an error as a stream': stream({ error: { message: 'slow down', code: 429 } }),
  nothing: body([], { type: 'application/json' }),
  500: status(500),
  429: status(429, { 'retry-after-ms': '5' }),
  400: status(400),
  401: status(401, {}, { code: 'invalid_api_key' }),
  reset,
};

const answer = fc.oneof(
  { weight: 3, arbitrary: fc.constant('ok') },
  { weight: 3, arbitrary: fc.constantFrom(...Object.keys(ANSWERS)) },
);
const step = fc.record({
  does: fc.constantFrom('plain', 'plain', 'intent', 'again', 'twice at once', 'succeed', 'fail', 'flush'),
  answers: fc.array(answer, { minLength: 1, maxLength: 3 }),
  feature: fc.constantFrom('f', 'limited', 'checked'),
  stream: fc.boolean(),
  /** What happens while a stream is open. */
  meanwhile: fc.constantFrom(undefined, undefined, 'succeed', 'fail', 'flush', 'leave', 'ask'),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Of two requests at once, the second gets its reply after the first: the ledger has them in that order. */
const SECOND = 'Hello again';
let first: Promise<void>;
/** One server for each way: what it answers next. */
const queue: string[] = [];
let server: ScriptedServer;
beforeAll(async () => {
  server = await scriptedServer([
    (request, response) => {
      const answer = (): void => (ANSWERS[queue.shift() ?? 'ok'] as Answer)(request, response);
      if (JSON.stringify(request.body).includes(SECOND)) void first.then(answer);
      else answer();
    },
  ]);
});
afterAll(async () => server.close());
afterEach(closeAll);

/** Not a policy that learns: whether a decision has the statistics of a call that ends at the same time is a race. */
const uniform: Policy = {
  name: 'uniform',
  decide({ plans, eligible }, random) {
    const choices = planIndexes(eligible).map(index => plans[index] ?? []);
    const plan = choices[Math.floor(random.next() * choices.length)] ?? [];
    return { plan, propensity: 1 / choices.length, eligible: choices.map(planKey), policy: 'uniform', reason: '' };
  },
};

interface Books {
  readonly records: readonly LedgerRecord[];
  readonly cells: ReadonlySet<unknown>;
  readonly replies: readonly unknown[];
}

async function booksOf(store: Store, steps: readonly Step[]): Promise<Books> {
  const models = {
    a: { provider: 'openai', model: 'a-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } },
    b: { provider: 'openai', model: 'b-1', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 20 } },
  } as const;
  const feature = { candidates: ['a', 'b'], failureCostUsd: 1, retries: 1, policy: uniform } as const;
  const router = createRouterOn(testRuntime(), {
    models,
    features: {
      f: feature,
      limited: { ...feature, attemptTimeout: '1m', deadline: '2m', maxTurns: 1 },
      checked: { ...feature, checks: { empty: true }, maxTurns: 1 },
    },
    store,
  }) as unknown as Router;
  const replies: unknown[] = [];
  const ask = async (
    model: string,
    stream: boolean,
    meanwhile?: (reply: Response) => Promise<unknown>,
    content = 'Hello',
  ): Promise<void> => {
    const messages = [{ role: 'user', content }];
    try {
      const init = { method: 'POST', body: JSON.stringify({ model, messages, ...(stream ? { stream } : {}) }) };
      const response = await router.fetch(`${server.url}/v1/chat/completions`, init);
      replies.push(router.receipt(response));
      await meanwhile?.(response);
      const text = response.bodyUsed ? '' : await response.text();
      replies.push([response.status, text.length, router.receipt(response)]);
    } catch (error) {
      replies.push((error as Error).name);
    }
  };
  const record = async (outcome: Promise<unknown>): Promise<void> => {
    replies.push(await outcome.catch((error: RouterError) => error.code));
  };
  let intent = router.feature('f').intent();
  for (const { does, answers, feature: name, stream, meanwhile } of steps) {
    const during = async (response: Response): Promise<void> => {
      const intentId = router.receipt(response)?.intentId ?? '';
      if (meanwhile === 'leave') await response.body?.cancel();
      else if (meanwhile === 'flush') await router.flush();
      else if (meanwhile === 'ask') await ask(`feature:${name}#${intentId}`, false);
      else if (meanwhile !== undefined)
        await record(router.feature(name).outcome(intentId, { success: meanwhile === 'succeed' }));
      if (meanwhile === 'flush') replies.push((await Array.fromAsync(store.scan())).length);
    };
    queue.length = 0;
    // Which of two requests at once gets which answer is a race.
    if (does !== 'twice at once') queue.push(...answers);
    if (does === 'plain') await ask(`feature:${name}`, stream, stream ? during : undefined);
    else if (does === 'intent') {
      intent = router.feature(name).intent();
      await ask(intent.model, stream, stream ? during : undefined);
    } else if (does === 'again') await ask(intent.model, stream);
    else if (does === 'twice at once') {
      intent = router.feature(name).intent();
      first = ask(intent.model, false);
      await Promise.all([first, record(intent.fail()), ask(intent.model, false, undefined, SECOND)]);
    } else if (does === 'flush') await router.flush();
    else await record(does === 'succeed' ? intent.succeed() : intent.fail());
  }
  await router.flush();
  const records = await Array.fromAsync(store.scan());
  const cells = await Promise.all(['f', 'limited', 'checked'].map(async each => store.cells(each)));
  await router.close();
  return { records: records.toSorted(inOrder), cells: new Set(cells.flat()), replies };
}

function inOrder(a: LedgerRecord, b: LedgerRecord): number {
  return a.intentId.localeCompare(b.intentId) || a.revision - b.revision;
}

test('law: the fast path has the same ledger, statistics, receipts and replies as the general path', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async steps => {
      const [straight, general] = [straightStore(), generalStore()];
      expect(await booksOf(straight.store, steps)).toEqual(await booksOf(general, steps));
    }),
    { numRuns: trials(40), seed: 20_261_130 },
  );
});

const asAsked: Answer = (request, response) =>
  (request.body['stream'] === true ? chatStream(['hi', ' you']) : chat('hi'))(request, response);

describe('which requests take the fast path', () => {
  const share = async (
    feature: Parameters<typeof routed>[1],
    ask: (openai: OpenAI, it: Awaited<ReturnType<typeof routed>>) => Promise<unknown>,
  ): Promise<string> => {
    const straight = straightStore();
    // The statistics are not read again meanwhile.
    const it = await routed([asAsked], feature, { store: straight.store, config: { refresh: '1d' } });
    const openai = it.router.wrap(new OpenAI({ apiKey: 'k', baseURL: `${it.server.url}/v1` }));
    // The first call loads the statistics.
    await it.ask();
    for (let i = 0; i < 10; i++) await ask(openai, it);
    await it.router.flush();
    return `${straight.taken()} of 10`;
  };
  const messages = [{ role: 'user', content: 'Hello' }] as const;
  const create = async (openai: OpenAI, model: string): Promise<unknown> =>
    openai.chat.completions.create({ model, messages: [...messages] });
  const plain = async (openai: OpenAI): Promise<unknown> => create(openai, 'feature:support');

  test('plain calls of the official client take the fast path, with limits and retries too', async () => {
    expect(await share({}, plain)).toBe('10 of 10');
    expect(await share({ retries: 3, attemptTimeout: '30s', deadline: '60s' }, plain)).toBe('10 of 10');
  });

  const streamed = async (openai: OpenAI, model: string): Promise<unknown> => {
    const chunks = await openai.chat.completions.create({ model, messages: [...messages], stream: true });
    return Array.fromAsync(chunks);
  };

  test('streams that end without an error take the fast path, whether or not the application created the intent', async () => {
    expect(await share({}, async openai => streamed(openai, 'feature:support'))).toBe('10 of 10');
    expect(
      await share({ attemptTimeout: '30s', checks: { empty: true } }, async (openai, { router }) =>
        streamed(openai, router.feature('support').intent().model),
      ),
    ).toBe('10 of 10');
  });

  test('the first request of an intent takes the fast path', async () => {
    const ask = async (openai: OpenAI, { router }: { readonly router: Router }) =>
      create(openai, router.feature('support').intent().model);
    expect(await share({}, ask)).toBe('10 of 10');
  });

  test('a call that observers follow, or whose silence counts as a label, does not take the fast path', async () => {
    expect(await share({ silence: { after: '1h', means: 'success' } }, plain)).toBe('0 of 10');
    const straight = straightStore();
    const attempted = (): void => {};
    const it = await routed(
      [chat('hi')],
      {},
      { store: straight.store, config: { observers: [{ name: 'x', attempted }] } },
    );
    for (let i = 0; i < 3; i++) await it.ask();
    await it.router.flush();
    expect(straight.taken()).toBe(0);
  });
});

const MINI = { provider: 'openai', model: 'mini-1', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } as const;

test('a caller who aborts gets its abort error, and the cost of the exchange is recorded', async () => {
  const straight = straightStore();
  const it = await routed([chat('hi'), hang], {}, { store: straight.store });
  await it.ask();
  const caller = new AbortController();
  const asked = it.ask('feature:support', {}, caller.signal);
  await expect.poll(() => it.server.received.length).toBe(2);
  caller.abort(new Error('gone'));
  await expect(asked).rejects.toThrow('gone');
  expect((await it.attempts()).map(attempt => attempt.status)).toEqual(['ok', 'aborted']);
  expect(straight.taken()).toBe(0);
});

test('a named call that fails in any way has its decision and one attempt in the ledger', async () => {
  const { store, taken } = straightStore();
  const features = { support: { candidates: ['mini'], failureCostUsd: 1, retries: 0 } } as const;
  const router = createRouterOn(testRuntime(), { models: { mini: MINI }, features, store });
  const answer = async () => ({ value: 'hi', usage: { input: 100, output: 10 } });
  // The first call loads the statistics.
  await router.run('support', answer);
  const ids: string[] = [];
  for (let i = 0; i < 250; i++) {
    const caller = new AbortController();
    const ways = [
      async () => Promise.reject(new Error('down')),
      () => {
        throw new Error('thrown');
      },
      async () => 'no reply' as never,
      async () => (caller.abort(new Error('gone')), answer()),
    ];
    for (const way of ways) {
      const intent = router.feature('support').intent();
      ids.push(intent.id);
      await expect(router.run('support', way, { intent, signal: caller.signal })).rejects.toThrow();
    }
  }
  await router.flush();
  const found = await Promise.all(ids.map(async id => store.load(id)));
  expect(new Set(found.map(records => records.map(({ kind }) => kind).join()))).toEqual(new Set(['decided,attempted']));
  expect([ids.length, taken()]).toEqual([1_000, 0]);
});

test('a limit that stops an attempt counts for the rest of the request', async () => {
  const system = hasty();
  const timeouts: (() => void)[] = [];
  const after: typeof system.after = (ms, callback) => {
    if (ms !== 12_345) return system.after(ms, callback);
    timeouts.push(callback);
    return () => {};
  };
  const runtime = { ...system, after };
  const it = await routed([chat('hi'), hang, chat('hi')], { attemptTimeout: 12_345, retries: 1 }, { runtime });
  await it.ask();
  const asked = it.ask();
  await expect.poll(() => it.server.received.length).toBe(2);
  timeouts.at(-1)?.();
  expect((await asked).status).toBe(200);
  expect((await it.attempts()).map(attempt => attempt.status)).toEqual(['ok', 'timeout', 'ok']);
});

test('a flush waits for intents that were answered when the statistics of their feature were due to be read', async () => {
  const store = memory();
  const features = { support: { candidates: ['mini'], failureCostUsd: 1 } } as const;
  const router = createRouterOn(hasty(), { models: { mini: MINI }, features, store, refresh: '5ms' });
  const stored: number[] = [];
  for (let round = 0; round < 20; round++) {
    const sinceMs = Date.now();
    await expect.poll(() => Date.now() - sinceMs, { interval: 1 }).toBeGreaterThan(5);
    for (let i = 0; i < 3; i++)
      await router.run('support', async () => ({ value: 'hi', usage: { input: 100, output: 10 } }));
    await router.flush();
    stored.push((await store.intents({ feature: 'support', limit: 100 })).length);
  }
  expect(stored).toEqual(Array.from({ length: 20 }, (_, round) => 3 * (round + 1)));
});

test('a budget that refuses counts every call before the next intent is decided', async () => {
  const budget = { usd: 0.01, per: 'day', onLimit: 'refuse' } as const;
  const features = { support: { candidates: ['mini'], failureCostUsd: 1, budget } } as const;
  const router = createRouterOn(testRuntime(), { models: { mini: MINI }, features });
  const codes: unknown[] = [];
  for (let i = 0; i < 40; i++)
    await router
      .run('support', async () => ({ value: 'hi', usage: { input: 1000, output: 0 } }))
      .catch(({ code }: RouterError) => void codes.push(code));
  expect(codes).toEqual(Array.from({ length: 30 }, () => 'budget-exhausted'));
});
