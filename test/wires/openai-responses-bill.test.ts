import { describe, expect, test } from 'vitest';
import { responsesBill } from '../../src/wires/openai-responses-bill.ts';

const usage = { input_tokens: 100, output_tokens: 50, total_tokens: 150 };
const call = (type: string, more: object = {}) => ({ type, id: 'x', status: 'completed', ...more });
const search = (action?: string) => call('web_search_call', action === undefined ? {} : { action: { type: action } });
const billOf = (output: readonly unknown[], more: object = {}) => responsesBill({ usage, ...more }, output);

describe('searches', () => {
  test('a web search is billed for its searches, and not for the pages that it opens', () => {
    const output = [search('search'), search('open_page'), search('open_page'), search('find_in_page')];
    expect(billOf(output)).toMatchObject({ usage: { input: 100, output: 50, webSearch: 1 }, unpriced: undefined });
    expect(billOf([1, 2, 3, 4].map(() => search('search'))).usage).toMatchObject({ webSearch: 4 });
  });

  test('searches by the older tool have a separate count, because their price differs', () => {
    const output = [search('search'), search('open_page'), search('search')];
    const searches = (...types: readonly string[]) => billOf(output, { tools: types.map(type => ({ type })) }).usage;
    const preview = { input: 100, output: 50, webSearchPreview: 2 };
    expect(searches('web_search_preview')).toEqual(preview);
    expect(searches('function', 'web_search_preview_2025_03_11')).toEqual(preview);
    for (const types of [['web_search'], ['web_search_preview', 'web_search_2025_08_26'], ['function'], []])
      expect(searches(...types)).toEqual({ input: 100, output: 50, webSearch: 2 });
  });

  test('a search call without an action counts as a search', () => {
    expect(billOf([search(), search()]).usage).toMatchObject({ webSearch: 2 });
  });

  test('searches that the reply’s usage reports take precedence over its items', () => {
    const output = [search('search'), search('search')];
    expect(billOf(output, { tool_usage: { web_search: { num_requests: 1 } } }).usage).toMatchObject({ webSearch: 1 });
    expect(billOf(output, { tool_usage: { web_search: { num_requests: 0 } } }).usage).toEqual({
      input: 100,
      output: 50,
    });
    const none = { ...usage, server_side_tool_usage_details: { web_search_calls: 0 } };
    expect(billOf(output, { usage: none }).usage).toEqual({ input: 100, output: 50 });
    const xai = { ...usage, server_side_tool_usage_details: { web_search_calls: 3, file_search_calls: 1 } };
    expect(billOf(output, { usage: xai }).usage).toMatchObject({ webSearch: 3, fileSearch: 1 });
  });

  test('a text that cites the web counts as one search, if no item and no count reports searches', () => {
    const cited = (type: string) => ({
      type: 'message',
      content: [
        { type: 'output_text', annotations: [] },
        { type: 'output_text', annotations: [{ type }] },
      ],
    });
    expect(billOf([cited('url_citation')]).usage).toMatchObject({ webSearch: 1 });
    expect(billOf([cited('file_citation')]).usage).toEqual({ input: 100, output: 50 });
    expect(billOf([cited('url_citation'), search('open_page')]).usage).toEqual({ input: 100, output: 50 });
    const none = { tool_usage: { web_search: { num_requests: 0 } } };
    expect(billOf([cited('url_citation')], none).usage).toEqual({ input: 100, output: 50 });
  });

  test('search items of other vendors are read', () => {
    const router = ['search', 'open_page'].map(type => call('openrouter:web_search', { action: { type } }));
    expect(billOf(router)).toMatchObject({ usage: { webSearch: 1 }, unpriced: undefined });
    const agent = { ...usage, tool_calls_details: { search_web: { invocation: 2 }, fetch_url: { invocation: 1 } } };
    expect(billOf([call('search_results'), call('fetch_url_results')], { usage: agent })).toMatchObject({
      usage: { webSearch: 2 },
      unpriced: ['usage.tool_calls_details.fetch_url.invocation', 'output.fetch_url_results'],
    });
    expect(billOf([call('search_results')]).usage).toMatchObject({ webSearch: 1 });
  });

  test('a number of searches that is not a count is reported as unpriced, and the search items are counted instead', () => {
    expect(billOf([search('search')], { tool_usage: { web_search: { num_requests: '3' } } })).toMatchObject({
      usage: { webSearch: 1 },
      unpriced: ['tool_usage.web_search.num_requests'],
    });
  });

  test('each file search is billed', () => {
    expect(billOf([call('file_search_call'), call('file_search_call')]).usage).toMatchObject({ fileSearch: 2 });
  });
});

