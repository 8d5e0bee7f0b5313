/** Every field of Anthropic's Messages API, beta included: read into a neutral field, or kept as this API's own. */
import type { FieldTable, OwnFields } from '../neutral/own.ts';
import { jsonText } from '../neutral/json-text.ts';
import { isList, isObject, memberOf } from '../neutral/json-values.ts';

const CITES = 'the caller needs the citations';
const VENDOR_RUNS = 'the vendor decides when it is called';

const MESSAGE: OwnFields = {
  clear_at: {
    mark: 'unable',
    reason: 'no other API removes an instruction again',
    isDefault: each => each === 'never',
  },
  output_config: { mark: 'unable', reason: 'no other API changes the effort within a conversation' },
};

/** Fields of tools that the caller runs. */
const TOOL: OwnFields = {
  allowed_callers: {
    mark: 'unable',
    reason: 'code of the vendor may call it',
    isDefault: each => isList(each) && each.every(caller => caller === 'direct'),
  },
  defer_loading: { mark: 'unable', reason: VENDOR_RUNS, isDefault: each => each === false },
  eager_input_streaming: {
    mark: 'preference',
    reason: 'how a stream is cut changes no reply',
    isDefault: each => each === false,
  },
  input_examples: { mark: 'preference', reason: 'no other API shows a model examples of inputs', isDefault: isEmpty },
};

const CALL: OwnFields = {
  caller: {
    mark: 'unable',
    reason: 'code of the vendor called the tool',
    isDefault: each => jsonText(each) === '{"type":"direct"}',
  },
  toolset_name: { mark: 'unable', reason: 'a tool of the vendor' },
};

/** Fields that are read into neutral form are listed by name. Fields that are kept as they are have a mark. */
export const ANTHROPIC_FIELDS = {
  request: {
    read: [
      'max_tokens',
      'messages',
      'model',
      'cache_control',
      'metadata',
      'output_config',
      'output_format',
      'stop_sequences',
      'stream',
      'system',
      'thinking',
      'tool_choice',
      'tools',
      // Removed from the newest type file, but still sent.
      'temperature',
      'top_p',
      'top_k',
    ],
    own: {
      container: { mark: 'bound', reason: 'files and code are in a container of the vendor' },
      thread: {
        mark: 'bound',
        reason: 'the vendor keeps the conversation',
        // With `create`, the client sends the whole conversation, so the request needs nothing that the vendor keeps.
        isDefault: each => memberOf(each, 'type') === 'create',
      },
      fallbacks: { mark: 'bound', reason: 'the vendor changes the model itself', isDefault: isEmpty },
      fallback_credit_token: { mark: 'bound', reason: 'a credit for a reply of this vendor' },
      inference_geo: { mark: 'unable', reason: 'no other API promises a region for one request' },
      context_management: { mark: 'unable', reason: 'the vendor edits the conversation' },
      compaction: { mark: 'unable', reason: 'the vendor summarizes the conversation' },
      mcp_servers: { mark: 'unable', reason: 'the vendor calls the tools of a server', isDefault: isEmpty },
      billing_policy: { mark: 'unable', reason: 'it says who pays' },
      service_tier: {
        mark: 'preference',
        reason: 'a tier of another vendor has another price',
        isDefault: each => each === 'auto',
      },
      speed: {
        mark: 'preference',
        reason: 'no other API has a faster mode at another price',
        isDefault: each => each === 'standard',
      },
      diagnostics: { mark: 'preference', reason: 'it asks for a diagnosis of the cache only' },
      user_profile_id: { mark: 'preference', reason: 'it is for the account at this vendor' },
      workspace_id: { mark: 'preference', reason: 'it is for the account at this vendor' },
      betas: { mark: 'preference', reason: 'a list of features of this vendor' },
    },
  },
  metadata: { read: ['user_id'], own: {} },
  output_config: {
    read: ['effort', 'format'],
    own: { task_budget: { mark: 'unable', reason: 'no other API tells a model its budget' } },
  },
  format: { read: ['type', 'schema'], own: {} },
  thinking: {
    read: ['type', 'budget_tokens', 'display'],
    own: { block_binding: { mark: 'preference', reason: 'it applies only to thinking blocks of this vendor' } },
  },
  tool_choice: { read: ['type', 'name', 'disable_parallel_tool_use'], own: {} },
  cache_control: { read: ['type', 'ttl'], own: {} },
  message: { read: ['role', 'content'], own: MESSAGE },
  tool: { read: ['name', 'description', 'input_schema', 'strict', 'cache_control', 'type'], own: TOOL },
  text: {
    read: ['type', 'text', 'cache_control'],
    own: { citations: { mark: 'preference', reason: 'where a text came from is not sent again', isDefault: isEmpty } },
  },
  image: {
    read: ['type', 'source', 'cache_control'],
    own: { transformations: { mark: 'preference', reason: 'what happens to an image that is too large' } },
  },
  document: { read: ['type', 'source', 'cache_control', 'context', 'title', 'citations'], own: {} },
  citations: { read: ['enabled'], own: {} },
  source: { read: ['type', 'data', 'media_type', 'url', 'file_id', 'content'], own: {} },
  tool_use: { read: ['type', 'id', 'name', 'input', 'cache_control'], own: CALL },
  tool_result: {
    read: ['type', 'tool_use_id', 'content', 'is_error', 'cache_control'],
    own: { toolset_name: { mark: 'unable', reason: 'a tool of the vendor' } },
  },
  // Their bytes are sealed: only the model that wrote them can continue from them.
  thinking_block: { read: ['type', 'thinking', 'signature'], own: {} },
  redacted_thinking: { read: ['type', 'data'], own: {} },
  reply: {
    read: ['id', 'type', 'role', 'model', 'content', 'stop_reason', 'stop_sequence'],
    own: {
      // These three are read as well. Their other members are sent only to this API’s own clients.
      usage: { mark: 'preference', reason: 'counts that no other API has', isDefault: () => true },
      stop_details: { mark: 'preference', reason: 'the kind of a refusal', isDefault: () => true },
      container: { mark: 'bound', reason: 'files and code are in a container of the vendor' },
      context_management: { mark: 'preference', reason: 'what the vendor left out of the conversation' },
      diagnostics: { mark: 'preference', reason: 'a diagnosis of the cache' },
      input_transformations: { mark: 'preference', reason: 'what the vendor left out of the conversation' },
    },
  },
} as const satisfies FieldTable;

