/** Whatever an application does with an openai client, it may do with a routed one: every probe runs on both. */
import OpenAI, { AzureOpenAI } from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import OpenAIOldest, { AzureOpenAI as AzureOpenAIOldest } from 'openai-oldest';
import {
  zodResponseFormat as oldestResponseFormat,
  zodTextFormat as oldestTextFormat,
} from 'openai-oldest/helpers/zod';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { z } from 'zod';
import { z as z3 } from 'zod/v3';
import { RouterError } from '../../src/errors.ts';
import type { FakeProvider, FakeFault } from '../../src/public/testing.ts';
import type { DropIn } from '../support/drop-in.ts';
import { count, deepFreeze, dropIn, errorFacts, failure, recorded, withoutNullUsage } from '../support/drop-in.ts';
import { OPENAI_PROBES } from '../support/other-vendor.ts';
import { probes } from '../support/probes.ts';

const City = z.object({ city: z.string(), people: z.number() });
/** The helpers of the oldest client work only with the version of zod of that time. */
const OldCity = z3.object({ city: z3.string(), people: z3.number() });
const messages = [{ role: 'user' as const, content: 'Hello' }];

// The tests use only those functions that the clients of both versions have.
const VERSIONS = [
  {
    version: 'newest',
    SDK: OpenAI,
    Azure: AzureOpenAI,
    cityReply: zodResponseFormat(City, 'city'),
    cityText: zodTextFormat(City, 'city'),
  },
  {
    version: 'oldest',
    SDK: OpenAIOldest as unknown as typeof OpenAI,
    Azure: AzureOpenAIOldest as unknown as typeof AzureOpenAI,
    cityReply: oldestResponseFormat(OldCity, 'city') as unknown as ReturnType<typeof zodResponseFormat<typeof City>>,
    cityText: oldestTextFormat(OldCity, 'city') as unknown as ReturnType<typeof zodTextFormat<typeof City>>,
  },
] as const;

const CASES = [
  ...VERSIONS.map(each => ({ ...each, candidates: undefined })),
  ...(['anthropic-messages', 'openai-chat', 'openai-responses'] as const).map(candidates => ({
    ...VERSIONS[0],
    version: `newest, answered by ${candidates}`,
    candidates,
  })),
];

