/** A request that no candidate can take has one answer in each client, whichever APIs the candidates speak. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { createRouterOn } from '../../src/router.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';

const messages = [{ role: 'user' as const, content: 'Hi' }];
const CODE = 'no-eligible-candidate';

describe.each(['openai', 'anthropic'] as const)('a feature with a candidate of %s, which is switched off', provider => {
  async function setUp() {
    const fake = await startFakeProvider({ models: { 'm-1': { price: { input: '1', output: '2' } } } });
    const baseURL = provider === 'openai' ? fake.openaiBaseURL : fake.anthropicBaseURL;
    const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
    const router = createRouterOn(testRuntime(), {
      models: { only: { provider, model: 'm-1', price, baseURL, apiKey: 'sk-endpoint' } },
      features: { f: { candidates: ['only'], failureCostUsd: 1, stateless: true } },
    });
    await router.disable('only');
    const { fetch } = router;
    const openai = new OpenAI({ apiKey: 'k', baseURL: fake.openaiBaseURL, fetch, logLevel: 'off' });
    const anthropic = new Anthropic({ apiKey: 'k', baseURL: fake.anthropicBaseURL, fetch, logLevel: 'off' });
    return { fake, openai, anthropic, model: router.feature('f').model };
  }

  test('a client of OpenAI gets its vendor’s 400 with the code, from both of its APIs', async () => {
    const { fake, openai, model } = await setUp();
    for (const call of [
      async () => openai.chat.completions.create({ model, messages }),
      async () => openai.chat.completions.create({ model, messages, stream: true }),
      async () => openai.responses.create({ model, input: 'Hi' }),
    ]) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect(error).toMatchObject({ status: 400, code: CODE, type: 'invalid_request_error' });
    }
    expect(fake.requests()).toEqual([]);
    await fake.close();
  });

  test('a client of Anthropic gets its vendor’s 400 with the code, for a message and for a count', async () => {
    const { fake, anthropic, model } = await setUp();
    for (const call of [
      async () => anthropic.messages.create({ model, max_tokens: 100, messages }),
      async () => anthropic.messages.countTokens({ model, messages }),
    ]) {
      const error = await call().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Anthropic.BadRequestError);
      expect(error).toMatchObject({ status: 400, type: 'invalid_request_error', errorCode: CODE });
    }
    expect(fake.requests()).toEqual([]);
    await fake.close();
  });
});
