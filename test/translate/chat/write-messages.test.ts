import { describe, expect, test } from 'vitest';
import type { ContentPart } from '../../../src/translate/neutral/conversation.ts';
import { asChat, assistant, fromAnthropic, fromResponses, user } from '../openai-requests.ts';

const text = (words: string): ContentPart => ({ kind: 'text', text: words });
const IMAGE: ContentPart = { kind: 'image', from: { kind: 'base64', mediaType: 'image/png', data: 'AAAA' } };
const IMAGE_PART = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };
const call = (id: string, input = '{}'): ContentPart => ({ kind: 'tool-call', id, name: 'f', form: 'json', input });
const result = (callId: string, content: readonly ContentPart[], isError = false): ContentPart => ({
  kind: 'tool-result',
  callId,
  content,
  isError,
});
const written = (...turns: Parameters<typeof fromAnthropic>[0]['turns'] & object): unknown =>
  asChat(fromAnthropic({ turns })).messages;

describe('messages of another API, written for chat completions,', () => {
  test('messages of another API, written for chat completions, have all results directly after their calls, and the images of results in a user message after them', () => {
    expect(
      written(
        assistant(text('Two calls.'), call('a'), call('b')),
        user(result('a', [text('seen:'), IMAGE]), result('b', [text('B')]), text('Go on.'), IMAGE),
      ),
    ).toStrictEqual([
      {
        role: 'assistant',
        content: 'Two calls.',
        tool_calls: ['a', 'b'].map(id => ({ id, type: 'function', function: { name: 'f', arguments: '{}' } })),
      },
      { role: 'tool', tool_call_id: 'a', content: 'seen:' },
      { role: 'tool', tool_call_id: 'b', content: 'B' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Result of tool call a:' },
          IMAGE_PART,
          { type: 'text', text: 'Go on.' },
          IMAGE_PART,
        ],
      },
    ]);
  });

  test('messages of another API, written for chat completions, have the results of several turns together, before the images of these results', () => {
    const messages = written(
      assistant(call('a'), call('b')),
      user(result('a', [IMAGE])),
      user(result('b', [text('B')])),
    ) as { readonly role: string }[];

    expect(messages.map(({ role }) => role)).toStrictEqual(['assistant', 'tool', 'tool', 'user']);
    expect(messages[1]).toHaveProperty('content', 'The result is in the next message of the user.');
  });

  test('messages of another API, written for chat completions, state in a first line that a result is an error', () => {
    expect(written(assistant(call('a')), user(result('a', [text('no such city')], true)))).toMatchObject([
      {},
      { role: 'tool', content: '[tool error]\nno such city' },
    ]);
    expect(written(assistant(call('a')), user(result('a', [], true)))).toMatchObject([{}, { content: '[tool error]' }]);
  });

  test('messages of another API, written for chat completions, may have a result without content', () => {
    expect(written(assistant(call('a')), user(result('a', [])))).toMatchObject([{}, { role: 'tool', content: '' }]);
  });

  test('messages for chat completions have an empty object as the arguments of a call whose arguments are empty', () => {
    expect(written(assistant(call('a', '')))).toMatchObject([{ tool_calls: [{ function: { arguments: '{}' } }] }]);
  });

  test('messages of another API, written for chat completions, have the arguments as the text that the model wrote', () => {
    const input = '{"b":1e400,"a":12345678901234567890,"b":2}';

    expect(written(assistant(call('a', input)))).toMatchObject([{ tool_calls: [{ function: { arguments: input } }] }]);
  });

  test('an id that is too long for chat completions is replaced by the same digest in a call and in its result', () => {
    const id = `call_${'x'.repeat(60)}`;
    const [first, second] = written(assistant(call(id)), user(result(id, [text('A')]))) as readonly {
      readonly tool_calls?: readonly { readonly id: string }[];
      readonly tool_call_id?: string;
    }[];

    expect(first?.tool_calls?.[0]?.id).toMatch(/^call_[\w-]{24}$/);
    expect(second?.tool_call_id).toBe(first?.tool_calls?.[0]?.id);
  });

  test('texts of the assistant are joined in one message, followed by its calls', () => {
    expect(written(assistant(text('a'), call('x'), text('b')))).toMatchObject([
      { content: 'ab', tool_calls: [{ id: 'x' }] },
    ]);
    expect(written(assistant(call('x')))).toMatchObject([{ content: null }]);
  });

  test('messages of another API, written for chat completions, have nothing between a call and its result', () => {
    const { messages } = asChat(
      fromResponses({
        input: [
          { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' },
          { role: 'assistant', content: 'first', phase: 'commentary' },
          { type: 'function_call', call_id: 'b', name: 'f', arguments: '{}' },
          { role: 'assistant', content: 'second', phase: 'final_answer' },
          { type: 'function_call_output', call_id: 'a', output: 'A' },
          { type: 'function_call_output', call_id: 'b', output: 'B' },
        ],
      }),
    );

    expect(messages).toMatchObject([
      { role: 'assistant', content: 'firstsecond', tool_calls: [{ id: 'a' }, { id: 'b' }] },
      { role: 'tool' },
      { role: 'tool' },
    ]);
  });

  test('messages of another API, written for chat completions, have no reasoning of another vendor', () => {
    const thought: ContentPart = {
      kind: 'reasoning',
      text: 'hm',
      owner: { api: 'anthropic-messages' },
      sealed: [{ a: 1 }],
    };

    expect(written(assistant(thought), user(text('and?')))).toStrictEqual([{ role: 'user', content: 'and?' }]);
    expect(written(assistant(thought, text('hello')))).toStrictEqual([{ role: 'assistant', content: 'hello' }]);
  });

  test('messages of another API, written for chat completions, keep the reasoning of servers that speak this API, in the servers’ own fields', () => {
    const sealed = [{ reasoning_content: 'hm' }];
    const thought: ContentPart = { kind: 'reasoning', text: 'hm', owner: { api: 'openai-chat' }, sealed };

    expect(written(assistant(thought, text('hello')))).toMatchObject([{ content: 'hello', reasoning_content: 'hm' }]);
  });

  test('messages of another API, written for chat completions, have one message with all blocks of the instructions, which are not joined', () => {
    const system = [{ ...text('a'), role: 'system' } as const, { ...text('b'), role: 'system' } as const];

    expect(asChat(fromAnthropic({ system })).messages).toStrictEqual([
      {
        role: 'system',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: 'b' },
        ],
      },
    ]);
    expect(asChat(fromAnthropic({ system: system.slice(0, 1) })).messages).toStrictEqual([
      { role: 'system', content: 'a' },
    ]);
  });
});
