/** The fake provider's log of requests and how each was answered. */
import type { IncomingMessage } from 'node:http';
import type { FakeApiName } from './fake-api.ts';
import type { Json } from './fake-request.ts';
import { textOr } from './fake-request.ts';
import type { FakeFault } from './faults.ts';

/** One HTTP request to the fake provider. */
export interface LoggedRequest {
  /** Number of the request on this provider, from 0. */
  readonly index: number;
  /** The id sent in `x-request-id` (OpenAI) or `request-id` (Anthropic). */
  readonly requestId: string;
  /** `undefined` for a path that calls no model. */
  readonly api: FakeApiName | undefined;
  readonly method: string;
  /** The path of the URL, without the query. */
  readonly path: string;
  readonly model: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The body as it was sent. */
  readonly text: string;
  /** The body as JSON; `{}` when it is not an object. */
  readonly body: Json;
  readonly fault: FakeFault | undefined;
  /** HTTP status of the answer; `undefined` while there is none. */
  readonly status: number | undefined;
  /** Whether the reply solved its task; `undefined` where that has no meaning. */
  readonly solved: boolean | undefined;
}

/** A {@link LoggedRequest} while its exchange is still filling it in. */
export type LogEntry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

export type NewEntry = Pick<LoggedRequest, 'index' | 'path' | 'text' | 'body' | 'api'>;

export function logEntry({ method = '', headers }: IncomingMessage, request: NewEntry): LogEntry {
  const { index, body } = request;
  return {
    ...request,
    requestId: `req_${index.toString(36).padStart(8, '0')}`,
    method,
    headers,
    model: textOr(body.model, ''),
    stream: body.stream === true,
    fault: undefined,
    status: undefined,
    solved: undefined,
  };
}
