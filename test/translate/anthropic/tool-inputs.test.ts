import { describe, expect, test } from 'vitest';
import { parseWithInputs } from '../../../src/translate/anthropic/tool-inputs.ts';

const INPUT = '{ "b":1, "a":[{"input":"x\\"}"}], "a":1e400 }';

describe('the inputs of tools', () => {
  test('tool inputs keep their exact text, in a request and in a reply', () => {
    const block = `{"type" : "tool_use","id":"c","input" : ${INPUT} }`;
    const parsed = { type: 'tool_use', id: 'c', input: INPUT };

    expect(
      parseWithInputs(`{"messages":[{"role":"user","content":"x"},{"content":[${block}]}]}`, ['messages', 'content']),
    ).toStrictEqual({
      messages: [{ role: 'user', content: 'x' }, { content: [parsed] }],
    });
    expect(parseWithInputs(`{"content":[{"type":"text"} , ${block}]}`, ['content'])).toStrictEqual({
      content: [{ type: 'text' }, parsed],
    });
  });

  test('other members that are named `input` are parsed as usual', () => {
    const schema = { type: 'object', properties: { input: { type: 'string' } } };
    const text = JSON.stringify({
      tools: [{ name: 'tool_use', input_schema: schema }],
      messages: [
        {
          content: [
            { type: 'text', text: '"type":"tool_use","input":{}' },
            { type: 'server_tool_use', input: { a: 1 } },
          ],
        },
        { content: [{ type: 'tool_use', name: '"tool_use"', input: { input: {} } }] },
      ],
    });

    expect(parseWithInputs(text, ['messages', 'content'])).toStrictEqual({
      ...(JSON.parse(text) as object),
      messages: [
        {
          content: [
            { type: 'text', text: '"type":"tool_use","input":{}' },
            { type: 'server_tool_use', input: { a: 1 } },
          ],
        },
        { content: [{ type: 'tool_use', name: '"tool_use"', input: '{"input":{}}' }] },
      ],
    });
  });

  test.each(['{"messages":[{"content":[{"type":"tool_use","input":{', '{"messages":[}"tool_use"', '"tool_use"]'])(
    'a text that is not JSON is a SyntaxError: %s',
    text => {
      expect(() => parseWithInputs(text, ['messages', 'content'])).toThrow(SyntaxError);
    },
  );
});
