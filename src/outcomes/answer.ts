/** One request to record outcomes, from any kind of server: the parts of it that are read, and its answer. */
import { RouterError } from '../errors.ts';
import type { Access } from './access.ts';
import { accessBy } from './access.ts';
import type { OutcomeHandlerOptions } from './options.ts';
import { checkOutcomeOptions } from './options.ts';
import type { OutcomeRouter, RowResult } from './record.ts';
import { recordRows } from './record.ts';
import type { OutcomeRefusal } from './refusal.ts';
import { refusal } from './refusal.ts';

/** Largest body, in bytes: a row has some 150. */
export const MAX_BODY_BYTES = 1_000_000;
/** A request may have this many rows. */
export const MAX_ROWS = 1_000;

/** A request, and how the application's HTTP server reads its parts. */
export interface Received<Incoming> {
  readonly request: Incoming;
  readonly method: string;
  /** The value of a header, by its name in lower case. */
  readonly header: (name: string) => string | undefined;
  /** The body: its bytes, `undefined` where it is too long, or the value that a parser of the application made of it. */
  readonly body: () => Promise<Uint8Array | undefined | { readonly parsed: unknown }>;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Answers requests, and never rejects. */
export type Answering<Incoming> = (received: Received<Incoming>) => Promise<HttpAnswer>;

/** @param name of the public function, for errors about its options */
export function answering<Incoming>(
  name: string,
  router: OutcomeRouter,
  options: OutcomeHandlerOptions<Incoming>,
): Answering<Incoming> {
  if (typeof (router as Partial<OutcomeRouter> | null | undefined)?.feature !== 'function')
    throw new RouterError('invalid-value', 'not a router', { path: `${name}.router`, accepted: 'createRouter({ … })' });
  checkOutcomeOptions(options, name);
  const access = accessBy(options);
  const { onError: given = toStderr } = options;
  const onError = (error: unknown): void => tell(given, error);
  return async received => {
    try {
      return answerOf(await handled(received, { router, access, onError }));
    } catch (error) {
      onError(error);
      return answerOf(refusal(500, 'internal', 'the request could not be answered; the log of this server says why'));
    }
  };
}

interface Handling<Incoming> {
  readonly router: OutcomeRouter;
  readonly access: Access<Incoming>;
  readonly onError: (error: unknown) => void;
}

async function handled<Incoming>(
  { request, method, header, body }: Received<Incoming>,
  { router, access, onError }: Handling<Incoming>,
): Promise<OutcomeRefusal | RowResult | readonly RowResult[]> {
  if (method !== 'POST') return refusal(405, 'method-not-allowed', 'POST only', { accepted: 'POST' });
  const mayRecord = await access(request, header('authorization'));
  if ('error' in mayRecord) return mayRecord;
  // A page of another site can send other content types without asking this server first, but not this one.
  if (header('content-type')?.split(';', 1)[0]?.trim().toLowerCase() !== 'application/json')
    return refusal(415, 'unsupported-media-type', 'the body has to be JSON', { accepted: 'application/json' });
  const json = await parsedBody(body);
  if ('error' in json) return json;
  const rows = Array.isArray(json.parsed) ? (json.parsed as readonly unknown[]) : undefined;
  if (rows !== undefined && rows.length > MAX_ROWS)
    return refusal(413, 'too-large', `a request has ${MAX_ROWS} outcomes at most`, {
      accepted: `${MAX_ROWS} or fewer`,
    });
  const results = await recordRows(rows ?? [json.parsed], { router, mayRecord, onError });
  return rows === undefined ? (results[0] as RowResult) : results;
}

async function parsedBody(body: Received<unknown>['body']): Promise<{ readonly parsed: unknown } | OutcomeRefusal> {
  let read: Awaited<ReturnType<typeof body>>;
  try {
    read = await body();
  } catch (error) {
    // This error says that the application has read the body itself, so only the application can fix the cause.
    if (RouterError.isInstance(error)) throw error;
    return refusal(400, 'malformed', 'the connection ended before the body');
  }
  if (read === undefined) {
    const accepted = `${MAX_BODY_BYTES} bytes, or several requests`;
    return refusal(413, 'too-large', 'the body is too long', { accepted });
  }
  if ('parsed' in read) return read;
  try {
    // The text is decoded strictly: an id with a replaced character would be another intent's.
    return { parsed: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(read)) as unknown };
  } catch {
    const accepted = 'one outcome as a JSON object, or a list of them, in UTF-8';
    return refusal(400, 'malformed', 'the body is not JSON', { accepted });
  }
}

/** No other site may read an answer, because no CORS header is sent, and no cache keeps one. */
const HEADERS: Readonly<Record<string, string>> = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};
const MORE: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'www-authenticate': 'Bearer' },
  405: { allow: 'POST' },
  503: { 'retry-after': '5' },
};

function answerOf(result: OutcomeRefusal | RowResult | readonly RowResult[]): HttpAnswer {
  if ('status' in result) {
    const { status, ...body } = result;
    return { status, headers: { ...HEADERS, ...MORE[status] }, body: JSON.stringify(body) };
  }
  const recorded = result.filter(({ status }) => status === 200).length;
  const body = { recorded, refused: result.length - recorded, results: result };
  // 207: the client has to look at each row.
  return { status: body.refused === 0 ? 200 : 207, headers: HEADERS, body: JSON.stringify(body) };
}

/** The application's error handler may throw, or be an async function that rejects: no request may suffer from that. */
function tell(onError: (error: unknown) => unknown, error: unknown): void {
  // An error of `onError` itself has nowhere else to go; as an unhandled rejection it would end the process.
  (async () => onError(error))().catch(() => undefined);
}

function toStderr(error: unknown): void {
  globalThis.process?.stderr?.write(`outcomes: ${String(error)}\n`);
}
