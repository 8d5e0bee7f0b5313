/** Agents that get stuck, with the vendors' own clients over HTTP: where their plans move on, and what is charged to which node. */
import Anthropic from '@anthropic-ai/sdk';
import { generateText, stepCountIs, tool } from 'ai';
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { outcome } from '../../../src/ai-sdk/outcome.ts';
import type { FeatureConfig } from '../../../src/config/application.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import type { Router } from '../../../src/router-type.ts';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { rebuildCells } from '../../../src/stores/rebuild.ts';
import type { FakeProvider, FakeProviderOptions } from '../../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../../src/testing/fake-provider.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';
import type { LoopStep } from '../../support/agent-loops.ts';
import { CHAT_LOOP, MESSAGES_LOOP, RESPONSES_LOOP } from '../../support/agent-loops.ts';
import { charged } from '../../support/routed.ts';

const open: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

type Agent = Pick<FeatureConfig<'mini' | 'premium'>, 'policy' | 'maxTurns' | 'onStuck' | 'outcomeOf'>;

const climbs = fixed(['mini', 'premium']);

async function setUp(
  agent: Agent = {},
  options: Partial<FakeProviderOptions> = {},
  provider: 'openai' | 'anthropic' = 'openai',
) {
  const price = { input: '1', output: '2' };
  const fake = await startFakeProvider({ models: { 'mini-1': { price }, 'premium-1': { price } }, ...options });
  open.push(fake);
  const store = memory();
  const usd = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const router = createRouterOn(testRuntime(), {
    models: {
      mini: { provider, model: 'mini-1', price: usd },
      premium: { provider, model: 'premium-1', price: usd },
    },
    features: {
      agent: {
        candidates: ['mini', 'premium'],
        failureCostUsd: 15,
        policy: climbs,
        onStuck: 'learn',
        retries: 0,
        ...agent,
      },
    },
    store,
  }) as unknown as Router;
  const client = new OpenAI({ apiKey: 'sk', baseURL: fake.openaiBaseURL, maxRetries: 0, fetch: router.fetch });
  const claude = new Anthropic({ apiKey: 'sk', baseURL: fake.anthropicBaseURL, maxRetries: 0, fetch: router.fetch });
  const intent = router.feature('agent').intent();
  const nodes = async (): Promise<readonly string[]> => {
    await fake.idle();
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    return charged(records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : [])));
  };
  const chat = async (steps: readonly LoopStep[], model = intent.model) =>
    client.chat.completions.create({ model, messages: CHAT_LOOP.messagesOf(steps) as never });
  return { router, fake, store, client, claude, intent, nodes, chat };
}

const ls = { name: 'ls', input: { path: '/' } };
const read = (i: number) => ({ name: 'read', input: { file: i } });

/** The requests of a loop: before the first call, after the first, and so on. */
async function loop(send: (steps: readonly LoopStep[]) => Promise<unknown>, steps: readonly LoopStep[]): Promise<void> {
  for (let made = 0; made <= steps.length; made++) await send(steps.slice(0, made));
}

