/** What the caller gets when a model refuses a parameter, with the official clients over HTTP. */
import OpenAI from 'openai';
import { afterEach, describe, expect, test } from 'vitest';
import { LEARNT_FOR_MS } from '../../src/clients/learnt-limits.ts';
import { PREFERENCES } from '../../src/contracts/preferences.ts';
import type { Fault } from '../../src/contracts/observer.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { memory } from '../../src/stores/memory.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import type { Answer, Received, ScriptedServer } from '../support/scripted-server.ts';
import { chat, chatStream, json, scriptedServer, status } from '../support/scripted-server.ts';

const servers: ScriptedServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map(async server => server.close()));
});

type Refusal = { readonly code: number; readonly body: unknown };

/** A model that refuses what `refusalOf` says, and takes every other request. */
const picky =
  (refusalOf: (body: Received['body']) => Refusal | undefined): Answer =>
  (request, response) => {
    const refusal = refusalOf(request.body);
    const reply = request.body['stream'] === true ? chatStream(['hello']) : chat('hello');
    if (refusal === undefined) reply(request, response);
    else response.writeHead(refusal.code, { 'content-type': 'application/json' }).end(JSON.stringify(refusal.body));
  };

const error = (fields: Readonly<Record<string, unknown>>, code = 400): Refusal => ({
  code,
  body: { error: { message: 'no', type: 'invalid_request_error', param: null, code: null, ...fields } },
});

const refusing = (param: string, code = 'unsupported_parameter'): Answer =>
  picky(body => (param in body ? error({ code, param }) : undefined));

/** A router whose candidate `a` answers like this; `b`, if there is one, takes everything. */
async function routed(a: Answer, { alone = false, contextTokens }: { alone?: boolean; contextTokens?: number } = {}) {
  const [first, second] = await Promise.all([scriptedServer([a]), scriptedServer([picky(() => undefined)])]);
  servers.push(first, second);
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const faults: Fault[] = [];
  const store = memory();
  const runtime = testRuntime();
  const router = createRouterOn(runtime, {
    models: {
      a: {
        provider: 'openai',
        model: 'a-1',
        baseURL: `${first.url}/v1`,
        price,
        ...(contextTokens === undefined ? {} : { contextTokens }),
      },
      b: { provider: 'openai', model: 'b-1', baseURL: `${second.url}/v1`, price },
    },
    features: {
      f: { candidates: alone ? ['a'] : ['a', 'b'], failureCostUsd: 15, policy: fixed('a'), retries: 0 },
    },
    store,
    observers: [{ name: 'test', faulted: fault => void faults.push(fault) }],
  });
  const openai = router.wrap(new OpenAI({ apiKey: 'sk-test', maxRetries: 0 }));
  const ask = async (more: Readonly<Record<string, unknown>>) =>
    openai.chat.completions.create({
      model: router.feature('f').model,
      messages: [{ role: 'user', content: 'Hello' }],
      ...more,
    } as OpenAI.ChatCompletionCreateParamsNonStreaming);
  const spent = async (): Promise<number> => {
    await router.flush();
    const records = await Array.fromAsync(store.scan());
    return records.reduce((sum, record) => sum + (record.kind === 'attempted' ? record.attempt.costNanoUsd : 0), 0);
  };
  return { a: first, b: second, router, ask, spent, faults, runtime };
}

const bodies = ({ received }: ScriptedServer) => received.map(({ body }) => body);
const REPLY_COST = 120_000;

test('a preference inside a parameter is left out where its value is refused, and the parameter’s other members stay', async () => {
  const refused: Answer = (request, response) => {
    const text = request.body['text'] as { readonly verbosity?: string } | undefined;
    if (text?.verbosity === undefined || text.verbosity === 'medium')
      json({ id: 'resp_1', status: 'completed', output: [], usage: null })(request, response);
    else
      status(
        400,
        {},
        {
          message: `Unsupported value: '${text.verbosity}' is not supported with the 'gpt-4.1' model. Supported values are: 'medium'.`,
          type: 'invalid_request_error',
          param: 'text.verbosity',
          code: 'unsupported_value',
        },
      )(request, response);
  };
  const { router, a, b } = await routed(refused);
  const openai = router.wrap(new OpenAI({ apiKey: 'sk-test', maxRetries: 0 }));
  const format = { type: 'json_object' } as const;
  for (const verbosity of ['low', 'low', 'medium'] as const)
    await openai.responses.create({ model: 'feature:f', input: 'Hello', text: { verbosity, format } });
  expect(bodies(a).map(({ text }) => text)).toEqual([
    { verbosity: 'low', format },
    { format },
    { format },
    { verbosity: 'medium', format },
  ]);
  expect(b.received).toEqual([]);
});

test('`flush` waits until observers have been notified of what was learned', async () => {
  const { ask, router, faults } = await routed(refusing('stop'));
  await ask({ stop: ['x'] });
  await router.flush();
  expect(faults).toMatchObject([{ where: 'wire', error: { path: 'models.a' } }]);
});

