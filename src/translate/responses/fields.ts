/** Every field of responses: read into a neutral field, or kept as this API's own. */
import type { JsonValue } from '../neutral/json-text.ts';
import { isList, memberOf } from '../neutral/json-values.ts';
import type { FieldTable, OwnFields } from '../neutral/own.ts';
import { hasUnknown } from '../neutral/own.ts';
import { CUSTOM_FORMAT, PARSED, SHARED_OWN, STREAM_OPTIONS } from '../openai/shared-fields.ts';

const KEPT = 'the vendor keeps the conversation';
const PROGRAM = 'code of the vendor may call it';

/** Fields without meaning for another API. */
const ITEM: OwnFields = {
  id: { mark: 'preference', reason: 'an id at the vendor', isDefault: () => true },
  status: { mark: 'preference', reason: 'whether an item was complete', isDefault: () => true },
};

/** Fields of calls and their results. */
const CALL: OwnFields = {
  ...ITEM,
  parsed_arguments: PARSED,
  created_by: { mark: 'preference', reason: 'who made an item', isDefault: () => true },
  async: { mark: 'unable', reason: 'the model may reply before the result of the tool is there', isDefault: isFalse },
  namespace: { mark: 'unable', reason: 'no other API groups tools' },
  caller: {
    mark: 'unable',
    reason: 'code of the vendor called the tool',
    isDefault: each => memberOf(each, 'type') === 'direct' && !hasUnknown(each, { read: ['type'], own: {} }),
  },
};

/** Fields of tools that the caller runs. */
const TOOL: OwnFields = {
  allowed_callers: {
    mark: 'unable',
    reason: PROGRAM,
    isDefault: each => isList(each) && each.every(caller => caller === 'direct'),
  },
  async: { mark: 'unable', reason: 'the model may reply before the result of the tool is there', isDefault: isFalse },
  defer_loading: { mark: 'unable', reason: 'the vendor decides when the model sees it', isDefault: isFalse },
};

/** Fields that are read into neutral form are listed by name. Fields that are kept as they are have a mark. */
export const RESPONSES_FIELDS = {
  request: {
    read: [
      'model',
      'input',
      'instructions',
      'stream',
      'stream_options',
      'temperature',
      'top_p',
      'max_output_tokens',
      'top_logprobs',
      'include',
      'text',
      'reasoning',
      'tools',
      'tool_choice',
      'parallel_tool_calls',
      'service_tier',
      'prompt_cache_key',
      'prompt_cache_options',
      'safety_identifier',
      'user',
      'metadata',
      'moderation',
      'store',
    ],
    own: {
      ...SHARED_OWN,
      previous_response_id: { mark: 'bound', reason: KEPT },
      conversation: { mark: 'bound', reason: KEPT },
      background: { mark: 'unable', reason: 'the reply is fetched from the vendor later', isDefault: isFalse },
      background_options: { mark: 'unable', reason: 'the reply is fetched from the vendor later' },
      prompt: { mark: 'unable', reason: 'the vendor keeps the prompt' },
      context_management: { mark: 'unable', reason: 'the vendor summarizes the conversation', isDefault: isEmptyList },
      truncation: {
        mark: 'unable',
        reason: 'the vendor leaves out parts of the conversation',
        isDefault: each => each === 'disabled',
      },
      access_programs: { mark: 'unable', reason: 'a permission at the vendor' },
      image: { mark: 'preference', reason: 'how the vendor keeps images in its context' },
      max_tool_calls: { mark: 'preference', reason: 'it limits tools of the vendor' },
      // Fields of the endpoint that counts tokens.
      personality: { mark: 'unable', reason: 'no other API has personalities' },
    },
  },
  stream_options: STREAM_OPTIONS,
  text_config: { read: ['format', 'verbosity'], own: {} },
  format: { read: ['type', 'name', 'description', 'schema', 'strict'], own: {} },
  reasoning_config: {
    read: ['effort', 'summary', 'generate_summary'],
    own: {
      context: { mark: 'preference', reason: 'which reasoning the vendor keeps in its context' },
      mode: { mark: 'unable', reason: 'another way to reason', isDefault: each => each === 'standard' },
    },
  },
  message: { read: ['type', 'role', 'content', 'phase'], own: ITEM },
  function_call: { read: ['type', 'call_id', 'name', 'arguments'], own: CALL },
  custom_tool_call: { read: ['type', 'call_id', 'name', 'input'], own: CALL },
  function_call_output: {
    read: ['type', 'call_id', 'output'],
    own: { ...CALL, name: { mark: 'unable', reason: 'a result without a call' } },
  },
  custom_tool_call_output: { read: ['type', 'call_id', 'output'], own: CALL },
  // Its bytes are sealed: only the model that wrote them can continue from them.
  reasoning: { read: ['type', 'id', 'summary', 'content', 'encrypted_content', 'status'], own: {} },
  input_text: { read: ['type', 'text', 'prompt_cache_breakpoint'], own: {} },
  output_text: {
    read: ['type', 'text'],
    own: {
      annotations: { mark: 'preference', reason: 'where a text came from is not sent again', isDefault: isEmptyList },
      logprobs: { mark: 'preference', reason: 'how likely a text was is not sent again', isDefault: isEmptyList },
      parsed: PARSED,
    },
  },
  refusal: { read: ['type', 'refusal'], own: {} },
  input_image: { read: ['type', 'image_url', 'file_id', 'detail', 'prompt_cache_breakpoint'], own: {} },
  input_file: {
    read: ['type', 'file_data', 'file_id', 'file_url', 'filename', 'prompt_cache_breakpoint'],
    own: {
      detail: {
        mark: 'preference',
        reason: 'no other API renders files in two ways',
        isDefault: each => each === 'auto',
      },
    },
  },
  function: {
    read: ['type', 'name', 'description', 'parameters', 'strict'],
    own: {
      ...TOOL,
      output_schema: { mark: 'preference', reason: 'no other API tells a model what a tool returns' },
    },
  },
  custom: { read: ['type', 'name', 'description', 'format'], own: TOOL },
  custom_format: CUSTOM_FORMAT,
  allowed_tools: { read: ['type', 'mode', 'tools'], own: {} },
  chosen: { read: ['type', 'name'], own: {} },
} as const satisfies FieldTable;

