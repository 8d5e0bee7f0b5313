/** The vendors' own clients do through an intent's `fetch` what they do without the router, in the oldest and newest versions. */
import Anthropic from '@anthropic-ai/sdk';
import AnthropicOldest from 'anthropic-oldest';
import OpenAI from 'openai';
import OpenAIOldest from 'openai-oldest';
import { describe, expect, test } from 'vitest';
import { errorFacts, failure } from '../support/drop-in.ts';
import type { Side } from './compared.ts';
import { all, sameOnBothSides } from './compared.ts';

const messages = [{ role: 'user' as const, content: 'Hello' }];
const parameters = { type: 'object' as const, properties: { city: { type: 'string' } } };
const refused = { faults: () => ({ kind: 'status', status: 400 }) as const };
const overloaded = { faults: [{ kind: 'status', status: 503, retryAfter: { ms: 1 } }] } as const;

describe.each([
  ['newest', OpenAI],
  ['oldest', OpenAIOldest as unknown as typeof OpenAI],
])('the %s openai client', (_, SDK) => {
  const work = { provider: 'openai', model: 'gpt-5' } as const;
  const { model } = work;
  const make = (side: Side): OpenAI => new SDK({ ...side, apiKey: 'k', logLevel: 'off' });

  test('a chat completion is the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side =>
      make(side).chat.completions.create({ model, messages }),
    );
    expect(value.usage?.total_tokens).toBe(110);
  });

  test('a streamed chat completion has the same chunks in the same order as without the router', async () => {
    const { value } = await sameOnBothSides({ ...work, asksForUsage: false }, async side =>
      all(make(side).chat.completions.create({ model, messages, stream: true })),
    );
    expect(value.length).toBeGreaterThan(2);
  });

  test('a streamed chat completion that asks for its usage has it in its last chunk', async () => {
    const stream_options = { include_usage: true };
    const { value } = await sameOnBothSides(work, async side =>
      all(make(side).chat.completions.create({ model, messages, stream: true, stream_options })),
    );
    expect(value.at(-1)?.usage?.total_tokens).toBe(110);
  });

  test('a response is the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => make(side).responses.create({ model, input: 'Hello' }));
    expect(value.usage?.total_tokens).toBe(110);
  });

  test('a streamed response has the same events in the same order as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side =>
      all(make(side).responses.create({ model, input: 'Hello', stream: true })),
    );
    expect(value.at(-1)?.type).toBe('response.completed');
  });

  test('all turns of `runTools` are the same as without the router, and belong to one intent', async () => {
    const { attempts } = await sameOnBothSides(work, async side => {
      const weather = { name: 'weather', description: 'The weather', parameters, function: () => 'rain' };
      const tools = [{ type: 'function' as const, function: weather }];
      const runner = make(side).chat.completions.runTools({ model, messages, tools });
      return runner.finalContent();
    });
    expect(attempts.map(({ turn }) => turn)).toEqual([1, 2]);
  });

  test('an error is the same as without the router', async () => {
    const { value } = await sameOnBothSides({ ...work, ...refused }, async side =>
      errorFacts(await failure(make(side).chat.completions.create({ model, messages }))),
    );
    expect(value).toMatchObject({ class: 'BadRequestError', status: 400 });
  });

  test('a chat completion after one failure of the provider is the same as without the router', async () => {
    const { attempts } = await sameOnBothSides({ ...work, ...overloaded }, async side =>
      make(side).chat.completions.create({ model, messages }),
    );
    expect(attempts.map(({ status }) => status)).toEqual(['provider-fault', 'ok']);
  });
});

describe.each([
  ['newest', Anthropic],
  ['oldest', AnthropicOldest as unknown as typeof Anthropic],
])('the %s Anthropic client', (_, SDK) => {
  const work = { provider: 'anthropic', model: 'claude-opus-4-8' } as const;
  const request = { model: work.model, max_tokens: 100, messages };
  const make = (side: Side): Anthropic => new SDK({ ...side, apiKey: 'k', logLevel: 'off' });

  test('a message is the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side => make(side).messages.create(request));
    expect(value.usage).toMatchObject({ input_tokens: 100, output_tokens: 10 });
  });

  test('a streamed message has the same events in the same order as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side =>
      all(make(side).messages.create({ ...request, stream: true })),
    );
    expect(value.at(-1)?.type).toBe('message_stop');
  });

  test('a message with a tool is the same as without the router', async () => {
    const { value } = await sameOnBothSides(work, async side =>
      make(side).messages.create({ ...request, tools: [{ name: 'weather', input_schema: parameters }] }),
    );
    expect(value.stop_reason).toBe('tool_use');
  });

  test('an error is the same as without the router', async () => {
    const { value } = await sameOnBothSides({ ...work, ...refused }, async side =>
      errorFacts(await failure(make(side).messages.create(request))),
    );
    expect(value).toMatchObject({ class: 'BadRequestError', status: 400 });
  });

  test('a message after one failure of the provider is the same as without the router', async () => {
    const { attempts } = await sameOnBothSides({ ...work, ...overloaded }, async side =>
      make(side).messages.create(request),
    );
    expect(attempts.map(({ status }) => status)).toEqual(['provider-fault', 'ok']);
  });
});