test('one error message may refuse several parameters, including the one that the router adds', async () => {
  const refused = ['stream_options', 'temperature'];
  const message = `Unrecognized request arguments supplied: ${refused.join(', ')}`;
  const { ask, a } = await routed(
    picky(body => (refused.some(name => name in body) ? error({ message }) : undefined)),
    { alone: true },
  );
  await Array.fromAsync((await ask({ stream: true, temperature: 0.2 })) as unknown as AsyncIterable<unknown>);
  expect(a.received).toHaveLength(2);
});

test('a model that refuses one preference after another leaves the request to another candidate', async () => {
  const names = Object.keys(PREFERENCES).slice(0, 9);
  const { ask, a, b } = await routed(
    picky(body => {
      const param = names.find(name => name in body);
      return param === undefined ? undefined : error({ code: 'unsupported_parameter', param });
    }),
  );
  await ask(Object.fromEntries(names.map(name => [name, 1])));
  expect([a.received.length, b.received.length]).toEqual([9, 1]);
});

test('a limit on the reply’s length applies to the parameter that the request has, whichever name the error uses', async () => {
  const message = 'max_tokens is too large: 500. This model supports at most 100 completion tokens, whereas you x.';
  const { ask, a } = await routed(
    picky(body => (Number(body['max_completion_tokens']) > 100 ? error({ message, param: 'max_tokens' }) : undefined)),
    { alone: true },
  );
  await ask({ max_completion_tokens: 500 });
  expect(bodies(a).map(body => body['max_completion_tokens'])).toEqual([500, 100]);
});

test('a limit on the number of images is not learned as lack of support for images', async () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } };
  const ofImages = (count: number) => ({
    messages: [{ role: 'user', content: Array.from({ length: count }, () => image) }],
  });
  const { ask, a, b } = await routed(
    picky(({ messages }) =>
      JSON.stringify(messages).split('image_url"').length > 25
        ? error({ message: 'This model does not support more than 10 images per request.' })
        : undefined,
    ),
  );
  await ask(ofImages(13));
  await ask(ofImages(1));
  expect([a.received.length, b.received.length]).toEqual([2, 1]);
});

describe('a parameter that the caller needs', () => {
  test('a streaming request that is refused is refused each time if no other candidate can stream, and costs nothing', async () => {
    const { ask, spent, a } = await routed(refusing('stream', 'unsupported_value'), { alone: true });
    for (let call = 0; call < 3; call++) {
      await expect(ask({ stream: true })).rejects.toMatchObject({ status: 400, param: 'stream' });
    }
    expect(bodies(a).map(body => body['stream'])).toEqual([true, true, true]);
    expect(await spent()).toBe(0);
  });

  test('a refused stream comes from another candidate, as a stream', async () => {
    const { ask, spent, a } = await routed(refusing('stream', 'unsupported_value'));
    for (let call = 0; call < 2; call++) {
      const chunks = await Array.fromAsync((await ask({ stream: true })) as unknown as AsyncIterable<unknown>);
      expect(JSON.stringify(chunks)).toContain('hello');
    }
    expect(a.received).toHaveLength(1);
    expect(await spent()).toBeGreaterThan(0);
  });

  test('a stop sequence goes to a candidate that accepts it, and the model that refused it is not asked again', async () => {
    const { ask, a, b, router, faults } = await routed(refusing('stop'));
    for (let call = 0; call < 2; call++) await ask({ stop: ['\nEND'] });
    await ask({});
    expect(bodies(a).map(body => body['stop'])).toEqual([['\nEND'], undefined]);
    expect(bodies(b).map(body => body['stop'])).toEqual([['\nEND'], ['\nEND']]);
    expect((await router.explain('f')).notes.join()).toContain('requests with `stop` go to other candidates');
    expect(faults.filter(({ where }) => where === 'wire')).toHaveLength(1);
  });

  test('the model that refused a parameter is asked again after an hour', async () => {
    const { ask, a, runtime } = await routed(refusing('stop'));
    await ask({ stop: 'END' });
    runtime.advance(LEARNT_FOR_MS);
    await ask({ stop: 'END' });
    expect(a.received).toHaveLength(2);
  });

  const tools = [{ type: 'function', function: { name: 'look', parameters: {} } }];

  test('if tools are refused and no other candidate is left, the caller gets the provider’s own error', async () => {
    const { ask, a } = await routed(refusing('tools'), { alone: true });
    await expect(ask({ tools })).rejects.toMatchObject({ status: 400, code: 'unsupported_parameter' });
    expect(bodies(a)).toEqual([expect.objectContaining({ tools })]);
  });

  test('a request whose tools are refused goes to another candidate', async () => {
    const { ask, b } = await routed(refusing('tools'));
    await ask({ tools });
    expect(bodies(b)).toEqual([expect.objectContaining({ tools })]);
  });

  test('only the refused value of an effort is learned: another value is sent to the model', async () => {
    const { ask, a } = await routed(
      picky(body =>
        body['reasoning_effort'] === 'minimal'
          ? error({
              code: 'unsupported_value',
              param: 'reasoning_effort',
              message:
                "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
            })
          : undefined,
      ),
      { alone: true },
    );
    await expect(ask({ reasoning_effort: 'minimal' })).rejects.toMatchObject({ status: 400 });
    await ask({ reasoning_effort: 'high' });
    expect(bodies(a).at(-1)).toMatchObject({ reasoning_effort: 'high' });
  });
});