describe.each(CASES)('openai, $version', ({ SDK, Azure, cityReply, cityText, candidates }) => {
  let it: DropIn<OpenAI>;
  const make = ({ openaiBaseURL: baseURL }: FakeProvider): OpenAI =>
    new SDK({ apiKey: 'k', baseURL, maxRetries: 0, logLevel: 'off' });
  const { probe, counted } = probes(candidates && OPENAI_PROBES.exceptions[candidates]);
  beforeEach(async () => {
    it = await dropIn('openai', make, candidates);
  });
  afterEach(async () => it.close());

  describe('chat completions', () => {
    probe('`create` returns the same reply as without the router, field by field', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        client.chat.completions.create({ model, messages }),
      );
      it.expectSame(routed, direct);
      expect(routed._request_id).toMatch(/^req_/);
      expect(routed._request_id).toBe(direct._request_id);
    });

    probe('`withResponse` returns the same data, response and request id as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const {
          data,
          response,
          request_id: id,
        } = await client.chat.completions.create({ model, messages }).withResponse();
        return { data, id, ...responseFacts(response) };
      });
      it.expectSame(routed, direct);
    });

    probe('`asResponse` returns an unread response', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const response = await client.chat.completions.create({ model, messages }).asResponse();
        const { bodyUsed } = response;
        return {
          bodyUsed,
          ...responseFacts(response),
          body: await response.json(),
          after: response.bodyUsed,
        };
      });
      it.expectSame(routed, direct);
      expect(routed).toMatchObject({ bodyUsed: false, after: true });
    });

    probe('a deeply frozen request is not changed', async () => {
      const request = deepFreeze({ messages, temperature: 0.5, stop: ['x'], stream_options: {} });
      const { routed, direct } = await it.both(async (client, model) =>
        Array.fromAsync(
          await client.chat.completions.create(Object.freeze({ ...request, model, stream: true as const })),
        ),
      );
      it.expectSame(routed.map(withoutNullUsage), direct);
    });

    probe('`parse` with a zod schema returns the same value as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        client.chat.completions.parse({ model, messages, response_format: cityReply }),
      );
      it.expectSame(routed, direct);
      expect(routed.choices[0]?.message.parsed).toMatchObject({ city: '[solved]' });
    });

    for (const stream of [false, true])
      probe(
        `\`runTools\` (streaming ${stream}) has the same conversation as without the router, and each of its calls is routed`,
        async () => {
          const { routed, direct } = await it.both(async (client, model) => {
            const runner = client.chat.completions.runTools({
              model,
              messages: [{ role: 'user', content: 'Weather?' }],
              ...(stream ? { stream } : {}),
              tools: [
                {
                  type: 'function',
                  function: {
                    name: 'weather',
                    description: 'The weather',
                    parse: JSON.parse as (text: string) => { city: string },
                    function: ({ city }: { city: string }) => `sunny in ${city}`,
                    parameters: { type: 'object', properties: { city: { type: 'string' } } },
                  },
                },
              ],
            } as never);
            const told = recorded(runner, RUNNER_EVENTS);
            const content = await runner.finalContent();
            await runner.done();
            const usage = await runner.totalUsage();
            return { content, told, messages: runner.messages, ...(stream ? {} : { usage }) };
          });
          it.expectSame(routed, direct);
          expect(routed.content).toContain('[solved]');
          expect(await it.attempts()).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
        },
      );

    probe('`runTools` with an intent’s model makes one decision and a turn per call', async () => {
      const intent = it.router.feature('support').intent();
      const runner = it.client.chat.completions.runTools({
        model: intent.model,
        messages: [{ role: 'user', content: 'Weather?' }],
        tools: [
          {
            type: 'function',
            function: {
              name: 'weather',
              description: 'The weather',
              parse: JSON.parse as (text: string) => object,
              function: () => 'sunny',
              parameters: { type: 'object', properties: {} },
            },
          },
        ],
      });
      await runner.done();
      expect(await it.intents()).toEqual([intent.id]);
      expect((await it.attempts()).map(({ turn, node }) => [turn, node])).toEqual([
        [1, 'mini'],
        [2, 'mini'],
      ]);
    });
  });

  describe('chat completion streams', () => {
    const chunksOf = async (client: OpenAI, model: string) =>
      client.chat.completions.create({ model, messages, stream: true });

    probe(
      '`for await` gives the same chunks as without the router, and the usage chunk is recorded and hidden',
      async () => {
        const { routed, direct } = await it.both(async (client, model) =>
          Array.fromAsync(await chunksOf(client, model)),
        );
        it.expectSame(routed.map(withoutNullUsage), direct);
        const hasOption = candidates === undefined || candidates === 'openai-chat';
        expect(it.routed.requests()[0]?.body['stream_options']).toEqual(
          hasOption ? { include_usage: true } : undefined,
        );
        expect(await it.attempts()).toMatchObject([
          { status: 'ok', provenance: 'reported', usage: { input: 100, output: 10 }, costNanoUsd: 120_000 },
        ]);
      },
    );

    probe('a caller who asks for usage gets the usage chunk', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        Array.fromAsync(
          await client.chat.completions.create({
            model,
            messages,
            stream: true,
            stream_options: { include_usage: true },
          }),
        ),
      );
      it.expectSame(routed, direct);
      expect(routed.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 100 } });
    });

    probe('`withResponse` and `asResponse` give the same stream as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const { data, response, request_id: id } = await chatStreamOf(client, model).withResponse();
        const chunks = (await Array.fromAsync(data)).map(withoutNullUsage);
        const raw = await chatStreamOf(client, model).asResponse();
        const { bodyUsed } = raw;
        return {
          id,
          chunks,
          ...responseFacts(response),
          bodyUsed,
          events: (await raw.text()).match(/^data:/gm)?.length,
        };
      });
      it.expectSame(routed, direct);
      expect(await it.attempts()).toMatchObject([{ provenance: 'reported' }, { provenance: 'reported' }]);
    });

    probe('both halves of a tee have every chunk', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const [left, right] = (await chunksOf(client, model)).tee();
        return [await Array.fromAsync(left), await Array.fromAsync(right)].map(half => half.map(withoutNullUsage));
      });
      it.expectSame(routed, direct);
      expect(routed[0]).toEqual(routed[1]);
    });

    probe('`toReadableStream` gives lines from which another process can rebuild the stream', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const text = await new Response(
          (await chunksOf(client, model)).toReadableStream() as ReadableStream<Uint8Array>,
        ).text();
        return text
          .trim()
          .split('\n')
          .map(line => withoutNullUsage(JSON.parse(line) as object));
      });
      it.expectSame(routed, direct);
      expect(routed.length).toBeGreaterThan(4);
    });

    probe('leaving the loop early closes the connection to the provider', async () => {
      it.setFaults([{ kind: 'pause', afterEvents: 3 }]);
      for await (const chunk of await chunksOf(it.client, it.model)) if (chunk.choices[0]?.delta.content) break;
      // Otherwise the provider would wait for ever for its client to disconnect.
      await it.routed.idle();
      expect(await it.attempts()).toMatchObject([{ status: 'aborted', provenance: 'estimated' }]);
      expect(it.routed.bill().requests).toHaveLength(1);
    });

    probe('`controller.abort()` ends the loop without an error and closes the connection to the provider', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        it.setFaults([{ kind: 'pause', afterEvents: 3 }]);
        const stream = await chunksOf(client, model);
        return count(stream, seen => {
          if (seen === 3) stream.controller.abort();
        });
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
      expect(await it.attempts()).toMatchObject([{ status: 'aborted', provenance: 'estimated' }]);
    });

    probe('the caller’s signal stops a stream in the same way as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        it.setFaults([{ kind: 'pause', afterEvents: 3 }]);
        const caller = new AbortController();
        const stream = await client.chat.completions.create(
          { model, messages, stream: true },
          { signal: caller.signal },
        );
        return count(stream, seen => {
          if (seen === 3) caller.abort();
        });
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
      expect(await it.attempts()).toMatchObject([{ status: 'aborted' }]);
    });

    probe('a stream that breaks off ends for the caller in the same way as without the router', async () => {
      for (const fault of [
        { kind: 'cut', afterEvents: 3 },
        { kind: 'truncate', afterEvents: 3 },
        { kind: 'malformed' },
      ] satisfies FakeFault[]) {
        const { routed, direct } = await it.both(async (client, model) => {
          it.setFaults([fault]);
          let seen = 0;
          try {
            await count(await chunksOf(client, model), now => (seen = now));
          } catch (error) {
            return { seen, ...errorFacts(error) };
          }
          return { seen };
        });
        it.expectSame(routed, direct);
      }
      // Malformed JSON makes the client itself cancel the stream, which is not an abort by the caller.
      expect((await it.attempts()).map(({ status }) => status)).toEqual(['broken', 'broken', 'broken']);
    });

    probe('`stream()` has the same events and final values as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const stream = client.chat.completions.stream({
          model,
          messages,
          stream_options: { include_usage: true },
          response_format: cityReply,
        });
        const told = recorded(stream, CHAT_STREAM_EVENTS);
        await stream.done();
        return {
          told,
          completion: await stream.finalChatCompletion(),
          content: await stream.finalContent(),
          message: await stream.finalMessage(),
          call: await stream.finalFunctionToolCall(),
          usage: await stream.totalUsage(),
          all: stream.allChatCompletions(),
          flags: [stream.ended, stream.errored, stream.aborted],
        };
      });
      it.expectSame(routed, direct);
      expect(new Set(routed.told.map(([event]) => event))).toEqual(
        new Set([
          'connect',
          'chunk',
          'content',
          'content.delta',
          'content.done',
          'message',
          'chatCompletion',
          'finalContent',
          'finalMessage',
          'finalChatCompletion',
          'totalUsage',
          'end',
        ]),
      );
      expect(routed.usage.total_tokens).toBe(110);
    });

    probe('`stream()` without `include_usage` never has the usage chunk', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const stream = client.chat.completions.stream({ model, messages });
        const told = recorded(stream, ['chunk']);
        const { usage: _usage, ...completion } = await stream.finalChatCompletion();
        return { completion, chunks: told.length };
      });
      it.expectSame(routed, direct);
    });

    probe('an aborted `stream()` rejects in the same way as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        it.setFaults([{ kind: 'pause', afterEvents: 3 }]);
        const stream = client.chat.completions.stream({ model, messages });
        const told = recorded(stream, ['abort', 'error', 'end', 'finalContent']);
        stream.on('content', () => stream.abort());
        return { ...errorFacts(await failure(stream.finalChatCompletion())), told: told.map(([event]) => event) };
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
    });
  });

  describe('responses', () => {
    probe('`create` returns the same response and request id as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const {
          data,
          response,
          request_id: id,
        } = await client.responses.create({ model, input: 'Hello' }).withResponse();
        return { data, id, text: data.output_text, ...responseFacts(response) };
      });
      it.expectSame(routed, direct);
      expect(await it.attempts()).toMatchObject([{ costNanoUsd: 120_000, provenance: 'reported' }]);
    });

    probe('a streamed `create` has the same events as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        Array.fromAsync(await client.responses.create({ model, input: 'Hello', stream: true })),
      );
      it.expectSame(routed, direct);
      expect(routed.at(-1)?.type).toBe('response.completed');
      expect(await it.attempts()).toMatchObject([{ costNanoUsd: 120_000, provenance: 'reported' }]);
    });

    probe('`stream()` has the same events and final response as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const stream = client.responses.stream({ model, input: 'Hello', text: { format: cityText } });
        const told = recorded(stream, RESPONSE_STREAM_EVENTS);
        const final = await stream.finalResponse();
        return { told, final };
      });
      it.expectSame(routed, direct);
      expect(routed.final.output_parsed).toMatchObject({ city: '[solved]' });
      expect(routed.told.map(([event]) => event)).toContain('response.output_text.delta');
    });

    probe('`parse` with a zod schema returns the same value as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        client.responses.parse({ model, input: 'Hello', text: { format: cityText } }),
      );
      it.expectSame(routed, direct);
      expect(routed.output_parsed).toMatchObject({ city: '[solved]' });
    });

    probe('a conversation kept at the provider continues with the model that began it', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const first = await client.responses.create({ model, input: 'Hello' });
        const second = await client.responses.create({ model, input: 'And?', previous_response_id: first.id });
        return { second, kept: await client.responses.retrieve(first.id) };
      });
      it.expectSame(routed, direct);
    });
  });

  describe('the client itself', () => {
    probe('a wrapped client has the same class, and calls with other model names pass untouched', async () => {
      expect(it.client).toBeInstanceOf(SDK);
      expect(it.client.constructor).toBe(SDK);
      const { routed, direct } = await it.both(async client => ({
        models: await Array.fromAsync(await client.models.list()),
        other: await client.chat.completions.create({ model: 'premium-1', messages }),
      }));
      it.expectSame(routed, direct);
      expect(await it.attempts()).toEqual([]);
    });

    probe('a clone made by `withOptions` is routed', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        client
          .withOptions({ timeout: 10_000, defaultHeaders: { 'x-own': 'yes' } })
          .chat.completions.create({ model, messages }),
      );
      it.expectSame(routed, direct);
      expect(it.routed.requests()[0]).toMatchObject({ model: 'mini-1', headers: { 'x-own': 'yes' } });
      expect(await it.attempts()).toHaveLength(1);
    });

    probe('a client that is wrapped twice is routed once', async () => {
      await it.router.wrap(it.client).chat.completions.create({ model: it.model, messages });
      expect(await it.attempts()).toHaveLength(1);
    });

    probe(
      'an error has the same class, status, code and message as without the router, and a request id of its own',
      async () => {
        const faults: FakeFault[] = [400, 401, 403, 404, 409, 422, 429, 500, 503].map(status => ({
          kind: 'status',
          status,
        }));
        for (const fault of [...faults, { kind: 'unknown-model' } as const, { kind: 'html', status: 502 } as const]) {
          it.setFaults(() => fault);
          const { routed, direct } = await it.both(async (client, model) => {
            const error = await failure(client.chat.completions.create({ model, messages }));
            expect(error).toBeInstanceOf(SDK.APIError);
            return errorFacts(error);
          });
          // The provider numbers its request ids, and the router also retries.
          it.expectSame({ ...routed, requestID: '' }, { ...direct, requestID: '' });
          expect(typeof routed['requestID']).toBe(typeof direct['requestID']);
        }
      },
    );

    probe(
      'a failed connection rejects with the SDK’s connection error and the same cause as without the router',
      async () => {
        it.setFaults(() => ({ kind: 'reset' }));
        const { routed, direct } = await it.both(async (client, model) => {
          const error = (await failure(client.chat.completions.create({ model, messages }))) as Error;
          expect(error).toBeInstanceOf(SDK.APIConnectionError);
          return { ...errorFacts(error), cause: (error.cause as Error).message };
        });
        it.expectSame(routed, direct);
      },
    );

    probe('an abort before or during a call rejects in the same way as without the router', async () => {
      let caller = new AbortController();
      // Aborts as soon as the request has arrived: on a busy machine, a fixed time could end before it.
      it.setFaults(() => (caller.abort(), { kind: 'silent' }));
      const { routed, direct } = await it.both(async (client, model) => {
        const before = await failure(
          client.chat.completions.create({ model, messages }, { signal: AbortSignal.abort() }),
        );
        caller = new AbortController();
        const during = await failure(client.chat.completions.create({ model, messages }, { signal: caller.signal }));
        expect(during).toBeInstanceOf(SDK.APIUserAbortError);
        return [errorFacts(before), errorFacts(during)];
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
      expect((await it.attempts()).at(-1)).toMatchObject({ status: 'aborted', provenance: 'estimated' });
    });

    probe('the client’s own timeout rejects with the SDK’s timeout error', async () => {
      it.setFaults(() => ({ kind: 'silent' }));
      const { routed, direct } = await it.both(async (client, model) => {
        const error = await failure(client.chat.completions.create({ model, messages }, { timeout: 60 }));
        expect(error).toBeInstanceOf(SDK.APIConnectionTimeoutError);
        return errorFacts(error);
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
    });

    probe('a RouterError reaches the caller itself, at once', async () => {
      const error = await failure(it.client.chat.completions.create({ model: 'feature:suport', messages }));
      expect(RouterError.isInstance(error) && error.code).toBe('unknown-feature');
    });

    probe('an Azure client is refused, because its deployment is in the URL', () => {
      const azure = [
        new Azure({
          apiKey: 'k',
          endpoint: 'https://x.openai.azure.com',
          apiVersion: '2026-01-01',
          deployment: 'mine',
        }),
        new Azure({ apiKey: 'k', endpoint: 'https://x.openai.azure.com', apiVersion: '2026-01-01' }),
      ];
      for (const client of azure) {
        expect(() => it.router.wrap(client)).toThrow(expect.objectContaining({ code: 'unsupported-client' }));
      }
    });

    probe('an Azure client with the router’s `fetch` is refused at its first call', async () => {
      const azure = new Azure({
        apiKey: 'k',
        endpoint: it.routed.url,
        apiVersion: '2026-01-01',
        fetch: it.router.fetch,
        maxRetries: 0,
      });
      const error = await failure(azure.chat.completions.create({ model: it.model, messages }));
      expect(RouterError.isInstance(error) && error.code).toBe('unsupported-client');
      expect(it.routed.requests()).toEqual([]);
    });

    probe('50 concurrent calls of one intent make one decision and 50 attempts', async () => {
      const intent = it.router.feature('support').intent();
      await Promise.all(
        Array.from({ length: 50 }, async () => it.client.chat.completions.create({ model: intent.model, messages })),
      );
      expect(await it.intents()).toEqual([intent.id]);
      expect(await it.attempts()).toHaveLength(50);
    });

    probe('50 concurrent calls of an intent with a given id make one decision and 50 attempts', async () => {
      const intent = it.router.feature('support').resume('from-elsewhere');
      await Promise.all(
        Array.from({ length: 50 }, async () => it.client.chat.completions.create({ model: intent.model, messages })),
      );
      expect(await it.intents()).toEqual([intent.id]);
      expect(await it.attempts()).toHaveLength(50);
    });
  });

  counted(OPENAI_PROBES.count);
});

