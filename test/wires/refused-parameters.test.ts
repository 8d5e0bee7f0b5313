import { describe, expect, test } from 'vitest';
import { readReplyError } from '../../src/wires/reply-error.ts';

const error = (message: string, more: Record<string, unknown> = {}) => ({ error: { message, ...more } });
const anthropic = (message: string) => ({ type: 'error', error: { type: 'invalid_request_error', message } });
const vllm = (message: string) => ({ object: 'error', message, type: 'BadRequestError', param: null, code: 400 });

const PARAMETERS: readonly (readonly [vendor: string, httpStatus: number, body: unknown, parameters: unknown])[] = [
  [
    'OpenAI',
    400,
    error(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      { code: 'unsupported_parameter', param: 'max_tokens' },
    ),
    [{ name: 'max_tokens' }],
  ],
  [
    'OpenAI without `param`',
    400,
    error("Unsupported parameter: 'temperature' is not supported with this model.", {
      code: 'unsupported_parameter',
      param: null,
    }),
    [{ name: 'temperature' }],
  ],
  ['OpenAI without a message', 400, { error: { code: 'unsupported_parameter', param: 'stop' } }, [{ name: 'stop' }]],
  [
    'OpenAI',
    400,
    error("Unknown parameter: 'verbosity'.", { code: 'unknown_parameter', param: 'verbosity' }),
    [{ name: 'verbosity' }],
  ],
  [
    'OpenAI',
    400,
    error(
      "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default (1) value is supported.",
      { code: 'unsupported_value', param: 'temperature' },
    ),
    [{ name: 'temperature' }],
  ],
  [
    'OpenAI',
    400,
    error(
      "Unsupported value: 'reasoning_effort' does not support 'minimal' with this model. Supported values are: 'low', 'medium', and 'high'.",
      { code: 'unsupported_value', param: 'reasoning_effort' },
    ),
    [{ name: 'reasoning_effort', value: '"minimal"' }],
  ],
  [
    'OpenAI',
    400,
    error("Unsupported value: 'low' is not supported with the 'x' model. Supported values are: 'medium'.", {
      code: 'unsupported_value',
      param: 'verbosity',
    }),
    [{ name: 'verbosity', value: '"low"' }],
  ],
  [
    'OpenAI',
    400,
    error(
      'max_tokens is too large: 32000. This model supports at most 16384 completion tokens, whereas you provided 32000.',
      { code: 'invalid_value', param: 'max_tokens' },
    ),
    [{ name: 'max_tokens', max: 16384 }],
  ],
  [
    'OpenAI',
    400,
    error(
      "Invalid 'max_output_tokens': integer above maximum value. Expected a value <= 32768, but got 100000 instead.",
      { code: 'integer_above_max_value', param: 'max_output_tokens' },
    ),
    [{ name: 'max_output_tokens', max: 32768 }],
  ],
  [
    'OpenAI',
    400,
    error("Invalid 'temperature': decimal above maximum value. Expected a value <= 1.5, but got 2 instead.", {
      code: 'decimal_above_max_value',
      param: 'temperature',
    }),
    [{ name: 'temperature', max: 1.5 }],
  ],
  [
    'OpenAI',
    403,
    error('You are not allowed to request logprobs from this model', { type: 'invalid_request_error' }),
    [{ name: 'logprobs' }],
  ],
  [
    'Azure',
    400,
    error('Unrecognized request argument supplied: stream_options', {
      type: 'invalid_request_error',
      param: null,
      code: null,
    }),
    [{ name: 'stream_options' }],
  ],
  ['Anthropic', 400, anthropic('`temperature` is deprecated for this model.'), [{ name: 'temperature' }]],
  ['Anthropic', 400, anthropic('`top_k` is not supported on this model.'), [{ name: 'top_k' }]],
  [
    'Anthropic',
    400,
    anthropic('`temperature` and `top_p` cannot both be specified for this model. Please use only one.'),
    [{ name: 'temperature', combined: 'top_p' }],
  ],
  ['Anthropic', 400, anthropic('speed: Extra inputs are not permitted'), [{ name: 'speed' }]],
  [
    'Anthropic',
    400,
    anthropic('max_tokens: 100000 > 64000, which is the maximum allowed number of output tokens for claude-x'),
    [{ name: 'max_tokens', max: 64000 }],
  ],
  [
    'Mistral',
    422,
    {
      message: {
        detail: [{ type: 'extra_forbidden', loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }],
      },
    },
    [{ name: 'stream_options' }],
  ],
  [
    'Mistral',
    422,
    {
      object: 'error',
      message:
        '{"detail":[{"type":"extra_forbidden","loc":["body","frequency_penalty"],"msg":"Extra inputs are not permitted","input":0.0}]}',
      type: 'internal_error_proxy',
      param: null,
      code: '1000',
    },
    [{ name: 'frequency_penalty' }],
  ],
  [
    'FastAPI',
    422,
    {
      detail: [
        { type: 'extra_forbidden', loc: ['body', 'seed'], msg: 'Extra inputs are not permitted' },
        { type: 'extra_forbidden', loc: ['body', 'user'], msg: 'Extra inputs are not permitted' },
      ],
    },
    [{ name: 'seed' }, { name: 'user' }],
  ],
  [
    'vLLM',
    400,
    vllm("[{'type': 'extra_forbidden', 'loc': ('body', 'seed'), 'msg': 'Extra inputs are not permitted', 'input': 1}]"),
    [{ name: 'seed' }],
  ],
  [
    'Groq',
    400,
    error("property 'reasoning_effort' is unsupported, did you mean 'reasoning_format'?", {
      type: 'invalid_request_error',
    }),
    [{ name: 'reasoning_effort' }],
  ],
  [
    'Groq',
    400,
    error('`reasoning_effort` is not supported with this model', { type: 'invalid_request_error' }),
    [{ name: 'reasoning_effort' }],
  ],
  [
    'Groq',
    400,
    error(
      '`max_tokens` must be less than or equal to `8192`, the maximum value for `max_tokens` is less than the `context_window` for this model',
    ),
    [{ name: 'max_tokens', max: 8192 }],
  ],
  [
    'DeepSeek',
    400,
    error('Invalid max_tokens value, the valid range of max_tokens is [1, 8192]'),
    [{ name: 'max_tokens', max: 8192 }],
  ],
  [
    'Mistral, of what the router added',
    422,
    {
      detail: [
        {
          type: 'extra_forbidden',
          loc: ['body', 'stream_options', 'include_usage'],
          msg: 'Extra inputs are not permitted',
        },
      ],
    },
    [{ name: 'stream_options' }],
  ],
  [
    'OpenAI, of what the router added',
    400,
    { error: { code: 'unknown_parameter', param: 'stream_options.include_usage' } },
    [{ name: 'stream_options' }],
  ],
  ['llama.cpp', 500, { code: 500, message: 'Unsupported param: tools', type: 'server_error' }, [{ name: 'tools' }]],
  [
    'Fireworks',
    400,
    error("[{'loc': ('body', 'user'), 'msg': 'extra fields not permitted', 'type': 'value_error.extra'}]"),
    [{ name: 'user' }],
  ],
  [
    'Cerebras',
    422,
    { message: "body.store: property 'body.store' is unsupported", code: 'wrong_api_format' },
    [{ name: 'store' }],
  ],
  [
    'Volcengine',
    400,
    error(
      'The parameter `max_completion_tokens` specified in the request are not valid: integer above maximum value, expected a value <= 12288, but got 32000 instead.',
      { code: 'InvalidParameter', param: 'max_completion_tokens', type: 'BadRequest' },
    ),
    [{ name: 'max_completion_tokens', max: 12288 }],
  ],
  ['DashScope', 400, error('Range of max_tokens should be [1, 8192]'), [{ name: 'max_tokens', max: 8192 }]],
  [
    'DashScope, with the path of another field',
    400,
    error('Range of max_tokens should be [1, 8192]', { param: 'parameters.max_tokens' }),
    [{ name: 'max_tokens', max: 8192 }],
  ],
  [
    'DashScope, with the path of a part',
    400,
    error('Range of max_tokens should be [1, 8192]', { param: 'max_tokens.value' }),
    [{ name: 'max_tokens', max: 8192 }],
  ],
  [
    'Moonshot',
    400,
    error('invalid temperature: only 1 is allowed for this model', { type: 'invalid_request_error' }),
    [{ name: 'temperature' }],
  ],
  [
    'xAI',
    400,
    { code: 'Client specified an invalid argument', error: 'Argument not supported on this model: frequencyPenalty' },
    [{ name: 'frequency_penalty' }],
  ],
  [
    'xAI',
    400,
    { code: 'Client specified an invalid argument', error: 'Model grok-4 does not support parameter reasoningEffort.' },
    [{ name: 'reasoning_effort' }],
  ],
  [
    'Gemini',
    400,
    [
      error(
        'Invalid JSON payload received. Unknown name "frequency_penalty": Cannot find field.\nInvalid JSON payload received. Unknown name "seed": Cannot find field.',
        { code: 400, status: 'INVALID_ARGUMENT' },
      ),
    ],
    [{ name: 'frequency_penalty' }, { name: 'seed' }],
  ],
  [
    'Bedrock',
    400,
    {
      message:
        'Malformed input request: #: extraneous key [top_k] is not permitted, please reformat your input and try again.',
    },
    [{ name: 'top_k' }],
  ],
  [
    'Cerebras',
    400,
    {
      message: "property 'body.frequency_penalty' is unsupported",
      type: 'invalid_request_error',
      code: 'wrong_api_format',
    },
    [{ name: 'frequency_penalty' }],
  ],
  [
    'LiteLLM',
    400,
    error("litellm.UnsupportedParamsError: mistral does not support parameters: ['stop'], for model=x", {
      type: 'None',
      code: '400',
    }),
    [{ name: 'stop' }],
  ],
  [
    'OpenRouter',
    400,
    error('Provider returned error', {
      code: 400,
      metadata: {
        raw: '{"error":{"message":"Unsupported parameter: \'temperature\' is not supported with this model."}}',
      },
    }),
    [{ name: 'temperature' }],
  ],
  [
    'OpenAI, of several',
    400,
    error('Unrecognized request arguments supplied: prompt_cache_key, verbosity'),
    [{ name: 'prompt_cache_key' }, { name: 'verbosity' }],
  ],
  [
    'Azure, of several',
    400,
    error('Unrecognized request arguments supplied: stream_options, temperature, and seed'),
    [{ name: 'stream_options' }, { name: 'temperature' }, { name: 'seed' }],
  ],
  [
    'a gateway, of several with a code',
    400,
    error("Unknown parameters: 'seed', 'top_k' and 'user'.", { code: 'unknown_parameter', param: null }),
    [{ name: 'seed' }, { name: 'top_k' }, { name: 'user' }],
  ],
  [
    'LiteLLM, of several',
    400,
    error("azure does not support parameters: ['parallel_tool_calls', 'temperature'], for model=a-1. To drop these, x"),
    [{ name: 'parallel_tool_calls' }, { name: 'temperature' }],
  ],
  [
    'a gateway, of several',
    400,
    error('`temperature`, `top_p` and `seed` are not supported'),
    [{ name: 'temperature' }, { name: 'top_p' }, { name: 'seed' }],
  ],
  ['a gateway', 400, error('stream_options is not supported'), [{ name: 'stream_options' }]],
  ['a gateway', 400, error('stream_options.include_usage is not supported'), [{ name: 'stream_options' }]],
  ['a gateway', 400, error('temperature is not supported for this model'), [{ name: 'temperature' }]],
  ['a gateway', 400, error('Model a-1 does not support parameter: top_p'), [{ name: 'top_p' }]],
  [
    'OpenAI, of a combination',
    400,
    error("Unsupported parameter: 'temperature' is not supported with reasoning_effort 'high'.", {
      code: 'unsupported_parameter',
      param: 'temperature',
    }),
    [{ name: 'temperature', combined: 'reasoning_effort' }],
  ],
  [
    'a gateway, of a combination',
    400,
    error("'temperature' is not supported with reasoning_effort 'high'"),
    [{ name: 'temperature', combined: 'reasoning_effort' }],
  ],
  [
    'Anthropic, of a combination',
    400,
    anthropic('`temperature` may only be set to 1 when thinking is enabled.'),
    [{ name: 'temperature', combined: 'thinking' }],
  ],
  [
    'Anthropic, of a combination',
    400,
    anthropic('`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled.'),
    [{ name: 'top_p', combined: 'thinking' }],
  ],
  ['Groq', 400, error("'n' : number must be at most 1"), [{ name: 'n', max: 1 }]],
  [
    'Pydantic',
    422,
    {
      detail: [
        {
          type: 'less_than_equal',
          loc: ['body', 'max_tokens'],
          msg: 'Input should be less than or equal to 8192',
          ctx: { le: 8192 },
        },
      ],
    },
    [{ name: 'max_tokens', max: 8192 }],
  ],
  [
    'vLLM',
    400,
    vllm("[{'loc': ('body', 'max_tokens'), 'msg': 'Input should be less than or equal to 8192'}]"),
    [{ name: 'max_tokens', max: 8192 }],
  ],
];

