/** Every field that the vendors' SDKs declare for a price is priced, or is on the list of those that are free. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ReplyFacts, Wire } from '../../src/contracts/wire.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { ROOT } from '../../tools/sources.ts';
import type { LeafField, SdkTypes } from '../support/sdk-types.ts';
import { sdkTypes } from '../support/sdk-types.ts';

type Json = Readonly<Record<string, unknown>>;

/** Fields that may count in a bill, judging by their names. */
const MAY_COUNT = /usage|tokens|_requests$|tier|speed|geo|cost|bill|credit|price|fee|seconds/;

const TOOL_ADDED = 'content[compaction].tool_changes[tool_addition].tool[tool_definition].definition';

/** Fields that do not change a bill, grouped by the reason. */
const FREE: Readonly<Record<string, readonly string[]>> = {
  'a part of a count that is priced, at the same rate': [
    'usage.completion_tokens_details.accepted_prediction_tokens',
    'usage.completion_tokens_details.rejected_prediction_tokens',
    'usage.completion_tokens_details.text_tokens',
    'usage.prompt_tokens_details.image_tokens',
    'usage.prompt_tokens_details.text_tokens',
    'tool_usage.image_gen.input_tokens_details.text_tokens',
    'tool_usage.image_gen.output_tokens_details.image_tokens',
    'tool_usage.image_gen.total_tokens',
  ],
  'a part of a count that is named': [
    'tool_usage.image_gen.cached_tokens_details.cached_image_tokens',
    'tool_usage.image_gen.cached_tokens_details.cached_text_tokens',
  ],
  'a limit of the request': [
    'max_output_tokens',
    ...['20250910', '20260209', '20260309', '20260318'].map(
      version => `${TOOL_ADDED}[web_fetch_${version}].max_content_tokens`,
    ),
    `${TOOL_ADDED}[advisor_20260301].max_tokens`,
  ],
  'a count of input that no model has read, or that a cache would have saved': [
    'prompt_cache_diagnostics[cache_miss].cache_missed_tokens',
    'prompt_cache_diagnostics[cache_miss].comparison_reusable_tokens',
    ...['model', 'system', 'tools', 'messages'].map(
      what => `diagnostics.cache_miss_reason[${what}_changed].cache_missed_input_tokens`,
    ),
    'context_management.applied_edits[clear_tool_uses_20250919].cleared_input_tokens',
    'context_management.applied_edits[clear_thinking_20251015].cleared_input_tokens',
  ],
  'a fallback credit, by which the counts of the cache are already shifted': [
    'stop_details[refusal].fallback_credit_token',
    'usage.fallback_credit.status[not_applied].reason',
    'usage.fallback_credit.status[not_applied].remove_to_redeem',
  ],
  'an estimate of what the end of the stream counts': ['delta[thinking_delta].estimated_tokens'],
  'replaced by the end of the stream': ['[message_start].usage.output_tokens'],
  'a tool of the web that costs only its tokens': ['usage.server_tool_use.web_fetch_requests'],
};

/** Fields that may be billed but have no meter: the cost is then an estimate, and the fields are named. */
const NAMED: Readonly<Record<string, readonly string[]>> = {
  'cached input and text of an image model have rates of their own, and may be left out of the reply': [
    'tool_usage.image_gen.cached_tokens',
    'tool_usage.image_gen.output_tokens_details.text_tokens',
  ],
};

const TOTALS: Readonly<Record<string, number>> = {
  prompt_tokens: 1000,
  completion_tokens: 1000,
  input_tokens: 1000,
  output_tokens: 1000,
  total_tokens: 2000,
};

/** The objects around the field, with the other fields that a reply then needs. */
function placed({ steps, key }: LeafField, value: unknown): Json {
  let inner: Json = { [key]: value };
  for (const [index, step] of [...steps.entries()].toReversed()) {
    const totals = Object.entries(TOTALS).filter(([name]) => step.fields.includes(name));
    inner = { ...step.literals, ...Object.fromEntries(totals), ...inner };
    if (index > 0) inner = { [step.key]: step.isList ? [inner] : inner };
  }
  return inner;
}

