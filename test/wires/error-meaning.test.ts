import { describe, expect, test } from 'vitest';
import { readEventError, readReplyError } from '../../src/wires/reply-error.ts';

type Row = readonly [vendor: string, httpStatus: number, body: unknown];

const error = (message: string, more: Record<string, unknown> = {}) => ({ error: { message, ...more } });
const upstream = (raw: object) =>
  error('Provider returned error', { code: 400, metadata: { raw: JSON.stringify({ error: raw }) } });
const anthropic = (type: string, message: string) => ({ type: 'error', error: { type, message } });

const ACCOUNT: readonly Row[] = [
  ['OpenAI', 401, error('Incorrect API key provided: sk-1.', { code: 'invalid_api_key' })],
  [
    'OpenAI',
    429,
    error('You exceeded your current quota.', { type: 'insufficient_quota', code: 'insufficient_quota' }),
  ],
  ['OpenAI', 429, error('Billing hard limit has been reached', { code: 'billing_hard_limit_reached' })],
  [
    'OpenAI',
    403,
    error('Country, region, or territory not supported', { code: 'unsupported_country_region_territory' }),
  ],
  ['Azure', 401, error('Access denied due to invalid subscription key or wrong API endpoint.', { code: '401' })],
  ['Anthropic', 400, anthropic('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.')],
  ['Anthropic', 400, anthropic('invalid_request_error', 'You have reached your specified API usage limits.')],
  ['Anthropic', 400, anthropic('invalid_request_error', 'This organization has been disabled.')],
  ['Anthropic', 401, anthropic('authentication_error', 'invalid x-api-key')],
  ['Anthropic', 403, anthropic('permission_error', 'Your API key does not have permission to use the resource.')],
  ['Anthropic, in an event', 200, anthropic('permission_error', 'Not allowed.')],
  ['Anthropic, in an event', 200, anthropic('billing_error', 'Please check your payment details.')],
  ['OpenRouter', 402, error('This request requires more credits, or fewer max_tokens.', { code: 402 })],
  ['OpenRouter, in a 200', 200, error('User not found.', { code: 401 })],
  ['DeepSeek', 402, error('Insufficient Balance', { type: 'unknown_error', code: 'invalid_request_error' })],
  ['Moonshot', 429, error('Your account is suspended.', { type: 'exceeded_current_quota_error' })],
  ['xAI', 400, { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: x.' }],
  ['xAI', 403, { code: 'x', error: 'Your team has used all available credits or reached its monthly spending limit.' }],
  [
    'Gemini',
    400,
    [error('API key not valid. Please pass a valid API key.', { code: 400, status: 'INVALID_ARGUMENT' })],
  ],
  ['Gemini', 400, [error('User location is not supported for the API use.', { status: 'FAILED_PRECONDITION' })]],
  ['LiteLLM', 400, error('Budget has been exceeded! Current cost: 2, Max budget: 1', { type: 'budget_exceeded' })],
  ['Together', 402, error('Credit limit exceeded, please add credits.', { type: 'credit_limit' })],
  ['Fireworks', 412, error('Account acme is suspended, possibly due to reaching the monthly spending limit')],
  ['Zhipu', 429, error('余额不足或无可用资源包,请充值。', { code: '1113' })],
  ['SiliconFlow', 403, { code: 30001, message: 'Sorry, your account balance is insufficient' }],
  ['new-api', 403, error('user quota is not enough', { code: 'insufficient_user_quota' })],
  ['Perplexity', 401, undefined],
  [
    'OpenAI',
    401,
    error('You have insufficient permissions for this operation. Missing scopes: model.request.', {
      type: 'invalid_request_error',
      code: 'missing_scope',
    }),
  ],
  ['OpenAI', 403, error('You are not allowed', { code: 'insufficient_permissions' })],
  ['OpenAI', 401, error('The OpenAI account associated with this key is closed.', { code: 'account_deactivated' })],
  ['OpenAI', 401, error('You must be a member of an organization to use the API.', { type: 'invalid_request_error' })],
  ['OpenAI', 401, error('No such organization: org-1.', { code: 'invalid_organization' })],
  ['OpenAI', 403, error('Your IP is not authorized to access this endpoint.', { code: 'ip_not_authorized' })],
  ['Hugging Face', 402, { error: 'You have exceeded your monthly included credits for Inference Providers.' }],
  [
    'Groq',
    400,
    error('Organization has been restricted. Please reach out to support if you believe this was in error.', {
      type: 'invalid_request_error',
      code: 'organization_restricted',
    }),
  ],
  [
    'xAI',
    403,
    {
      code: 'The caller does not have permission to execute the specified operation',
      error: "Your team doesn't have any credits yet. You can purchase credits on https://console.x.ai.",
    },
  ],
  ['Groq', 400, error('Spend limit has been reached.', { code: 'blocked_api_access' })],
  [
    'OpenRouter',
    403,
    error('Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys', { code: 403 }),
  ],
  ['OpenRouter, in a 200', 200, error('No auth credentials found', { code: 401 })],
  ['Mistral', 401, { detail: 'Unauthorized' }],
  ['Azure', 401, error('Principal does not have access to API/Operation.', { code: 'PermissionDenied' })],
  ['Bedrock', 403, { message: 'The security token included in the request is invalid.' }],
  [
    'LiteLLM',
    401,
    error('Authentication Error, Invalid proxy server token passed.', { type: 'auth_error', code: '401' }),
  ],
  ['new-api', 401, error('无效的令牌', { type: 'new_api_error', param: '', code: '' })],
  ['new-api', 401, error('Invalid token (request id: 1)', { type: 'new_api_error' })],
  ['Zhipu', 401, error('身份验证失败。', { code: '1000' })],
  ['Zhipu', 429, error('您的账户已欠费', { code: '1113' })],
  ['DashScope', 400, error('Access denied, please make sure your account is in good standing.', { code: 'Arrearage' })],
];

const MODEL: readonly Row[] = [
  ['OpenAI', 404, error('The model `x` does not exist or you do not have access to it.', { code: 'model_not_found' })],
  ['OpenAI', 403, error('Project `p` does not have access to model `x`', { code: 'model_not_found' })],
  ['Azure', 404, error('The API deployment for this resource does not exist.', { code: 'DeploymentNotFound' })],
  ['Anthropic', 404, anthropic('not_found_error', 'model: claude-x')],
  [
    'OpenAI, in a 200',
    200,
    error('The model `x` has been deprecated, learn more here: https://x.example', { code: 404 }),
  ],
  [
    'Groq',
    400,
    error('The model `x` has been decommissioned and is no longer supported.', { code: 'model_decommissioned' }),
  ],
  ['OpenRouter', 400, error('x is not a valid model ID', { code: 400 })],
  ['OpenRouter', 404, error('No endpoints found for x.', { code: 404 })],
  ['OpenRouter', 404, error('No allowed providers are available for the selected model.', { code: 404 })],
  [
    'vLLM',
    404,
    { object: 'error', message: 'The model `x` does not exist.', type: 'NotFoundError', param: null, code: 404 },
  ],
  ['Ollama', 404, error('model "x" not found, try pulling it first', { type: 'api_error' })],
  ['Mistral', 400, { object: 'error', message: 'Invalid model: x', type: 'invalid_model', param: null, code: '1500' }],
  ['DeepSeek', 400, error('Model Not Exist', { type: 'invalid_request_error', code: 'invalid_request_error' })],
  ['Moonshot', 404, error('Not found the model x or Permission denied', { type: 'resource_not_found_error' })],
  [
    'xAI',
    404,
    {
      code: 'Some requested entity was not found',
      error: 'The model grok-9 does not exist or your team y does not have access to it.',
    },
  ],
  [
    'Gemini',
    404,
    [
      error('models/gemini-9 is not found for API version v1main, or is not supported.', {
        code: 404,
        status: 'NOT_FOUND',
      }),
    ],
  ],
  [
    'Vertex',
    404,
    error('Publisher Model `projects/p/x` was not found or your project does not have access to it.', { code: 404 }),
  ],
  ['a proxy', 404, undefined],
  ['FastAPI', 404, { detail: 'Not Found' }],
  ['Together', 404, error('Unable to access model x. Please visit the list.', { code: 'model_not_available' })],
  ['Fireworks', 404, error('Model not found, inaccessible, and/or not deployed', { code: 'NOT_FOUND' })],
  [
    'Perplexity',
    400,
    error("Invalid model 'x'. Permitted models can be found in the documentation.", {
      type: 'invalid_model',
      code: 400,
    }),
  ],
  ['Bedrock', 400, { message: 'The provided model identifier is invalid.' }],
  ['Bedrock', 403, { message: "You don't have access to the model with the specified model ID." }],
  [
    'LiteLLM',
    400,
    error('/chat/completions: Invalid model name passed in model=x. Call `/v1/models`.', { type: 'None', code: '400' }),
  ],
  ['LiteLLM', 401, error('Team not allowed to access model. Team=t', { type: 'team_model_access_denied' })],
  ['new-api', 503, error('No available channel for model x under group default', { code: 'model_not_found' })],
  ['any', 410, undefined],
];

const CONTEXT: readonly Row[] = [
  ['OpenAI', 400, error("This model's maximum context length is 8192 tokens.", { code: 'context_length_exceeded' })],
  ['OpenAI', 400, error('Your input exceeds the context window of this model.', { code: 'context_length_exceeded' })],
  ['Anthropic', 400, anthropic('invalid_request_error', 'prompt is too long: 210000 tokens > 200000 maximum')],
  ['Anthropic', 413, anthropic('request_too_large', 'Request exceeds the maximum size')],
  ['OpenAI, in a 200', 200, error('Maximum content size limit (26214400) exceeded', { type: 'server_error' })],
  ['Groq', 400, error('Please reduce the length of the messages or completion.', { code: 'context_length_exceeded' })],
  [
    'vLLM',
    400,
    {
      object: 'error',
      message: 'The decoder prompt (length 5000) is longer than the maximum model length of 4096.',
      type: 'BadRequestError',
      code: 400,
    },
  ],
  [
    'llama.cpp',
    400,
    error('the request exceeds the available context size', { type: 'exceed_context_size_error', code: 400 }),
  ],
  [
    'LM Studio',
    400,
    { error: 'The number of tokens to keep from the initial prompt is greater than the context length' },
  ],
  [
    'Gemini',
    400,
    [
      error('The input token count (1196265) exceeds the maximum number of tokens allowed (1048575).', {
        code: 400,
        status: 'INVALID_ARGUMENT',
      }),
    ],
  ],
  [
    'Mistral',
    400,
    {
      object: 'error',
      message: 'Prompt contains 40000 tokens, too large for model with 32768 maximum context length',
      code: '3051',
    },
  ],
  [
    'xAI',
    400,
    { code: 'x', error: "This model's maximum prompt length is 131072 but the request contains 537812 tokens." },
  ],
  [
    'Moonshot',
    400,
    error('Invalid request: Your request exceeded model token limit: 8192', { type: 'invalid_request_error' }),
  ],
  ['Bedrock', 400, { message: 'Input is too long for requested model.' }],
  ['Fireworks', 400, error('The prompt is too long: 200000, model maximum context length: 131072')],
  [
    'OpenRouter',
    400,
    error("This endpoint's maximum context length is 131072 tokens. However, you requested about 150000 tokens.", {
      code: 400,
    }),
  ],
  [
    'DashScope',
    400,
    error('Range of input length should be [1, 30720]', {
      type: 'invalid_request_error',
      code: 'invalid_parameter_error',
    }),
  ],
  ['a proxy', 413, undefined],
  [
    'OpenAI',
    400,
    error(
      "This model's maximum context length is 8192 tokens. However, you requested 9500 tokens (9000 in the messages, 500 in the completion).",
      { code: 'context_length_exceeded' },
    ),
  ],
  ['OpenRouter, with the upstream’s error', 400, upstream({ message: 'no', code: 'context_length_exceeded' })],
];

/** Too long with the output that was asked for, or for the tokens of a minute: nothing is known of the input alone. */
const FITS: readonly Row[] = [
  ['vLLM', 400, { object: 'error', message: 'max_tokens must be at least 1, got -231.', code: 400 }],
  [
    'OpenAI',
    429,
    error('Request too large for x in organization o on tokens per min (TPM): Limit 30000, Requested 45000.', {
      type: 'tokens',
      code: 'rate_limit_exceeded',
    }),
  ],
  [
    'Anthropic',
    400,
    anthropic('invalid_request_error', 'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000'),
  ],
  [
    'Groq',
    413,
    error('Request too large for model `x` on tokens per minute (TPM)', {
      type: 'tokens',
      code: 'rate_limit_exceeded',
    }),
  ],
  [
    'vLLM',
    400,
    error(
      "'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 8192 tokens",
      { type: 'BadRequestError', code: 400 },
    ),
  ],
  ['Together', 422, error('Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000')],
  [
    'OpenAI',
    400,
    error(
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens (100 in the messages, 8900 in the completion).",
      { code: 'context_length_exceeded' },
    ),
  ],
];

const FILTER: readonly Row[] = [
  [
    'Azure',
    400,
    error('The response was filtered due to the prompt triggering the content management policy.', {
      code: 'content_filter',
      innererror: { code: 'ResponsibleAIPolicyViolation' },
    }),
  ],
  [
    'OpenAI',
    400,
    error('Invalid prompt: your prompt was flagged as potentially violating our usage policy.', {
      code: 'invalid_prompt',
    }),
  ],
  ['OpenAI', 400, error('Your request was rejected.', { code: 'content_policy_violation' })],
  ['Anthropic', 400, anthropic('invalid_request_error', 'Output blocked by content filtering policy')],
  ['DeepSeek', 400, error('Content Exists Risk', { code: 'invalid_request_error' })],
  ['Moonshot', 400, error('The request was rejected because it was considered high risk', { type: 'content_filter' })],
  ['DashScope', 400, error('Input data may contain inappropriate content.', { code: 'data_inspection_failed' })],
  ['OpenRouter', 403, error('x requires moderation on y. Your input was flagged for "violence".', { code: 403 })],
  ['xAI', 403, { code: 'x', error: 'Content violates usage guidelines.' }],
  ['Zhipu', 400, error('系统检测到输入或生成内容可能包含不安全或敏感内容', { code: '1301' })],
];

const FAULT: readonly Row[] = [
  [
    'OpenAI',
    429,
    error('Rate limit reached for gpt-x on tokens per min.', { type: 'tokens', code: 'rate_limit_exceeded' }),
  ],
  ['OpenAI', 500, error('The server had an error', { type: 'server_error' })],
  ['OpenAI', 503, error('The engine is currently overloaded, please try again later')],
  ['Anthropic', 529, anthropic('overloaded_error', 'Overloaded')],
  ['Anthropic, in an event', 200, anthropic('overloaded_error', 'Overloaded')],
  ['Anthropic, in an event', 200, anthropic('api_error', 'Internal server error')],
  [
    'Gemini',
    429,
    [
      error('You exceeded your current quota, please check your plan and billing details.', {
        code: 429,
        status: 'RESOURCE_EXHAUSTED',
      }),
    ],
  ],
  ['OpenRouter, in a 200', 200, error('slow down', { code: 429 })],
  ['OpenRouter, in a 200', 200, error('Provider returned error', { code: 502 })],
  ['Google', 403, error('Rate limit', { code: 403, status: 'rateLimitExceeded' })],
  ['Groq', 498, error('Flex tier capacity exceeded', { code: 'capacity_exceeded' })],
  ['Bedrock', 424, { message: 'The model returned an error' }],
  ['a proxy', 502, undefined],
  ['any, in an event', 200, { error: 'something broke' }],
];

const REQUEST: readonly Row[] = [
  [
    'OpenAI',
    400,
    error("Missing required parameter: 'messages'.", { code: 'missing_required_parameter', param: 'messages' }),
  ],
  [
    'OpenAI',
    400,
    error("Invalid 'temperature': decimal above maximum value.", {
      code: 'decimal_above_max_value',
      param: 'temperature',
    }),
  ],
  [
    'OpenAI',
    400,
    error("Previous response with id 'resp_1' not found.", {
      code: 'previous_response_not_found',
      param: 'previous_response_id',
    }),
  ],
  ['OpenAI, in an event', 200, error('Expected a value <= 100.', { code: 'integer_above_max_value' })],
  ['OpenAI', 404, error("Item with id 'rs_1' not found.", { type: 'invalid_request_error' })],
  [
    'OpenAI',
    400,
    error('You uploaded an unsupported image. Please make sure your image is valid.', { code: 'invalid_image' }),
  ],
  ['OpenAI', 400, error("Invalid schema for response_format 'x'.", { param: 'response_format' })],
  [
    'OpenAI',
    400,
    error("Invalid 'user': string too long. Expected a string with maximum length 64.", {
      code: 'string_above_max_length',
      param: 'user',
    }),
  ],
  [
    'OpenAI',
    400,
    error("Invalid 'messages[3].tool_calls[0].id': string too long. Expected a string with maximum length 40.", {
      code: 'string_above_max_length',
      param: 'messages[3].tool_calls[0].id',
    }),
  ],
  ['OpenAI', 400, error('Invalid file: this API does not support file type .exe', { type: 'invalid_request_error' })],
  [
    'Groq',
    400,
    error("attempted to call tool 'x' of the model which was not found in request.tools", {
      type: 'invalid_request_error',
    }),
  ],
  ['Anthropic', 400, anthropic('invalid_request_error', 'messages: roles must alternate')],
  ['Anthropic, in an event', 200, anthropic('invalid_request_error', 'messages: roles must alternate')],
  ['Anthropic', 404, anthropic('not_found_error', 'File file_1 not found')],
  ['vLLM', 422, { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required' }] }],
];

/** Bodies that tell no more than their HTTP status. */
const ONLY_STATUS: readonly string[] = [
  '{"detail":"Not Found"}',
  '{"detail":[{"type":"missing","loc":["body","messages"],"msg":"Field required"}]}',
];

test('an error body is classified without its HTTP status', () => {
  const rows = [ACCOUNT, MODEL, CONTEXT, FITS, FILTER, FAULT, REQUEST]
    .flat()
    .filter(([, , body]) => body !== undefined);
  const other = rows.filter(([, httpStatus, body]) => {
    const [replyError, eventError] = [readReplyError(body, httpStatus), readEventError(body, true)];
    return replyError?.about !== eventError?.about || replyError?.lacks !== eventError?.lacks;
  });
  expect(other.map(([, , body]) => JSON.stringify(body))).toEqual(ONLY_STATUS);
});

describe('what an error is about', () => {
  test.each(ACCOUNT)('%s, %d: the account is refused with the body %j', (_, httpStatus, body) => {
    expect(readReplyError(body, httpStatus)).toMatchObject({ about: 'account' });
  });
  test.each(MODEL)('%s, %d: the model is refused with the body %j', (_, httpStatus, body) => {
    expect(readReplyError(body, httpStatus)).toMatchObject({ about: 'model' });
  });
  test.each(CONTEXT)('%s, %d: the request is too long for the model, by the body %j', (_, httpStatus, body) => {
    expect(readReplyError(body, httpStatus)).toMatchObject({ about: 'unable', lacks: 'context' });
  });
  test.each(FITS)(
    '%s, %d: the request does not fit, which does not exclude shorter ones, by the body %j',
    (_, httpStatus, body) => {
      const found = readReplyError(body, httpStatus);
      expect([found?.about, found?.lacks]).toEqual(['unable', undefined]);
    },
  );
  test.each(FILTER)('%s, %d: the content is filtered, by the body %j', (_, httpStatus, body) => {
    expect(readReplyError(body, httpStatus)).toMatchObject({ about: 'unable', lacks: 'content-filter' });
  });
  test.each(FAULT)('%s, %d: the provider has a fault, by the body %j', (_, httpStatus, body) => {
    expect(readReplyError(body, httpStatus)).toMatchObject({ about: 'fault' });
  });
  test.each(REQUEST)('%s, %d: the request is wrong, by the body %j', (_, httpStatus, body) => {
    const found = readReplyError(body, httpStatus);
    expect([found?.about, found?.parameters, found?.lacks]).toEqual(['request', undefined, undefined]);
  });
});
