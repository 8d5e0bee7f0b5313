/** The helpers of every vendor's SDK, over real HTTP, with what another vendor streams. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod';
import { zodOutputFormat } from '@anthropic-ai/sdk/helpers/zod';
import type { LanguageModel } from 'ai';
import { Output, stepCountIs, streamText, tool } from 'ai';
import OpenAI from 'openai';
import { zodResponseFormat, zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { anthropicEventReader } from '../../../src/translate/anthropic/event-reader.ts';
import { collectedReply } from '../../../src/translate/neutral/collected-reply.ts';
import { translatorOf } from '../../../src/translate/translate.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import type { Answer, Received } from '../../support/scripted-server.ts';
import { scriptedServer, sse } from '../../support/scripted-server.ts';
import type { NativeReply } from './native.ts';
import { nativeStream } from './native.ts';
import { APIS, ROOMS } from './rooms.ts';
import { bytesOf } from './sent.ts';

const WEATHER: NativeReply = {
  text: ['I look ', 'it up: é😀.'],
  calls: [
    { id: 'call_1', name: 'weather', input: ['{"city": "Zür', 'ich"}'] },
    { id: 'call_2', name: 'weather', input: ['{"city"', ': "Bern"}'] },
  ],
};
const SAID: NativeReply = { text: ['It rains', ' in both.'] };
const OBJECT: NativeReply = { text: ['{"city": "Zür', 'ich", "degrees"', ': 7}'] };

const City = z.object({ city: z.string() });
const Degrees = z.object({ city: z.string(), degrees: z.number() });
const DEGREES = { city: 'Zürich', degrees: 7 };

/** Answers with a stream of `from` in the format of `to`, in pieces that end anywhere. */
function answer(from: Api, to: Api, reply: NativeReply): Answer {
  return ({ body }, response) => {
    const reader = ROOMS[from].reader();
    const writer = ROOMS[to].writer({ request: body as unknown as JsonObject, id: ROOMS[to].id, nowS: 1 });
    const bytes = bytesOf(nativeStream(from, reply));
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let start = 0; start < bytes.length; start += 7) {
      const piece = writer.push(reader.push(bytes.subarray(start, start + 7)));
      if (piece.length > 0) response.write(piece);
    }
    response.end(writer.push(reader.end()));
  };
}

/** Runs with a server that gives these replies, one a request, and returns the requests. */
async function served(
  [from, to]: readonly [Api, Api],
  replies: readonly (NativeReply | Answer)[],
  run: (url: string) => Promise<void>,
): Promise<readonly Received[]> {
  const server = await scriptedServer(
    replies.map(reply => (typeof reply === 'function' ? reply : answer(from, to, reply))),
  );
  try {
    await run(server.url);
  } finally {
    await server.close();
  }
  return server.received;
}

/**
 * The tool runner asks the vendor to keep the conversation, and then sends only what is new. A vendor that does not have it
 * answers like this, and gets the whole conversation.
 */
const lostThread: Answer = ({ body }, response) => {
  expect(body.thread).toEqual({ type: 'continue', previous_message_id: 'msg_or_1' });
  const details = { error_code: 'thread_not_found' };
  const error = { type: 'not_found_error', message: 'The conversation is kept by no vendor.', details };
  response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify({ type: 'error', error }));
};

const openai = (url: string): OpenAI =>
  new OpenAI({ apiKey: 'k', baseURL: `${url}/v1`, maxRetries: 0, logLevel: 'off' });
const anthropic = (url: string): Anthropic =>
  new Anthropic({ apiKey: 'k', baseURL: url, maxRetries: 0, logLevel: 'off' });
const messages = [{ role: 'user' as const, content: 'How is the weather?' }];