describe('code', () => {
  test('a container is billed once, however often it runs code', () => {
    const output = ['c1', 'c1', 'c2'].map(id => call('code_interpreter_call', { container_id: id }));
    expect(billOf(output).usage).toMatchObject({ codeSession: 2 });
    expect(billOf([call('code_interpreter_call'), call('code_interpreter_call')]).usage).toMatchObject({
      codeSession: 1,
    });
  });

  test('a shell of the provider is billed as a container, and a shell of the application is free', () => {
    const hosted = call('shell_call', { environment: { type: 'container_reference', container_id: 'c1' } });
    const code = call('code_interpreter_call', { container_id: 'c1' });
    expect(billOf([hosted, code, call('shell_call', { environment: { type: 'local' } })]).usage).toMatchObject({
      codeSession: 1,
    });
    expect(billOf([call('shell_call'), call('local_shell_call')]).usage).toEqual({ input: 100, output: 50 });
  });
});

describe('images', () => {
  const image = (more: object = {}) => call('image_generation_call', { result: 'AAAA', ...more });

  test('the tokens of an image model are metered as text or image, and as input or output', () => {
    const images = {
      input_tokens: 171,
      input_tokens_details: { image_tokens: 150, text_tokens: 21 },
      output_tokens: 1372,
    };
    expect(billOf([image()], { tool_usage: { image_gen: images } })).toMatchObject({
      usage: { input: 100, output: 50, imageGenInput: 21, imageGenInputImage: 150, imageGenOutput: 1372 },
      unpriced: undefined,
    });
  });

  test('images that an image model read beyond its input are reported as unpriced', () => {
    const beyond = { input_tokens: 6, input_tokens_details: { image_tokens: 7 }, output_tokens: 6 };
    expect(billOf([image()], { tool_usage: { image_gen: beyond } })).toMatchObject({
      usage: { imageGenInputImage: 6, imageGenOutput: 6 },
      unpriced: ['tool_usage.image_gen.image_tokens beyond the input'],
    });
  });

  test('an image without token counts is reported as unpriced', () => {
    const equal = { image_gen: { input_tokens: 6, output_tokens: 6 } };
    expect(billOf([image()], { tool_usage: equal }).usage).not.toHaveProperty('imageGenInputImage');
    expect(billOf([image()], { tool_usage: equal })).toMatchObject({
      usage: { input: 100, output: 50, imageGenInput: 6, imageGenOutput: 6 },
      unpriced: undefined,
    });
    for (const tools of [undefined, {}, { image_gen: { input_tokens: 0, output_tokens: 0 } }])
      expect(billOf([image()], { tool_usage: tools })).toMatchObject({ unpriced: ['output.image_generation_call'] });
  });

  test('cached input and text output of an image model have no meter, and are reported as unpriced', () => {
    const images = {
      input_tokens: 50,
      cached_tokens: 20,
      cached_tokens_details: { cached_image_tokens: 0, cached_text_tokens: 20 },
      output_tokens: 60,
      output_tokens_details: { image_tokens: 40, text_tokens: 20 },
      total_tokens: 110,
    };
    expect(billOf([image()], { tool_usage: { image_gen: images } }).unpriced).toEqual([
      'tool_usage.image_gen.cached_tokens',
      'tool_usage.image_gen.output_tokens_details.text_tokens',
    ]);
  });

  test('the model that writes an SVG makes a separate call', () => {
    const svg = {
      model: 'gpt-5.6-sol',
      input_tokens: 30,
      output_tokens: 900,
      reasoning_tokens: 400,
      total_tokens: 930,
    };
    expect(billOf([image({ svg_usage: { ...svg, video_tokens: 3 } })]).unpriced).toEqual([
      'output.image_generation_call.svg_usage.video_tokens',
    ]);
    expect(billOf([image({ svg_usage: svg }), search('search')])).toMatchObject({
      usage: { input: 130, output: 950, reasoning: 400, webSearch: 1 },
      calls: [
        { usage: { input: 100, output: 50, webSearch: 1 } },
        { model: 'gpt-5.6-sol', usage: { input: 30, output: 900, reasoning: 400 } },
      ],
      unpriced: undefined,
    });
  });
});

