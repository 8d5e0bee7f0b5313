/** Replies of another vendor that break the schema which the client's own vendor would guarantee. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { zodResponseFormat } from 'openai/helpers/zod';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { outputCheck } from '../../src/clients/checked-output.ts';
import type { FeatureConfig, ModelConfig } from '../../src/config/application.ts';
import type { Answer } from '../../src/engine/attempts/exchange.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const open: FakeProvider[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async server => server.close()));
});

const PERSON = z.object({ name: z.string(), age: z.number().min(18) });
const GOOD = '{"name":"Ada","age":36}';
const BAD = '{"name":"Ada","age":9}';
const messages = [{ role: 'user' as const, content: 'Who?' }];
const VERDICT = { accepted: false, by: 'schema', reason: 'of the request: properties.age.minimum' };

type Name = 'claude' | 'gpt';

async function setUp(candidates: readonly [Name, ...Name[]], more: Partial<FeatureConfig<Name>> = {}) {
  const price = { input: '3', output: '15' };
  const fake = await startFakeProvider({ models: { 'claude-opus-4-6': { price }, 'gpt-5': { price } } });
  open.push(fake);
  const own = { apiKey: 'sk-own', price: { inputUsdPerMillion: 3, outputUsdPerMillion: 15 } };
  const models: Readonly<Record<Name, ModelConfig>> = {
    claude: { provider: 'anthropic', model: 'claude-opus-4-6', baseURL: fake.anthropicBaseURL, ...own },
    gpt: { provider: 'openai', model: 'gpt-5', baseURL: fake.openaiBaseURL, ...own },
  };
  const store = memory();
  const router = createRouterOn(testRuntime(), {
    models,
    features: { f: { candidates, failureCostUsd: 15, policy: fixed(candidates[0]), ...more } },
    store,
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, maxRetries: 0 }));
  const anthropic = router.wrap(new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, maxRetries: 0 }));
  /** The attempts in the ledger, which cost what the provider billed. */
  const billed = async () => {
    await fake.idle();
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    const attempts = records.flatMap(record => (record.kind === 'attempted' ? [record.attempt] : []));
    const spent = attempts.reduce((total, { costNanoUsd }) => total + costNanoUsd, 0);
    expect(BigInt(spent)).toBe(fake.bill().totalNanoUsd);
    return attempts;
  };
  return { fake, router, openai, anthropic, model: router.feature('f').model, billed };
}

const asked = { messages, response_format: zodResponseFormat(PERSON, 'person') };

describe('a plain reply that breaks the schema', () => {
  test('a violation is a failed attempt that is paid for, and another candidate answers', async () => {
    const { fake, openai, model, router, billed } = await setUp(['claude', 'gpt']);
    fake.reply({ text: BAD, model: 'claude-opus-4-6' }, { text: GOOD, model: 'gpt-5' });
    const reply = await openai.chat.completions.parse({ model, ...asked });
    expect(reply.choices[0]?.message.parsed).toEqual({ name: 'Ada', age: 36 });
    expect(await billed()).toMatchObject([
      { model: 'claude', status: 'ok', verdict: VERDICT },
      { model: 'gpt', kind: 'escalation', node: 'claude>gpt' },
    ]);
    expect(router.receipt(reply)).toMatchObject({
      model: 'gpt',
      rejected: false,
      dropped: { claude: [{ path: 'response_format.json_schema.schema.properties.age.minimum' }] },
    });
  });

  test('the next turn begins with the plan’s model again', async () => {
    const { fake, openai, router, billed } = await setUp(['claude', 'gpt']);
    const { model } = router.feature('f').intent();
    fake.reply({ text: BAD, model: 'claude-opus-4-6' }, { text: GOOD, model: 'gpt-5' });
    await openai.chat.completions.create({ model, ...asked });
    fake.reply(GOOD);
    await openai.chat.completions.create({ model, ...asked });
    expect((await billed()).map(({ turn, node }) => [turn, node])).toEqual([
      [1, 'claude'],
      [1, 'claude>gpt'],
      [2, 'claude'],
    ]);
  });

  test('the reply reaches the caller where no other candidate is left, and the receipt says so', async () => {
    const { fake, openai, model, router, billed } = await setUp(['claude']);
    fake.reply(BAD);
    const reply = await openai.chat.completions.create({ model, ...asked });
    expect(reply.choices[0]?.message.content).toBe(BAD);
    expect(router.receipt(reply)).toMatchObject({ rejected: true, attempts: [{ verdict: VERDICT }] });
    expect(await billed()).toHaveLength(1);
  });

  test('the reply is rejected before a validator of the feature receives it', async () => {
    let judged = 0;
    const { fake, openai, model, billed } = await setUp(['claude', 'gpt'], {
      policy: fixed(['claude', 'gpt']),
      validate: () => (judged += 1) > 0,
    });
    fake.reply({ text: BAD, model: 'claude-opus-4-6' }, { text: GOOD, model: 'gpt-5' });
    await openai.chat.completions.create({ model, ...asked });
    expect(judged).toBe(1);
    expect(await billed()).toMatchObject([{ verdict: VERDICT }, { node: 'claude>gpt', verdict: { by: 'function' } }]);
  });
});

