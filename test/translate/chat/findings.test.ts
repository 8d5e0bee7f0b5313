import { describe, expect, test } from 'vitest';
import { findings, NAMES, SETTINGS } from '../../../src/translate/chat/findings.ts';
import { fromAnthropic, fromResponses, user } from '../openai-requests.ts';

const MODEL = { model: 'm' };

describe('what a chat completion cannot serve', () => {
  test('a chat completion request cannot have a fifth stop sequence', () => {
    expect(findings(fromAnthropic({ settings: { stop: ['a', 'b', 'c', 'd'] } }), MODEL)).toStrictEqual([]);
    expect(findings(fromAnthropic({ settings: { stop: ['a', 'b', 'c', 'd', 'e'] } }), MODEL)).toMatchObject([
      { at: 'stop', mark: 'unable' },
    ]);
  });

  test('a chat completion request cannot refer to a file by its address, not even in a tool result', () => {
    const document = { kind: 'document', from: { kind: 'url', url: 'https://a/b.pdf' } } as const;
    const result = { kind: 'tool-result', callId: 'c', content: [document], isError: false } as const;

    expect(findings(fromAnthropic({ turns: [user(document)] }), MODEL)).toMatchObject([{ mark: 'unable' }]);
    expect(findings(fromAnthropic({ turns: [user(result)] }), MODEL)).toMatchObject([
      { at: { path: 'messages[0]' }, mark: 'unable' },
    ]);
  });

  test('a chat completion request leaves out phases and service tiers that only the Responses API has', () => {
    const conversation = fromResponses({
      service_tier: 'ultrafast',
      prompt_cache_options: { ttl: '12h' },
      input: [{ role: 'assistant', phase: 'commentary', content: 'hm' }],
    });

    expect(findings(conversation, MODEL)).toMatchObject([
      { at: 'serviceTier', mark: 'preference' },
      { at: 'cacheAuto', mark: 'preference' },
      { at: { path: 'input[0].phase' }, mark: 'preference' },
    ]);
  });

  test('chat completions have a name for every setting', () => {
    expect(Object.keys(NAMES)).toStrictEqual(expect.arrayContaining(Object.keys(SETTINGS)));
  });
});
