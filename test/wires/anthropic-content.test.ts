import { describe, expect, test } from 'vitest';
import { anthropicContent } from '../../src/wires/anthropic-content.ts';

function read(...blocks: readonly unknown[]) {
  const content = anthropicContent();
  for (const block of blocks) content.add(block);
  return content;
}

describe('blocks of a message', () => {
  test('text, thinking and calls of the application’s tools do not count as other output', () => {
    const content = read({ type: 'text' }, { type: 'thinking' }, { type: 'redacted_thinking' }, { type: 'tool_use' });
    expect(content).toMatchObject({ hasToolCalls: true, hasOtherOutput: false, unknown: [] });
    expect(read({ type: 'text' }).hasToolCalls).toBe(false);
  });

  test('the seal is the last signature, or the data of redacted thinking', () => {
    const thinking = { type: 'thinking', signature: 'one' };
    expect(read(thinking, { type: 'text', text: 'x' }, { type: 'thinking', signature: '' }).seal).toBe('one');
    expect(read(thinking, { type: 'redacted_thinking', data: 'two' }).seal).toBe('two');
    const content = read(thinking);
    content.addSeal({ type: 'signature_delta', signature: 'three' });
    expect(content.seal).toBe('three');
  });

  test('a handover block names the model that continues, and the reason why the other one declined', () => {
    const block = (from: string, to: string) => ({
      type: 'fallback',
      from: { model: from },
      to: { model: to },
      trigger: { type: 'refusal', category: from === 'a' ? 'bio' : null },
    });
    expect(read(block('a', 'b'), { type: 'text' }, block('b', 'c'))).toMatchObject({
      model: 'c',
      handovers: [
        { from: 'a', category: 'bio' },
        { from: 'b', category: undefined },
      ],
      unknown: [],
    });
    expect(read({ type: 'fallback' })).toMatchObject({ model: undefined, handovers: [{}] });
  });

  test('web searches count if they had results, because an error is free', () => {
    const result = (content: unknown) => ({ type: 'web_search_tool_result', content });
    const failed = result({ type: 'web_search_tool_result_error', error_code: 'unavailable' });
    const fetched = { type: 'web_fetch_tool_result', content: [] };
    expect(read(result([]), failed, fetched, result([{}]))).toMatchObject({ webSearches: 2, hasOtherOutput: true });
  });

  test.each(['code_execution', 'bash_code_execution', 'text_editor_code_execution'])(
    'a block of the tool %s means that code was run',
    name => {
      expect(read({ type: 'server_tool_use', name })).toMatchObject({ hasRunCode: true, unknown: [] });
      expect(read({ type: 'server_tool_use', name: 'web_fetch' }).hasRunCode).toBe(false);
    },
  );

  test('unknown tools of the provider and unknown blocks are reported once each', () => {
    const tool = { type: 'server_tool_use', name: 'map_lookup' };
    expect(read(tool, tool, { type: 'map_lookup_result' }).unknown).toEqual(['map_lookup', 'map_lookup_result']);
    expect(read({ type: 'server_tool_use' }, {}, 3).unknown).toEqual(['server_tool_use']);
  });
});
