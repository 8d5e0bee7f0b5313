import { describe, expect, test } from 'vitest';
import { findings, NAMES, SETTINGS } from '../../../src/translate/responses/findings.ts';
import { fromAnthropic, fromChat, user } from '../openai-requests.ts';

const MODEL = { model: 'm' };

describe('what a response cannot serve', () => {
  test('a response cannot have a stop sequence, several choices or audio', () => {
    expect(SETTINGS.stop).toMatchObject({ mark: 'unable' });
    expect(SETTINGS.choices).toMatchObject({ mark: 'unable' });
    expect(
      findings(fromAnthropic({ turns: [user({ kind: 'audio', format: 'wav', data: 'A' })] }), MODEL),
    ).toMatchObject([{ at: { path: 'messages[0]' }, mark: 'unable' }]);
  });

  test('a response leaves out names of participants, and a limit below its lowest', () => {
    const conversation = fromChat({ max_tokens: 1, messages: [{ role: 'user', name: 'bob', content: 'hello' }] });

    expect(findings(conversation, MODEL)).toMatchObject([
      { at: 'maxTokens', mark: 'preference' },
      { at: { path: 'messages[0].name' }, mark: 'preference' },
    ]);
  });

  test('responses have a name for every setting', () => {
    expect(Object.keys(NAMES)).toStrictEqual(expect.arrayContaining(Object.keys(SETTINGS)));
  });
});
