import { describe, expect, test } from 'vitest';
import type { AskedReasoning } from '../../../src/translate/neutral/conversation.ts';
import { askedEffort, sentEffort } from '../../../src/translate/openai/effort.ts';

describe('how much to reason', () => {
  test('how much to reason is asked for by a level, or by a budget of thinking tokens', () => {
    const budget = (budgetTokens: number): AskedReasoning => ({ thinking: 'manual', budgetTokens });

    expect(askedEffort({ effort: 'low' })).toBe('low');
    expect([1023, 1024, 4096, 4097, 16_384, 28_672, 28_673].map(tokens => askedEffort(budget(tokens)))).toStrictEqual([
      'none',
      'low',
      'low',
      'medium',
      'medium',
      'high',
      'xhigh',
    ]);
  });

  test('how much to reason is nothing where thinking is off, and `high` where a model thinks as it sees fit', () => {
    expect(askedEffort({ thinking: 'off', effort: 'high' })).toBe('none');
    expect(askedEffort({ thinking: 'adaptive' })).toBe('high');
    expect(askedEffort({ thinking: 'adaptive', effort: 'low' })).toBe('low');
    expect(askedEffort(undefined)).toBeUndefined();
    expect(askedEffort({})).toBeUndefined();
  });

  test('how much to reason is lowered to what the model takes, and raised where it takes nothing lower', () => {
    const model = (...efforts: readonly ('low' | 'high' | 'none')[]) => ({ model: 'm', efforts });

    expect(sentEffort({ effort: 'max' }, model('low', 'high'))).toBe('high');
    expect(sentEffort({ effort: 'medium' }, model('high', 'low'))).toBe('low');
    expect(sentEffort({ effort: 'none' }, model('low', 'high'))).toBe('low');
    expect(sentEffort({ effort: 'none' }, model('none', 'low'))).toBe('none');
  });

  test('the effort is not sent to a model that does not reason, and is sent unchanged to an unknown model', () => {
    expect(sentEffort({ effort: 'high' }, { model: 'm', efforts: [] })).toBeUndefined();
    expect(sentEffort({ effort: 'high' }, { model: 'm' })).toBe('high');
    expect(sentEffort(undefined, { model: 'm' })).toBeUndefined();
  });
});
