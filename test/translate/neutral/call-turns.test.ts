import { expect, test } from 'vitest';
import { callIdAt } from '../../../src/translate/neutral/call-ids.ts';
import type { ContentPart, ConversationTurn, SystemPart } from '../../../src/translate/neutral/conversation.ts';
import type { CallTurns } from '../../../src/translate/neutral/call-turns.ts';
import { callTurnKeys, withKnownTurns } from '../../../src/translate/neutral/call-turns.ts';
import { translatorOf } from '../../../src/translate/translate.ts';

const CALL = { kind: 'tool-call', id: 'c', name: 'f', form: 'json', input: '{"a": 1}' } as const;

function turn(role: ConversationTurn['role'], ...parts: readonly ContentPart[]): ConversationTurn {
  return { path: '', role, parts };
}

function said(text: string): ContentPart {
  return { kind: 'text', text };
}

const TOLD: CallTurns = { system: [], tools: [], settings: {}, turns: [] };

function keyOf(...turns: readonly ConversationTurn[]): string | undefined {
  return callTurnKeys({ ...TOLD, turns }).at(-1);
}

const QUESTION = turn('user', said('Where?'));
const KEY = keyOf(QUESTION, turn('assistant', said('I look.'), CALL));

test('a turn with tool calls is recognized by everything before it, its text and its calls', () => {
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

test('a turn with tool calls counts as another one where the conversation before it differs', () => {
  const asked = turn('assistant', said('I look.'), CALL);
  const image = (data: string): ContentPart => ({
    kind: 'image',
    from: { kind: 'base64', mediaType: 'image/png', data },
  });
  const result = (text: string): ContentPart => ({
    kind: 'tool-result',
    callId: 'b',
    content: [said(text)],
    isError: false,
  });
  const before = { ...CALL, id: 'b' };
  const tool = { name: 'f', description: 'Looks for A.', form: 'json' } as const;
  const system = { ...said('You serve A.'), role: 'system' } as SystemPart;
  const turns = [QUESTION, asked];
  const told: readonly CallTurns[] = [
    { ...TOLD, turns },
    { ...TOLD, turns, system: [system] },
    { ...TOLD, turns, system: [{ ...system, text: 'You serve B.' } as SystemPart] },
    { ...TOLD, turns, system: [{ ...system, role: 'developer' }] },
    { ...TOLD, turns, tools: [tool] },
    { ...TOLD, turns, tools: [{ ...tool, description: 'Looks for B.' }] },
    { ...TOLD, turns, settings: { user: 'A' } },
    { ...TOLD, turns, settings: { user: 'B' } },
    { ...TOLD, turns: [{ ...QUESTION, name: 'A' }, asked] },
    { ...TOLD, turns: [QUESTION, turn('system', said('You serve A.')), asked] },
    { ...TOLD, turns: [turn('user', said('Where?'), image('QQ==')), asked] },
    { ...TOLD, turns: [turn('user', said('Where?'), image('Qg==')), asked] },
    { ...TOLD, turns: [QUESTION, turn('assistant', said('A')), QUESTION, asked] },
    { ...TOLD, turns: [QUESTION, turn('assistant', said('B')), QUESTION, asked] },
    { ...TOLD, turns: [QUESTION, turn('assistant', before), turn('user', result('A')), asked] },
    { ...TOLD, turns: [QUESTION, turn('assistant', before), turn('user', result('B')), asked] },
  ];
  const keys = told.map(each => callTurnKeys(each).at(-1));
  expect(new Set(keys).size).toBe(told.length);
});

test('a turn is recognized in whichever form its client writes it', () => {
  for (const same of [
    keyOf(QUESTION, turn('assistant', said('I look.\n'), { ...CALL, input: '{"a":1}' })),
    keyOf(QUESTION, turn('assistant', said('I '), said('look.'), CALL)),
  ])
    expect(same).toBe(KEY);
  const long = { ...CALL, id: 'x'.repeat(41) };
  expect(keyOf(QUESTION, turn('assistant', { ...long, id: callIdAt('openai-chat', long.id) }))).toBe(
    keyOf(QUESTION, turn('assistant', long)),
  );
});

test('turns without tool calls have no key', () => {
  expect(callTurnKeys({ ...TOLD, turns: [QUESTION, turn('assistant', said('There.'))] })).toStrictEqual([
    undefined,
    undefined,
  ]);
});

test('a recognized turn is restored as its model wrote it, and other turns stay unchanged', () => {
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
