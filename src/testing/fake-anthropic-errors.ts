/** Errors in Anthropic's wording. */
import type { ErrorContext, ErrorKind, FakeCapability, ProviderError } from './fake-errors.ts';

const TYPES: Readonly<Record<number, readonly [type: string, message: string]>> = {
  401: ['authentication_error', 'invalid x-api-key'],
  402: ['billing_error', 'There is an issue with your billing or payment information.'],
  403: ['permission_error', 'Your API key does not have permission to use the specified resource.'],
  404: ['not_found_error', 'Not found'],
  408: ['timeout_error', 'The request timed out while processing.'],
  409: ['conflict_error', 'The request conflicts with the current state of the resource.'],
  410: ['not_found_error', 'model: retired'],
  413: ['request_too_large', 'Request exceeds the maximum size'],
  429: ['rate_limit_error', 'This request would exceed the rate limit for your organization.'],
  504: ['timeout_error', 'The request timed out while processing.'],
  529: ['overloaded_error', 'Overloaded'],
};

/** Anthropic's names for a feature that a model does not support, or for the field that it does not know. */
const CAPABILITIES: Readonly<Record<FakeCapability, { readonly name: string } | { readonly field: string }>> = {
  tools: { name: 'tools' },
  schema: { field: 'output_config.format' },
  images: { name: 'image input' },
  audio: { name: 'audio input' },
  files: { name: 'PDF input' },
  stop: { field: 'stop_sequences' },
  stream: { field: 'stream' },
  'several-choices': { field: 'n' },
  reasoning: { name: 'thinking' },
};

export function anthropicError(error: ErrorKind, { model, requestId }: ErrorContext): ProviderError {
  const as = (status: number, type: string, text: string): ProviderError => ({
    status,
    body: { type: 'error', error: { type, message: text }, request_id: requestId },
  });
  const invalid = (text: string): ProviderError => as(400, 'invalid_request_error', text);
  switch (error.kind) {
    case 'status': {
      const unnamed = error.status < 500 ? 'invalid_request_error' : 'api_error';
      const message = error.status < 500 ? `Status ${error.status}` : 'Internal server error';
      return as(error.status, ...(TYPES[error.status] ?? ([unnamed, message] as const)));
    }
    case 'invalid-key':
      return as(401, 'authentication_error', 'invalid x-api-key');
    case 'no-credit':
      return invalid(
        'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
      );
    case 'no-permission':
      return as(403, 'permission_error', 'Your API key does not have permission to use the specified resource.');
    case 'unknown-model':
    case 'retired-model':
      return as(404, 'not_found_error', `model: ${model}`);
    case 'request-too-large':
      return as(413, 'request_too_large', 'Request exceeds the maximum size');
    case 'context-too-long':
      return invalid(`prompt is too long: ${error.tokens} tokens > ${error.limit} maximum`);
    case 'output-too-long':
      return invalid(
        `${error.parameter}: ${error.tokens} > ${error.limit}, which is the maximum allowed number of output tokens for ${model}`,
      );
    case 'content-filter':
      return invalid('Output blocked by content filtering policy');
    case 'unsupported-parameter':
      return invalid(`\`${error.parameter}\` is deprecated for this model.`);
    case 'unsupported-value': {
      const { parameter, supported = [1] } = error;
      const accepted = supported.map(value => (typeof value === 'string' ? `'${value}'` : JSON.stringify(value)));
      return invalid(
        `${parameter}: Input should be ${new Intl.ListFormat('en', { type: 'disjunction' }).format(accepted)}`,
      );
    }
    case 'unsupported-capability': {
      const lacked = CAPABILITIES[error.capability];
      if ('field' in lacked) return invalid(`${lacked.field}: Extra inputs are not permitted`);
      return invalid(`'${model}' does not support ${lacked.name}.`);
    }
    case 'foreign-thinking':
      return invalid('messages.1.content.0: Invalid `signature` in `thinking` block');
    case 'broken-rule':
      return invalid(error.message);
    case 'unknown-response':
      return as(404, 'not_found_error', `response: ${error.id}`);
    case 'invalid-json':
      return invalid('The request body is not valid JSON');
  }
}
