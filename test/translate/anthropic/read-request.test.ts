import { describe, expect, test } from 'vitest';
import { readRequest } from '../../../src/translate/anthropic/read-request.ts';
import type { Conversation } from '../../../src/translate/neutral/conversation.ts';

const BODY = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'hi' }] };

function read(more: object): Conversation {
  return readRequest(JSON.stringify({ ...BODY, ...more }));
}

function marks(more: object): readonly string[] {
  return read(more).own.map(({ path, mark }) => `${path} ${mark}`);
}

describe('a request of Anthropic’s API', () => {
  test('every field that another API has too is read into the neutral format', () => {
    const { system, turns, tools, toolChoice, parallelTools, isStream, output, reasoning, settings, own } = read({
      system: 'be kind',
      tools: [
        { name: 'f', input_schema: { type: 'object' }, cache_control: { type: 'ephemeral', ttl: '1h' } },
        { type: 'bash_20250124', name: 'bash' },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      stream: true,
      output_config: { effort: 'low', format: { type: 'json_schema', schema: { type: 'string' } } },
      thinking: { type: 'enabled', budget_tokens: 2000, display: 'omitted' },
      stop_sequences: ['x'],
      metadata: { user_id: 'u' },
      cache_control: { type: 'ephemeral' },
      temperature: 0.5,
    });

    expect(system).toStrictEqual([{ kind: 'text', text: 'be kind', role: 'system' }]);
    expect(turns).toStrictEqual([{ path: 'messages[0]', role: 'user', parts: [{ kind: 'text', text: 'hi' }] }]);
    expect(tools).toMatchObject([{ name: 'f', form: 'json', cache: { ttl: '1h' } }, { form: 'opaque' }]);
    expect([toolChoice, parallelTools, isStream]).toStrictEqual([{ kind: 'required' }, false, true]);
    expect(output).toStrictEqual({ kind: 'schema', schema: { type: 'string' } });
    expect(reasoning).toStrictEqual({ effort: 'low', thinking: 'manual', budgetTokens: 2000 });
    expect(settings).toStrictEqual({
      maxTokens: 10,
      stop: ['x'],
      user: 'u',
      cacheAuto: {},
      temperature: 0.5,
      reasoningShown: 'omitted',
    });
    expect(own).toStrictEqual([]);
  });

  test.each<[object, readonly string[]]>([
    [{ container: 'c' }, ['container bound']],
    [{ container: { skills: [] } }, ['container unable']],
    [{ inference_geo: 'eu' }, ['inference_geo unable']],
    [{ service_tier: 'standard_only' }, ['service_tier preference']],
    [{ service_tier: 'auto', speed: null }, ['service_tier default']],
    [{ of_the_future: 1 }, ['of_the_future unable']],
    [{ metadata: { team: 'x' } }, ['metadata.team unable']],
    [{ output_config: { effort: 'ultra' } }, ['output_config.effort unable']],
    [{ thinking: { type: 'of_the_future' } }, ['thinking unable']],
    [{ thinking: { type: 'adaptive', block_binding: {} } }, ['thinking.block_binding preference']],
    [{ tool_choice: { type: 'of_the_future' } }, ['tool_choice unable']],
    [{ system: 7 }, ['system unable']],
    [{ temperature: 'warm' }, ['temperature unable']],
    [{ mcp_servers: [] }, ['mcp_servers default']],
    [{ output_config: { format: { type: 'grammar' } } }, ['output_config.format unable']],
  ])('%j is kept with its mark', (more, marked) => {
    expect(marks(more)).toStrictEqual(marked);
  });

  test.each([{ role: 'tool', content: 'x' }, { role: 'user', content: 7 }, 'hi'])(
    'a message of an unknown kind is kept: %j',
    message => {
      expect(read({ messages: [message] }).turns[0]?.parts).toMatchObject([
        { kind: 'opaque', value: message, mark: 'unable' },
      ]);
    },
  );

  test('the arguments of a call keep every character', () => {
    const input = '{"b": 1e400, "a":[12345678901234567890], "b":2}';
    const text = `{"messages":[{"role":"assistant","content":[{"type":"tool_use","id":"c","name":"f","input":${input}}]}]}`;

    expect(readRequest(text).turns[0]?.parts).toStrictEqual([
      { kind: 'tool-call', id: 'c', name: 'f', form: 'json', input },
    ]);
  });

  test.each(['{}', '[]', '7', '{"messages":"hi"}'])(
    'a body that is not a request is an error with its path: %s',
    text => {
      expect(() => readRequest(text)).toThrow(
        expect.objectContaining({ code: 'invalid-value', path: 'messages' }) as Error,
      );
    },
  );
});
