/** A field that this version does not know might mean anything, wherever it is in a request: no other API gets the request. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../../src/core/math/random.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import { jsonText } from '../../../src/translate/neutral/json-text.ts';
import { translatorOf, unableFor } from '../../../src/translate/translate.ts';
import { SOURCES } from '../support/identity.ts';

const REQUESTS = 600;
const APIS: readonly Api[] = ['openai-chat', 'openai-responses', 'anthropic-messages'];

/** Objects that are passed on or dropped whole, whatever is in them. */
const WHOLE: ReadonlySet<string> = new Set([
  'parameters',
  'input_schema',
  'output_schema',
  'schema',
  'input_examples',
  'input',
  'metadata',
  'logit_bias',
  'citations',
  'annotations',
  'logprobs',
  'transformations',
  'block_binding',
  'diagnostics',
  'thread',
  'moderation',
  'prediction',
  'image',
]);

type Draft = Record<string, unknown>;

const USER = { role: 'user', content: 'x' };
const CHAT_TOOLS = [
  { type: 'function', function: { name: 'f' } },
  { type: 'custom', custom: { name: 'g' } },
];
const FLAT_TOOLS = [
  { type: 'function', name: 'f' },
  { type: 'custom', name: 'g' },
];

/** Bodies that other APIs can serve, with one thing in them: random requests have much else beside it. */
const WITH: Readonly<Record<Api, Readonly<Record<string, (value: unknown) => Draft>>>> = {
  'openai-chat': {
    messages: message => ({ model: 'm', messages: [USER, message, USER] }),
    tools: tool => ({ model: 'm', messages: [USER], tools: [tool] }),
    tool_choice: choice => ({ model: 'm', messages: [USER], tools: CHAT_TOOLS, tool_choice: choice }),
    function_call: choice => ({ model: 'm', messages: [USER], functions: [{ name: 'f' }], function_call: choice }),
  },
  'openai-responses': {
    input: item => ({ model: 'm', store: false, input: [USER, item, USER] }),
    tools: tool => ({ model: 'm', store: false, input: 'x', tools: [tool] }),
    tool_choice: choice => ({ model: 'm', store: false, input: 'x', tools: FLAT_TOOLS, tool_choice: choice }),
  },
  'anthropic-messages': {
    messages: message => ({ model: 'm', max_tokens: 9, messages: [USER, message, USER] }),
    tools: tool => ({ model: 'm', max_tokens: 9, messages: [USER], tools: [tool] }),
  },
};

/** Choices of a tool, which few random requests have. */
const CHOICES: Readonly<Record<Api, Draft>> = {
  'openai-chat': {
    tool_choice: [...CHAT_TOOLS, { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: CHAT_TOOLS } }],
    function_call: [{ name: 'f' }],
  },
  'openai-responses': { tool_choice: [...FLAT_TOOLS, { type: 'allowed_tools', mode: 'auto', tools: FLAT_TOOLS }] },
  'anthropic-messages': {},
};

/** Where the field has been, among other places. */
const TRIED: Readonly<Record<Api, readonly string[]>> = {
  'openai-chat': [
    '',
    'messages',
    'messages.content',
    'messages.content.file',
    'messages.tool_calls.function',
    'response_format.json_schema',
    'tools.custom.format',
    'tool_choice.allowed_tools.tools.function',
  ],
  'openai-responses': [
    '',
    'input',
    'input.content.prompt_cache_breakpoint',
    'input.output',
    'reasoning',
    'tools',
    'tool_choice.tools',
  ],
  'anthropic-messages': [
    '',
    'messages',
    'messages.content.content.source',
    'messages.content.cache_control',
    'output_config.format',
    'system',
    'thinking',
    'tools.cache_control',
  ],
};

/** The body, and a body for each member of its lists. */
function bodiesOf(api: Api, body: Draft): readonly Draft[] {
  const alone = Object.entries(WITH[api]).flatMap(([name, around]) => {
    const members = body[name];
    return Array.isArray(members) ? members.map(around) : [];
  });
  return [body, ...alone];
}

/** Each object of a body with the names that lead to it. */
function* objectsIn(value: unknown, path: readonly string[] = []): Generator<readonly [Draft, string]> {
  if (Array.isArray(value)) {
    for (const each of value) yield* objectsIn(each, path);
  } else if (typeof value === 'object' && value !== null) {
    yield [value as Draft, path.join('.')];
    for (const [name, member] of Object.entries(value))
      if (!WHOLE.has(name) || (name === 'input' && path.length === 0)) yield* objectsIn(member, [...path, name]);
  }
}

test.each(SOURCES.map(({ api, request }) => [api, request] as const))(
  'a request of %s with an unknown field is sent to no other API, in whichever object the field is',
  (api, request) => {
    const random = seededRandom(`unknown fields of ${api}`);
    const targets = APIS.filter(to => to !== api);
    const model = { model: 'm', maxOutputTokens: 1_000 };
    const takers = (body: unknown): readonly Api[] => {
      const conversation = translatorOf(api).readRequest(JSON.stringify(body));
      return targets.filter(to => unableFor(conversation, { api: to, model }).length === 0);
    };
    const randomOnes = Array.from({ length: REQUESTS }, () => JSON.parse(jsonText(request(random))) as Draft);
    const passed = new Set<string>();
    const tried = new Set<string>();
    for (const body of [CHOICES[api], ...randomOnes].flatMap(each => bodiesOf(api, each))) {
      if (body === CHOICES[api] || takers(body).length === 0) continue;
      for (const [object, path] of objectsIn(body)) {
        object.not_known = 1;
        tried.add(path);
        if (takers(body).length > 0) passed.add(path);
        delete object.not_known;
      }
    }

    expect([...passed]).toStrictEqual([]);
    expect([...tried]).toStrictEqual(expect.arrayContaining([...TRIED[api]]));
  },
);
