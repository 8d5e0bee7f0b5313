import { describe, expect, test } from 'vitest';
import type { ContentPart, Conversation } from '../../../src/translate/neutral/conversation.ts';
import type { TargetModel } from '../../../src/translate/neutral/translator.ts';
import { sharedFindings } from '../../../src/translate/openai/findings.ts';
import { fromAnthropic, fromChat, user } from '../openai-requests.ts';

const partFinding = (): undefined => undefined;

function found(conversation: Partial<Conversation>, model: Partial<TargetModel> = {}): unknown {
  const target = { model: 'm', ...model };
  return sharedFindings(fromAnthropic(conversation), target, partFinding).map(
    ({ at, mark }) => `${typeof at === 'string' ? at : at.path} ${mark}`,
  );
}

describe('what OpenAI cannot serve or drops', () => {
  test('OpenAI cannot serve files of another vendor, or citations of documents, wherever they are', () => {
    const file: ContentPart = { kind: 'image', from: { kind: 'file', id: 'f', api: 'anthropic-messages' } };
    const cited: ContentPart = { kind: 'document', from: { kind: 'text', text: 'a' }, cite: true };
    const result: ContentPart = { kind: 'tool-result', callId: 'c', content: [file], isError: false };
    const parts: ContentPart = { kind: 'document', from: { kind: 'parts', parts: [file] } };

    for (const part of [file, cited, result, parts])
      expect(found({ turns: [user(part)] })).toStrictEqual(['messages[0] unable']);
    expect(found({ system: [{ ...cited, role: 'system' }] })).toStrictEqual(['system unable']);
  });

  test('OpenAI gives no guarantee for a schema that strict mode refuses', () => {
    const open = { type: 'object' };

    expect(found({ tools: [{ name: 'f', form: 'json', input: open, strict: true }] })).toStrictEqual([
      'tools preference',
    ]);
    expect(found({ output: { kind: 'schema', schema: open } })).toStrictEqual(['output preference']);
    expect(
      sharedFindings(
        fromChat({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema: open } } }),
        { model: 'm' },
        partFinding,
      ),
    ).toStrictEqual([]);
  });

  test('cache breakpoints are kept only for the models of OpenAI that take them', () => {
    const turns = [user({ kind: 'text', text: 'a', cache: {} })];

    expect(found({ turns })).toStrictEqual(['cacheAuto preference']);
    expect(found({ turns }, { takesCacheBreakpoints: true })).toStrictEqual([]);
  });

  test('OpenAI gets no effort that the model does not take, and no sampling that it refuses', () => {
    expect(found({ reasoning: { effort: 'max' } }, { efforts: ['low'] })).toStrictEqual(['effort preference']);
    expect(found({ reasoning: { effort: 'low' } }, { efforts: ['low'] })).toStrictEqual([]);
    expect(found({ settings: { temperature: 1, topP: 0.5 } }, { takesSampling: false })).toStrictEqual([
      'temperature preference',
      'topP preference',
    ]);
  });

  test('OpenAI gets no end-user name that is too long', () => {
    expect(found({ settings: { user: 'u'.repeat(129) } })).toStrictEqual(['user preference']);
  });
});
