import { expect, test } from 'vitest';
import { callIdAt } from '../../../src/translate/neutral/call-ids.ts';
import type { ContentPart, ConversationTurn } from '../../../src/translate/neutral/conversation.ts';
import { callTurnKeys, withKnownTurns } from '../../../src/translate/neutral/call-turns.ts';
import { translatorOf } from '../../../src/translate/translate.ts';

const CALL = { kind: 'tool-call', id: 'c', name: 'f', form: 'json', input: '{"a": 1}' } as const;

function turn(role: ConversationTurn['role'], ...parts: readonly ContentPart[]): ConversationTurn {
  return { path: '', role, parts };
}

function said(text: string): ContentPart {
  return { kind: 'text', text };
}

function keyOf(...turns: readonly ConversationTurn[]): string | undefined {
  return callTurnKeys(turns).at(-1);
}

const QUESTION = turn('user', said('Where?'));
const KEY = keyOf(QUESTION, turn('assistant', said('I look.'), CALL));

test('a turn of calls is known again by what was asked before, and what it says and calls', () => {
  expect(KEY).toBeDefined();
  for (const other of [
    keyOf(turn('user', said('When?')), turn('assistant', said('I look.'), CALL)),
    keyOf(QUESTION, turn('assistant', said('I see.'), CALL)),
    keyOf(QUESTION, turn('assistant', said('I look.'), { ...CALL, id: 'd' })),
    keyOf(QUESTION, turn('assistant', said('I look.'), { ...CALL, name: 'g' })),
    keyOf(QUESTION, turn('assistant', said('I look.'), { ...CALL, input: '{"a":2}' })),
    keyOf(QUESTION, turn('assistant', said('I look.'), CALL, CALL)),
  ])
    expect(other).not.toBe(KEY);
});

test('it does not matter how a client writes the turn again', () => {
  for (const same of [
    keyOf(QUESTION, turn('assistant', said('I look.\n'), { ...CALL, input: '{"a":1}' })),
    keyOf(QUESTION, turn('assistant', said('I '), said('look.'), CALL)),
    keyOf(turn('system', said('Be kind.')), QUESTION, turn('assistant', said('I look.'), CALL)),
  ])
    expect(same).toBe(KEY);
  const long = { ...CALL, id: 'x'.repeat(41) };
  expect(keyOf(QUESTION, turn('assistant', { ...long, id: callIdAt('openai-chat', long.id) }))).toBe(
    keyOf(QUESTION, turn('assistant', long)),
  );
});

test('other turns have no name', () => {
  expect(callTurnKeys([QUESTION, turn('assistant', said('There.'))])).toStrictEqual([undefined, undefined]);
});

test('a turn that is known stands as it was written, and the others as they are', () => {
  const written = [said('before'), CALL];
  const conversation = translatorOf('openai-chat').readRequest(
    JSON.stringify({
      model: 'm',
      messages: [
        { role: 'user', content: 'Where?' },
        {
          role: 'assistant',
          content: 'I look.',
          tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c', content: 'There.' },
      ],
    }),
  );
  const { turns } = withKnownTurns(conversation, key => (key === KEY ? written : undefined));
  expect(turns.map(({ parts }) => parts)).toMatchObject([[said('Where?')], written, [{ kind: 'tool-result' }]]);
});
