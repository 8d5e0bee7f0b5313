/** Errors in OpenAI's wording. */
import type { ErrorContext, ErrorKind, FakeCapability, ProviderError } from './fake-errors.ts';

interface OpenaiError {
  readonly message: string;
  readonly type?: string;
  readonly param?: string | null;
  readonly code?: string | null;
}

/** OpenAI sends the request id only in a header. */
export function openaiError(error: ErrorKind, { api, model }: ErrorContext): ProviderError {
  const isResponses = api === 'openai-responses';
  switch (error.kind) {
    case 'status':
      return rendered(error.status, byStatus(error.status));
    case 'invalid-key': {
      const message =
        'Incorrect API key provided: k. You can find your API key at https://platform.openai.com/account/api-keys.';
      return rendered(401, { message, code: 'invalid_api_key' });
    }
    case 'no-credit': {
      const message =
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.';
      return rendered(429, { message, type: 'insufficient_quota', code: 'insufficient_quota' });
    }
    case 'no-permission':
      return rendered(403, byStatus(403));
    case 'unknown-model': {
      const message = `The model \`${model}\` does not exist or you do not have access to it.`;
      return rendered(404, { message, code: 'model_not_found' });
    }
    case 'retired-model': {
      const message = `The model \`${model}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`;
      return rendered(404, { message, code: 'model_not_found' });
    }
    case 'request-too-large':
      return rendered(413, byStatus(413));
    case 'context-too-long': {
      const message = isResponses
        ? 'Your input exceeds the context window of this model. Please adjust your input and try again.'
        : `This model's maximum context length is ${error.limit} tokens. However, your messages resulted in ${error.tokens} tokens. Please reduce the length of the messages.`;
      return rendered(400, { message, param: isResponses ? 'input' : 'messages', code: 'context_length_exceeded' });
    }
    case 'output-too-long': {
      const { parameter, tokens, limit } = error;
      if (isResponses) {
        const message = `Invalid '${parameter}': integer above maximum value. Expected a value <= ${limit}, but got ${tokens} instead.`;
        return rendered(400, { message, param: parameter, code: 'integer_above_max_value' });
      }
      const message = `${parameter} is too large: ${tokens}. This model supports at most ${limit} completion tokens, whereas you provided ${tokens}.`;
      return rendered(400, { message, param: parameter, code: 'invalid_value' });
    }
    case 'content-filter': {
      const message =
        'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting';
      return rendered(400, { message, code: 'invalid_prompt' });
    }
    case 'unsupported-parameter':
      return unsupportedParameter(error.parameter);
    case 'unsupported-value':
      return unsupportedValue(error.parameter, error.value, error.supported);
    case 'unsupported-capability':
      return unsupportedCapability(error.capability, isResponses);
    case 'unknown-response': {
      const message = `Previous response with id '${error.id}' not found.`;
      return rendered(400, { message, param: 'previous_response_id', code: 'previous_response_not_found' });
    }
    case 'broken-rule': {
      const { message, status = 400, parameter = null } = error;
      return rendered(status, { message, param: parameter });
    }
    case 'foreign-thinking': {
      const message =
        'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.';
      return rendered(400, { message, code: 'invalid_encrypted_content' });
    }
    case 'invalid-json':
      return rendered(400, { message: 'We could not parse the JSON body of your request.' });
  }
}

function rendered(status: number, error: OpenaiError): ProviderError {
  return { status, body: { error: { type: 'invalid_request_error', param: null, code: null, ...error } } };
}

function unsupportedParameter(parameter: string): ProviderError {
  const instead = parameter === 'max_tokens' ? " Use 'max_completion_tokens' instead." : '';
  const message = `Unsupported parameter: '${parameter}' is not supported with this model.${instead}`;
  return rendered(400, { message, param: parameter, code: 'unsupported_parameter' });
}

function unsupportedValue(parameter: string, value: unknown, supported?: readonly unknown[]): ProviderError {
  const quoted = (one: unknown): string => (typeof one === 'string' ? `'${one}'` : JSON.stringify(one));
  const instead =
    supported === undefined
      ? 'Only the default (1) value is supported.'
      : `Supported values are: ${new Intl.ListFormat('en').format(supported.map(quoted))}.`;
  const message = `Unsupported value: '${parameter}' does not support ${quoted(value)} with this model. ${instead}`;
  return rendered(400, { message, param: parameter, code: 'unsupported_value' });
}

function unsupportedCapability(capability: FakeCapability, isResponses: boolean): ProviderError {
  switch (capability) {
    case 'images': {
      if (isResponses) return rendered(400, { message: 'This model does not support image input.', param: 'input' });
      const message = 'Invalid content type. image_url is only supported by certain models.';
      return rendered(400, { message, param: 'messages.[0].content.[1].type' });
    }
    case 'audio': {
      const message = 'Invalid content type. input_audio is only supported by certain models.';
      return rendered(400, { message, param: isResponses ? 'input' : 'messages.[0].content.[1].type' });
    }
    case 'files': {
      const message = 'This model does not support file content types.';
      return rendered(400, { message, param: isResponses ? 'input' : 'messages', code: 'invalid_value' });
    }
    case 'schema': {
      const param = isResponses ? 'text.format' : 'response_format';
      const message = `Invalid parameter: '${param}' of type 'json_schema' is not supported with this model. Learn more about supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs`;
      return rendered(400, { message, param });
    }
    case 'stream': {
      const message =
        'Your organization must be verified to stream this model. Please go to: https://platform.openai.com/settings/organization/general and click on Verify Organization. If you just verified, it can take up to 15 minutes for access to propagate.';
      return rendered(400, { message, param: 'stream', code: 'unsupported_value' });
    }
    case 'several-choices':
      return unsupportedValue('n', 2);
    case 'reasoning':
      return unsupportedParameter(isResponses ? 'reasoning.effort' : 'reasoning_effort');
    case 'tools':
    case 'stop':
      return unsupportedParameter(capability);
  }
}

function byStatus(status: number): OpenaiError {
  switch (status) {
    case 401:
      return { message: 'Incorrect API key provided.', code: 'invalid_api_key' };
    case 402:
      return { message: 'Insufficient credits.', type: 'insufficient_quota', code: 'insufficient_quota' };
    case 403: {
      const message = 'Country, region, or territory not supported';
      return { message, type: 'request_forbidden', code: 'unsupported_country_region_territory' };
    }
    case 408:
      return { message: 'The request timed out.', type: 'timeout_error', code: 'request_timeout' };
    case 409: {
      const message = 'Another process is currently operating on this conversation. Please retry in a few seconds.';
      return { message, type: 'conflict_error', code: 'conversation_locked' };
    }
    case 410:
      return { message: 'The model has been deprecated and is no longer available.', code: 'model_not_found' };
    case 413:
      return { message: 'Request exceeds the maximum size', type: 'request_too_large', code: 'request_too_large' };
    case 429: {
      const message = 'Rate limit reached for requests. Limit: 3 / min. Please try again in 20s.';
      return { message, type: 'requests', code: 'rate_limit_exceeded' };
    }
    case 503:
      return {
        message: 'The engine is currently overloaded, please try again later',
        type: 'service_unavailable_error',
      };
    default:
      if (status < 500) return { message: `Status ${status}` };
      return {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
      };
  }
}
