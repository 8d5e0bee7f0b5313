import { describe, expect, test } from 'vitest';
import { codedSegment, numberCode, withoutCode } from '../../../src/core/ledger/number-code.ts';

describe('the code of numbers', () => {
  test('a code has one hexadecimal digit for each level', () => {
    expect(numberCode(16, [11])).toBe('16:b');
    expect(numberCode(11, [5, 10])).toBe('11:5a');
  });

  test.each([
    ['difficulty=16:b', ''],
    ['plan=free,difficulty=16:b', 'plan=free'],
    ['difficulty=16:b,length=short', 'length=short'],
    ['plan=free,difficulty=16:b,length=short', 'plan=free,length=short'],
  ])('the segment %s without its code is %j', (segment, base) => {
    expect(codedSegment(segment).base).toBe(base);
  });

  test.each(['', 'plan=free', 'difficulty=0.3-to-0.7', 'plan=11,length=short'])(
    'the segment %j has no code',
    segment => {
      expect(withoutCode(segment)).toBe(segment);
    },
  );

  test('a malformed code has no effect, and does not become a part of the rest of the name', () => {
    expect(codedSegment('plan=free,e=11:NaNNaN')).toMatchObject({ base: 'plan=free', numbers: [] });
  });

  test('codes with the same name, number of levels and length are of the same kind', () => {
    const kindOf = (segment: string): string => codedSegment(segment).kind;
    expect(kindOf('x=16:b,plan=free')).toBe(kindOf('plan=paid,x=16:0'));
    for (const other of ['y=16:b', 'x=11:a', 'x=16:b0']) expect(kindOf(other)).not.toBe(kindOf('x=16:b'));
  });

  test('levels that are equally frequent have mean 0 and variance 1', () => {
    const values = Array.from(
      { length: 16 },
      (_, level) => codedSegment(`x=${numberCode(16, [level])}`).numbers[0] as number,
    );
    expect(values.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 12);
    expect(values.reduce((sum, value) => sum + value * value, 0) / 16).toBeCloseTo(1, 12);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
  });
});
