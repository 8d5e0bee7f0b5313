import { describe, expect, test } from 'vitest';
import { asResponses, fromResponses } from '../openai-requests.ts';

/** A body with every field that is read into neutral words. */
const FULL = {
  model: 'm',
  instructions: 'Be kind.',
  input: [{ role: 'user', content: 'hello' }],
  stream: true,
  temperature: 0.5,
  top_p: 0.9,
  max_output_tokens: 100,
  top_logprobs: 3,
  include: ['reasoning.encrypted_content', 'message.output_text.logprobs'],
  text: { format: { type: 'json_schema', name: 'city', schema: { type: 'object' }, strict: true }, verbosity: 'low' },
  reasoning: { effort: 'high', summary: 'auto', context: 'all_turns' },
  tools: [
    {
      type: 'function',
      name: 'f',
      description: 'F',
      parameters: { type: 'object' },
      strict: true,
      defer_loading: true,
    },
    { type: 'custom', name: 'g', description: 'G', format: { type: 'text' } },
    { type: 'web_search' },
  ],
  tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'f' }] },
  parallel_tool_calls: false,
  service_tier: 'flex',
  prompt_cache_key: 'key',
  prompt_cache_options: { ttl: '12h' },
  safety_identifier: 'user-1',
  metadata: { team: 'a' },
  moderation: { model: 'omni' },
  store: false,
  background: true,
  previous_response_id: 'resp_1',
  max_tool_calls: 3,
  truncation: 'auto',
};

describe('a request of the Responses API', () => {
  test('a request of the Responses API is unchanged after reading and writing', () => {
    expect(asResponses(fromResponses(FULL))).toStrictEqual(FULL);
  });

  test('a request of the Responses API is stored by the vendor by default, and a stored request is sent to no other API', () => {
    for (const store of [undefined, null, true]) {
      expect(fromResponses({ store }).own).toMatchObject([{ path: 'store', value: true, mark: 'unable' }]);
    }
    expect(fromResponses({ store: false }).own).toStrictEqual([]);
  });

  test('null and documented default values in a request of the Responses API count as not set', () => {
    const conversation = fromResponses({
      top_logprobs: 0,
      include: [],
      text: { format: { type: 'text' }, verbosity: 'medium' },
      reasoning: { effort: null },
      tools: [],
      truncation: 'disabled',
      background: false,
      previous_response_id: null,
    });

    expect(conversation.own.map(({ mark }) => mark)).toStrictEqual(['default', 'default']);
    expect(Object.values(conversation.settings).filter(value => value !== undefined)).toStrictEqual([]);
    expect(conversation.reasoning).toBeUndefined();
  });

  test('a request of the Responses API that refers to content stored at the vendor is bound, and one that runs in the background is sent to no other API', () => {
    const { own } = fromResponses({
      previous_response_id: 'resp_1',
      conversation: 'conv_1',
      background: true,
      prompt: { id: 'p' },
    });

    expect(own.map(({ path, mark }) => `${path} ${mark}`)).toStrictEqual([
      'previous_response_id bound',
      'conversation bound',
      'background unable',
      'prompt unable',
    ]);
  });

  test('a request of the Responses API asks for log probabilities in `include`', () => {
    expect(fromResponses({ include: ['message.output_text.logprobs'] }).settings.topLogprobs).toBe(0);
    expect(fromResponses({ include: ['message.output_text.logprobs'], top_logprobs: 4 }).settings.topLogprobs).toBe(4);
    expect(asResponses(fromResponses({ top_logprobs: 4 }))).not.toHaveProperty('include');
  });

  test('a request of the Responses API may include more results of hosted tools, which other APIs leave out', () => {
    expect(fromResponses({ include: ['web_search_call.results'] }).own).toMatchObject([
      { path: 'include', mark: 'preference' },
    ]);
    expect(fromResponses({ include: ['reasoning.encrypted_content'] }).own).toMatchObject([{ mark: 'default' }]);
  });

  test('a request of the Responses API keeps values that a field does not define', () => {
    const body = {
      text: { format: { type: 'grammar' } },
      reasoning: { effort: 'extreme' },
      tool_choice: { type: 'mcp', server_label: 'x' },
      include: 'all',
    };
    const conversation = fromResponses(body);

    expect(conversation.own.map(({ path, mark }) => `${path} ${mark}`)).toStrictEqual(
      Object.keys(body).map(path => `${path} unable`),
    );
    expect(asResponses(conversation)).toMatchObject(body);
  });

  test('a request of the Responses API has hosted tools, which only their vendor runs', () => {
    expect(fromResponses({ tools: [{ type: 'shell' }, { type: 'web_search' }] }).tools).toMatchObject([
      { form: 'opaque', reason: 'a tool whose use the vendor trained' },
      { form: 'opaque', reason: 'a tool that the vendor runs' },
    ]);
    expect(fromResponses({ tools: [{ type: 'telescope' }] }).tools).toMatchObject([
      { reason: 'this field is not known' },
    ]);
  });

  test('a request of the Responses API with tools that are deferred or called by programs is sent to no other API', () => {
    const [tool] = fromResponses({
      tools: [
        {
          type: 'function',
          name: 'f',
          async: true,
          allowed_callers: ['programmatic'],
          output_schema: {},
          defer_loading: false,
        },
      ],
    }).tools;

    expect(tool).toMatchObject({
      own: [
        { path: 'async', mark: 'unable' },
        { path: 'allowed_callers', mark: 'unable' },
        { path: 'output_schema', mark: 'preference' },
        { path: 'defer_loading', mark: 'default' },
      ],
    });
  });

  test('an invalid request of the Responses API is refused with the path of the mistake', () => {
    expect(() => fromResponses({ input: 7 })).toThrow(/input/);
    expect(() => fromResponses({ input: ['hello'] })).toThrow(/input\[0\]/);
  });
});