test('a reply that keeps to the schema, was cut off, or calls a tool is not rejected', async () => {
  const { fake, openai, model, billed } = await setUp(['claude', 'gpt']);
  const tools = [{ type: 'function' as const, function: { name: 't', parameters: { type: 'object' } } }];
  fake.reply(GOOD, { toolCalls: [{ name: 't', arguments: {} }] }, { refusal: 'No.' });
  for (let index = 0; index < 3; index++) await openai.chat.completions.create({ model, ...asked, tools });
  const attempts = await billed();
  expect(attempts.map(attempt => [attempt.model, attempt.verdict])).toEqual(
    Array.from({ length: 3 }, () => ['claude', undefined]),
  );
});

const { json_schema: format } = asked.response_format;

test.each([
  ['is not strict', { response_format: { type: 'json_schema' as const, json_schema: { ...format, strict: false } } }],
  ['stands beside a text that ends the reply', { stop: 'END' }],
])('a format that %s is not binding: nothing is checked', async (_, wish) => {
  const { fake, openai, model, billed } = await setUp(['claude', 'gpt']);
  fake.reply(BAD);
  await openai.chat.completions.create({ model, ...asked, ...wish });
  expect((await billed()).map(({ verdict }) => verdict)).toEqual([undefined]);
});

test('a stream reaches the caller as it comes, and is rejected at its end', async () => {
  const { fake, openai, model, billed } = await setUp(['claude', 'gpt']);
  fake.reply(BAD);
  const chunks = await Array.fromAsync(await openai.chat.completions.create({ model, ...asked, stream: true }));
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(BAD);
  expect(await billed()).toMatchObject([{ status: 'ok', verdict: VERDICT }]);
});

test('a stream that the feature holds back is checked before the caller gets any of it', async () => {
  const { fake, openai, model, billed } = await setUp(['claude', 'gpt'], {
    hold: 'until-verdict',
    checks: { empty: true },
  });
  fake.reply({ text: BAD, model: 'claude-opus-4-6' }, { text: GOOD, model: 'gpt-5' });
  const chunks = await Array.fromAsync(await openai.chat.completions.create({ model, ...asked, stream: true }));
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(GOOD);
  expect(await billed()).toMatchObject([{ verdict: VERDICT }, { model: 'gpt' }]);
});

test('a schema of an Anthropic request that strict mode does not accept is checked too', async () => {
  const { fake, anthropic, model, billed } = await setUp(['gpt', 'claude']);
  const properties = { name: { type: 'string' }, nick: { type: 'string' } };
  const schema = { type: 'object', properties, required: ['name'], additionalProperties: false };
  fake.reply({ text: '{"nick":"Ada"}', model: 'gpt-5' }, { text: '{"name":"Ada"}', model: 'claude-opus-4-6' });
  const reply = await anthropic.messages.create({
    model,
    max_tokens: 100,
    messages,
    output_config: { format: { type: 'json_schema', schema } },
  });
  expect(reply.content).toMatchObject([{ text: '{"name":"Ada"}' }]);
  expect(await billed()).toMatchObject([
    { model: 'gpt', verdict: { accepted: false, reason: 'of the request: required' } },
    { model: 'claude' },
  ]);
});

describe('the check', () => {
  const answer = (text: string): Answer => ({
    finish: 'stop',
    text,
    hasToolCalls: false,
    usage: {},
    provenance: 'none',
  });

  test('a text that is not JSON breaks every schema', () => {
    expect(outputCheck({})(answer('Sure! {}')).violation).toBe('no JSON');
  });

  test.each([
    { not: { unevaluatedProperties: false } },
    { not: { $ref: 'https://example.org/a' } },
    { not: { $dynamicRef: '#a' } },
  ])('%j is unknown to the check and rejects nothing', schema => {
    expect(outputCheck(schema)(answer('{}')).violation).toBeUndefined();
  });

  test('a reply that is nested deeper than the stack is not rejected', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(outputCheck({ items: { $ref: '#' } })(answer(deep)).violation).toBeUndefined();
  });
});
