import { expect, test } from 'vitest';
import { openaiChatReader } from '../../src/wires/openai-chat-stream.ts';
import { anthropicReader } from '../../src/wires/anthropic-stream.ts';
import { openaiResponsesReader } from '../../src/wires/openai-responses-stream.ts';
import { ReadStream } from '../../src/wires/read-stream.ts';

const READERS = [openaiChatReader, anthropicReader, openaiResponsesReader];

test('a reader returns the current values of its functions', () => {
  let [chars, done] = [0, false];
  const reader = new ReadStream({
    push: chunk => chunk,
    end: () => new Uint8Array(),
    facts: () => ({ finish: 'other', text: '', hasToolCalls: false }),
    phase: () => (chars > 0 ? 'output' : 'waiting'),
    error: () => (done ? { about: 'fault' } : undefined),
    chars: () => chars,
    done: () => done,
  });
  expect(reader).toMatchObject({ phase: 'waiting', error: undefined, chars: 0, done: false, passesAll: false });
  [chars, done] = [3, true];
  expect(reader).toMatchObject({ phase: 'output', error: { about: 'fault' }, chars: 3, done: true });
});

test('no reader of a wire defines a getter on itself, which would keep its stream in memory', () => {
  for (const open of READERS) {
    const own = Object.getOwnPropertyDescriptors(open({ hidesUsageChunk: false, wantsText: false }));
    expect(Object.values(own).filter(({ get }) => get !== undefined)).toEqual([]);
  }
});