describe('unknown tools and items', () => {
  test('an unknown tool and an unknown item are reported as unpriced', () => {
    const bill = billOf([call('map_lookup_call')], { tool_usage: { map_lookup: { num_requests: 2 } } });
    expect(bill).toMatchObject({
      usage: { input: 100, output: 50 },
      unpriced: ['output.map_lookup_call', 'tool_usage.map_lookup'],
    });
    expect(billOf([], { tool_usage: { web_search: 3 } }).unpriced).toEqual(['tool_usage.web_search']);
    for (const entry of [2, '2', { calls: [{ count: 1 }] }])
      expect(billOf([], { tool_usage: { map_lookup: entry } }).unpriced).toEqual(['tool_usage.map_lookup']);
  });

  test('an unknown tool without use is not reported', () => {
    const tools = {
      map_lookup: { num_requests: 0, calls: [], cost: '0', model: 'map-1' },
      web_search: { num_requests: 0 },
      other: null,
    };
    expect(billOf([], { tool_usage: tools })).toMatchObject({ usage: { input: 100, output: 50 }, unpriced: undefined });
  });

  test.each([
    'message',
    'reasoning',
    'compaction',
    'function_call',
    'custom_tool_call',
    'computer_call',
    'apply_patch_call',
    'mcp_call',
    'mcp_list_tools',
    'mcp_approval_request',
    'tool_search_call',
    'program',
    'multi_agent_call',
  ])('an item of the type `%s` costs only its tokens', type => {
    expect(billOf([call(type)])).toMatchObject({ unpriced: undefined });
    expect(billOf([call(type)]).usage).toEqual({ input: 100, output: 50 });
  });

  test('the tools of a response without usage are its partial usage', () => {
    const output = [search('search'), call('code_interpreter_call', { container_id: 'c' })];
    const bill = billOf(output, { usage: null });
    expect(bill.usage).toBeUndefined();
    expect(bill).toMatchObject({ partialUsage: { webSearch: 1, codeSession: 1 }, unpriced: undefined });
    expect(billOf([], { usage: null }).partialUsage).toBeUndefined();
    const svg = { model: 'm', input_tokens: 30, output_tokens: 900 };
    const drawn = billOf([call('image_generation_call', { svg_usage: svg })], { usage: null });
    expect(drawn).toMatchObject({ unpriced: ['output.image_generation_call'] });
    expect([drawn.usage, drawn.calls]).toEqual([undefined, undefined]);
  });
});

test('the tier, the speed and the stated cost are read as in a chat completion', () => {
  const xai = { ...usage, cost_in_usd_ticks: 64_000_000, speed: 'fast' };
  expect(billOf([], { usage: xai, service_tier: 'ultrafast' })).toMatchObject({
    statedCost: { nanoUsd: 6_400_000, isWhole: true },
    tier: 'ultrafast',
    speed: 'fast',
  });
  expect(billOf([], { service_tier: 'fast' })).toMatchObject({ tier: 'priority', statedCost: undefined });
});

test.each([undefined, null, 7, 'text', [], { tool_usage: 7 }, { tool_usage: { image_gen: null }, usage: [] }])(
  'nothing is read from %j, and nothing throws',
  json => {
    expect(responsesBill(json, [null, 7, {}])).toMatchObject({ unpriced: undefined, statedCost: undefined });
    expect(responsesBill(json, []).usage).toBeUndefined();
  },
);

test('images and audio in a message are reported as unpriced without token counts', () => {
  const content = [{ type: 'output_text', text: 'a' }, { type: 'output_image' }, { type: 'output_audio' }];
  const names = ['output.message.output_image', 'output.message.output_audio'];
  const output = [{ type: 'message', content }];
  expect(billOf(output)).toMatchObject({ usage: { input: 100, output: 50 }, unpriced: names });
  const details = { output_tokens_details: { image_tokens: 20, audio_tokens: 10 } };
  expect(billOf(output, { usage: { ...usage, ...details } }).unpriced).toBeUndefined();
});
