/** What an error of OpenAI's APIs, or of a compatible vendor, is about. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { ReplyError } from '../contracts/wire.ts';
import { field, stringField } from './json-fields.ts';

export function readOpenaiError(json: unknown, httpStatus: number): ReplyError | undefined {
  if (httpStatus < 400) return undefined;
  if (isRetryableHttpStatus(httpStatus)) return { about: 'fault' };
  const name = httpStatus === 400 ? unsupportedParameter(json) : undefined;
  return { about: 'request', parameters: name === undefined ? undefined : [{ name }] };
}

/** A name without dots or brackets: a transform renames and drops top-level parameters only. */
const TOP_LEVEL = /^[a-z_]+$/;

/** Goes by OpenAI's error codes. Some vendors leave `param` empty: the name is then read from the message, in OpenAI's wording. */
function unsupportedParameter(errorJson: unknown): string | undefined {
  const error = field(errorJson, 'error');
  const code = field(error, 'code');
  if (code !== 'unsupported_parameter' && code !== 'unsupported_value') return undefined;
  const message = stringField(error, 'message') ?? '';
  const parameter = stringField(error, 'param') ?? /^Unsupported (?:parameter|value): '([^']+)'/.exec(message)?.[1];
  return parameter !== undefined && TOP_LEVEL.test(parameter) ? parameter : undefined;
}
