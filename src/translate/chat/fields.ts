/** Every field of chat completions: read into a neutral field, or kept as this API's own. */
import type { JsonValue } from '../neutral/json-text.ts';
import { isList, isObject, textsOf } from '../neutral/json-values.ts';
import type { FieldTable, OwnField, OwnFields } from '../neutral/own.ts';
import { PARSED, SHARED_OWN, STREAM_OPTIONS } from '../openai/shared-fields.ts';

/** The request has the same content elsewhere. */
const COPY: OwnField = { mark: 'preference', reason: 'a copy of what stands elsewhere', isDefault: () => true };

/** Fields that servers add to a reply beside its content, and that clients send back with it. */
const REPLY: OwnFields = {
  annotations: {
    mark: 'preference',
    reason: 'where a text came from is not sent again',
    isDefault: each => isList(each) && each.length === 0,
  },
  citations: { mark: 'preference', reason: 'where a text came from is not sent again' },
  reasoning: { mark: 'preference', reason: 'a copy of reasoning in the format of one server' },
  reasoning_details: { mark: 'preference', reason: 'reasoning in the format of one server' },
  thinking_blocks: { mark: 'preference', reason: 'reasoning in the format of one server' },
  provider_specific_fields: { mark: 'preference', reason: 'words of one server', isDefault: isEmpty },
  id: COPY,
  index: COPY,
  parsed: PARSED,
};

/** Some clients put a whole reply message into the message's part of text or refusal. */
const WHOLE_REPLY: OwnFields = {
  ...REPLY,
  role: COPY,
  content: COPY,
  refusal: { mark: 'preference', reason: 'why a model refused is not sent again beside a text' },
  tool_calls: COPY,
  reasoning_content: { mark: 'preference', reason: 'reasoning in the format of one server' },
  audio: { mark: 'bound', reason: 'speech that the vendor keeps can be named to its own model only' },
};
const { refusal: _, ...WITHOUT_REFUSAL } = WHOLE_REPLY;

/** Fields that are read into neutral form are listed by name. Fields that are kept as they are have a mark. */
export const CHAT_FIELDS = {
  request: {
    read: [
      'model',
      'messages',
      'stream',
      'stream_options',
      'temperature',
      'top_p',
      'frequency_penalty',
      'presence_penalty',
      'seed',
      'stop',
      'n',
      'max_completion_tokens',
      'max_tokens',
      'logprobs',
      'top_logprobs',
      'verbosity',
      'reasoning_effort',
      'response_format',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'functions',
      'function_call',
      'service_tier',
      'prompt_cache_key',
      'prompt_cache_options',
      'safety_identifier',
      'user',
      'metadata',
      'moderation',
    ],
    own: {
      ...SHARED_OWN,
      prediction: { mark: 'preference', reason: 'a predicted reply saves time only' },
      logit_bias: {
        mark: 'unable',
        reason: 'no other API changes the likelihood of tokens',
        isDefault: isEmpty,
      },
      web_search_options: { mark: 'unable', reason: 'the vendor searches the web itself' },
      audio: { mark: 'unable', reason: 'no other API speaks' },
      modalities: {
        mark: 'unable',
        reason: 'no other API speaks',
        isDefault: each => textsOf(each)?.every(modality => modality === 'text') ?? false,
      },
      store: {
        mark: 'unable',
        reason: 'a stored reply could not be found again',
        isDefault: each => each === false,
      },
    },
  },
  stream_options: STREAM_OPTIONS,
  response_format: { read: ['type', 'json_schema'], own: {} },
  json_schema: { read: ['name', 'description', 'schema', 'strict'], own: {} },
  message: { read: ['role', 'content', 'name'], own: {} },
  assistant: {
    // Servers that speak this API send their reasoning, and some want it back.
    read: ['role', 'content', 'name', 'refusal', 'audio', 'tool_calls', 'function_call', 'reasoning_content'],
    own: REPLY,
  },
  tool_message: { read: ['role', 'content', 'tool_call_id'], own: { name: COPY } },
  function_message: { read: ['role', 'content', 'name'], own: {} },
  tool_call: {
    read: ['id', 'type', 'function', 'custom'],
    own: {
      index: COPY,
      extra_content: { mark: 'preference', reason: 'reasoning in the format of one server', isDefault: isEmpty },
      provider_specific_fields: { mark: 'preference', reason: 'words of one server', isDefault: isEmpty },
    },
  },
  called: { read: ['name', 'arguments', 'input'], own: { parsed_arguments: PARSED } },
  text: { read: ['type', 'text', 'prompt_cache_breakpoint'], own: WHOLE_REPLY },
  refusal: { read: ['type', 'refusal'], own: WITHOUT_REFUSAL },
  image_url: { read: ['type', 'image_url', 'prompt_cache_breakpoint'], own: {} },
  input_audio: { read: ['type', 'input_audio', 'prompt_cache_breakpoint'], own: {} },
  file: { read: ['type', 'file', 'prompt_cache_breakpoint'], own: {} },
  image: { read: ['url', 'detail'], own: {} },
  audio: { read: ['data', 'format'], own: {} },
  file_source: { read: ['file_data', 'file_id', 'filename'], own: {} },
  tool: { read: ['type', 'function', 'custom'], own: {} },
  function: { read: ['name', 'description', 'parameters', 'strict'], own: {} },
  custom: { read: ['name', 'description', 'format'], own: {} },
  custom_format: { read: ['type', 'grammar'], own: {} },
  tool_choice: { read: ['type', 'allowed_tools'], own: {} },
  allowed_tools: { read: ['mode', 'tools'], own: {} },
  chosen: { read: ['name'], own: {} },
} as const satisfies FieldTable;

function isEmpty(value: JsonValue): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
