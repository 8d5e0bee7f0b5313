import { describe, expect, test } from 'vitest';
import { chatEventReader } from '../../../src/translate/chat/event-reader.ts';
import type { ReplyEvent } from '../../../src/translate/neutral/reply.ts';
import { bytesOf, chunks } from '../streams/sent.ts';
import { toldBy } from '../streams/told.ts';

const call = (index: number, fields: object, input: unknown) => ({
  index,
  ...fields,
  function: { ...fields, arguments: input },
});

/** The events after each chunk of calls. */
function read(...given: readonly (readonly object[])[]): readonly (readonly ReplyEvent[])[] {
  const reader = chatEventReader();
  const events = given.map(tool_calls => reader.push(bytesOf(chunks({ tool_calls }))));
  return [...events, [...reader.push(bytesOf(chunks({ finish_reason: 'tool_calls' }))), ...reader.end()]];
}

const kinds = (events: readonly ReplyEvent[] | undefined) => events?.map(({ on }) => on);

// The golden streams have calls without ids, indexes and inputs, and calls that take turns.
describe('streamed calls', () => {
  test('a call whose arguments are complete ends as soon as the next one begins', () => {
    const events = read([call(0, { id: 'a', name: 'f' }, '{"x":1}')], [call(1, { id: 'b', name: 'g' }, '{')]);
    expect(kinds(events[1])).toEqual(['close', 'open', 'piece']);
  });

  test('a call waits only until the one before it is complete', () => {
    const events = read(
      [call(0, { id: 'a', name: 'f' }, '{'), call(1, { id: 'b', name: 'g' }, '{"y":2}')],
      [call(0, {}, '}')],
    );
    expect(kinds(events[0])).toEqual(['start', 'open', 'piece']);
    expect(kinds(events[1])).toEqual(['piece', 'close', 'open', 'piece']);
  });

  test('arguments that follow the end of their call are an error, and white space there is not', () => {
    const other = call(1, { id: 'b', name: 'g' }, '{}');
    const whole = call(0, { id: 'a', name: 'f' }, '{}');
    expect(toldBy(read([whole], [other], [call(0, {}, ' \n')]).flat())).toMatchObject({ finish: 'tool-calls' });
    expect(toldBy(read([whole], [other], [call(0, {}, '{"late":1}')]).flat()).error).toContain('follow their end');
  });

  test('a call without a name is an error, because no application can run it', () => {
    expect(toldBy(read([call(0, { id: 'a' }, '{}')]).flat()).error).toContain('no name');
  });

  test('arguments that are a JSON object instead of a text are read', () => {
    expect(toldBy(read([call(0, { id: 'a', name: 'f' }, { x: 1 })]).flat()).parts).toEqual(['tool-call a f {"x":1}']);
  });

  test('calls that share an index and have no id are distinguished by their names and arguments', () => {
    const entry = (name: string, x: number) => [call(0, { id: '', name }, `{"x":${x}}`)];
    const deltas = [entry('f', 1), entry('f', 1), entry('f', 2), entry('g', 2)].map(tool_calls => ({ tool_calls }));
    const reader = chatEventReader();
    const events = reader.push(bytesOf(chunks(...deltas, { finish_reason: 'tool_calls' })));
    const { parts } = toldBy([...events, ...reader.end()]);
    expect(parts.map(part => part.replace(/call_\S+/, 'ID'))).toEqual([
      'tool-call ID f {"x":1}',
      'tool-call ID f {"x":2}',
      'tool-call ID g {"x":2}',
    ]);
    expect(new Set(parts.map(part => part.split(' ')[1])).size).toBe(3);
  });

  test('a call with the id of an earlier call in the reply gets a new id', () => {
    const { parts } = toldBy(
      read(
        [call(0, { id: 'a', name: 'f' }, '{"x":1}')],
        [call(1, { id: 'a', name: 'f' }, '{"x":')],
        [call(1, { id: 'a' }, '2}')],
      ).flat(),
    );
    expect(parts).toEqual(['tool-call a f {"x":1}', expect.stringMatching(/^tool-call call_\S+ f \{"x":2\}$/)]);
  });
});
