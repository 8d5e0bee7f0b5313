/** Finds the parameter that, according to a 400 response, the model does not support. */
import { field, stringField } from './json-fields.ts';

/** A name without dots or brackets: a transform renames and drops top-level parameters only. */
const TOP_LEVEL = /^[a-z_]+$/;

/** Goes by OpenAI's error codes. Some vendors leave `param` empty: the name is then read from the message, in OpenAI's wording. */
export function openaiUnsupportedParameter(errorJson: unknown): string | undefined {
  const error = field(errorJson, 'error');
  const code = field(error, 'code');
  if (code !== 'unsupported_parameter' && code !== 'unsupported_value') return undefined;
  const message = stringField(error, 'message') ?? '';
  const parameter = stringField(error, 'param') ?? /^Unsupported (?:parameter|value): '([^']+)'/.exec(message)?.[1];
  return parameter !== undefined && TOP_LEVEL.test(parameter) ? parameter : undefined;
}

/** Error messages of Anthropic's API, which has no error code for this. Any other message may mean a mistake of the caller. */
const ANTHROPIC_SENTENCES: readonly RegExp[] = [
  /^`([a-z_]+)` is (?:deprecated|not supported|not available) (?:for|on|by|with) this model\b/,
  /^([a-z_]+): Extra inputs are not permitted$/,
  /^This model does not support the `?([a-z_]+)`? parameter\b/,
  /^`([a-z_]+)` and `[a-z_]+` cannot both be specified for this model\b/,
];

export function anthropicUnsupportedParameter(errorJson: unknown): string | undefined {
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
