/** What an error of Anthropic's API is about. */
import { isRetryableHttpStatus } from '../core/ledger/attempt-status.ts';
import type { ReplyError } from '../contracts/wire.ts';
import { field, stringField } from './json-fields.ts';

export function readAnthropicError(json: unknown, httpStatus: number): ReplyError | undefined {
  if (httpStatus < 400) return undefined;
  if (isRetryableHttpStatus(httpStatus)) return { about: 'fault' };
  const name = httpStatus === 400 ? unsupportedParameter(json) : undefined;
  return { about: 'request', parameters: name === undefined ? undefined : [{ name }] };
}

/** Error messages of Anthropic's API, which has no error code for this. Any other message may mean a mistake of the caller. */
const ANTHROPIC_SENTENCES: readonly RegExp[] = [
  /^`([a-z_]+)` is (?:deprecated|not supported|not available) (?:for|on|by|with) this model\b/,
  /^([a-z_]+): Extra inputs are not permitted$/,
  /^This model does not support the `?([a-z_]+)`? parameter\b/,
  /^`([a-z_]+)` and `[a-z_]+` cannot both be specified for this model\b/,
];

function unsupportedParameter(errorJson: unknown): string | undefined {
  const error = field(errorJson, 'error');
  if (field(error, 'type') !== 'invalid_request_error') return undefined;
  const message = stringField(error, 'message') ?? '';
  for (const sentence of ANTHROPIC_SENTENCES) {
    const parameter = sentence.exec(message)?.[1];
    // The effort level is in `output_config`, and dropping that would drop the caller's schema.
    if (parameter !== undefined) return parameter === 'effort' ? undefined : parameter;
  }
  return undefined;
}
