/** A real HTTP server on loopback that answers from a script, one entry per request, and records the requests. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** `{ model: '' }` for a request without a JSON body. */
  readonly body: { readonly model: string; readonly [key: string]: unknown };
}

export type Answer = (request: Received, response: ServerResponse) => void;

export interface ScriptedServer {
  readonly url: string;
  readonly received: readonly Received[];
  /** The model of every request, in order. */
  readonly models: readonly string[];
  close(): Promise<void>;
}

/** @param script one per model name, or one for all; its last entry is repeated */
export async function scriptedServer(
  script: readonly Answer[] | Readonly<Record<string, readonly Answer[]>>,
): Promise<ScriptedServer> {
  const received: Received[] = [];
  const served = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const body = (text.startsWith('{') ? JSON.parse(text) : { model: '' }) as Received['body'];
      const one: Received = { path: request.url ?? '', headers: request.headers, body };
      received.push(one);
      const key = Array.isArray(script) ? '' : body.model;
      const answers =
        (Array.isArray(script) ? script : (script as Readonly<Record<string, readonly Answer[]>>)[body.model]) ?? [];
      const count = served.get(key) ?? 0;
      served.set(key, count + 1);
      const answer = answers[Math.min(count, answers.length - 1)];
      if (answer === undefined)
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":{"message":"no such model"}}');
      else answer(one, response);
    });
  });
  // With a limit, a process that pauses for five seconds would end a connection on which the next request is already sent.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    received,
    get models() {
      return received.map(request => request.body.model);
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

export interface ChatUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly [detail: string]: unknown;
}

let replies = 0;

/** A chat completion with this content, from the requested model. */
export function chat(
  content: string,
  usage: ChatUsage = { prompt_tokens: 100, completion_tokens: 10 },
  finish = 'stop',
): Answer {
  return (request, response) => {
    const id = `chatcmpl-${++replies}`;
    const choices = [
      { index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: finish, logprobs: null },
    ];
    json(
      { id, object: 'chat.completion', created: 1, model: request.body.model, choices, usage },
      { 'x-request-id': `req_${id}` },
    )(request, response);
  };
}

export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return (_, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

export function status(
  code: number,
  headers: Readonly<Record<string, string>> = {},
  error: Readonly<Record<string, unknown>> = {},
  more: object = {},
): Answer {
  const body = JSON.stringify({ error: { message: `scripted ${code}`, type: 'scripted', ...error }, ...more });
  return (_, response) =>
    void response
      .writeHead(code, { 'content-type': 'application/json', 'x-request-id': `req_${code}`, ...headers })
      .end(body);
}

/** Breaks the connection before the first byte of the reply. */
export const reset: Answer = (_, response) => void response.destroy();

/** Never answers. */
export const hang: Answer = () => {};

/** A server-sent event with this data. */
export function sse(data: unknown, event?: string): string {
  const text = typeof data === 'string' ? data : JSON.stringify(data);
  return `${event === undefined ? '' : `event: ${event}\n`}data: ${text}\n\n`;
}

/** A chunk of a chat stream. */
export function chatChunk(delta: object, more: object = {}): object {
  const choices = [{ index: 0, delta, finish_reason: null }];
  return { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', choices, ...more };
}

/** Sends these parts of a body, and ends it unless `open`. */
export function body(parts: readonly string[], { type = 'text/event-stream', open = false } = {}): Answer {
  return (_, response) => {
    response.writeHead(200, type === '' ? {} : { 'content-type': type });
    for (const part of parts) response.write(part);
    if (!open) response.end();
  };
}

/** A chat stream of these texts. It ends as the provider's does, unless `cut` ends it after this many events. */
export function chatStream(words: readonly string[], { cut = Number.POSITIVE_INFINITY, usage = true } = {}): Answer {
  return (request, response) => {
    const id = `chatcmpl-${++replies}`;
    const base = { id, object: 'chat.completion.chunk', created: 1, model: request.body.model };
    const wantsUsage =
      usage && (request.body['stream_options'] as { include_usage?: boolean } | undefined)?.include_usage === true;
    const events: unknown[] = words.map(content => ({
      ...base,
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
    }));
    events.push({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
    if (wantsUsage)
      events.push({ ...base, choices: [], usage: { prompt_tokens: 100, completion_tokens: words.length } });
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': `req_${id}` });
    for (const event of events.slice(0, cut)) response.write(`data: ${JSON.stringify(event)}\n\n`);
    response.end(events.length > cut ? undefined : 'data: [DONE]\n\n');
  };
}
