import { describe, expect, test } from 'vitest';
import { distinctCalls } from '../../../src/translate/neutral/distinct-calls.ts';
import { call, result, turn } from '../support/conversations.ts';

describe('calls of one id', () => {
  const told = (turns: Parameters<typeof distinctCalls>[0]): readonly (readonly string[])[] =>
    distinctCalls(turns).map(({ parts }) =>
      parts.map(part => (part.kind === 'tool-call' ? part.id : part.kind === 'tool-result' ? part.callId : part.kind)),
    );

  test('calls with the same id get different ids, and each result goes to the first such call without a result', () => {
    const turns = [
      turn('assistant', call('a'), call('b')),
      turn('user', result('a'), result('b')),
      turn('assistant', call('a'), call('a')),
      turn('user', result('a'), result('a')),
    ];
    const [first, , third, fourth] = told(turns);
    expect(first).toStrictEqual(['a', 'b']);
    expect(fourth).toStrictEqual(third);
    expect(new Set([...(first ?? []), ...(third ?? [])]).size).toBe(4);
    expect(told(turns)).toStrictEqual(told(turns));
  });

  test('conversations without repeated call ids are not changed', () => {
    const turns = [turn('assistant', call('a')), turn('user', result('a'), result('unknown'))];
    expect(distinctCalls(turns)).toBe(turns);
  });
});
