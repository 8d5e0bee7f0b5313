import { describe, expect, test } from 'vitest';
import type { AskedReasoning } from '../../../src/translate/neutral/conversation.ts';
import { askedEffort, sentEffort } from '../../../src/translate/openai/effort.ts';

describe('how much to reason', () => {
  test('reasoning effort is requested by a level, or by a budget of thinking tokens', () => {
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

  test('reasoning effort is `none` where thinking is off, and `high` where the model decides how much to think', () => {
    expect(askedEffort({ thinking: 'off', effort: 'high' })).toBe('none');
    expect(askedEffort({ thinking: 'adaptive' })).toBe('high');
    expect(askedEffort({ thinking: 'adaptive', effort: 'low' })).toBe('low');
    expect(askedEffort(undefined)).toBeUndefined();
    expect(askedEffort({})).toBeUndefined();
  });

  test('reasoning effort is lowered to a level that the model accepts, and raised where it accepts no lower one', () => {
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