describe('a preference or a limit', () => {
  test('several refused parameters are learned one after the other within the first call', async () => {
    const { ask, a, spent } = await routed(
      picky(body => {
        const param = ['max_tokens', 'temperature'].find(name => name in body);
        return param === undefined ? undefined : error({ code: 'unsupported_parameter', param });
      }),
      { alone: true },
    );
    await ask({ max_tokens: 100, temperature: 0 });
    expect(bodies(a)).toHaveLength(3);
    expect(bodies(a).at(-1)).toEqual({
      model: 'a-1',
      messages: expect.any(Array) as unknown,
      max_completion_tokens: 100,
    });
    expect(await spent()).toBe(REPLY_COST);
  });

  test('a reply limit above the model’s own is lowered to it, also in later calls', async () => {
    const message =
      'max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000.';
    const { ask, a } = await routed(
      picky(body =>
        Number(body['max_tokens']) > 16_384
          ? error({ code: 'invalid_value', param: 'max_tokens', message })
          : undefined,
      ),
      { alone: true },
    );
    await ask({ max_tokens: 32_000 });
    await ask({ max_tokens: 32_000 });
    await ask({ max_tokens: 100 });
    expect(bodies(a).map(body => body['max_tokens'])).toEqual([32_000, 16_384, 16_384, 100]);
  });

  test('after a refusal the router first removes a field that it added itself, and reads the stream without it', async () => {
    const { ask, a, spent } = await routed(
      picky(body =>
        'stream_options' in body
          ? {
              code: 422,
              body: {
                message: {
                  detail: [
                    { type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' },
                  ],
                },
              },
            }
          : undefined,
      ),
      { alone: true },
    );
    const chunks = await Array.fromAsync((await ask({ stream: true })) as unknown as AsyncIterable<unknown>);
    expect(JSON.stringify(chunks)).toContain('hello');
    expect(bodies(a).map(body => 'stream_options' in body)).toEqual([true, false]);
    expect(await spent()).toBeGreaterThan(0);
  });
});

describe('a request that one model cannot take', () => {
  test('a picture goes to a model with vision, and the model that said it has none is not asked again', async () => {
    const { ask, a, b } = await routed(
      picky(body =>
        JSON.stringify(body).includes('image_url')
          ? error({ message: 'This model does not support image input.' })
          : undefined,
      ),
    );
    const messages = [
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] },
    ];
    for (let call = 0; call < 2; call++) await ask({ messages });
    expect([a.received.length, b.received.length]).toEqual([1, 2]);
    await ask({});
    expect(a.received).toHaveLength(2);
  });

  test('a schema goes to a model that supports schemas', async () => {
    const { ask, a, b } = await routed(
      picky(body =>
        'response_format' in body ? error({ message: 'This response_format type is unavailable' }) : undefined,
      ),
    );
    const response_format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
    for (let call = 0; call < 2; call++) await ask({ response_format });
    expect([a.received.length, b.received.length]).toEqual([1, 2]);
    expect(bodies(b)[0]).toMatchObject({ response_format });
  });

  test.each([
    [
      'by its own error',
      error({ code: 'context_length_exceeded', message: 'This model’s maximum context length is 100 tokens.' }),
    ],
    [
      'by the size of the request',
      { code: 413, body: { error: { type: 'request_too_large', message: 'Request exceeds the maximum size' } } },
    ],
  ])('a text that is too long, %s, goes to a model with a longer context', async (_, refusal) => {
    const { ask, a, b } = await routed(picky(body => (JSON.stringify(body).length > 500 ? refusal : undefined)));
    const messages = [{ role: 'user', content: 'x'.repeat(1_000) }];
    for (let call = 0; call < 2; call++) await ask({ messages });
    expect([a.received.length, b.received.length]).toEqual([1, 2]);
    await ask({});
    expect(a.received).toHaveLength(2);
  });

  test('a text that is longer than the configured context is not sent to that model at all', async () => {
    const { ask, a, b } = await routed(
      picky(() => undefined),
      { contextTokens: 100 },
    );
    await ask({ messages: [{ role: 'user', content: 'x'.repeat(1_000) }] });
    expect([a.received.length, b.received.length]).toEqual([0, 1]);
  });

  test('a text that is longer than the context of every candidate is sent anyway', async () => {
    const { ask, a } = await routed(
      picky(() => undefined),
      { contextTokens: 100, alone: true },
    );
    await ask({ messages: [{ role: 'user', content: 'x'.repeat(1_000) }] });
    expect(a.received).toHaveLength(1);
  });
});
