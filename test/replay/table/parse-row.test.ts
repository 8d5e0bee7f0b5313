import { describe, expect, test } from 'vitest';
import { missingColumns, parseRow } from '../../../src/replay/table/parse-row.ts';

const fields = (values: Readonly<Record<string, string>>) => (column: string) => values[column] ?? '';
const GOOD = { id: '1', feature: 'f', model: 'mini', success: '1', cost_usd: '0.002' };

describe('parseRow', () => {
  test('every column of the format is parsed', () => {
    const values = {
      ...GOOD,
      trial: '2',
      at: '2026-03-01T00:00:00Z',
      prompt_chars: '120',
      prompt_turns: '3',
      prompt_tools: '0',
      difficulty: '0.3',
      context: 'vip',
    };
    expect(parseRow(fields(values), {})).toEqual({
      kind: 'row',
      row: {
        id: '1',
        feature: 'f',
        model: 'mini',
        success: 1,
        costUsd: 0.002,
        trial: '2',
        atMs: Date.UTC(2026, 2, 1),
        promptChars: 120,
        promptTurns: 3,
        promptTools: 0,
        difficulty: 0.3,
        context: 'vip',
      },
    });
  });

  test('a blank cost is computed from the token counts and the price per million', () => {
    const values = { ...GOOD, cost_usd: '', input_tokens: '1000', output_tokens: '200' };
    const parsed = parseRow(fields(values), { mini: { input: 0.5, output: 2 } });
    expect(parsed).toMatchObject({ kind: 'row', row: { costUsd: 0.0009 } });
  });

  test.each([
    ['a model without a price', { cost_usd: '' }, 'cost_usd', 'blank, and no price of "mini" is given'],
    ['an amount that is not a number', { cost_usd: 'free' }, 'cost_usd', '"free" is not an amount in USD'],
    ['a negative amount', { cost_usd: '-1' }, 'cost_usd', '"-1" is not an amount in USD'],
    ['no id', { id: '' }, 'id', 'blank'],
    ['no success', { success: '' }, 'success', 'blank'],
    ['a success that is not a number', { success: 'yes' }, 'success', '"yes" is not a number'],
    ['an invalid date', { at: 'soon' }, 'at', 'neither an ISO date'],
    ['an invalid length', { prompt_chars: 'long' }, 'prompt_chars', 'not a length'],
    ['an invalid number of turns', { prompt_turns: '-1' }, 'prompt_turns', 'not a number of messages'],
    ['an invalid number of tools', { prompt_tools: 'search' }, 'prompt_tools', 'not a number of tools'],
    ['a difficulty out of range', { difficulty: '3' }, 'difficulty', 'not between 0 and 1'],
  ])('%s is reported with its column', (_, wrong, column, problem) => {
    const parsed = parseRow(fields({ ...GOOD, ...wrong }), {});
    expect(parsed).toMatchObject({ kind: 'wrong', column });
    expect(parsed.kind === 'wrong' && parsed.problem).toContain(problem);
  });

  test('a blank token count is reported, not taken as 0', () => {
    const parsed = parseRow(fields({ ...GOOD, cost_usd: '', output_tokens: '1' }), { mini: { input: 1, output: 1 } });
    expect(parsed).toMatchObject({ kind: 'wrong', column: 'input_tokens' });
  });
});

describe('missingColumns', () => {
  test('the cost can be given in USD or in tokens', () => {
    const base = ['id', 'feature', 'model', 'success'];
    expect(missingColumns([...base, 'cost_usd'])).toBeUndefined();
    expect(missingColumns([...base, 'input_tokens', 'output_tokens'])).toBeUndefined();
    expect(missingColumns(base)?.column).toBe('cost_usd');
    expect(missingColumns(['id', 'model', 'success', 'cost_usd'])?.column).toBe('feature');
  });
});
