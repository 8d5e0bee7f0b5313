/** The meaning of a vendor's error, in the format of both vendors, without keys and without the prompt. */
import type { ReplyError } from '../../contracts/wire.ts';
import { readErrorBody } from '../../wires/error-body.ts';
import { field, parseJson } from '../../wires/json-fields.ts';
import { readEventError, readReplyError } from '../../wires/reply-error.ts';
import { brokenStream, STREAM_ENDED } from './event-reader.ts';
import type { JsonValue } from './json-text.ts';
import { isList, isObject } from './json-values.ts';

export interface VendorError {
  readonly message: string;
  /** OpenAI's code, by which its clients distinguish errors: the vendor's own where there is no equivalent. */
  readonly code: string | null;
  readonly openaiType: string;
  readonly anthropicType: string;
  /** The parameter that the error names, in the vendor's terms. */
  readonly param: string | undefined;
  /** The vendor's body. */
  readonly body: JsonValue;
}

interface VendorWords {
  readonly openaiType: string;
  /** Default: the vendor's own code. */
  readonly code?: string;
  readonly anthropicType: string;
  /** HTTP status for such an error if it came with a success status and names none. */
  readonly status: number;
}

const REQUEST: VendorWords = {
  openaiType: 'invalid_request_error',
  anthropicType: 'invalid_request_error',
  status: 400,
};
const TOO_LONG: VendorWords = { ...REQUEST, code: 'context_length_exceeded' };
const KEY: VendorWords = { ...REQUEST, code: 'invalid_api_key', anthropicType: 'authentication_error', status: 401 };
const BILLING: VendorWords = {
  openaiType: 'insufficient_quota',
  code: 'insufficient_quota',
  anthropicType: 'billing_error',
  status: 402,
};
const PERMISSION: VendorWords = { ...REQUEST, anthropicType: 'permission_error', status: 403 };
const MODEL: VendorWords = { ...REQUEST, code: 'model_not_found', anthropicType: 'not_found_error', status: 404 };
const RATE: VendorWords = {
  openaiType: 'rate_limit_error',
  code: 'rate_limit_exceeded',
  anthropicType: 'rate_limit_error',
  status: 429,
};
const OVERLOADED: VendorWords = {
  openaiType: 'server_error',
  code: 'overloaded',
  anthropicType: 'overloaded_error',
  status: 529,
};
const TIMEOUT: VendorWords = { openaiType: 'server_error', anthropicType: 'timeout_error', status: 504 };
const SERVER: VendorWords = { openaiType: 'server_error', anthropicType: 'api_error', status: 502 };

/** Statuses that tell more than the text. */
const OF_STATUS: Readonly<Record<number, VendorWords>> = {
  401: KEY,
  402: BILLING,
  403: PERMISSION,
  404: { ...REQUEST, anthropicType: 'not_found_error' },
  408: { ...REQUEST, anthropicType: 'timeout_error' },
  409: { ...REQUEST, anthropicType: 'conflict_error' },
  413: { ...REQUEST, anthropicType: 'request_too_large' },
  429: RATE,
  504: TIMEOUT,
  529: OVERLOADED,
};

/** The body has too many bytes, whatever the length of the prompt in tokens. */
const TOO_LARGE = 413;

/** Codes and types of both vendors, which tell more than the status: a gateway has its own status. */
const OF_CODE: Readonly<Record<string, VendorWords>> = {
  insufficient_quota: { ...BILLING, status: 429 },
  billing_error: BILLING,
  invalid_api_key: KEY,
  authentication_error: KEY,
  permission_error: PERMISSION,
  rate_limit_exceeded: RATE,
  rate_limit_error: RATE,
  overloaded_error: OVERLOADED,
  timeout_error: TIMEOUT,
};

/** Sentences of vendors that answer a request without credit like an invalid one. */
const NO_CREDIT = /credit balance|\bcredits\b|quota|billing|余额不足/i;

/** @param text the body as the vendor wrote it, without the keys of the endpoint */
export function readVendorError(text: string, status: number): VendorError {
  const shown = text.replaceAll(QUOTED_KEY, (_, lead: string | undefined) => `${lead ?? ''}…`);
  const json = parseJson(shown) ?? eventIn(shown, status);
  const { message, codes, param } = readErrorBody(json ?? shown);
  const error = readReplyError(json, status);
  const words = wordsOf(error, { codes, message, status: error?.status ?? status });
  const own = codes.find(code => code !== 'error' && !code.endsWith('_error'));
  return {
    message:
      message || (status < 300 ? 'The provider reports an error.' : `The provider answered with status ${status}.`),
    openaiType: words.openaiType,
    anthropicType: words.anthropicType,
    code: words.code ?? own ?? null,
    param,
    body: quotable((json ?? shown) as JsonValue),
  };
}

const EVENT = /^data: ?(\{.*)$/gm;

/** The status that a client gets with an error that came under a status of success. */
export function statusOf(error: ReplyError | undefined): number {
  const codes = error?.code === undefined ? [] : [error.code];
  return error?.status ?? wordsOf(error, { codes, message: '', status: SUCCESS }).status;
}

const SUCCESS = 200;

/**
 * The event of a stream that reports its error. Without one, the reply broke off; for an error status, the first event is the
 * whole body.
 */
function eventIn(text: string, status: number): unknown {
  const events = Array.from(text.matchAll(EVENT), ([, data = '']) => parseJson(data));
  const error = events.findLast(event => readEventError(event, false) !== undefined);
  const failed = events.findLast(event => field(event, 'type') === 'response.failed');
  const isBroken = status < 300 && events.length > 0;
  return error ?? field(failed, 'response') ?? (isBroken ? brokenStream(STREAM_ENDED) : events[0]);
}

interface ErrorClues {
  readonly codes: readonly string[];
  readonly message: string;
  readonly status: number;
}

function wordsOf(error: ReplyError | undefined, { codes, message, status }: ErrorClues): VendorWords {
  if (error?.lacks === 'context' && status !== TOO_LARGE) return TOO_LONG;
  const known = codes.find(code => Object.hasOwn(OF_CODE, code));
  if (known !== undefined) return OF_CODE[known] ?? SERVER;
  if (error?.about === 'account' && NO_CREDIT.test(message)) return BILLING;
  if (error?.about === 'model') return MODEL;
  const ofStatus = OF_STATUS[status];
  if (ofStatus !== undefined) return ofStatus;
  // An error in a reply with a success status.
  if (error?.about === 'account') return KEY;
  return error?.about === 'fault' || status >= 500 || (error === undefined && status < 400) ? SERVER : REQUEST;
}

/** Text that vendors put before a key that they quote, and the beginnings of keys. */
const QUOTED_KEY =
  /((?:api[ _-]?key|token)(?: provided)?["']?[:=] ?["']?)[^\s"',]+|\b(?:sk|pk|gsk|xai|key)-[\w*-]{6,}|\bAIza[\w-]{20,}/gi;

/** Members in which servers repeat the request. */
const ECHOES: ReadonlySet<string> = new Set(['input', 'body', 'request', 'messages', 'prompt', 'ctx', 'headers']);
/** Longer texts probably quote something. */
const MAX_QUOTED_CHARS = 2000;

/** The value without parts that repeat the request. */
function quotable(value: JsonValue): JsonValue {
  if (typeof value === 'string')
    return value.length > MAX_QUOTED_CHARS ? `${value.slice(0, MAX_QUOTED_CHARS)}…` : value;
  if (isList(value)) return value.map(quotable);
  if (!isObject(value)) return value;
  const kept: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined && !ECHOES.has(name)) kept[name] = quotable(member);
  }
  return kept;
}
