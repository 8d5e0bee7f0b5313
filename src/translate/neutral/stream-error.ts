/** The error that a stream reports after its first byte, in each vendor's words. */
import type { ReplyError } from '../../contracts/wire.ts';
import { readErrorBody } from '../../wires/error-body.ts';
import { readEventError } from '../../wires/reply-error.ts';
import type { JsonValue } from './json-text.ts';

interface StreamError {
  readonly message: string;
  /** The most specific code or type that the vendor gave. */
  readonly code: string | null;
  /** OpenAI's type. */
  readonly openaiType: string;
  /** Anthropic's type, by which its SDK tells errors apart. */
  readonly anthropicType: string;
}

const TYPES: Readonly<Record<ReplyError['about'], readonly [openai: string, anthropic: string]>> = {
  fault: ['server_error', 'api_error'],
  account: ['invalid_request_error', 'permission_error'],
  model: ['invalid_request_error', 'not_found_error'],
  unable: ['invalid_request_error', 'invalid_request_error'],
  request: ['invalid_request_error', 'invalid_request_error'],
};

/** @param error the event's data, as its vendor wrote it */
export function readStreamError(error: JsonValue): StreamError {
  const { message, codes } = readErrorBody(error);
  const about = readEventError(error, true)?.about ?? 'fault';
  const [openaiType, anthropicType] =
    codes.map(code => SPECIAL[code]).find(types => types !== undefined) ?? TYPES[about];
  return { message: message || 'The provider reported an error.', code: codes[0] ?? null, openaiType, anthropicType };
}

/** Codes with a type of their own. */
const SPECIAL: Readonly<Record<string, readonly [openai: string, anthropic: string]>> = {
  overloaded_error: ['server_error', 'overloaded_error'],
  rate_limit_error: ['rate_limit_error', 'rate_limit_error'],
  rate_limit_exceeded: ['rate_limit_error', 'rate_limit_error'],
  insufficient_quota: ['insufficient_quota', 'billing_error'],
  billing_error: ['insufficient_quota', 'billing_error'],
  authentication_error: ['invalid_request_error', 'authentication_error'],
  invalid_api_key: ['invalid_request_error', 'authentication_error'],
  timeout_error: ['server_error', 'timeout_error'],
};
