/** Whatever an application does with an Anthropic client, it may do with a routed one: every probe runs on both. */
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import AnthropicOldest from 'anthropic-oldest';
import { betaZodTool as oldestTool } from 'anthropic-oldest/helpers/beta/zod';
import { zodOutputFormat as oldestFormat } from 'anthropic-oldest/helpers/zod';
import { afterEach, beforeEach, describe, expect } from 'vitest';
import { z } from 'zod';
import { RouterError } from '../../src/errors.ts';
import type { FakeProvider, FakeFault } from '../../src/public/testing.ts';
import type { DropIn } from '../support/drop-in.ts';
import { count, deepFreeze, dropIn, errorFacts, failure, recorded } from '../support/drop-in.ts';
import { ANTHROPIC_PROBES } from '../support/other-vendor.ts';
import { probes } from '../support/probes.ts';

const City = z.object({ city: z.string(), people: z.number().int() });
const hello = { max_tokens: 100, messages: [{ role: 'user' as const, content: 'Hello' }] };

// The tests use only those functions that the clients of both versions have.
const VERSIONS = [
  { version: 'newest', SDK: Anthropic, city: zodOutputFormat(City), makeTool: betaZodTool },
  {
    version: 'oldest',
    SDK: AnthropicOldest as unknown as typeof Anthropic,
    city: oldestFormat(City),
    makeTool: oldestTool as unknown as typeof betaZodTool,
  },
] as const;

const CASES = [
  ...VERSIONS.map(each => ({ ...each, candidates: undefined })),
  ...(['openai-chat', 'openai-responses'] as const).map(candidates => ({
    ...VERSIONS[0],
    version: `newest, answered by ${candidates}`,
    candidates,
  })),
];

