/** The official client over a `fetch` that answers at once, so that nothing but code is measured. */
import OpenAI from 'openai';

const replyOf = (model: string): string =>
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_790_000_000,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: '{"answer":"forty-two"}', refusal: null },
        finish_reason: 'stop',
        logprobs: null,
      },
    ],
    usage: {
      prompt_tokens: 120,
      completion_tokens: 20,
      total_tokens: 140,
      prompt_tokens_details: { cached_tokens: 64 },
    },
  });
const JSON_HEADERS = { 'content-type': 'application/json', 'x-request-id': 'req_bench' };

/** The plain reply of each model. */
export const REPLIES = { 'gpt-5': replyOf('gpt-5'), 'gpt-5-mini': replyOf('gpt-5-mini') };

/** The model that a request asks for, and that its reply names: another one would have to be priced as such. */
export function modelAsked(init?: RequestInit): 'gpt-5' | 'gpt-5-mini' {
  return typeof init?.body === 'string' && init.body.startsWith('{"model":"gpt-5",') ? 'gpt-5' : 'gpt-5-mini';
}

/** Answers with one plain reply. */
export const plainFetch: typeof globalThis.fetch = async (_url, init) =>
  new Response(REPLIES[modelAsked(init)], { headers: JSON_HEADERS });

export function client(fetch: typeof globalThis.fetch): OpenAI {
  return new OpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1', maxRetries: 0, fetch });
}

/** A line of a tool's result, which is JSON that a message quotes: most of a large body is such text. */
const LINE = `${JSON.stringify({ id: 1731, title: 'Pump "north", spare', path: 'C:\\stock\\1', price: 41.5, tags: ['or', 'new'] })}\n`;
const LINE_BYTES = JSON.stringify(LINE).length - 2;

/** Messages that make a request's body about this long. */
export function messagesOf(bodyBytes: number): OpenAI.ChatCompletionMessageParam[] {
  const lines = Math.max(1, bodyBytes - 90) / LINE_BYTES;
  return [{ role: 'user', content: LINE.repeat(Math.ceil(lines)).slice(0, Math.ceil(lines * LINE.length)) }];
}
