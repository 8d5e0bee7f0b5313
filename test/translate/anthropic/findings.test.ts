import { describe, expect, test } from 'vitest';
import { anthropicFindings } from '../../../src/translate/anthropic/findings.ts';
import type { ContentPart, Conversation } from '../../../src/translate/neutral/conversation.ts';
import type { TargetModel } from '../../../src/translate/neutral/translator.ts';
import { call, conversation, result, turn } from '../support/conversations.ts';

function found(more: Partial<Conversation>, model: Partial<TargetModel> = {}): readonly string[] {
  return anthropicFindings(conversation(more), { model: 'm', ...model }).map(
    ({ at, mark }) => `${typeof at === 'string' ? at : at.path} ${mark}`,
  );
}

function parts(...list: readonly ContentPart[]): Partial<Conversation> {
  return { turns: [turn('user', ...list)] };
}

const PNG = { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } as const;

describe('what a model at Anthropic cannot serve', () => {
  test.each<[string, Partial<Conversation>, readonly string[]]>([
    ['a plain question', {}, []],
    ['no limit of tokens', { settings: {} }, ['maxTokens unable']],
    ['white space that ends a reply', { settings: { maxTokens: 1, stop: ['x', '\n'] } }, ['stop unable']],
    ['JSON without a schema', { output: { kind: 'json' } }, ['output unable']],
    ['a schema for anything', { output: { kind: 'schema', schema: {} } }, ['output unable']],
    [
      'a schema with what is not enforced',
      { output: { kind: 'schema', schema: { type: 'array', items: { type: 'number', minimum: 1 }, maxItems: 3 } } },
      [
        'response_format.json_schema.schema.items.minimum preference',
        'response_format.json_schema.schema.maxItems preference',
      ],
    ],
    ['a tool with free text', { tools: [{ name: 'f', form: 'free' }] }, ['tools[0] unable']],
    [
      'a choice at the top of a tool’s schema',
      { tools: [{ name: 'f', form: 'json', input: { anyOf: [] } }] },
      ['tools[0] unable'],
    ],
    [
      'a name of an input with other letters',
      { tools: [{ name: 'f', form: 'json', input: { properties: { 'a b': {} } } }] },
      ['tools[0] unable'],
    ],
    [
      'such a name inside an object, and a name of 64 letters',
      {
        tools: [{ name: 'f', form: 'json', input: { properties: { ['x'.repeat(64)]: { properties: { '@': {} } } } } }],
      },
      [],
    ],
    [
      'a strict tool outside the subset',
      { tools: [{ name: 'f', form: 'json', input: {}, strict: true }] },
      ['tools[0] preference'],
    ],
    ['audio', parts({ kind: 'audio', format: 'wav', data: '' }), ['messages[0] unable']],
    ['a PNG', parts({ kind: 'image', from: PNG }), []],
    ['a detail of an image', parts({ kind: 'image', from: PNG, detail: 'high' }), ['messages[0] preference']],
    ['a TIFF', parts({ kind: 'image', from: { ...PNG, mediaType: 'image/tiff' } }), ['messages[0] unable']],
    ['bytes that are a PNG', parts({ kind: 'image', from: { ...PNG, mediaType: 'image/x', data: 'iVBORw0KGgo' } }), []],
    ['an address of HTTPS', parts({ kind: 'image', from: { kind: 'url', url: 'https://a/b.png' } }), []],
    [
      'an address of HTTP',
      parts({ kind: 'image', from: { kind: 'url', url: 'http://a/b.png' } }),
      ['messages[0] unable'],
    ],
    ['a data URL of text', parts({ kind: 'document', from: { kind: 'url', url: 'data:,hi' } }), ['messages[0] unable']],
    ['a PDF', parts({ kind: 'document', from: { ...PNG, mediaType: 'application/pdf' } }), []],
    ['a table', parts({ kind: 'document', from: { ...PNG, mediaType: 'text/csv' } }), ['messages[0] unable']],
    [
      'a call with free text',
      {
        turns: [
          turn('user', 'x'),
          turn('assistant', { ...call('a'), form: 'free' } as ContentPart),
          turn('user', result('a')),
        ],
      },
      ['messages[0] unable'],
    ],
    ['a message to go on from', { turns: [turn('user', 'x'), turn('assistant', 'It is')] }, ['messages[0] unable']],
    [
      'a conversation that the assistant begins',
      { turns: [turn('assistant', 'x'), turn('user', 'x')] },
      ['messages[0] unable'],
    ],
    ['no message', { turns: [] }, ['turns unable']],
    ['a message of white space', { turns: [turn('user', ' ')] }, ['turns unable']],
    ['an empty message at the end', { turns: [turn('user', 'x'), turn('assistant', '')] }, []],
    [
      'a named speaker in a phase',
      { turns: [{ ...turn('user', 'x'), name: 'Eve', phase: 'commentary' }] },
      ['messages[0].name preference', 'messages[0].phase preference'],
    ],
    [
      'a summary without reasoning',
      { settings: { maxTokens: 1, reasoningShown: 'auto' } },
      ['reasoningShown preference'],
    ],
  ])('a model at Anthropic reports what it cannot serve: %s', (_, more, findings) => {
    expect(found(more)).toStrictEqual(findings);
  });

  test('a model may take an instruction in the middle of a conversation, if it follows a user turn and precedes a reply', () => {
    const turns = [
      turn('user', 'a'),
      turn('system', 'b'),
      turn('developer', 'c'),
      turn('assistant', 'd'),
      turn('user', 'e'),
    ];

    expect(found({ turns })).toStrictEqual(['messages[0] unable', 'messages[0] unable']);
    expect(found({ turns }, { takesMidTurnSystem: true })).toStrictEqual([]);
    expect(found({ turns: turns.toSpliced(3, 1) }, { takesMidTurnSystem: true })).toHaveLength(2);
    expect(found({ turns: [turn('system', 'b'), turn('user', 'a')] }, { takesMidTurnSystem: true })).toHaveLength(1);
  });

  test('a request without a limit of output tokens gets the model’s own limit', () => {
    expect(found({ settings: {} }, { maxOutputTokens: 4096 })).toStrictEqual([]);
  });
});
