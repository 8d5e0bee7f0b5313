/** Errors as OpenAI's APIs render them. */
import type { ErrorKind, ProviderError } from './fake-api.ts';

interface OpenaiError {
  readonly message: string;
  readonly type: string;
  readonly param: string | null;
  readonly code: string | null;
}

/** OpenAI sends the request id in a header only. */
export function openaiError(error: ErrorKind): ProviderError {
  switch (error.kind) {
    case 'status':
      return { status: error.status, body: { error: byStatus(error.status) } };
    case 'unknown-model': {
      const message = `The model \`${error.model}\` does not exist or you do not have access to it.`;
      return { status: 404, body: { error: { ...invalid(message), code: 'model_not_found' } } };
    }
    case 'unsupported-parameter': {
      const instead = error.parameter === 'max_tokens' ? " Use 'max_completion_tokens' instead." : '';
      const message = `Unsupported parameter: '${error.parameter}' is not supported with this model.${instead}`;
      return refused({ ...invalid(message), param: error.parameter, code: 'unsupported_parameter' });
    }
    case 'unsupported-value': {
      const message = `Unsupported value: '${error.parameter}' does not support ${String(error.value)} with this model. Only the default (1) value is supported.`;
      return refused({ ...invalid(message), param: error.parameter, code: 'unsupported_value' });
    }
    case 'unknown-response': {
      const message = `Previous response with id '${error.id}' not found.`;
      return refused({ ...invalid(message), param: 'previous_response_id', code: 'previous_response_not_found' });
    }
    case 'foreign-thinking': {
      const message =
        'The encrypted content could not be verified. Reason: Encrypted content could not be decrypted or parsed.';
      return refused({ ...invalid(message), code: 'invalid_encrypted_content' });
    }
    case 'invalid-json': {
      const message = 'We could not parse the JSON body of your request.';
      return refused(invalid(message));
    }
  }
}

function refused(error: OpenaiError): ProviderError {
  return { status: 400, body: { error } };
}

function invalid(message: string): OpenaiError {
  return { message, type: 'invalid_request_error', param: null, code: null };
}

function byStatus(status: number): OpenaiError {
  switch (status) {
    case 429:
      return {
        message: 'Rate limit reached for requests. Limit: 3 / min. Please try again in 20s.',
        type: 'requests',
        param: null,
        code: 'rate_limit_exceeded',
      };
    case 503:
      return {
        message: 'The engine is currently overloaded, please try again later',
        type: 'service_unavailable_error',
        param: null,
        code: null,
      };
    case 401:
      return { ...invalid('Incorrect API key provided.'), code: 'invalid_api_key' };
    default:
      if (status < 500) return invalid(`Status ${status}`);
      return {
        message: 'The server had an error while processing your request. Sorry about that!',
        type: 'server_error',
        param: null,
        code: null,
      };
  }
}
