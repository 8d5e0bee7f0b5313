/** The routers that the overhead benchmark calls through, and the calls. */
import type OpenAI from 'openai';
import * as z from 'zod';
import type { Store } from '../../src/contracts/store.ts';
import { createRouter } from '../../src/index.ts';
import { memory } from '../../src/stores/memory.ts';
import { messagesOf, modelAsked } from '../stubbed-client.ts';
import type { Call } from './measure.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 4 };

export const MODELS = {
  mini: { provider: 'openai', model: 'gpt-5-mini', price },
  premium: { provider: 'openai', model: 'gpt-5', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 40 } },
} as const;

export const PLAIN = { candidates: ['mini', 'premium'], failureCostUsd: 15 } as const;

const ARMED = {
  ...PLAIN,
  retries: 3,
  attemptTimeout: '30s',
  deadline: '60s',
  validate: z.object({ answer: z.string() }),
  checks: { json: true, refusal: true, cutOff: true, empty: true },
} as const;

export interface RoutedClient {
  readonly openai: OpenAI;
  readonly flush: () => Promise<void>;
  /** A call of a named intent, and its outcome once that is in the store. */
  readonly intent: (feature?: 'plain' | 'armed') => Call;
}

export interface RoutedClientOptions {
  readonly store?: Store;
  /** Further features, which nothing calls. */
  readonly features?: number;
}

/** A client that is routed: features `plain`, and `armed` with retries, limits and verdict. */
export function routed(inner: OpenAI, { store = memory(), features = 0 }: RoutedClientOptions = {}): RoutedClient {
  const others = Array.from({ length: features }, (_, index) => [`other-${index}`, PLAIN] as const);
  const router = createRouter({
    models: MODELS,
    features: { plain: PLAIN, armed: ARMED, ...Object.fromEntries(others) },
    store,
    seed: 1,
  });
  const openai = router.wrap(inner);
  const messages = messagesOf(600);
  return {
    openai,
    flush: async () => router.flush(),
    intent:
      (feature = 'plain') =>
      async () => {
        const intent = router.feature(feature).intent();
        await openai.chat.completions.create({ model: intent.model, messages });
        await intent.succeed();
      },
  };
}

export function create(openai: OpenAI, model: string, bodyBytes = 600): Call {
  const messages = messagesOf(bodyBytes);
  return async () => openai.chat.completions.create({ model, messages });
}

/** Reads a stream of usage and text to its end. */
export function stream(openai: OpenAI, model: string): Call {
  const messages = messagesOf(600);
  return async () => {
    let characters = 0;
    for await (const chunk of await openai.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      characters += chunk.choices[0]?.delta.content?.length ?? 0;
    }
    return characters;
  };
}

/** Answers with a stream of this many events, one per chunk. */
export function streamFetch(count: number): typeof globalThis.fetch {
  const events = { 'gpt-5': streamEvents(count, 'gpt-5'), 'gpt-5-mini': streamEvents(count, 'gpt-5-mini') };
  return async (_url, init) =>
    new Response(
      new ReadableStream<Uint8Array>({
        start(controller) {
          for (const event of events[modelAsked(init)]) controller.enqueue(event);
          controller.close();
        },
      }),
      { headers: { 'content-type': 'text/event-stream', 'x-request-id': 'req_bench' } },
    );
}

function streamEvents(count: number, model: string): readonly Uint8Array[] {
  const base = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model };
  const chunks: unknown[] = Array.from({ length: count - 2 }, (_, i) => ({
    ...base,
    choices: [{ index: 0, delta: { content: `word${i} ` }, finish_reason: null }],
  }));
  chunks.push({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  chunks.push({ ...base, choices: [], usage: { prompt_tokens: 120, completion_tokens: 48, total_tokens: 168 } });
  const encoder = new TextEncoder();
  return [
    ...chunks.map(chunk => encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`)),
    encoder.encode('data: [DONE]\n\n'),
  ];
}