describe('a plan that moves on when its agent is stuck', () => {
  const moved = ['1 first mini', '2 first mini', '3 first mini', '4 first mini>premium', '5 first mini>premium'];

  test('the request after the third same tool call goes to the next model, with a client of chat completions', async () => {
    const { chat, nodes } = await setUp();
    await loop(chat, [ls, ls, ls, read(1)]);
    expect(await nodes()).toEqual(moved);
  });

  test('a plan moves on from a stuck agent with a client of the Responses API', async () => {
    const { client, intent, nodes } = await setUp();
    await loop(
      async steps => client.responses.create({ model: intent.model, input: RESPONSES_LOOP.messagesOf(steps) as never }),
      [ls, ls, ls, read(1)],
    );
    expect(await nodes()).toEqual(moved);
  });

  test('a plan moves on from a stuck agent with a client of Anthropic’s API, and after three failed calls', async () => {
    const { claude, intent, nodes } = await setUp({}, {}, 'anthropic');
    const failed = [1, 2, 3].map(i => ({ ...read(i), error: 'no such file' }));
    await loop(
      async steps =>
        claude.messages.create({
          model: intent.model,
          max_tokens: 50,
          messages: MESSAGES_LOOP.messagesOf(steps) as never,
        }),
      [...failed, read(4)],
    );
    expect(await nodes()).toEqual(moved);
  });

  test('a plan moves on from a stuck agent in a loop of the AI SDK whose tool throws, with other arguments each time', async () => {
    const { fake, intent, nodes } = await setUp();
    fake.reply(...[1, 2, 3].map(at => ({ toolCalls: [{ name: 'look', arguments: { at } }] })), { text: 'I give up.' });
    await generateText({
      model: outcome(intent, { apiKey: 'sk', baseURL: fake.openaiBaseURL }),
      prompt: 'Look.',
      stopWhen: stepCountIs(5),
      tools: {
        look: tool({
          inputSchema: z.object({ at: z.number() }),
          execute: (): string => {
            throw new Error('nothing there');
          },
        }),
      },
    });
    expect(await nodes()).toEqual(moved.slice(0, 4));
  });

  test('calls of earlier tasks in the session raise no alarm in the next task, but the task’s own calls do', async () => {
    const { chat, router, nodes } = await setUp();
    const steps: LoopStep[] = [];
    for (const task of [1, 2, 3]) {
      const { model } = router.feature('agent').intent({ session: 's' });
      for (const step of [read(task), ls, undefined]) {
        await chat(steps, model);
        if (step !== undefined) steps.push(step);
      }
    }
    const { model } = router.feature('agent').intent({ session: 's' });
    for (const step of [ls, ls, ls]) {
      await chat(steps, model);
      steps.push(step);
    }
    await chat(steps, model);
    expect((await nodes()).filter(node => node.includes('>'))).toEqual(['4 first mini>premium']);
  });

  test('in a conversation with one outcome, a call repeated for each message raises no alarm, but repeated for one message it does', async () => {
    const { client, router, nodes } = await setUp({ outcomeOf: 'session' });
    const messages: unknown[] = [];
    const told = async (calls: number) => {
      const { model } = router.feature('agent').intent({ session: 's' });
      messages.push({ role: 'user', content: 'Where is my order?' });
      for (let made = 0; made <= calls; made++) {
        await client.chat.completions.create({ model, messages: messages as never });
        if (made < calls) messages.push(...CHAT_LOOP.messagesOf([ls]).slice(1));
      }
      messages.push({ role: 'assistant', content: 'It is on its way.' });
    };
    for (let message = 0; message < 4; message++) await told(1);
    expect(await nodes()).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map(turn => `${turn} first mini`));
    await told(3);
    expect((await nodes()).slice(8)).toEqual(
      [9, 10, 11].map(turn => `${turn} first mini`).concat('12 first mini>premium'),
    );
  });

  test('arguments that are too deep to compare raise no alarm and fail no call', async () => {
    const { client, intent, nodes } = await setUp();
    const deep = '['.repeat(1e5) + ']'.repeat(1e5);
    const call = { id: 'c', type: 'function', function: { name: 'ls', arguments: deep } };
    const messages = Array.from({ length: 3 }, () => ({ role: 'assistant', content: null, tool_calls: [call] }));
    for (let turn = 1; turn <= 4; turn++)
      await client.chat.completions.create({ model: intent.model, messages: messages as never });
    expect(await nodes()).toEqual(['1 first mini', '2 first mini', '3 first mini', '4 first mini']);
  });

  test('the application may raise an alarm itself, for calls of any kind, but nothing moves before the third request', async () => {
    const { router, intent, nodes } = await setUp();
    intent.stuck();
    for (let turn = 0; turn < 4; turn++)
      await router.run('agent', async () => ({ value: 'on', usage: { input: 10 } }), { intent });
    expect(await nodes()).toEqual(['1 first mini', '2 first mini', '3 first mini>premium', '4 first mini>premium']);
  });

  test('an agent that has used its `maxTurns` counts as stuck', async () => {
    const { chat, nodes } = await setUp({ maxTurns: 3 });
    await loop(chat, [read(1), read(2), read(3), read(4)]);
    expect(await nodes()).toEqual(moved);
  });

  test('an agent that makes progress stays where it began', async () => {
    const { chat, nodes } = await setUp();
    await loop(chat, [read(1), read(2), read(3), read(4)]);
    expect(await nodes()).toEqual([1, 2, 3, 4, 5].map(turn => `${turn} first mini`));
  });

  test('a request that is bound to its model does not move to the next one, and the next unbound request does', async () => {
    const { client, intent, nodes } = await setUp();
    const calls = RESPONSES_LOOP.messagesOf([ls, ls, ls]) as never;
    const { id } = await client.responses.create({ model: intent.model, input: 'Hello' });
    await client.responses.create({ model: intent.model, input: 'Hello' });
    await client.responses.create({ model: intent.model, input: calls, previous_response_id: id });
    await client.responses.create({ model: intent.model, input: calls });
    expect(await nodes()).toEqual(['1 first mini', '2 first mini', '3 first mini', '4 first mini>premium']);
  });

  test('if the next model is down, a request stays at its model, and the request after it moves', async () => {
    const { chat, fake, nodes } = await setUp();
    await loop(chat, [ls, ls]);
    fake.reply(503);
    await chat([ls, ls, ls]);
    await chat([ls, ls, ls, ls]);
    expect(await nodes()).toEqual([...moved.slice(0, 4), '4 escalation mini>premium!mini', '5 first mini>premium']);
  });
});

