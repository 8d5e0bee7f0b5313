/** Fields at the top level that mean the same in chat completions and in responses. */
import type { Effort } from '../../core/ledger/effort.ts';
import type {
  AskedReasoning,
  Conversation,
  OpaqueTool,
  Output,
  Own,
  Tool,
  ToolChoice,
} from '../neutral/conversation.ts';
import { isEffort } from '../neutral/effort.ts';
import type { JsonDraft, JsonObject, JsonValue } from '../neutral/json-text.ts';
import type { AskedSettings, Setting } from '../neutral/settings.ts';
import type { TargetModel } from '../neutral/translator.ts';
import { isObject, memberOf, numberOf, textOf } from '../neutral/json-values.ts';
import type { FieldsOf, OwnField, OwnFields } from '../neutral/own.ts';
import { ownMembers, ownOf } from '../neutral/own.ts';
import { breakpointOf, unknownTtl } from './cache-breakpoints.ts';
import { foldedSchema } from './folded-schema.ts';

/** A conversation that is being read. */
export interface ConversationDraft {
  settings: { -readonly [Name in Setting]?: AskedSettings[Name] };
  own: Own[];
  tools: (Tool | OpaqueTool)[];
  isStream: boolean;
  parallelTools?: boolean;
  toolChoice?: ToolChoice;
  output?: Output;
  reasoning?: AskedReasoning;
}

/** Reads a value into the draft. Returns false for an unknown value, which is then kept as the API's own. */
export type FieldReader = (value: JsonValue, draft: ConversationDraft) => boolean;

export function effortOf(value: JsonValue | undefined): Effort | undefined {
  return isEffort(value) ? value : undefined;
}

/** A number, which is left out if it is the documented default. */
export function numberField(setting: Setting, byDefault?: number): FieldReader {
  return (value, { settings }) => {
    const number = numberOf(value);
    if (number !== undefined && number !== byDefault) Object.assign(settings, { [setting]: number });
    return number !== undefined;
  };
}

function textField(setting: Setting, byDefault?: string): FieldReader {
  return (value, { settings }) => {
    if (typeof value === 'string' && value !== byDefault) Object.assign(settings, { [setting]: value });
    return typeof value === 'string';
  };
}

export const verbosityField = textField('verbosity', 'medium');
/** A field that is read separately. */
export const ignored: FieldReader = () => true;

export const SHARED_FIELDS: Readonly<Record<string, FieldReader>> = {
  model: ignored,
  stream: (value, draft) => {
    draft.isStream = value === true;
    return typeof value === 'boolean';
  },
  temperature: numberField('temperature'),
  top_p: numberField('topP'),
  service_tier: textField('serviceTier', 'auto'),
  prompt_cache_key: textField('cacheKey'),
  safety_identifier: textField('user'),
  user: (value, draft) => {
    if (typeof value !== 'string') return false;
    // The newer field, which may come first, takes precedence.
    draft.settings.user ??= value;
    return true;
  },
  parallel_tool_calls: (value, draft) => {
    if (value === false) draft.parallelTools = false;
    return typeof value === 'boolean';
  },
  metadata: (value, { settings }) => {
    if (!isObject(value) || Object.values(value).some(pair => typeof pair !== 'string')) return false;
    if (Object.keys(value).length > 0) settings.metadata = value as Readonly<Record<string, string>>;
    return true;
  },
  moderation: (value, { settings }) => {
    settings.moderation = value;
    return true;
  },
  prompt_cache_options: readCacheOptions,
  stream_options: (value, { own }) => {
    if (!isObject(value)) return false;
    own.push(...ownMembers(value, STREAM_OPTIONS, 'stream_options.'));
    return true;
  },
};

/** Every API can express the implicit breakpoint. */
function readCacheOptions(value: JsonValue, { settings, own }: ConversationDraft): boolean {
  if (!isObject(value)) return false;
  const { mode = 'implicit', ttl } = value;
  if (mode === 'implicit') {
    settings.cacheAuto = breakpointOf(ttl);
    own.push(...unknownTtl('prompt_cache_options.ttl', ttl));
  }
  own.push(...ownMembers(value, mode === 'implicit' ? CACHE_OPTIONS : EXPLICIT_OPTIONS, 'prompt_cache_options.'));
  return true;
}

const CACHE_OPTIONS: FieldsOf = {
  read: ['mode', 'ttl'],
  own: {
    comparison_response_id: { mark: 'preference', reason: 'it asks for a diagnosis only' },
    prewarm: { mark: 'preference', reason: 'it fills a cache of the vendor', isDefault: value => value === false },
  },
};