function merged(base: unknown, more: unknown): unknown {
  if (Array.isArray(base) && Array.isArray(more)) {
    return base.length === 0 ? more : [merged(base[0], more[0]), ...(base as readonly unknown[]).slice(1)];
  }
  if (!isJson(base) || !isJson(more)) return more === undefined ? base : more;
  const names = new Set([...Object.keys(base), ...Object.keys(more)]);
  return Object.fromEntries([...names].map(name => [name, merged(base[name], more[name])]));
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

interface Surface {
  readonly wire: Wire;
  readonly file: string;
  readonly type: string;
  /** Paths that only repeat the request. */
  readonly without?: readonly string[];
  /** The reply, or the events of a stream. */
  readonly reply: Json | readonly Json[];
}

const ANTHROPIC = 'node_modules/@anthropic-ai/sdk/resources';
const OPENAI = 'node_modules/openai/resources';
const ECHO = ['tools', 'instructions', 'tool_choice', 'text', 'prompt'];

const MESSAGE = { id: 'msg', type: 'message', model: 'm', content: [], stop_reason: 'end_turn' };
const TOKENS = { input_tokens: 1000, output_tokens: 1000 };
const STREAM = [
  { type: 'message_start', message: { ...MESSAGE, stop_reason: null, usage: { ...TOKENS, output_tokens: 1 } } },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'x' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 1000 } },
  { type: 'message_stop' },
];
const RESPONSE = {
  id: 'resp',
  object: 'response',
  model: 'm',
  status: 'completed',
  output: [],
  usage: { ...TOKENS, total_tokens: 2000 },
};
const COMPLETION = { id: 'c', model: 'm', usage: { prompt_tokens: 1000, completion_tokens: 1000, total_tokens: 2000 } };
const CHOICE = { index: 0, finish_reason: 'stop' };

const SURFACES: readonly Surface[] = [
  {
    wire: openaiChat,
    file: `${OPENAI}/chat/completions/completions.d.ts`,
    type: 'ChatCompletion',
    reply: { ...COMPLETION, object: 'chat.completion', choices: [{ ...CHOICE, message: { content: 'x' } }] },
  },
  {
    wire: openaiChat,
    file: `${OPENAI}/chat/completions/completions.d.ts`,
    type: 'ChatCompletionChunk',
    reply: [{ ...COMPLETION, object: 'chat.completion.chunk', choices: [{ ...CHOICE, delta: { content: 'x' } }] }],
  },
  {
    wire: openaiResponses,
    file: `${OPENAI}/responses/responses.d.ts`,
    type: 'Response',
    without: ECHO,
    reply: RESPONSE,
  },
  ...['ResponseCompletedEvent', 'ResponseIncompleteEvent'].map(type => ({
    wire: openaiResponses,
    file: `${OPENAI}/responses/responses.d.ts`,
    type,
    without: ECHO.flatMap(name => ['completed', 'incomplete'].map(end => `[response.${end}].response.${name}`)),
    reply: [
      { type: type === 'ResponseCompletedEvent' ? 'response.completed' : 'response.incomplete', response: RESPONSE },
    ],
  })),
  ...(['', 'beta/'] as const).flatMap(folder => {
    const prefix = folder === '' ? '' : 'Beta';
    const file = `${ANTHROPIC}/${folder}messages/messages.d.ts`;
    return [
      { wire: anthropicMessages, file, type: `${prefix}Message`, reply: { ...MESSAGE, usage: TOKENS } },
      { wire: anthropicMessages, file, type: `${prefix}RawMessageStreamEvent`, reply: STREAM },
    ];
  }),
];

type Bill = Pick<ReplyFacts, 'usage' | 'calls' | 'tier' | 'speed' | 'region' | 'unpriced'>;

function billOf({ wire, reply }: Pick<Surface, 'wire' | 'reply'>): Bill {
  const { usage, calls, tier, speed, region, unpriced } = factsOf(wire, reply);
  return { usage, calls, tier, speed, region, unpriced };
}

function factsOf(wire: Wire, reply: Surface['reply']): ReplyFacts {
  if (!Array.isArray(reply)) {
    const facts = wire.reply(reply);
    if (facts === undefined) throw new Error(`${wire.name} does not know the reply`);
    return facts;
  }
  const reader = wire.reader({ hidesUsageChunk: false, wantsText: false });
  const text = (reply as readonly Json[]).map(
    json => `event: ${json.type as string}\ndata: ${JSON.stringify(json)}\n\n`,
  );
  reader.push(new TextEncoder().encode(text.join('')));
  return reader.facts();
}

/** The reply with the field added; in a stream, the field is added to the event that has it. */
function withField({ reply }: Surface, field: LeafField, value: unknown): Surface['reply'] {
  const more = JSON.parse(JSON.stringify(placed(field, value))) as Json;
  if (!Array.isArray(reply)) return merged(reply, more) as Json;
  return (reply as readonly Json[]).map(event =>
    event.type === undefined || event.type === more.type ? (merged(event, more) as Json) : event,
  );
}