describe('a plan that stays with its model', () => {
  test('a plan that stays is charged at a node of its own after its first alarm, and a later alarm changes nothing', async () => {
    const { chat, nodes } = await setUp({ policy: fixed('mini') });
    await loop(chat, [ls, ls, ls, read(1), ls, ls, ls]);
    expect(await nodes()).toEqual([
      ...[1, 2, 3].map(turn => `${turn} first mini`),
      ...[4, 5, 6, 7, 8].map(turn => `${turn} first mini>mini`),
    ]);
  });

  test('the most expensive model has no later one to move on to, so its alarms do not split its node', async () => {
    const { chat, nodes } = await setUp({ policy: fixed('premium') });
    await loop(chat, [ls, ls, ls]);
    expect(await nodes()).toEqual([1, 2, 3, 4].map(turn => `${turn} first premium`));
  });
});

test('without onStuck no conversation raises an alarm, and an alarm by the application is refused with an error', async () => {
  const { chat, intent, nodes } = await setUp({ onStuck: undefined as never, policy: fixed('mini') });
  await loop(chat, [ls, ls, ls]);
  expect(await nodes()).toEqual([1, 2, 3, 4].map(turn => `${turn} first mini`));
  expect(() => intent.stuck()).toThrow(
    expect.objectContaining({ code: 'invalid-config', path: 'features.agent.onStuck' }),
  );
});

test('the plan is drawn once, at the start, with its exact probability, and every alarm is counted in the cells', async () => {
  const { chat, router, store, nodes } = await setUp({ policy: randomMix() });
  for (let i = 0; i < 12; i++) {
    const intent = router.feature('agent').intent();
    await loop(async steps => chat(steps, intent.model), [ls, ls, ls]);
    await (i % 3 === 0 ? intent.succeed() : intent.fail());
  }
  await nodes();
  const records = await Array.fromAsync(store.scan());
  const decided = records.flatMap(record => (record.kind === 'decided' ? [record.decision] : []));
  expect(decided.map(({ propensity }) => propensity)).toEqual(decided.map(() => 1 / 3));
  const plans = new Set(decided.map(({ plan }) => plan.join('>')));
  expect(plans).toEqual(new Set(['mini', 'mini>premium', 'premium']));
  // Counted a second time, from the records.
  const count = (plan: string): bigint => BigInt(decided.filter(each => each.plan.join('>') === plan).length);
  const cells = (await store.cells('agent')).filter(({ key }) => key.scope === 'node');
  const sums = Object.fromEntries(
    cells.map(({ key, sums: { n, rejected, ended } }) => [key.subject, [n, rejected, ended]]),
  );
  expect(sums).toEqual({
    mini: [count('mini') + count('mini>premium'), count('mini') + count('mini>premium'), undefined],
    'mini>mini': [count('mini'), undefined, count('mini')],
    'mini>premium': [count('mini>premium'), undefined, count('mini>premium')],
    premium: [count('premium'), undefined, count('premium')],
  });
  const grown = new Set(await store.cells('agent'));
  await rebuildCells(store, 'agent');
  expect(new Set(await store.cells('agent'))).toEqual(grown);
});