const HOSTED = 'a tool that the vendor runs';
const ENCRYPTED = 'its content is encrypted for this vendor';
const TRAINED = 'a tool whose use the vendor trained';

/** Blocks that cannot be sent to another API, and why. */
export const OPAQUE_BLOCKS: OwnFields = {
  search_result: { mark: 'unable', reason: CITES },
  server_tool_use: { mark: 'unable', reason: HOSTED },
  web_search_tool_result: { mark: 'bound', reason: ENCRYPTED },
  web_fetch_tool_result: { mark: 'unable', reason: HOSTED },
  code_execution_tool_result: { mark: 'bound', reason: ENCRYPTED },
  bash_code_execution_tool_result: { mark: 'unable', reason: HOSTED },
  text_editor_code_execution_tool_result: { mark: 'unable', reason: HOSTED },
  tool_search_tool_result: { mark: 'unable', reason: HOSTED },
  container_upload: { mark: 'bound', reason: 'a file in a container of the vendor' },
  tool_reference: { mark: 'unable', reason: VENDOR_RUNS },
  browser_state: { mark: 'unable', reason: TRAINED },
  tool_addition: { mark: 'unable', reason: 'no other API changes the tools within a conversation' },
  tool_removal: { mark: 'unable', reason: 'no other API changes the tools within a conversation' },
  mcp_tool_use: { mark: 'unable', reason: HOSTED },
  mcp_tool_result: { mark: 'unable', reason: HOSTED },
  mcp_tool_listing: { mark: 'unable', reason: HOSTED },
  advisor_tool_result: { mark: 'bound', reason: ENCRYPTED },
  fallback: { mark: 'unable', reason: 'the vendor changed the model itself' },
  compaction: { mark: 'bound', reason: ENCRYPTED },
};

/** Tools of the vendor, by the type's name without its date. */
export const OPAQUE_TOOLS: Readonly<Record<string, string>> = {
  web_search: HOSTED,
  web_fetch: HOSTED,
  code_execution: HOSTED,
  tool_search_tool_bm25: HOSTED,
  tool_search_tool_regex: HOSTED,
  mcp_toolset: HOSTED,
  advisor: HOSTED,
  bash: TRAINED,
  text_editor: TRAINED,
  memory: TRAINED,
  computer: TRAINED,
  computer_toolset: TRAINED,
  browser_toolset: TRAINED,
};

function isEmpty(value: unknown): boolean {
  return Array.isArray(value)
    ? value.length === 0
    : isObject(value as never) && Object.keys(value as object).length === 0;
}