const EXPLICIT_OPTIONS: FieldsOf = {
  read: [],
  own: {
    ...CACHE_OPTIONS.own,
    mode: {
      mark: 'preference',
      reason: 'where the vendor caches changes the cost only; both APIs of OpenAI have it',
      vendor: 'openai',
    },
    ttl: { mark: 'preference', reason: 'how long the vendor caches changes the cost only' },
  },
};

/** Fields that both APIs have, and no other. */
export const SHARED_OWN: OwnFields = {
  prompt_cache_retention: {
    mark: 'preference',
    reason: 'how long a vendor keeps its cache changes the cost only; both APIs of OpenAI have it',
    vendor: 'openai',
  },
};

/** A field that the vendor's SDK adds to a reply, and that clients send back with it. */
export const PARSED: OwnField = { mark: 'preference', reason: 'a copy of what was written', isDefault: () => true };

export const STREAM_OPTIONS: FieldsOf = {
  read: [],
  own: {
    include_obfuscation: {
      mark: 'preference',
      reason: 'padding of a stream changes no reply; both APIs of OpenAI have it',
      vendor: 'openai',
      isDefault: value => value === false,
    },
    include_usage: { mark: 'preference', reason: 'the usage is always asked for', isDefault: () => true },
  },
};

/** The format of free text, as responses write it. */
export const CUSTOM_FORMAT: FieldsOf = { read: ['type', 'definition', 'syntax'], own: {} };

/** Reads the fields of a body one by one. A field without a reader is kept as the API's own. */
export function readFields(
  body: JsonObject,
  readers: Readonly<Record<string, FieldReader>>,
  { own }: FieldsOf,
): ConversationDraft {
  const draft: ConversationDraft = { settings: {}, own: [], tools: [], isStream: false };
  for (const [name, value] of Object.entries(body)) {
    if (value === undefined || value === null) continue;
    if (Object.hasOwn(readers, name) && readers[name]?.(value, draft) === true) continue;
    draft.own.push(ownOf(name, value, own));
  }
  const { safety_identifier: newer, user } = body;
  if (textOf(newer) !== undefined && textOf(user) !== undefined && user !== newer)
    draft.own.push({
      path: 'user',
      value: user ?? null,
      mark: 'preference',
      reason: 'one name of the end user is sent',
    });
  if (textOf(newer) !== undefined) draft.settings.user = textOf(newer);
  return draft;
}

/** The format `text` is the default and needs no field. `schema` is the value in which the API keeps its schema. */
export function readOutput(format: JsonValue, schema: JsonValue | undefined): Output | 'text' | undefined {
  const type = memberOf(format, 'type');
  if (type === 'text') return 'text';
  if (type === 'json_object') return { kind: 'json' };
  if (type !== 'json_schema' || !isObject(schema)) return undefined;
  return {
    kind: 'schema',
    schema: memberOf(schema, 'schema') ?? {},
    name: textOf(schema.name),
    description: textOf(schema.description),
    strict: typeof schema.strict === 'boolean' ? schema.strict : undefined,
  };
}

/**
 * The members of a `json_schema` format, which always needs a name. Anthropic's formats are strict: they are strict here too if
 * strict mode accepts the schema, or most of it.
 */
export function writtenSchema(output: OutputSchema, { api }: Conversation): JsonObject {
  const { name = 'reply', description, schema } = output;
  if (api !== 'anthropic-messages') return { name, description, schema, strict: output.strict ?? undefined };
  const strict = foldedSchema(schema)?.schema;
  return { name, description, schema: strict ?? schema, strict: strict !== undefined };
}

export type OutputSchema = Exclude<Output, { kind: 'json' }>;

/** The vendor refuses a longer name of the end user. */
export const MAX_USER_CHARS = 128;

/** The fields that both APIs write the same way. */
export function sharedMembers(conversation: Conversation, { takesSampling }: TargetModel): JsonDraft {
  const { settings, parallelTools, isStream, tools } = conversation;
  const { temperature, topP, serviceTier, cacheKey, user, metadata, moderation } = settings;
  const isSampled = takesSampling !== false;
  return {
    temperature: isSampled ? temperature : undefined,
    top_p: isSampled ? topP : undefined,
    parallel_tool_calls: tools.length > 0 ? parallelTools : undefined,
    service_tier: serviceTier,
    prompt_cache_key: cacheKey,
    safety_identifier: user !== undefined && user.length > MAX_USER_CHARS ? undefined : user,
    metadata,
    moderation,
    stream: isStream ? true : undefined,
  };
}
