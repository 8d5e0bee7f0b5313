/** Errors in the wording of vendors whose API is like OpenAI's, as their users have published them. */
import type { ErrorBody, ErrorWords } from './fake-errors.ts';

const deepseek = (message: string, type = 'invalid_request_error'): ErrorBody => ({
  error: { message, type, param: null, code: 'invalid_request_error' },
});

export const deepseekWords: ErrorWords = {
  'invalid-key': () => [401, deepseek('Authentication Fails, Your api key: ****k is invalid', 'authentication_error')],
  'no-credit': () => [402, deepseek('Insufficient Balance', 'unknown_error')],
  'unknown-model': () => [400, deepseek('Model Not Exist')],
  'output-too-long': ({ parameter, limit }) => [
    400,
    deepseek(`Invalid ${parameter} value, the valid range of ${parameter} is [1, ${limit}]`),
  ],
  'content-filter': () => [400, deepseek('Content Exists Risk')],
  'unsupported-capability'({ capability }) {
    if (capability === 'schema') return [400, deepseek('This response_format type is unavailable now')];
    if (capability !== 'images') return undefined;
    const message =
      'Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text` at line 1 column 96';
    return [400, deepseek(message)];
  },
};

const groq = (message: string, more: ErrorBody = {}): ErrorBody => ({
  error: { message, type: 'invalid_request_error', ...more },
});

export const groqWords: ErrorWords = {
  'retired-model': (_, { model }) => [
    400,
    groq(
      `The model \`${model}\` has been decommissioned and is no longer supported. Please refer to https://console.groq.com/docs/deprecations for a recommendation on which model to use instead.`,
      { code: 'model_decommissioned' },
    ),
  ],
  'request-too-large': (_, { model }) => [
    413,
    groq(
      `Request too large for model \`${model}\` in organization \`org_1\` service tier \`on_demand\` on tokens per minute (TPM): Limit 6000, Requested 7000, please reduce your message size and try again.`,
      { type: 'tokens', code: 'rate_limit_exceeded' },
    ),
  ],
  'context-too-long': () => [
    400,
    groq('Please reduce the length of the messages or completion.', {
      param: 'messages',
      code: 'context_length_exceeded',
    }),
  ],
  'output-too-long': ({ parameter, limit }) => [
    400,
    groq(
      `\`${parameter}\` must be less than or equal to \`${limit}\`, the maximum value for \`${parameter}\` is less than the \`context_window\` for this model`,
    ),
  ],
  'unsupported-parameter': ({ parameter }) => [400, groq(`property '${parameter}' is unsupported`)],
  'unsupported-value': ({ parameter, supported = [1] }) => [
    400,
    groq(`\`${parameter}\` must be one of ${supported.map(value => `\`${String(value)}\``).join(' or ')}`),
  ],
  'unsupported-capability'({ capability }) {
    if (capability === 'tools') return [400, groq('`tool calling` is not supported with this model')];
    if (capability === 'images') return [400, groq('messages[0].content must be a string')];
    if (capability !== 'schema') return undefined;
    const message =
      'This model does not support response format `json_schema`. See supported models at https://console.groq.com/docs/structured-outputs#supported-models';
    return [400, groq(message, { param: 'response_format' })];
  },
};

interface MistralError {
  readonly type?: string;
  readonly code?: string;
}

const mistral = (message: unknown, more: MistralError = {}): ErrorBody => ({
  object: 'error',
  message,
  type: 'invalid_request_error',
  param: null,
  code: null,
  ...more,
});

/** A validation error in the form of FastAPI. */
const detail = (type: string, parameter: string, more: ErrorBody): ErrorBody =>
  mistral({ detail: [{ type, loc: ['body', parameter], ...more }] });

export const mistralWords: ErrorWords = {
  status: ({ status }) =>
    status === 429 ? [429, mistral('Requests rate limit exceeded', { type: 'rate_limited', code: '1300' })] : undefined,
  'invalid-key': () => [401, { detail: 'Unauthorized' }],
  'unknown-model': (_, { model }) => [400, mistral(`Invalid model: ${model}`, { type: 'invalid_model', code: '1500' })],
  'context-too-long': ({ tokens, limit }) => [
    400,
    mistral(
      `Prompt contains ${tokens} tokens and 0 draft tokens, too large for model with ${limit} maximum context length`,
      { type: 'invalid_request_prompt', code: '3051' },
    ),
  ],
  'unsupported-parameter': ({ parameter, value = null }) => [
    422,
    detail('extra_forbidden', parameter, { msg: 'Extra inputs are not permitted', input: value }),
  ],
  'unsupported-value'({ parameter, value = null, supported = [1] }) {
    const expected = supported.map(one => `'${String(one)}'`).join(' or ');
    const more = { msg: `Input should be ${expected}`, input: value, ctx: { expected } };
    return [422, detail('literal_error', parameter, more)];
  },
};

const together = (message: string, code: string | null = null, type = 'invalid_request_error'): ErrorBody => ({
  error: { message, type, param: null, code },
});
const tooManyTokens = (limit: number, input: number, output: number): readonly [number, ErrorBody] => [
  422,
  together(
    `Input validation error: \`inputs\` tokens + \`max_new_tokens\` must be <= ${limit}. Given: ${input} \`inputs\` tokens and ${output} \`max_new_tokens\``,
  ),
];