function chatStreamOf(client: OpenAI, model: string) {
  return client.chat.completions.create({ model, messages, stream: true });
}

function responseFacts(response: Response) {
  const { status, statusText, ok, redirected, type, url, headers } = response;
  const own = [...headers].filter(([name]) => name !== 'date');
  return { status, statusText, ok, redirected, type, path: new URL(url).pathname, headers: own };
}

const RUNNER_EVENTS = [
  'connect',
  'chatCompletion',
  'message',
  'content',
  'functionToolCall',
  'functionToolCallResult',
  'finalChatCompletion',
  'finalContent',
  'finalMessage',
  'finalFunctionToolCall',
  'finalFunctionToolCallResult',
  'end',
];
const CHAT_STREAM_EVENTS = [
  'connect',
  'chunk',
  'chatCompletion',
  'message',
  'content',
  'content.delta',
  'content.done',
  'refusal.delta',
  'refusal.done',
  'tool_calls.function.arguments.delta',
  'tool_calls.function.arguments.done',
  'functionToolCall',
  'finalChatCompletion',
  'finalContent',
  'finalMessage',
  'finalFunctionToolCall',
  'totalUsage',
  'error',
  'abort',
  'end',
];
const RESPONSE_STREAM_EVENTS = [
  'connect',
  'event',
  'response.created',
  'response.in_progress',
  'response.output_item.added',
  'response.content_part.added',
  'response.output_text.delta',
  'response.output_text.done',
  'response.content_part.done',
  'response.output_item.done',
  'response.completed',
  'error',
  'abort',
  'end',
];
