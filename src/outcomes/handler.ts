/** Outcomes by HTTP: a handler that another service (in Python, a webhook) calls, for servers of the web platform and of Node. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RouterError } from '../errors.ts';
import { bodyParts, readAtMost, sendsBody } from '../request-bytes.ts';
import { answering, MAX_BODY_BYTES } from './answer.ts';
import type { OutcomeHandlerOptions } from './options.ts';
import type { OutcomeRouter } from './record.ts';

/** Answers one request. Never rejects. */
export type OutcomeHandler = (request: Request) => Promise<Response>;

/** Answers one request of `node:http`, Express or Connect. Never rejects. */
export type NodeOutcomeHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * Records outcomes that another service sends by HTTP: POST one {@link SentOutcome} as JSON, or a list of up to 1,000, of 1 MB at
 * most. For Next.js, Hono, Workers, Bun, Deno: whatever calls a function with a `Request`. Mount it at any path.
 *
 * One row is answered with 200 and `{ outcome }`, or with `{ error: { code, message, field?, accepted? } }`: 400 for a field that is
 * wrong, 404 for an unknown feature or intent, 409 for an intent of another feature, 410 for one that was removed, 503 where it
 * could not be stored yet. A list is answered with 200, or with 207 where a row was refused: `{ recorded, refused, results }`, with
 * the `status` of each row. No header allows other sites (CORS).
 *
 * @throws RouterError `invalid-value` for an option that is unknown, missing or wrong
 * @example
 * ```ts
 * import { outcomeHandler } from 'outcome-router/outcomes';
 *
 * const outcomes = outcomeHandler(router, { token: process.env['OUTCOMES_TOKEN'] ?? '', features: ['support.reply'] });
 * export const POST = outcomes; // app/api/outcomes/route.ts of Next.js
 * // Hono: app.post('/outcomes', context => outcomes(context.req.raw))
 * ```
 */
export function outcomeHandler(router: OutcomeRouter, options: OutcomeHandlerOptions): OutcomeHandler {
  const answer = answering('outcomeHandler', router, options);
  return async request => {
    const { status, headers, body } = await answer({
      request,
      method: request.method,
      header: name => request.headers.get(name) ?? undefined,
      async body() {
        if (request.bodyUsed) throw bodyUsed();
        if (Number(request.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return undefined;
        return request.body === null ? new Uint8Array() : readAtMost(request.body, MAX_BODY_BYTES);
      },
    });
    return new Response(body, { status, headers });
  };
}

/**
 * {@link outcomeHandler} for `node:http`, and so for Express and Connect. A body that a parser of the application has read already
 * is taken from `request.body`: parsed, as text, or as bytes, by which `authorize` can check a webhook's signature.
 *
 * @throws RouterError `invalid-value` for an option that is unknown, missing or wrong
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { nodeOutcomeHandler } from 'outcome-router/outcomes';
 *
 * const outcomes = nodeOutcomeHandler(router, {
 *   authorize: ({ headers }) => (headers['x-service'] === 'tickets' ? ['support.reply'] : 'unauthenticated'),
 * });
 * createServer((request, response) => void outcomes(request, response)).listen(8080);
 * // Express: app.post('/outcomes', outcomes)
 * ```
 */
export function nodeOutcomeHandler(
  router: OutcomeRouter,
  options: OutcomeHandlerOptions<IncomingMessage>,
): NodeOutcomeHandler {
  const answer = answering('nodeOutcomeHandler', router, options);
  return async (request: IncomingMessage & { readonly body?: unknown }, response) => {
    const { status, headers, body } = await answer({
      request,
      method: request.method ?? '',
      header: name => request.headers[name] as string | undefined,
      async body() {
        const { body: earlier } = request;
        if (typeof earlier === 'string' || earlier instanceof Uint8Array) return bytesAtMost(earlier, MAX_BODY_BYTES);
        if (earlier !== undefined && !isLeftUnread(request, earlier)) return { parsed: earlier };
        if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) return undefined;
        return readAtMost(bodyParts(request), MAX_BODY_BYTES);
      },
    });
    if (response.headersSent || response.destroyed) return;
    if (sendsBody(request) && request.httpVersionMajor === 1) response.setHeader('connection', 'close');
    response.writeHead(status, headers);
    response.end(body);
  };
}

/** The bytes of a body that `express.text()` or `express.raw()` has read; `undefined` if it is too long. */
function bytesAtMost(body: string | Uint8Array, maxBytes: number): Uint8Array | undefined {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  return bytes.length > maxBytes ? undefined : bytes;
}

/** Express 4's parsers leave an empty object where the body has another type than theirs, and do not read it. */
function isLeftUnread({ readableDidRead }: IncomingMessage, body: unknown): boolean {
  return !readableDidRead && typeof body === 'object' && body !== null && Object.keys(body).length === 0;
}

function bodyUsed(): RouterError {
  return new RouterError('invalid-value', 'the body was read before the handler of outcomes could', {
    path: 'outcomeHandler.request',
    accepted: 'a request whose body is unread: read `request.clone()`',
  });
}