const CAPABILITIES: readonly (readonly [vendor: string, httpStatus: number, body: unknown, lacks: string])[] = [
  [
    'OpenAI',
    400,
    error('Your organization must be verified to stream this model.', { code: 'unsupported_value', param: 'stream' }),
    'streaming',
  ],
  ['OpenAI without a message', 400, { error: { code: 'unsupported_value', param: 'stream' } }, 'streaming'],
  [
    'OpenAI',
    400,
    error('Invalid content type. image_url is only supported by certain models.', { type: 'invalid_request_error' }),
    'images',
  ],
  [
    'OpenAI',
    400,
    error("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model."),
    'schema',
  ],
  ['a gateway', 400, error('This model does not support image input'), 'images'],
  ['OpenRouter', 404, error('No endpoints found that support image input', { code: 404 }), 'images'],
  ['OpenRouter', 404, error('No endpoints found that support tool use. Try disabling "x".', { code: 404 }), 'tools'],
  ['OpenRouter', 404, error('No endpoints found that support input audio', { code: 404 }), 'audio'],
  ['DeepSeek', 400, error('This response_format type is unavailable now', { type: 'invalid_request_error' }), 'schema'],
  [
    'DeepSeek',
    400,
    error(
      'Failed to deserialize the JSON body into the target type: messages[0]: unknown variant `image_url`, expected `text`',
    ),
    'images',
  ],
  ['Ollama', 400, error('registry.ollama.ai/library/gemma:2b does not support tools', { type: 'api_error' }), 'tools'],
  ['Ollama', 400, error('"llama3" does not support thinking'), 'reasoning'],
  [
    'vLLM',
    400,
    vllm('"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
    'tools',
  ],
  ['vLLM', 400, vllm('x is not a multimodal model'), 'images'],
  ['vLLM', 400, vllm('At most 0 image(s) may be provided in one prompt.'), 'images'],
  ['Groq', 400, error('`tool calling` is not supported with this model'), 'tools'],
  ['Groq', 400, error('This model does not support response format `json_schema`.'), 'schema'],
  ['Mistral', 400, { object: 'error', message: 'Image input is not enabled for this model', code: '3051' }, 'images'],
  ['Bedrock', 400, { message: "This model doesn't support tool use in streaming mode." }, 'tools'],
  ['Bedrock', 400, { message: "This model doesn't support documents." }, 'files'],
  ['Bedrock', 400, { message: 'The model is unsupported for streaming.' }, 'streaming'],
  ['llama.cpp', 500, error('image input is not supported - hint: you may need to provide the mmproj'), 'images'],
  ['Ollama', 400, { error: 'this model does not support image input (ref: b8bd630e)' }, 'images'],
  [
    'OpenAI',
    400,
    error("Unsupported value: 'stream' does not support true with this model. Supported values are: false.", {
      code: 'unsupported_value',
      param: 'stream',
    }),
    'streaming',
  ],
  ['Gemini', 400, [error('Function calling is not enabled for models/x', { code: 400 })], 'tools'],
];

const VALUES: readonly (readonly [vendor: string, body: unknown, name: string])[] = [
  ['OpenAI', error('Flex is not available for this model.'), 'service_tier'],
  ['OpenAI', error('Invalid service_tier argument'), 'service_tier'],
  [
    'Groq',
    error('service_tier flex is not available for your org', {
      code: 'service_tier_unavailable',
      param: 'service_tier',
    }),
    'service_tier',
  ],
  ['OpenAI', { error: { code: 'unsupported_value', param: 'reasoning_effort' } }, 'reasoning_effort'],
  ['Groq', error('`reasoning_effort` must be one of `none` or `default`'), 'reasoning_effort'],
  [
    'vLLM',
    vllm(
      "[{'type': 'literal_error', 'loc': ('body', 'reasoning_effort'), 'msg': \"Input should be 'low' or 'high'\"}]",
    ),
    'reasoning_effort',
  ],
  [
    'FastAPI',
    { detail: [{ type: 'literal_error', loc: ['body', 'service_tier'], msg: "Input should be 'auto'" }] },
    'service_tier',
  ],
];

describe('a refusal of parameters', () => {
  test.each(PARAMETERS)('%s, %d: the parameters are read from %j', (_, httpStatus, body, parameters) => {
    const found = readReplyError(body, httpStatus);
    expect([found?.about, found?.parameters]).toEqual(['request', parameters]);
  });

  test.each(VALUES)('%s: the reply %j refuses only the value that was sent, not the parameter', (_, body, name) => {
    expect(readReplyError(body, 400)).toMatchObject({ about: 'request', parameters: [{ name, isValue: true }] });
  });

  test.each([
    anthropic('messages.0.content.0.text: Extra inputs are not permitted'),
    error(
      "'messages.1' : for 'role:assistant' the following must be satisfied[('messages.1' : property 'name' is unsupported)]",
    ),
    {
      detail: [
        { type: 'extra_forbidden', loc: ['body', 'messages', 0, 'name'], msg: 'Extra inputs are not permitted' },
      ],
    },
    error("Unknown parameter: 'messages[0].name'.", { code: 'unknown_parameter', param: 'messages[0].name' }),
    {
      message:
        "messages.2.assistant.reasoning_content: property 'messages.2.assistant.reasoning_content' is unsupported",
    },
    error('The number of `max_tokens` is not a number', { code: 'invalid_type', param: 'max_tokens' }),
    error("Invalid 'stop': array too long", { code: 'array_above_max_length', param: 'stop' }),
  ])('%j names no parameter that could be left out', body => {
    expect(readReplyError(body, 400)).toMatchObject({ about: 'request' });
    expect(readReplyError(body, 400)?.parameters).toBeUndefined();
  });
});

describe('a refusal because a model lacks a capability', () => {
  test.each(CAPABILITIES)('%s, %d: the capability is read from %j', (_, httpStatus, body, lacks) => {
    expect(readReplyError(body, httpStatus)).toMatchObject({ about: 'unable', lacks });
  });

  test.each([
    error("Unsupported value: 'reasoning.effort' does not support 'minimal' with this model.", {
      code: 'unsupported_value',
      param: 'reasoning.effort',
    }),
    error("Unsupported value: 'messages[0].role' does not support 'system' with this model.", {
      code: 'unsupported_value',
      param: 'messages[0].role',
    }),
    anthropic('This model does not support the effort parameter.'),
    error("The model 'x' does not support the '/v1/chat/completions' API", { code: 'validation_error' }),
    error('This model is only supported in v1/responses and not in v1/chat/completions.', { param: 'model' }),
    error('This is not a chat model and thus not supported in the v1/chat/completions endpoint.', { param: 'model' }),
    error('The reasoning_content in the thinking mode must be passed back to the API.', {
      code: 'invalid_request_error',
    }),
    error('thinking is enabled but reasoning_content is missing in assistant tool call message at index 2'),
    error('invalid thinking: only type=enabled is allowed for this model'),
    error(JSON.stringify({ error: { code: 400, message: 'The request is not supported by this model.' } })),
    { error: 'The model grok-2-image-1212 is an image model and is therefore not available on this endpoint.' },
    error('The chatCompletion operation does not work with the specified model, x.', { code: 'OperationNotSupported' }),
    error("Failed to call a function. Please adjust your prompt. See 'failed_generation'.", {
      code: 'tool_use_failed',
    }),
    { error: "'response_format.type' must be 'json_schema' or 'text'" },
    anthropic('This model does not support assistant message prefill.'),
    error("Hosted tool 'web_search' is not supported with a-1.", { param: 'tools' }),
    anthropic("'a-1' does not support tool types: web_search_20250305. Did you mean one of bash_20250124, custom?"),
    error(
      'Function tools with reasoning_effort are not supported for a-1 in /v1/chat/completions. Please use /v1/responses instead.',
      { param: 'reasoning_effort' },
    ),
    vllm('At most 1 image(s) may be provided in one request.'),
    error('This model does not support more than 10 images per request.'),
    error('This model does not support image inputs larger than 20 MB'),
    error('This model does not support images of this size.'),
  ])('%j says that this model is unable, without a capability', body => {
    const found = readReplyError(body, 400);
    expect([found?.about, found?.lacks, found?.parameters]).toEqual(['unable', undefined, undefined]);
  });
});