const HOSTED = 'a tool that the vendor runs';
const TRAINED = 'a tool whose use the vendor trained';

/** Items that cannot be sent to another API, and why. */
export const OPAQUE_ITEMS: OwnFields = {
  item_reference: { mark: 'bound', reason: KEPT },
  compaction: { mark: 'bound', reason: 'its content is encrypted for this vendor' },
  compaction_trigger: { mark: 'bound', reason: 'the vendor summarizes the conversation' },
  additional_tools: { mark: 'unable', reason: 'no other API changes the tools within a conversation' },
  configuration_update: { mark: 'unable', reason: 'no other API changes its settings within a conversation' },
  program: { mark: 'unable', reason: HOSTED },
  program_output: { mark: 'unable', reason: HOSTED },
  tool_search_call: { mark: 'unable', reason: HOSTED },
  tool_search_output: { mark: 'unable', reason: HOSTED },
  file_search_call: { mark: 'unable', reason: HOSTED },
  web_search_call: { mark: 'unable', reason: HOSTED },
  code_interpreter_call: { mark: 'bound', reason: 'files and code are in a container of the vendor' },
  image_generation_call: { mark: 'unable', reason: HOSTED },
  mcp_list_tools: { mark: 'unable', reason: HOSTED },
  mcp_approval_request: { mark: 'bound', reason: 'the vendor waits for the approval' },
  mcp_approval_response: { mark: 'bound', reason: 'the vendor waits for the approval' },
  mcp_call: { mark: 'unable', reason: HOSTED },
  computer_call: { mark: 'unable', reason: TRAINED },
  computer_call_output: { mark: 'unable', reason: TRAINED },
  local_shell_call: { mark: 'unable', reason: TRAINED },
  local_shell_call_output: { mark: 'unable', reason: TRAINED },
  shell_call: { mark: 'unable', reason: TRAINED },
  shell_call_output: { mark: 'unable', reason: TRAINED },
  apply_patch_call: { mark: 'unable', reason: TRAINED },
  apply_patch_call_output: { mark: 'unable', reason: TRAINED },
};

/** Tools of the vendor, and why no other vendor has them. */
export const OPAQUE_TOOLS: Readonly<Record<string, string>> = {
  file_search: HOSTED,
  web_search: HOSTED,
  web_search_2025_08_26: HOSTED,
  web_search_preview: HOSTED,
  web_search_preview_2025_03_11: HOSTED,
  mcp: HOSTED,
  code_interpreter: HOSTED,
  image_generation: HOSTED,
  programmatic_tool_calling: HOSTED,
  tool_search: HOSTED,
  namespace: 'no other API groups tools',
  computer: TRAINED,
  computer_use_preview: TRAINED,
  local_shell: TRAINED,
  shell: TRAINED,
  apply_patch: TRAINED,
};

function isFalse(value: JsonValue): boolean {
  return value === false;
}

function isEmptyList(value: JsonValue): boolean {
  return isList(value) && value.length === 0;
}