export const togetherWords: ErrorWords = {
  'invalid-key': () => [
    401,
    together(
      'Invalid API key provided. You can find your API key at https://api.together.xyz/settings/api-keys.',
      'invalid_api_key',
    ),
  ],
  'no-credit': () => [
    402,
    together(
      'Credit limit exceeded, please navigate to https://api.together.xyz/settings/billing to upgrade your account.',
      null,
      'credit_limit',
    ),
  ],
  'unknown-model': (_, { model }) => [
    404,
    together(
      `Unable to access model ${model}. Please visit https://api.together.ai/models to view the list of supported models.`,
      'model_not_available',
    ),
  ],
  'context-too-long': ({ tokens, limit }) => tooManyTokens(limit, tokens, 0),
  'output-too-long': ({ tokens, limit }) => tooManyTokens(limit, 0, tokens),
};

function vllm(code: number, message: string, type = 'BadRequestError'): readonly [number, ErrorBody] {
  return [code, { object: 'error', message, type, param: null, code }];
}

export const vllmWords: ErrorWords = {
  'invalid-key': () => [401, { error: 'Unauthorized' }],
  'unknown-model': (_, { model }) => vllm(404, `The model \`${model}\` does not exist.`, 'NotFoundError'),
  'context-too-long': ({ tokens, limit }) =>
    vllm(
      400,
      `This model's maximum context length is ${limit} tokens. However, you requested ${tokens} tokens in the messages, Please reduce the length of the messages.`,
    ),
  // A validation error in the form of Python's `repr`, in the message.
  'unsupported-parameter': ({ parameter, value = null }) =>
    vllm(
      400,
      `[{'type': 'extra_forbidden', 'loc': ('body', '${parameter}'), 'msg': 'Extra inputs are not permitted', 'input': ${JSON.stringify(value)}}]`,
    ),
  'unsupported-capability'({ capability }, { model }) {
    if (capability === 'images') return vllm(400, `${model} is not a multimodal model`);
    if (capability !== 'tools') return undefined;
    return vllm(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set');
  },
};

/** The error is a text beside its code. */
const xai = (error: string, code = 'Client specified an invalid argument'): ErrorBody => ({ code, error });

export const xaiWords: ErrorWords = {
  'invalid-key': () => [
    400,
    xai('Incorrect API key provided: k. You can obtain an API key from https://console.x.ai.'),
  ],
  'no-credit': () => [
    403,
    xai(
      "Your team doesn't have any credits yet. You can purchase credits on https://console.x.ai.",
      'The caller does not have permission to execute the specified operation',
    ),
  ],
  'unknown-model': (_, { model }) => [
    404,
    xai(`The model ${model} does not exist.`, 'Some requested entity was not found'),
  ],
  'context-too-long': ({ tokens, limit }) => [
    400,
    xai(`This model's maximum prompt length is ${limit} but the request contains ${tokens} tokens.`),
  ],
  'unsupported-parameter': ({ parameter }) => [400, xai(`Argument not supported on this model: ${parameter}`)],
  'unsupported-capability': ({ capability }, { model }) =>
    capability === 'reasoning' ? [400, xai(`Model ${model} does not support parameter reasoningEffort.`)] : undefined,
};
