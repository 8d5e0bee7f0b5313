import { expect, test } from 'vitest';
import { memory } from '../../src/stores/memory.ts';
import { optionalMethods } from '../../src/stores/optional-methods.ts';

test('a store that wraps another store has exactly the optional methods of that store', () => {
  const { controls: _, setControl: __, sessions: ___, putSessions: ____, forgetSessions: _____, ...plain } = memory();
  expect(optionalMethods(plain)).toEqual({});
  expect(Object.keys(optionalMethods(memory()))).toEqual([
    'controls',
    'sessions',
    'putSessions',
    'forgetSessions',
    'setControl',
  ]);
  const bound = {
    ...memory(),
    modelOfReply: async () => 'mini',
    intentOfReply: async () => 'a',
    setAside: async () => [],
  };
  expect(Object.keys(optionalMethods(bound))).toEqual([
    'modelOfReply',
    'intentOfReply',
    'controls',
    'setAside',
    'sessions',
    'putSessions',
    'forgetSessions',
    'setControl',
  ]);
});

test('every optional method is called through the function that the caller gives', async () => {
  const control = { kind: 'disabled', subject: 'mini', isSet: true, revision: 1, atMs: 0 } as const;
  const session = { id: 's1', last: { tokens: 1, atMs: 1, intents: 1, feature: 'f' }, models: {} };
  const store = {
    ...memory(),
    modelOfReply: async () => 'mini',
    intentOfReply: async () => 'a',
    setAside: async () => [],
  };
  let asked = 0;
  const methods = optionalMethods(store, async question => {
    asked++;
    return question();
  });
  expect([
    await methods.modelOfReply?.('key'),
    await methods.intentOfReply?.('key'),
    await methods.setAside?.(),
    await methods.setControl?.(control),
    await methods.controls?.(),
    await methods.putSessions?.([session]),
    await methods.sessions?.(['s1']),
    await methods.forgetSessions?.(['s1']),
    await methods.sessions?.(['s1']),
  ]).toEqual(['mini', 'a', [], true, [control], undefined, [session], undefined, []]);
  expect(asked).toBe(9);
});
