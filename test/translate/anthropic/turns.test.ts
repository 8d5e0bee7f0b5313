import { describe, expect, test } from 'vitest';
import { alternating } from '../../../src/translate/anthropic/turns.ts';
import { call, result, turn } from '../support/conversations.ts';

function told(turns: Parameters<typeof alternating>[0]): readonly string[] {
  return alternating(turns).map(({ role, parts }) => {
    const words = parts.map(part =>
      part.kind === 'tool-call' ? part.id : part.kind === 'tool-result' ? `=${part.callId}` : part.kind,
    );
    return `${role}: ${words.join(' ')}`;
  });
}

describe('turns of another API', () => {
  test('all results are in one turn, first, in the order of their calls', () => {
    const turns = [
      turn('user', 'hi'),
      turn('assistant', 'let me see', call('a'), call('b')),
      turn('user', result('b')),
      turn('user', result('a'), result('unknown')),
      turn('user', 'and now?'),
    ];

    expect(told(turns)).toStrictEqual(['user: text', 'assistant: text a b', 'user: =a =b =unknown text']);
  });

  test('the calls and the reasoning of one reply are in one turn', () => {
    const reasoning = { kind: 'reasoning', text: '', owner: { api: 'anthropic-messages' }, sealed: [{}] } as const;
    const turns = [
      turn('user', 'x'),
      turn('assistant', reasoning),
      turn('assistant', call('a')),
      turn('assistant', call('b')),
    ];

    expect(told(turns)).toStrictEqual(['user: text', 'assistant: reasoning a b']);
  });

  test('turns that have only texts are not merged', () => {
    expect(told([turn('user', 'a'), turn('user', 'b'), turn('assistant', 'c'), turn('assistant', 'd')])).toHaveLength(
      4,
    );
  });
});