/** `usage.speed`, wherever in a stream or a reply it is. */
function plainPath(path: string): string {
  return path
    .replace(/^\[[\w.]+\]\.?/, '')
    .replace(/^(?:message\[message\]|response|delta(?=\.stop))\./, '')
    .replace(/^content_block(?=\[)/, 'content');
}

/** The bill that a field changes, the names it adds, or nothing. */
function effectOf(surface: Surface, field: LeafField): 'priced' | 'named' | 'nothing' {
  const total = TOTALS[field.key];
  const changed = field.kind === 'number' ? (total ?? 0) + 7 : field.kind === 'string' ? 'zzz' : true;
  const { unpriced, ...before } = billOf({ ...surface, reply: withField(surface, field, total) });
  const { unpriced: named, ...after } = billOf({ ...surface, reply: withField(surface, field, changed) });
  if (JSON.stringify(before) !== JSON.stringify(after)) return 'priced';
  return JSON.stringify(unpriced) === JSON.stringify(named) ? 'nothing' : 'named';
}

function pathsOf(list: Readonly<Record<string, readonly string[]>>): ReadonlySet<string> {
  return new Set(Object.values(list).flat());
}

/** The fields of a surface that are neither priced nor listed, by name. */
function unaccounted(types: SdkTypes, surface: Surface, used = new Set<string>()): readonly string[] {
  const lists = { nothing: pathsOf(FREE), named: pathsOf(NAMED) };
  const { file, type, without = [] } = surface;
  return types.fieldsOf(file, type, { without }).flatMap(field => {
    if (!MAY_COUNT.test(field.path)) return [];
    const effect = effectOf(surface, field);
    if (effect === 'priced') return [];
    const path = plainPath(field.path);
    const names = [path, `${/^\[\w+\]\./.exec(field.path)?.[0] ?? ''}${path}`];
    const listed = names.find(name => lists[effect].has(name));
    if (listed === undefined) return [`${type}: ${path} (${effect})`];
    used.add(listed);
    return [];
  });
}

const INSTALLED = sdkTypes();
const RESPONSES = `${OPENAI}/responses/responses.d.ts`;
const BETA_MESSAGES = `${ANTHROPIC}/beta/messages/messages.d.ts`;

/** Items of a response's output that do not change a bill, grouped by the reason. */
const FREE_ITEMS: Readonly<Record<string, readonly string[]>> = {
  'only its tokens cost something': [
    'message',
    'reasoning',
    'compaction',
    'program',
    'program_output',
    'additional_tools',
  ],
  'a tool of the application, or of a server that is not the vendor’s': [
    'function_call',
    'custom_tool_call',
    'computer_call',
    'local_shell_call',
    'apply_patch_call',
    'mcp_call',
    'function_call_output',
    'custom_tool_call_output',
    'computer_call_output',
    'local_shell_call_output',
    'apply_patch_call_output',
    'shell_call_output',
    'mcp_list_tools',
    'mcp_approval_request',
    'mcp_approval_response',
  ],
  'a shell without a container is the application’s': ['shell_call'],
  'a search in the tools of the request': ['tool_search_call', 'tool_search_output'],
};

/** Blocks of a message that do not change a bill, grouped by the reason. */
const FREE_BLOCKS: Readonly<Record<string, readonly string[]>> = {
  'only its tokens cost something': ['text', 'thinking', 'redacted_thinking', 'compaction', 'container_upload'],
  'a tool of the application, or of a server that is not the vendor’s': ['tool_use', 'mcp_tool_use', 'mcp_tool_result'],
  'a list of tools': ['mcp_tool_listing'],
  'the call of a tool of the vendor, which is priced by its name': ['server_tool_use'],
  'the result of a tool that is free, or that the usage counts': [
    'web_search_tool_result',
    'web_fetch_tool_result',
    'advisor_tool_result',
    'tool_search_tool_result',
    'code_execution_tool_result',
    'bash_code_execution_tool_result',
    'text_editor_code_execution_tool_result',
  ],
  'the point where another model took over, whose calls the usage lists': ['fallback'],
};

/** Tools of the vendor whose call in a message does not change a bill, grouped by the reason. */
const FREE_TOOLS: Readonly<Record<string, readonly string[]>> = {
  'the usage counts it': ['advisor', 'web_search'],
  'it costs only tokens': ['web_fetch', 'tool_search_tool_regex', 'tool_search_tool_bm25'],
};

/** The members of a union of items, at this key of a reply. */
function variantsOf(file: string, type: string, key: string): readonly string[] {
  const fields = INSTALLED.fieldsOf(file, type, { without: ECHO });
  const types = fields.flatMap(({ steps }) => (steps[1]?.key === key ? [steps[1].literals.type ?? ''] : []));
  return [...new Set(types)];
}

/** The items that change the bill of a reply neither as priced nor as listed. */
function unlisted(
  items: readonly string[],
  free: ReadonlySet<string>,
  effect: (item: string) => string,
): readonly string[] {
  return items.filter(item => effect(item) !== 'priced' && !(effect(item) === 'nothing' && free.has(item)));
}

function itemEffect(wire: Wire, bare: Json, filled: Json): string {
  const { unpriced, ...before } = billOf({ wire, reply: bare });
  const { unpriced: named, ...after } = billOf({ wire, reply: filled });
  if (JSON.stringify(before) !== JSON.stringify(after)) return 'priced';
  return JSON.stringify(unpriced) === JSON.stringify(named) ? 'nothing' : 'named';
}

describe('usage fields of the installed SDKs', () => {
  const used = new Set<string>();

  test.each(SURFACES.map(surface => [surface.type, surface] as const))(
    'every field of a %s that may count in a bill is priced, or is on the list of those that are free',
    (_, surface) => {
      expect(unaccounted(INSTALLED, surface, used)).toEqual([]);
    },
  );

  test('every field on the lists is in the SDKs, and does not change a bill', () => {
    expect([...pathsOf(FREE), ...pathsOf(NAMED)].filter(path => !used.has(path))).toEqual([]);
  });

  test.each([
    [RESPONSES, 'interface ResponseUsage {', 'Response', 'usage.video_tokens'],
    [RESPONSES, 'interface ImageGen {', 'Response', 'tool_usage.image_gen.video_tokens'],
    [RESPONSES, 'interface ToolUsage {', 'Response', 'tool_usage.video_tokens'],
    [`${OPENAI}/completions.d.ts`, 'interface CompletionUsage {', 'ChatCompletion', 'usage.video_tokens'],
    [BETA_MESSAGES, 'interface BetaUsage {', 'BetaMessage', 'usage.video_tokens'],
    [BETA_MESSAGES, 'interface BetaServerToolUsage {', 'BetaMessage', 'usage.server_tool_use.video_tokens'],
    [
      BETA_MESSAGES,
      'interface BetaAdvisorMessageIterationUsage {',
      'BetaMessage',
      'usage.iterations[advisor_message].video_tokens',
    ],
  ])('a field that the next version of %s adds to %s is reported by its name', (changed, declaration, type, path) => {
    const types = sdkTypes(file => {
      const text = readFileSync(join(ROOT, file), 'utf8');
      return file === changed ? text.replace(declaration, `${declaration}\n video_tokens: number;`) : text;
    });
    const surface = SURFACES.find(one => one.type === type) as Surface;
    expect(unaccounted(types, surface)).toEqual([`${type}: ${path} (named)`]);
  });
});

describe('output of the installed SDKs', () => {
  test('every item of a response is priced, or is on the list of those that are free', () => {
    const items = variantsOf(RESPONSES, 'Response', 'output');
    expect(items.length).toBeGreaterThan(20);
    const effect = (type: string): string =>
      itemEffect(openaiResponses, RESPONSE, { ...RESPONSE, output: [{ id: 'i', type }] });
    expect(unlisted(items, pathsOf(FREE_ITEMS), effect)).toEqual(['image_generation_call']);
    // The tokens of an image are in `tool_usage`; without that field, the call is named as unpriced.
    expect(effect('image_generation_call')).toBe('named');
    expect([...pathsOf(FREE_ITEMS)].filter(item => !items.includes(item))).toEqual([]);
  });

  test('every block of a message is on the list of those that are free', () => {
    const blocks = variantsOf(BETA_MESSAGES, 'BetaMessage', 'content');
    expect(blocks.length).toBeGreaterThan(10);
    const bare = { ...MESSAGE, usage: TOKENS };
    const effect = (type: string): string => {
      const block = { type, name: 'web_search', content: {} };
      return itemEffect(anthropicMessages, bare, { ...bare, content: [block] });
    };
    expect(unlisted(blocks, pathsOf(FREE_BLOCKS), effect)).toEqual([]);
    expect([...pathsOf(FREE_BLOCKS)].filter(block => !blocks.includes(block))).toEqual([]);
    expect(effect('hologram')).toBe('named');
  });

  test('every tool of the vendor in a message is priced, or is on the list of those that are free', () => {
    const fields = INSTALLED.fieldsOf(BETA_MESSAGES, 'BetaMessage');
    const names = fields.find(({ path }) => path.endsWith('content[server_tool_use].name'))?.texts ?? [];
    expect(names.length).toBeGreaterThan(5);
    const bare = { ...MESSAGE, usage: TOKENS };
    const effect = (name: string): string =>
      itemEffect(anthropicMessages, bare, { ...bare, content: [{ type: 'server_tool_use', name }] });
    expect(unlisted(names, pathsOf(FREE_TOOLS), effect)).toEqual([]);
    expect(effect('bash_code_execution')).toBe('priced');
    expect(effect('map_lookup')).toBe('named');
  });
});
