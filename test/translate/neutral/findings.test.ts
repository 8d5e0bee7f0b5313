import { describe, expect, test } from 'vitest';
import type { Api, ContentPart, Conversation, Own, Owner } from '../../../src/translate/neutral/conversation.ts';
import { findingsFor } from '../../../src/translate/neutral/findings.ts';
import type { SettingMark } from '../../../src/translate/neutral/settings.ts';
import type { Finding, Translator } from '../../../src/translate/neutral/translator.ts';

const UNABLE = { mark: 'unable', reason: 'no field for it' } as const;
const OWN: Own = { path: 'x', value: 1, ...UNABLE };

function room(api: Api, more: Partial<Translator> = {}): Translator {
  const any = <Value>(value: (name: string) => Value): Record<string, Value> =>
    new Proxy({}, { get: (_, name) => value(String(name)) });
  return {
    api,
    names: any(name => `${name} in ${api}`) as Translator['names'],
    settings: any((): SettingMark => 'mapped') as Translator['settings'],
    findings: () => [],
    ...more,
  } as Translator;
}

const BASE: Conversation = {
  api: 'openai-chat',
  system: [],
  turns: [],
  tools: [],
  isStream: false,
  settings: {},
  own: [],
};

function found(conversation: Partial<Conversation>, target = room('anthropic-messages')): readonly Finding[] {
  const source = room('openai-chat');
  return findingsFor({ ...BASE, ...conversation }, { source, target, model: { model: 'm' } });
}

describe('findings that exclude a candidate', () => {
  test('a candidate has no findings for the API that the client speaks', () => {
    expect(found({ own: [OWN] }, room('openai-chat'))).toStrictEqual([]);
  });

  test('a setting that the target has no field for is named as the client names it', () => {
    const settings = { seed: { mark: 'preference', reason: 'no seed' } } as unknown as Translator['settings'];
    const target = room('anthropic-messages', { settings });

    expect(found({ settings: { seed: 1 } }, target)).toStrictEqual([
      { path: 'seed in openai-chat', mark: 'preference', reason: 'no seed' },
    ]);
    expect(found({ settings: { seed: undefined } }, target)).toStrictEqual([]);
  });

  test('findings of the target are named as the client names them, or by the path that the target gives', () => {
    const findings: Translator['findings'] = () => [
      { at: 'output', ...UNABLE },
      { at: { path: 'messages[3]' }, ...UNABLE },
    ];

    expect(found({}, room('anthropic-messages', { findings })).map(({ path }) => path)).toStrictEqual([
      'output in openai-chat',
      'messages[3]',
    ]);
  });

  test('fields of the client’s own API are found wherever they are, and default values do not count', () => {
    const opaque: ContentPart = { kind: 'opaque', api: 'openai-chat', value: {}, mark: 'bound', reason: 'kept there' };
    const text: ContentPart = { kind: 'text', text: 'x', own: [OWN] };
    const document: ContentPart = { kind: 'document', from: { kind: 'parts', parts: [text] } };
    const result: ContentPart = { kind: 'tool-result', callId: 'c', content: [opaque], isError: false };
    const conversation: Partial<Conversation> = {
      own: [OWN, { ...OWN, mark: 'default' }],
      system: [{ ...text, role: 'system' }],
      turns: [{ path: 'messages[1]', role: 'user', parts: [document, result], own: [OWN] }],
      tools: [
        { name: 'f', form: 'json', own: [OWN] },
        { form: 'opaque', api: 'openai-chat', value: {}, reason: 'hosted' },
      ],
    };

    expect(found(conversation).map(({ path, mark }) => `${path} ${mark}`)).toStrictEqual([
      'x unable',
      'system in openai-chat.x unable',
      'messages[1].x unable',
      'messages[1].x unable',
      'messages[1] bound',
      'tools in openai-chat[0].x unable',
      'tools in openai-chat[1] unable',
    ]);
  });

  test('a conversation with sealed reasoning is bound to the model that reasoned', () => {
    const reasoned = (owner: Owner, sealed: readonly string[] = ['s']): readonly Finding[] =>
      found({
        turns: [{ path: 'messages[1]', role: 'assistant', parts: [{ kind: 'reasoning', text: 'x', owner, sealed }] }],
      });
    const bound = [{ path: 'messages[1]', mark: 'bound', reason: 'only the model that reasoned can go on from it' }];

    expect(reasoned({ api: 'anthropic-messages', model: 'm' })).toStrictEqual([]);
    expect(reasoned({ api: 'anthropic-messages' })).toStrictEqual([]);
    expect(reasoned({ api: 'anthropic-messages', model: 'other' })).toStrictEqual(bound);
    expect(reasoned({ api: 'openai-responses', model: 'm' })).toStrictEqual(bound);
    expect(reasoned({ api: 'openai-responses' }, [])).toStrictEqual([]);
  });
});