describe.each(CASES)('@anthropic-ai/sdk, $version', ({ SDK, city, makeTool, candidates }) => {
  let it: DropIn<Anthropic>;
  const make = ({ anthropicBaseURL: baseURL }: FakeProvider): Anthropic =>
    new SDK({ apiKey: 'k', baseURL, maxRetries: 0, logLevel: 'off' });
  const { probe, counted } = probes(candidates && ANTHROPIC_PROBES.exceptions[candidates]);
  beforeEach(async () => {
    it = await dropIn('anthropic', make, candidates);
  });
  afterEach(async () => it.close());

  describe('messages', () => {
    probe('`create` returns the same reply as without the router, field by field', async () => {
      const { routed, direct } = await it.both(async (client, model) => client.messages.create({ ...hello, model }));
      it.expectSame(routed, direct);
      expect(routed._request_id).toMatch(/^req_/);
      expect(routed._request_id).toBe(direct._request_id);
      expect(await it.attempts()).toMatchObject([{ costNanoUsd: 120_000, provenance: 'reported' }]);
    });

    probe('`withResponse` and `asResponse` return the same response as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const { data, response, request_id: id } = await client.messages.create({ ...hello, model }).withResponse();
        const raw = await client.messages.create({ ...hello, model }).asResponse();
        const { bodyUsed } = raw;
        return { data, id, ...responseFacts(response), bodyUsed, raw: responseFacts(raw), body: await raw.json() };
      });
      it.expectSame(routed, direct);
      expect(routed.bodyUsed).toBe(false);
    });

    probe('a deeply frozen request is not changed', async () => {
      const request = deepFreeze({
        ...hello,
        metadata: { user_id: 'x' },
        system: [{ type: 'text' as const, text: 'Be kind' }],
      });
      const { routed, direct } = await it.both(async (client, model) =>
        client.messages.create(Object.freeze({ ...request, model })),
      );
      it.expectSame(routed, direct);
    });

    probe('`parse` with a zod schema returns the same value as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        client.messages.parse({ ...hello, model, output_config: { format: city } }),
      );
      it.expectSame(routed, direct);
      expect(routed.parsed_output).toMatchObject({ city: '[solved]' });
    });

    for (const stream of [false, true])
      probe(
        `the tool runner (streaming ${stream}) has the same conversation as without the router, and each of its calls is routed`,
        async () => {
          const { routed, direct } = await it.both(async (client, model) => {
            const asked: unknown[] = [];
            const weather = makeTool({
              name: 'weather',
              description: 'The weather',
              inputSchema: z.object({ city: z.string() }),
              run: args => {
                asked.push(args);
                return 'sunny';
              },
            });
            const params = { ...hello, model, tools: [weather] };
            if (!stream) return { asked, last: await client.beta.messages.toolRunner(params) };
            const messages: unknown[] = [];
            for await (const one of client.beta.messages.toolRunner({ ...params, stream: true }))
              messages.push(await one.finalMessage());
            return { asked, last: messages };
          });
          it.expectSame(routed, direct);
          expect(routed.asked).toEqual([{ city: 'something' }]);
          expect(await it.attempts()).toMatchObject([{ status: 'ok' }, { status: 'ok' }]);
        },
      );

    probe('the tool runner with an intent’s model makes one decision and a turn per call', async () => {
      const intent = it.router.feature('support').intent();
      const weather = makeTool({
        name: 'weather',
        description: 'The weather',
        inputSchema: z.object({ city: z.string() }),
        run: () => 'sunny',
      });
      await it.client.beta.messages.toolRunner({ ...hello, model: intent.model, tools: [weather] });
      expect(await it.intents()).toEqual([intent.id]);
      expect((await it.attempts()).map(({ turn }) => turn)).toEqual([1, 2]);
    });

    probe('`countTokens` of a feature is answered by its first candidate, and nothing is recorded', async () => {
      const { messages } = hello;
      for (const counted of [it.client.messages, it.client.beta.messages])
        expect(await counted.countTokens({ messages, model: it.model })).toMatchObject({
          input_tokens: expect.any(Number),
        });
      expect(it.routed.requests().map(({ model }) => model)).toEqual(['mini-1', 'mini-1']);
      expect(await it.intents()).toEqual([]);
    });

    probe('`countTokens` of an intent is answered by the intent’s model', async () => {
      const intent = it.router.feature('support').intent();
      void it.router.feature('support').pin('premium');
      await it.client.messages.create({ ...hello, model: intent.model });
      await it.client.messages.countTokens({ messages: hello.messages, model: intent.model });
      expect(it.routed.requests().map(({ model }) => model)).toEqual(['premium-1', 'premium-1']);
      expect(await it.attempts()).toHaveLength(1);
    });
  });

  describe('message streams', () => {
    probe('a streamed `create` has the same events as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) =>
        Array.fromAsync(await client.messages.create({ ...hello, model, stream: true })),
      );
      it.expectSame(routed, direct);
      expect(await it.attempts()).toMatchObject([{ costNanoUsd: 120_000, provenance: 'reported' }]);
    });

    probe('`tee` and `toReadableStream` give the same events as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const [left, right] = (await client.messages.create({ ...hello, model, stream: true })).tee();
        const lines = await new Response(left.toReadableStream() as ReadableStream<Uint8Array>).text();
        return [lines, await Array.fromAsync(right)];
      });
      it.expectSame(routed, direct);
    });

    probe('leaving the loop early closes the connection to the provider', async () => {
      it.setFaults([{ kind: 'pause', afterEvents: 5 }]);
      for await (const event of await it.client.messages.create({ ...hello, model: it.model, stream: true }))
        if (event.type === 'content_block_delta') break;
      await it.routed.idle();
      // The count of input tokens that the provider sent at the start is not an estimate of the router.
      expect(await it.attempts()).toMatchObject([
        {
          status: 'aborted',
          provenance: 'estimated',
          usage: { input: candidates === undefined ? 100 : expect.any(Number) },
        },
      ]);
    });

    probe('`controller.abort()` ends the loop without an error and closes the connection to the provider', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        it.setFaults([{ kind: 'pause', afterEvents: 4 }]);
        const stream = await client.messages.create({ ...hello, model, stream: true });
        return count(stream, seen => {
          if (seen === 3) stream.controller.abort();
        });
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
      expect(await it.attempts()).toMatchObject([{ status: 'aborted', provenance: 'estimated' }]);
    });

    probe('`stream()` has the same events and final values as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const stream = client.messages.stream({ ...hello, model });
        const told = recorded(stream, MESSAGE_STREAM_EVENTS);
        await stream.done();
        return {
          told,
          message: await stream.finalMessage(),
          text: await stream.finalText(),
          received: stream.receivedMessages,
          all: stream.messages,
          id: stream.request_id,
          response:
            stream.response === null || stream.response === undefined ? undefined : responseFacts(stream.response),
          flags: [stream.ended, stream.errored, stream.aborted],
        };
      });
      it.expectSame(routed, direct);
      expect(new Set(routed.told.map(([event]) => event))).toEqual(
        new Set(['connect', 'streamEvent', 'text', 'contentBlock', 'message', 'finalMessage', 'end']),
      );
    });

    probe('`stream()` gives the same response, thinking and tool call as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        const { data, request_id: id } = await client.messages
          .stream({
            ...hello,
            model,
            max_tokens: 2048,
            thinking: { type: 'enabled', budget_tokens: 1024 },
            tools: [{ name: 'weather', input_schema: { type: 'object', properties: { city: { type: 'string' } } } }],
          })
          .withResponse();
        const told = recorded(data, MESSAGE_STREAM_EVENTS);
        return { id, message: await data.finalMessage(), told };
      });
      it.expectSame(routed, direct);
      const events = routed.told.map(([event]) => event);
      expect(events).toEqual(expect.arrayContaining(['thinking', 'signature', 'inputJson']));
    });

    probe('an aborted `stream()` rejects in the same way as without the router', async () => {
      const { routed, direct } = await it.both(async (client, model) => {
        it.setFaults([{ kind: 'pause', afterEvents: 5 }]);
        const stream = client.messages.stream({ ...hello, model });
        const told = recorded(stream, ['abort', 'error', 'end', 'finalMessage']);
        stream.on('text', () => stream.abort());
        return { ...errorFacts(await failure(stream.finalMessage())), told: told.map(([event]) => event) };
      });
      it.expectSame(routed, direct);
      await it.routed.idle();
    });

    probe('a stream that breaks off ends for the caller in the same way as without the router', async () => {
      for (const fault of [
        { kind: 'cut', afterEvents: 4 },
        { kind: 'truncate', afterEvents: 4 },
      ] satisfies FakeFault[]) {
        const { routed, direct } = await it.both(async (client, model) => {
          it.setFaults([fault]);
          return errorFacts(await failure(client.messages.stream({ ...hello, model }).finalMessage()));
        });
        it.expectSame(routed, direct);
      }
      expect((await it.attempts()).map(({ status }) => status)).toEqual(['broken', 'broken']);
    });
  });

  describe('the client itself', () => {
    probe('a wrapped client has the same class, and calls with other model names pass untouched', async () => {
      expect(it.client).toBeInstanceOf(SDK);
      expect(it.client.constructor).toBe(SDK);
      const { routed, direct } = await it.both(async client =>
        client.messages.create({ ...hello, model: 'premium-1' }),
      );
      it.expectSame(routed, direct);
      expect(await it.attempts()).toEqual([]);
    });

    probe('a clone made by `withOptions` is routed', async () => {
      await it.client
        .withOptions({ timeout: 10_000, defaultHeaders: { 'x-own': 'yes' } })
        .messages.create({ ...hello, model: it.model });
      expect(it.routed.requests()[0]).toMatchObject({ model: 'mini-1', headers: { 'x-own': 'yes' } });
      expect(await it.attempts()).toHaveLength(1);
    });

    probe(
      'an error has the same class, status, type and message as without the router, and a request id of its own',
      async () => {
        const faults: FakeFault[] = [400, 401, 403, 404, 409, 422, 429, 500, 529].map(status => ({
          kind: 'status',
          status,
        }));
        for (const fault of [...faults, { kind: 'unknown-model' } as const, { kind: 'html', status: 502 } as const]) {
          it.setFaults(() => fault);
          const { routed, direct } = await it.both(async (client, model) => {
            const error = await failure(client.messages.create({ ...hello, model }));
            expect(error).toBeInstanceOf(SDK.APIError);
            return errorFacts(error);
          });
          // The provider numbers its request ids, and the router also retries.
          const withoutIds = ({ message, ...facts }: typeof routed) => ({
            ...facts,
            requestID: '',
            message: String(message).replace(/req_\w+/, ''),
          });
          it.expectSame(withoutIds(routed), withoutIds(direct));
          expect(typeof routed['requestID']).toBe(typeof direct['requestID']);
        }
      },
    );

    probe(
      'an abort before or during a call, and the client’s timeout, reject in the same way as without the router',
      async () => {
        let caller = new AbortController();
        // Aborts as soon as the request has arrived: on a busy machine, a fixed time could end before it.
        it.setFaults(() => (caller.abort(), { kind: 'silent' }));
        const { routed, direct } = await it.both(async (client, model) => {
          const before = await failure(client.messages.create({ ...hello, model }, { signal: AbortSignal.abort() }));
          caller = new AbortController();
          const during = await failure(client.messages.create({ ...hello, model }, { signal: caller.signal }));
          expect(during).toBeInstanceOf(SDK.APIUserAbortError);
          const late = await failure(client.messages.create({ ...hello, model }, { timeout: 60 }));
          expect(late).toBeInstanceOf(SDK.APIConnectionTimeoutError);
          return [errorFacts(before), errorFacts(during), errorFacts(late)];
        });
        it.expectSame(routed, direct);
        await it.routed.idle();
      },
    );

    probe('a call for a feature without an Anthropic model rejects with a RouterError', async () => {
      const other = await dropIn('openai', ({ openaiBaseURL: baseURL }) => new SDK({ apiKey: 'k', baseURL }));
      const client = other.router.wrap(make(other.routed));
      for (const call of [
        async () => client.messages.create({ ...hello, model: other.model }),
        async () => client.messages.countTokens({ messages: hello.messages, model: other.model }),
      ]) {
        const error = await failure(call());
        expect(RouterError.isInstance(error) && error.code).toBe('wrong-provider');
      }
      expect(other.routed.requests()).toEqual([]);
      await other.close();
    });
  });

  counted(ANTHROPIC_PROBES.count);
});

function responseFacts(response: Response) {
  const { status, statusText, ok, redirected, type, url, headers } = response;
  const own = [...headers].filter(([name]) => name !== 'date');
  return { status, statusText, ok, redirected, type, path: new URL(url).pathname, headers: own };
}

const MESSAGE_STREAM_EVENTS = [
  'connect',
  'streamEvent',
  'text',
  'citation',
  'inputJson',
  'thinking',
  'signature',
  'message',
  'contentBlock',
  'finalMessage',
  'error',
  'abort',
  'end',
];