describe.each(APIS.filter(api => api !== 'openai-chat'))('a chat client is answered by %s', from => {
  const route = [from, 'openai-chat'] as const;

  test('`runTools` runs both calls, sends their results, and gets the text', async () => {
    const cities: string[] = [];
    const requests = await served(route, [WEATHER, SAID], async url => {
      const weather = {
        name: 'weather',
        description: 'The weather',
        parameters: { type: 'object', properties: { city: { type: 'string' } } },
        parse: (text: string) => City.parse(JSON.parse(text)),
        function: ({ city }: { readonly city: string }) => {
          cities.push(city);
          return 'rain';
        },
      };
      const tools = [{ type: 'function' as const, function: weather }];
      const runner = openai(url).chat.completions.runTools({ model: 'm', messages, tools, stream: true });
      expect(await runner.finalContent()).toBe('It rains in both.');
    });
    expect(cities).toEqual(['Zürich', 'Bern']);
    const sent = requests[1]?.body.messages as readonly { role: string; tool_call_id?: string }[] | undefined;
    const results = sent?.filter(({ role }) => role === 'tool') ?? [];
    expect(results.map(result => result.tool_call_id)).toEqual(['call_1', 'call_2']);
  });

  test('`stream` with a schema parses the object', async () => {
    await served(route, [OBJECT], async url => {
      const response_format = zodResponseFormat(Degrees, 'degrees');
      const stream = openai(url).chat.completions.stream({ model: 'm', messages, response_format });
      const final = await stream.finalChatCompletion();
      expect(final.choices[0]?.message.parsed).toEqual(DEGREES);
    });
  });
});

describe.each(APIS.filter(api => api !== 'openai-responses'))('a client of responses is answered by %s', from => {
  const route = [from, 'openai-responses'] as const;

  test('`stream` parses the arguments of both calls', async () => {
    await served(route, [WEATHER], async url => {
      const tools = [zodResponsesFunction({ name: 'weather', parameters: City })];
      const stream = openai(url).responses.stream({ model: 'm', input: 'hi', tools });
      const texts: string[] = [];
      stream.on('response.output_text.delta', ({ snapshot }) => texts.push(snapshot));
      const { output, output_text: text } = await stream.finalResponse();
      const calls = output.flatMap(item => (item.type === 'function_call' ? [item.parsed_arguments as unknown] : []));
      expect(calls).toEqual([{ city: 'Zürich' }, { city: 'Bern' }]);
      expect([text, texts.at(-1)]).toEqual(['I look it up: é😀.', 'I look it up: é😀.']);
    });
  });

  test('`stream` with a schema parses the object', async () => {
    await served(route, [OBJECT], async url => {
      const text = { format: zodTextFormat(Degrees, 'degrees') };
      const final = await openai(url).responses.stream({ model: 'm', input: 'hi', text }).finalResponse();
      expect(final.output_parsed).toEqual(DEGREES);
    });
  });
});

describe.each(APIS.filter(api => api !== 'anthropic-messages'))('an Anthropic client is answered by %s', from => {
  const route = [from, 'anthropic-messages'] as const;

  test('the tool runner runs both calls, sends their results, and gets the text', async () => {
    const cities: string[] = [];
    const requests = await served(route, [WEATHER, lostThread, SAID], async url => {
      const weather = betaZodTool({
        name: 'weather',
        description: 'The weather',
        inputSchema: City,
        run: ({ city }) => {
          cities.push(city);
          return 'rain';
        },
      });
      const params = { model: 'm', max_tokens: 9, messages, tools: [weather], stream: true as const };
      const finals: unknown[] = [];
      for await (const stream of anthropic(url).beta.messages.toolRunner(params)) finals.push(await stream.finalText());
      expect(finals).toEqual(['I look it up: é😀.', 'It rains in both.']);
    });
    expect(cities).toEqual(['Zürich', 'Bern']);
    const sent = requests[2]?.body.messages as readonly { content: readonly { tool_use_id: string }[] }[] | undefined;
    expect(sent?.[2]?.content.map(result => result.tool_use_id)).toEqual(['call_1', 'call_2']);
  });

  test('`stream` with a schema parses the object', async () => {
    await served(route, [OBJECT], async url => {
      const output_config = { format: zodOutputFormat(Degrees) };
      const stream = anthropic(url).messages.stream({ model: 'm', max_tokens: 9, messages, output_config });
      expect((await stream.finalMessage()).parsed_output).toEqual(DEGREES);
    });
  });
});

