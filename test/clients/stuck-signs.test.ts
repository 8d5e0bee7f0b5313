import { describe, expect, test } from 'vitest';
import { showsStuck } from '../../src/clients/stuck-signs.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { AGENT_APIS } from '../support/agent-loops.ts';

const ls = { name: 'ls', input: { path: '/' } };
const other = (i: number) => ({ name: 'read', input: { file: `${i}.ts` } });

describe.each(AGENT_APIS)('a conversation of $name', ({ name, bodyOf, messagesOf }) => {
  test('an agent is stuck if its newest tool call occurs three times among the last six', () => {
    expect(showsStuck(bodyOf([ls, other(1), ls, other(2), ls]))).toBe(true);
    expect(showsStuck(bodyOf([ls, other(1), other(2), ls, other(3), ls]))).toBe(true);
    expect(showsStuck(bodyOf([ls, ls, other(1), other(2), other(3), other(4), ls]))).toBe(false);
    // The repeated call is not the newest one: the agent does something else by now.
    expect(showsStuck(bodyOf([ls, ls, ls, other(1)]))).toBe(false);
  });

  test('calls of one tool with different arguments count as different calls', () => {
    expect(showsStuck(bodyOf([other(1), other(2), other(3), other(4)]))).toBe(false);
  });

  test('calls of different tools with the same arguments count as different calls', () => {
    const calls = ['ls', 'read', 'stat'].map(each => ({ name: each, input: { path: '/' } }));
    expect(showsStuck(bodyOf(calls))).toBe(false);
  });

  test('calls whose arguments are only in another order count as the same call', () => {
    const [one, two] = [
      { a: 1, b: { c: [2], d: 3 } },
      { b: { d: 3, c: [2] }, a: 1 },
    ];
    const calls = [one, two, one].map(input => ({ name: 'read', input }));
    expect(showsStuck(bodyOf(calls))).toBe(true);
    const lists = [
      [1, 2],
      [2, 1],
      [1, 2],
    ].map(list => ({ name: 'read', input: { list } }));
    expect(showsStuck(bodyOf(lists))).toBe(false);
  });

  test('three failed calls in a row show an agent that is stuck, and a successful call in between ends the row', () => {
    const failed = (i: number) => ({ ...other(i), error: 'Error: no such file' });
    expect(showsStuck(bodyOf([other(0), failed(1), failed(2), failed(3)]))).toBe(true);
    expect(showsStuck(bodyOf([failed(1), failed(2), other(3), failed(4)]))).toBe(false);
    expect(showsStuck(bodyOf([failed(1), failed(2)]))).toBe(false);
  });

  test('calls before the last replies belong to earlier intents, and are not a sign', () => {
    const failed = (i: number) => ({ ...other(i), error: 'Error: no such file' });
    const tasks = [other(1), ls, other(2), ls, other(3), ls];
    expect([5, 4, 2].map(replies => showsStuck(bodyOf(tasks), replies))).toEqual([true, false, false]);
    const failures = [failed(1), failed(2), failed(3)];
    expect([3, 2].map(replies => showsStuck(bodyOf(failures), replies))).toEqual([true, false]);
    // The request was repeated: more replies than the conversation has.
    expect(showsStuck(bodyOf(failures), 9)).toBe(true);
  });

  test('where the intent is a conversation, only the calls since the user’s last message are a sign', () => {
    const again = { role: 'user', content: [{ type: 'text', text: 'And now?' }] };
    const inTurn = (calls: readonly (readonly (typeof ls)[])[]) => {
      const items = calls.flatMap((made, at) => (at === 0 ? messagesOf(made) : [again, ...messagesOf(made).slice(1)]));
      return JSON.stringify({ [name === 'responses' ? 'input' : 'messages']: items });
    };
    expect(showsStuck(inTurn([[ls], [ls], [ls]]), 6)).toBe(true);
    expect(showsStuck(inTurn([[ls], [ls], [ls]]), 6, true)).toBe(false);
    expect(showsStuck(inTurn([[ls], [ls, ls, ls]]), 6, true)).toBe(true);
    expect(showsStuck(inTurn([[ls, ls, ls], []]), 6, true)).toBe(false);
    const failed = { ...ls, error: 'Error: no such file' };
    expect(showsStuck(inTurn([[failed, failed], [failed]]), 6, true)).toBe(false);
    expect(showsStuck(inTurn([[failed], [failed, failed]]), 6, true)).toBe(false);
  });

  test('a conversation without tools shows no sign', () => {
    expect(showsStuck(bodyOf([]))).toBe(false);
  });
});

const outputs = (output: unknown, more: object = {}) =>
  JSON.stringify({
    input: Array.from({ length: 3 }, (_, i) => ({ type: 'function_call_output', call_id: `c${i}`, output, ...more })),
  });

test.each([
  'Error: no such file',
  'TypeError: x is not a function',
  '[error] timed out',
  'Traceback (most recent call last):',
  '{"error":"no such file"}',
  '{"error":{"message":"no such file"}}',
  '{"error":true}',
  '{"isError":true,"content":[]}',
  '{"success":false}',
  '{"ok":false,"message":"not found"}',
  '\n      {"ok":false}',
  '{"status":"error"}',
  'java.io.IOException: no such file',
  '**Error:** no such file',
  'fatal: not a git repository',
  'Error executing tool read: no such file',
  'An error occurred while running the tool. Please try again.',
  [{ type: 'input_text', text: 'Exception in thread "main"' }],
])('a result says that its call has failed: %j', output => {
  expect(showsStuck(outputs(output))).toBe(true);
});

