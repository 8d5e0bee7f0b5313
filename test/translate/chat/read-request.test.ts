import { describe, expect, test } from 'vitest';
import { asChat, fromChat } from '../openai-requests.ts';

/** A body with every field that is read into the neutral format. */
const FULL = {
  model: 'm',
  messages: [{ role: 'user', content: 'hello' }],
  stream: true,
  temperature: 0.5,
  top_p: 0.9,
  frequency_penalty: 0.1,
  presence_penalty: 0.2,
  seed: 7,
  stop: ['END'],
  n: 2,
  max_completion_tokens: 100,
  logprobs: true,
  top_logprobs: 3,
  verbosity: 'low',
  reasoning_effort: 'high',
  response_format: { type: 'json_schema', json_schema: { name: 'city', schema: { type: 'object' }, strict: true } },
  tools: [
    { type: 'function', function: { name: 'f', description: 'F', parameters: { type: 'object' }, strict: true } },
    { type: 'custom', custom: { name: 'g', description: 'G', format: { type: 'text' } } },
  ],
  tool_choice: {
    type: 'allowed_tools',
    allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'f' } }] },
  },
  parallel_tool_calls: false,
  service_tier: 'flex',
  prompt_cache_key: 'key',
  prompt_cache_options: { ttl: '30m' },
  safety_identifier: 'user-1',
  metadata: { team: 'a' },
  moderation: { model: 'omni' },
  prediction: { type: 'content', content: 'x' },
  logit_bias: { 50256: -100 },
  store: true,
  web_search_options: {},
};

describe('a chat completion request', () => {
  test('a chat completion request is unchanged after reading and writing', () => {
    expect(asChat(fromChat(FULL))).toStrictEqual(FULL);
  });

  test('a chat completion request keeps fields that are not known, which no other API can serve', () => {
    const conversation = fromChat({ new_field: { a: 1 } });

    expect(asChat(conversation)).toHaveProperty('new_field', { a: 1 });
    expect(conversation.own).toStrictEqual([
      { path: 'new_field', value: { a: 1 }, mark: 'unable', reason: 'this field is not known' },
    ]);
  });

  test('a chat completion request keeps a value that its field does not define', () => {
    const body = {
      temperature: 'hot',
      stop: 7,
      tools: 'none',
      tool_choice: { type: 'mcp' },
      response_format: { type: 'x' },
    };
    const conversation = fromChat(body);

    expect(conversation.own.map(({ path, mark }) => `${path} ${mark}`)).toStrictEqual(
      Object.keys(body).map(path => `${path} unable`),
    );
    expect(asChat(conversation)).toMatchObject(body);
  });

  test('null and documented default values in a chat completion request count as not set', () => {
    const conversation = fromChat({
      n: 1,
      stop: null,
      seed: null,
      logprobs: false,
      frequency_penalty: 0,
      service_tier: 'auto',
      verbosity: 'medium',
      response_format: { type: 'text' },
      parallel_tool_calls: true,
      metadata: {},
    });

    expect(conversation).toMatchObject({ settings: {}, own: [] });
    expect(Object.keys(conversation.settings)).toStrictEqual([]);
  });

  test('fields that only chat completions have, with their default values, ask for nothing special', () => {
    const { own } = fromChat({
      store: false,
      modalities: ['text'],
      logit_bias: {},
      stream_options: { include_usage: true },
    });

    expect(own.map(({ mark }) => mark)).toStrictEqual(['default', 'default', 'default', 'default']);
  });

  test('a chat completion request marks fields that no other API has as `unable`, and fields that can be left out as `preference`', () => {
    const { own } = fromChat({
      audio: { voice: 'alloy' },
      modalities: ['text', 'audio'],
      web_search_options: {},
      logit_bias: { 1: 2 },
      store: true,
      prediction: { type: 'content', content: 'x' },
    });

    expect(own.map(({ path, mark }) => `${path} ${mark}`)).toStrictEqual([
      'audio unable',
      'modalities unable',
      'web_search_options unable',
      'logit_bias unable',
      'store unable',
      'prediction preference',
    ]);
  });

  test('in a chat completion request the newer names of the limit and of the user take precedence over the older ones', () => {
    expect(fromChat({ max_tokens: 5 }).settings.maxTokens).toBe(5);
    expect(asChat(fromChat({ max_tokens: 5 }))).toHaveProperty('max_tokens', 5);
    expect(fromChat({ max_completion_tokens: 9, max_tokens: 5 }).settings.maxTokens).toBe(9);
    expect(fromChat({ user: 'old' }).settings.user).toBe('old');
    expect(fromChat({ user: 'old', safety_identifier: 'new' }).settings.user).toBe('new');
  });

  test('deprecated functions of a chat completion request are read as tools', () => {
    const body = { functions: [{ name: 'f', parameters: { type: 'object' } }], function_call: { name: 'f' } };
    const conversation = fromChat(body);

    expect(conversation.tools).toMatchObject([{ name: 'f', form: 'json', input: { type: 'object' } }]);
    expect(conversation.toolChoice).toStrictEqual({ kind: 'one', name: 'f' });
    expect(asChat(conversation)).toMatchObject(body);
    expect(asChat(conversation)).not.toHaveProperty('tools');
  });

  test('a chat completion request keeps a tool of a kind that is not known', () => {
    const tool = { type: 'hosted', hosted: {} };
    const conversation = fromChat({ tools: [tool] });

    expect(conversation.tools).toMatchObject([{ form: 'opaque', value: tool }]);
    expect(asChat(conversation).tools).toStrictEqual([tool]);
  });

  test('a chat completion request keeps unknown fields of a tool in their place', () => {
    const tools = [{ type: 'function', cache: 1, function: { name: 'f', examples: [1] } }];
    const conversation = fromChat({ tools });

    expect(conversation.tools[0]).toMatchObject({ own: [{ path: 'function.examples' }, { path: 'cache' }] });
    expect(asChat(conversation).tools).toStrictEqual(tools);
  });

  test('an invalid chat completion request is refused with the path of the mistake', () => {
    expect(() => fromChat({ messages: 'hello' })).toThrow(/messages/);
    expect(() => fromChat({ messages: [{ content: 'hello' }] })).toThrow(/messages\[0\]/);
  });
});
