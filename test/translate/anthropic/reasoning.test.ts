import { describe, expect, test } from 'vitest';
import type { Effort } from '../../../src/core/ledger/effort.ts';
import { reasoningFindings, sentReasoning } from '../../../src/translate/anthropic/reasoning.ts';
import type { TargetModel } from '../../../src/translate/neutral/translator.ts';
import type { ContentPart, Conversation } from '../../../src/translate/neutral/conversation.ts';
import { call, conversation, result, turn } from '../support/conversations.ts';

const ADAPTIVE = { type: 'adaptive' };
const MANUAL = (budget: number): object => ({ type: 'enabled', budget_tokens: budget });

function sent(effort: Effort, model: Partial<TargetModel> = {}, maxTokens = 100_000): ReturnType<typeof sentReasoning> {
  return sentReasoning(conversation({ reasoning: { effort }, settings: { maxTokens } }), { model: 'm', ...model });
}

describe('effort at a model that takes levels', () => {
  test.each<[Effort, object]>([
    ['none', { thinking: { type: 'disabled' } }],
    ['minimal', { effort: 'low' }],
    ['low', { effort: 'low', thinking: ADAPTIVE }],
    ['medium', { effort: 'medium', thinking: ADAPTIVE }],
    ['high', { effort: 'high', thinking: ADAPTIVE }],
    ['xhigh', { effort: 'xhigh', thinking: ADAPTIVE }],
    ['max', { effort: 'max', thinking: ADAPTIVE }],
  ])('%s is sent as %j', (effort, written) => {
    expect(sent(effort)).toEqual(written);
  });

  test('effort is lowered to a level that the model accepts, and a finding says so', () => {
    const target: TargetModel = { model: 'm', efforts: ['low', 'medium', 'high'] };
    const asked = conversation({ reasoning: { effort: 'max' } });

    expect(sentReasoning(asked, target).effort).toBe('high');
    expect(reasoningFindings(asked, target)).toStrictEqual([
      { at: 'effort', mark: 'preference', reason: 'the model takes high' },
    ]);
    expect(sent('none', target)).toEqual({ effort: 'low' });
    expect(reasoningFindings(conversation({ reasoning: { effort: 'none' } }), target)).toHaveLength(1);
  });

  test('effort that was not asked for is not sent', () => {
    expect(sentReasoning(conversation(), { model: 'm' })).toEqual({});
    expect(reasoningFindings(conversation(), { model: 'm' })).toEqual([]);
  });
});

describe('effort at a model that takes a budget', () => {
  test.each<[Effort, object | undefined]>([
    ['none', { type: 'disabled' }],
    ['minimal', MANUAL(1024)],
    ['low', MANUAL(1024)],
    ['medium', MANUAL(8192)],
    ['high', MANUAL(24_576)],
    ['xhigh', MANUAL(32_768)],
    ['max', MANUAL(80_000)],
  ])('%s is sent as %j', (effort, thinking) => {
    expect(sent(effort, { thinking: 'budget' })).toEqual({ thinking });
  });

  test('a budget leaves a fifth of the limit for the answer, and a budget below the minimum means no thinking', () => {
    expect(sent('high', { thinking: 'budget' }, 10_000)).toEqual({ thinking: MANUAL(8000) });
    expect(sent('high', { thinking: 'budget', maxOutputTokens: 5000 })).toEqual({ thinking: MANUAL(4000) });
    expect(sent('high', { thinking: 'budget' }, 1000)).toEqual({ thinking: undefined });
    expect(
      reasoningFindings(conversation({ reasoning: { effort: 'high' } }), { model: 'm', thinking: 'budget' }).map(
        ({ reason }) => reason,
      ),
    ).toStrictEqual(['the limit leaves no room to think']);
  });

  test('thinking is left out where a tool choice is forced, and a finding says so', () => {
    const asked = conversation({
      reasoning: { effort: 'high' },
      settings: { maxTokens: 50_000 },
      toolChoice: { kind: 'required' },
      tools: [{ name: 'f', form: 'json' }],
    });

    expect(sentReasoning(asked, { model: 'm', thinking: 'budget' }).thinking).toBeUndefined();
    expect(reasoningFindings(asked, { model: 'm', thinking: 'budget' })).toHaveLength(1);
    expect(sentReasoning(asked, { model: 'm' })).toEqual({ effort: 'high' });
    expect(reasoningFindings(asked, { model: 'm' })).toHaveLength(1);
  });

  test('thinking is left out where the thinking before the last tool call is missing, and a finding says so', () => {
    const model: TargetModel = { model: 'm', thinking: 'budget' };
    const asked = (...before: readonly ContentPart[]): Conversation =>
      conversation({
        reasoning: { effort: 'low' },
        settings: { maxTokens: 50_000 },
        turns: [turn('user', 'q'), turn('assistant', ...before, call('a')), turn('user', result('a'))],
      });
    const sealed = (of: string): ContentPart => ({
      kind: 'reasoning',
      text: 't',
      owner: { api: 'anthropic-messages', model: of },
      sealed: [{ type: 'thinking' }],
    });

    expect(sentReasoning(asked(), model).thinking).toBeUndefined();
    expect(reasoningFindings(asked(), model)).toMatchObject([{ reason: expect.stringContaining('not sent back') }]);
    expect(sentReasoning(asked(sealed('other')), model).thinking).toBeUndefined();
    expect(sentReasoning(asked(sealed('m')), model).thinking).toEqual(MANUAL(1024));
    expect(sentReasoning(asked(), { model: 'm' }).thinking).toEqual(ADAPTIVE);
  });
});

test('a user text after tool results does not begin a new turn, and one after an answer does', () => {
  const model: TargetModel = { model: 'm', thinking: 'budget' };
  const after = (...turns: Conversation['turns']): unknown =>
    sentReasoning(
      conversation({
        reasoning: { effort: 'low' },
        settings: { maxTokens: 50_000 },
        turns: [turn('user', 'q'), turn('assistant', call('a')), turn('user', result('a')), ...turns],
      }),
      model,
    ).thinking;

  expect(after(turn('user', 'And now?'))).toBeUndefined();
  expect(after(turn('user', 'And now?'), turn('user', 'Well?'))).toBeUndefined();
  expect(after(turn('assistant', 'There.'), turn('user', 'And now?'))).toEqual(MANUAL(1024));
});

test('effort is dropped at a model that does not reason, and a finding says so', () => {
  const asked = conversation({ reasoning: { effort: 'low' } });

  expect(sentReasoning(asked, { model: 'm', thinking: 'none' })).toEqual({});
  expect(reasoningFindings(asked, { model: 'm', thinking: 'none' })).toHaveLength(1);
  expect(reasoningFindings(asked, { model: 'm', efforts: [] })).toHaveLength(1);
});

test('a summary of reasoning is shown if the client asks for one', () => {
  const asked = conversation({ reasoning: { effort: 'low' }, settings: { reasoningShown: 'detailed' } });

  expect(sentReasoning(asked, { model: 'm' }).thinking).toEqual({ type: 'adaptive', display: 'summarized' });
});
