/** A vendor's error in the shape of the client's vendor, with the original inside. */
import type { Api } from '../translate/neutral/conversation.ts';
import { readErrorBody } from '../wires/error-body.ts';
import { parseJson } from '../wires/json-fields.ts';

export interface TranslatedErrorOptions {
  readonly status: number;
  /** The API of the vendor, and of the client. */
  readonly from: Api;
  readonly to: Api;
  /** What must not be quoted. */
  readonly secrets: readonly string[];
}

/** The shortest text that is taken for a secret: shorter ones are words. */
const MIN_SECRET = 8;

/** @param text the body as the vendor wrote it */
export function translatedError(text: string, { status, from, to, secrets }: TranslatedErrorOptions): string {
  const shown = secrets
    .flatMap(secret => [secret, secret.replace(/^Bearer /, '')])
    .filter(secret => secret.length >= MIN_SECRET)
    .reduce((all, secret) => all.replaceAll(secret, '…'), text);
  const body: unknown = parseJson(shown) ?? shown.slice(0, 2_000);
  const { message, codes, param } = readErrorBody(body);
  return clientError(to, {
    status,
    message: message || `The provider answered with status ${status}.`,
    code: codes[0] ?? null,
    // A parameter of the vendor's own words is none of the client's.
    param: from === to ? (param ?? null) : null,
    upstream: { api: from, status, body },
  });
}

export interface ClientError {
  readonly status: number;
  readonly message: string;
  readonly code: string | null;
  readonly param: string | null;
  readonly upstream?: object;
}

/** An error as a client of this API reads it. */
export function clientError(api: Api, { status, message, code, param, upstream }: ClientError): string {
  const more = upstream === undefined ? {} : { upstream };
  if (api === 'anthropic-messages')
    return JSON.stringify({
      type: 'error',
      error: {
        type: ANTHROPIC_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error'),
        message,
        ...more,
      },
    });
  const type = status === 429 ? 'rate_limit_error' : status >= 500 ? 'server_error' : 'invalid_request_error';
  return JSON.stringify({ error: { message, type, param, code, ...more } });
}

const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  409: 'conflict_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};
