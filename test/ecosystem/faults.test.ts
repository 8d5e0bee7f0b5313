/** What goes wrong at the provider reaches every client as it would without the router, when no model is left to try. */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ChatAnthropic } from '@langchain/anthropic';
import { ChatOpenAI } from '@langchain/openai';
import { OpenAI as LlamaIndex } from '@llamaindex/openai';
import { Agent, OpenAIProvider, Runner } from '@openai/agents';
import type { LanguageModel } from 'ai';
import { streamText } from 'ai';
import OpenAI from 'openai';
import { describe, test } from 'vitest';
import type { FakeFault } from '../../src/public/testing.ts';
import type { Side } from './compared.ts';
import { sameOnBothSides } from './compared.ts';

interface Client {
  readonly name: string;
  readonly provider: 'openai' | 'anthropic';
  /** Starts a stream. */
  readonly start: (side: Side) => AsyncIterable<unknown> | PromiseLike<AsyncIterable<unknown>>;
}

const messages = [{ role: 'user' as const, content: 'Hello' }];
const model = 'gpt-4.1';
const common = { apiKey: 'k', maxRetries: 0, logLevel: 'off' } as const;
const ofAiSdk = (languageModel: LanguageModel): AsyncIterable<unknown> =>
  streamText({ model: languageModel, prompt: 'Hello', maxRetries: 0, onError: () => {} }).stream;

const CLIENTS: readonly Client[] = [
  {
    name: 'openai, chat',
    provider: 'openai',
    start: side => {
      const stream_options = { include_usage: true };
      return new OpenAI({ ...side, ...common }).chat.completions.create({
        model,
        messages,
        stream: true,
        stream_options,
      });
    },
  },
  {
    name: 'openai, responses',
    provider: 'openai',
    start: side => new OpenAI({ ...side, ...common }).responses.create({ model, input: 'Hello', stream: true }),
  },
  {
    name: 'Anthropic',
    provider: 'anthropic',
    start: side =>
      new Anthropic({ ...side, ...common }).messages.create({ model, messages, max_tokens: 9, stream: true }),
  },
  {
    name: 'AI SDK, OpenAI',
    provider: 'openai',
    start: side => ofAiSdk(createOpenAI({ ...side, apiKey: 'k' })(model)),
  },
  {
    name: 'AI SDK, Anthropic',
    provider: 'anthropic',
    start: ({ baseURL, fetch }) => ofAiSdk(createAnthropic({ baseURL: `${baseURL}/v1`, fetch, apiKey: 'k' })(model)),
  },
  {
    name: 'LangChain, OpenAI',
    provider: 'openai',
    start: side => new ChatOpenAI({ model, apiKey: 'k', maxRetries: 0, configuration: { ...side } }).stream('Hello'),
  },
  {
    name: 'LangChain, Anthropic',
    provider: 'anthropic',
    start: ({ baseURL, fetch }) =>
      new ChatAnthropic({
        model,
        apiKey: 'k',
        maxRetries: 0,
        anthropicApiUrl: baseURL,
        clientOptions: { fetch },
      }).stream('Hello'),
  },
  {
    name: 'Agents',
    provider: 'openai',
    start: side => {
      const modelProvider = new OpenAIProvider({ openAIClient: new OpenAI({ ...side, ...common }) });
      const runner = new Runner({ modelProvider, tracingDisabled: true });
      return runner.run(new Agent({ name: 'helper', model }), 'Hello', { stream: true });
    },
  },
  {
    name: 'LlamaIndex',
    provider: 'openai',
    start: ({ baseURL, fetch }) => {
      const additionalSessionOptions = { fetch, maxRetries: 0 };
      const llm = new LlamaIndex({ model, apiKey: 'k', baseURL, maxRetries: 0, additionalSessionOptions });
      return llm.chat({ messages, stream: true });
    },
  },
];

const FAULTS: readonly (readonly [name: string, fault: FakeFault])[] = [
  ['a failing status', { kind: 'status', status: 500 }],
  ['an error under status 200', { kind: 'status', status: 500, sentAs: 'json' }],
  ['an error as the first event', { kind: 'status', status: 529, sentAs: 'event' }],
  ['an error after some output', { kind: 'status', status: 529, sentAs: 'event', afterEvents: 3 }],
  ['a reply that says it failed', { kind: 'status', status: 500, sentAs: 'reply' }],
  ['a connection that breaks', { kind: 'cut', afterEvents: 3 }],
  ['a stream that ends early', { kind: 'truncate', afterEvents: 3 }],
  ['an event that is not JSON', { kind: 'malformed' }],
  ['a page instead of a reply', { kind: 'html', status: 200 }],
  ['a lost connection', { kind: 'reset' }],
  ['a key that is refused', { kind: 'invalid-key' }],
];

/** The items that arrive, and the error that ends them. */
async function ending({ start }: Client, side: Side): Promise<readonly unknown[]> {
  const seen: unknown[] = [];
  try {
    for await (const item of await start(side)) seen.push(factsOf(item));
  } catch (error) {
    seen.push(factsOf(error));
  }
  return seen;
}

/** What the clients' items and errors say, without their ids and times. */
function factsOf(item: unknown): unknown {
  const { name, type, text, delta, choices, message, status, statusCode, code, error, data } = item as Record<
    string,
    unknown
  >;
  const inner = error instanceof Error ? factsOf(error) : undefined;
  const event = typeof data === 'object' && data !== null && 'type' in data ? data.type : undefined;
  return { name, type, text, delta, choices, message, status, statusCode, code, inner, event };
}

describe.each(CLIENTS)('$name', client => {
  test.each(FAULTS)('%s has the same result and error as without the router', async (_, fault) => {
    const { provider, name } = client;
    const work = { provider, model, retries: 0, faults: () => fault, asksForUsage: name !== 'LlamaIndex' };
    await sameOnBothSides({ ...work, isReported: false }, async side => ending(client, side));
  });
});