test.each([
  '',
  'No errors found.',
  'It prints an Error at the end',
  '{"error":null,"files":[]}',
  '{"errors":0}',
  '{"error":"none"}',
  '{"error":" none "}',
  '{"error":{}}',
  '{"error":0.02}',
  '{"success":true,"error":"deprecated flag ignored"}',
  '{"ok":true,"error":"deprecated flag ignored"}',
  '{"isError":false,"error":"deprecated flag ignored"}',
  '{"status":"success"}',
  'Error: 0 of 12 tests failed',
  'Error: none',
  '# Error codes',
  '# Error: what each code means',
  'Error handling in three languages',
  'Errors: 0',
  '{not json',
  [],
  7,
  null,
])('a result is not evidence of a failure: %j', output => {
  expect(showsStuck(outputs(output))).toBe(false);
});

test('an incomplete item is a failed call, as our provider for the AI SDK writes it', () => {
  expect(showsStuck(outputs('no such file', { status: 'incomplete' }))).toBe(true);
});

test.each([
  [false, 'Error: no such file', false],
  [true, 'done', true],
  [undefined, 'Error: no such file', true],
  [undefined, 'done', false],
])('where a result has `is_error`, that alone says whether its call has failed: %s, %j', (isError, content, failed) => {
  const result = { type: 'tool_result', tool_use_id: 'c', content, is_error: isError };
  expect(showsStuck(JSON.stringify({ messages: [{ role: 'user', content: [result, result, result] }] }))).toBe(failed);
});

test('a long result is read quickly', () => {
  const { cpuMs } = systemRuntime();
  const sinceMs = cpuMs();
  for (const text of ['.'.repeat(1e6), 'error'.repeat(2e5), '*'.repeat(1e6), ' '.repeat(1e6)])
    showsStuck(outputs(text));
  expect(cpuMs() - sinceMs).toBeLessThan(1_000);
});

test('calls that a reply makes together are calls of one reply', () => {
  const call = (id: string) => ({ type: 'function_call', call_id: id, name: 'ls', arguments: '{}' });
  const output = (id: string) => ({ type: 'function_call_output', call_id: id, output: 'done' });
  const reply = (...ids: readonly string[]) => [...ids.map(call), ...ids.map(output)];
  const body = JSON.stringify({
    input: [...reply('a', 'b', 'c'), { role: 'user', content: 'Go on.' }, ...reply('d'), ...reply('e')],
  });
  expect([3, 2].map(replies => showsStuck(body, replies))).toEqual([true, false]);
  expect(showsStuck(JSON.stringify({ input: [...reply('d'), ...reply('a', 'b', 'c')] }), 1)).toBe(true);
});

test('calls of a vendor’s own tools count: with their action, and with their error', () => {
  const search = { type: 'web_search_call', id: 'w', action: { type: 'search', query: 'x' } };
  expect(showsStuck(JSON.stringify({ input: [search, search, { ...search, id: 'v' }] }))).toBe(true);
  const failed = { type: 'mcp_call', name: 'ask', error: 'refused' };
  const calls = [1, 2, 3].map(i => ({ ...failed, arguments: `{"i":${i}}` }));
  expect(showsStuck(JSON.stringify({ input: calls }))).toBe(true);
  expect(showsStuck(JSON.stringify({ input: calls.map(call => ({ ...call, error: null })) }))).toBe(false);
  const result = { type: 'mcp_tool_result', tool_use_id: 'm', is_error: true, content: [] };
  const messages = [{ role: 'assistant', content: [result, result, result] }];
  expect(showsStuck(JSON.stringify({ messages }))).toBe(true);
});

test('a user message with tool results does not begin a new task, whatever the application adds to it; any other user message does', () => {
  const call = { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'ls', input: {} }] };
  const result = { type: 'tool_result', tool_use_id: 't', content: 'done' };
  const after = (content: readonly object[]) =>
    JSON.stringify({ messages: [call, call, { role: 'user', content }, call] });
  expect(showsStuck(after([result, { type: 'text', text: 'Be brief.' }]), 9, true)).toBe(true);
  expect(showsStuck(after([{ text: 'a part without a type' }]), 9, true)).toBe(false);
});

test('deprecated function calls of chat completions count too', () => {
  const call = { role: 'assistant', content: null, function_call: { name: 'ls', arguments: '{}' } };
  expect(showsStuck(JSON.stringify({ messages: [call, call, call] }))).toBe(true);
  const result = { role: 'function', name: 'ls', content: 'Error: no such file' };
  expect(showsStuck(JSON.stringify({ messages: [result, result, result] }))).toBe(true);
});

test.each(['', 'no json', '[]', '{"messages":7}', '{"messages":[null,7,{"content":"x"}]}'])(
  'a body of another shape shows no sign: %j',
  body => {
    expect(showsStuck(body)).toBe(false);
  },
);