const AI_SDK: Readonly<Record<Api, (url: string) => LanguageModel>> = {
  'openai-chat': url => createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` }).chat('gpt-4.1'),
  'openai-responses': url => createOpenAI({ apiKey: 'k', baseURL: `${url}/v1` })('gpt-5'),
  'anthropic-messages': url => createAnthropic({ apiKey: 'k', baseURL: `${url}/v1` })('claude-sonnet-4-5'),
};
const ROUTES = APIS.flatMap(from => APIS.filter(to => to !== from).map(to => ({ from, to })));

describe.each(ROUTES)('the AI SDK, speaking $to, is answered by $from', ({ from, to }) => {
  test('a loop with tools runs both calls and streams the text, with its usage', async () => {
    await served([from, to], [WEATHER, SAID], async url => {
      const cities: string[] = [];
      const execute = ({ city }: { readonly city: string }): string => {
        cities.push(city);
        return 'rain';
      };
      const result = streamText({
        model: AI_SDK[to](url),
        prompt: 'How is the weather?',
        tools: { weather: tool({ inputSchema: City, execute }) },
        stopWhen: stepCountIs(3),
        maxRetries: 0,
      });
      expect(await result.text).toBe('It rains in both.');
      expect(cities).toEqual(['Zürich', 'Bern']);
      expect(await result.finishReason).toBe('stop');
      expect(await result.usage).toMatchObject({ inputTokens: 20, outputTokens: 14 });
    });
  });

  test('an object is parsed as it streams', async () => {
    await served([from, to], [OBJECT], async url => {
      const output = Output.object({ schema: Degrees });
      const result = streamText({ model: AI_SDK[to](url), prompt: 'How warm?', output, maxRetries: 0 });
      expect(await result.output).toEqual(DEGREES);
    });
  });
});

describe.each([
  ['explains', { type: 'refusal', category: 'bio', explanation: 'No.' }, 'No.'],
  ['does not explain', null, 'The model refused to answer, and its vendor gives no reason.'],
])('a refusal that Anthropic %s is read as a refusal by OpenAI’s helpers', (_, stop_details, said) => {
  const REFUSED = [
    { type: 'message_start', message: { id: 'm', model: 'claude', content: [], usage: { input_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '{"ci' } },
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'refusal', stop_details },
      usage: { output_tokens: 1 },
    },
    { type: 'message_stop' },
  ];
  const events = [anthropicEventReader()].flatMap(reader => [
    ...reader.push(new TextEncoder().encode(REFUSED.map(event => sse(event, event.type)).join(''))),
    ...reader.end(),
  ]);
  const refusedAs =
    (api: Exclude<Api, 'anthropic-messages'>): Answer =>
    ({ body }, response) => {
      const asked = { request: body as unknown as JsonObject, id: ROOMS[api].id, nowS: 1 };
      if (body.stream === true) response.writeHead(200, { 'content-type': 'text/event-stream' });
      else response.writeHead(200, { 'content-type': 'application/json' });
      const plain = translatorOf(api).writeReply(collectedReply('anthropic-messages', events), asked);
      response.end(body.stream === true ? ROOMS[api].writer(asked).push(events) : plain);
    };

  test('the helpers for chat completions return a refusal of another API as a refusal, plain and streamed', async () => {
    await served(['anthropic-messages', 'openai-chat'], [refusedAs('openai-chat')], async url => {
      const { completions } = new OpenAI({ apiKey: 'k', baseURL: url, maxRetries: 0 }).chat;
      const question = { model: 'm', messages: [], response_format: zodResponseFormat(Degrees, 'degrees') };
      const plain = await completions.parse(question);
      const streamed = await completions.stream(question).finalChatCompletion();
      for (const { choices } of [plain, streamed])
        expect(choices).toMatchObject([{ finish_reason: 'stop', message: { refusal: said, parsed: null } }]);
    });
  });

  test('the helpers for responses return a refusal of another API as a refusal, plain and streamed', async () => {
    await served(['anthropic-messages', 'openai-responses'], [refusedAs('openai-responses')], async url => {
      const { responses } = new OpenAI({ apiKey: 'k', baseURL: url, maxRetries: 0 });
      const question = { model: 'm', input: 'hi' };
      const plain = await responses.create(question);
      const streamed = await responses.stream(question).finalResponse();
      for (const { status, output } of [plain, streamed]) {
        expect(status).toBe('completed');
        expect(output.at(-1)).toMatchObject({ content: [{ type: 'refusal', refusal: said }] });
      }
    });
  });
});
