import { describe, expect, test } from 'vitest';
import { checkNames, checkText, errorLabel, invalidValue, RouterError } from '../src/errors.ts';

describe('RouterError', () => {
  test('the message gives the path, the mistake and what would be accepted', () => {
    const { message } = new RouterError('unknown-model', 'no model is named "mino"', {
      path: 'features.f.candidates[0]',
      accepted: ['mini', 'premium'],
    });
    expect(message).toBe('features.f.candidates[0]: no model is named "mino" (accepted: "mini", "premium")');
  });

  test('the message suggests the accepted name closest to the given one', () => {
    const error = (given: string) =>
      new RouterError('unknown-model', `no model is named "${given}"`, { accepted: ['mini', 'premium'], given })
        .message;
    expect(error('premum')).toBe('no model is named "premum", did you mean "premium"? (accepted: "mini", "premium")');
    expect(error('opus')).toBe('no model is named "opus" (accepted: "mini", "premium")');
  });

  test('a message stays short, however long the path, the mistake and the list of names are', () => {
    const accepted = Array.from({ length: 10_000 }, (_, index) => `feature-${index}`);
    const error = new RouterError('unknown-feature', 'x'.repeat(1_000_000), {
      path: 'y'.repeat(1_000_000),
      accepted,
      given: 'featur-9999',
    });
    expect(error.message.length).toBeLessThan(4_000);
    expect(error.message).toContain('did you mean "feature-9999"?');
    expect(error.message).toMatch(/"feature-49", and 9950 more\)$/);
    expect(error.accepted).toBe(accepted);
  });

  test('an empty list is shown as `nothing`, and an error without details has its message only', () => {
    expect(new RouterError('unknown-model', 'no', { accepted: [] }).message).toBe('no (accepted: nothing)');
    expect(new RouterError('unknown-model', 'no').message).toBe('no');
  });

  test('`isInstance` recognizes an error of another copy of the package by its marker', () => {
    const copy = Object.assign(new Error('x'), { [Symbol.for('outcome-router.error')]: true });
    expect(RouterError.isInstance(copy)).toBe(true);
    expect(RouterError.isInstance(new RouterError('invalid-value', 'x'))).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'x']) expect(RouterError.isInstance(other)).toBe(false);
  });
});

describe('checkNames', () => {
  test('known names are accepted, even with the value undefined', () => {
    expect(() => checkNames({ session: 's', id: undefined }, ['session', 'id'], 'intent')).not.toThrow();
  });

  test('the first unknown name is refused with its path and the nearest known name', () => {
    expect(() => checkNames({ id: 'x', sesion: 's' }, ['session', 'id'], 'intent')).toThrow(
      expect.objectContaining({
        code: 'invalid-value',
        path: 'intent.sesion',
        accepted: ['session', 'id'],
        message: 'intent.sesion: no option is named "sesion", did you mean "session"? (accepted: "session", "id")',
      }),
    );
  });

  test.each([{}, Object.freeze({ usd: 1 }), Object.create(null)])('%o are accepted as options', options => {
    expect(() => checkNames(options, ['usd'], 'budget')).not.toThrow();
  });

  test.each([undefined, null, 5, 'usd', true, [], ['usd'], () => ({}), Promise.resolve({})])(
    '%o are refused as options, since all would be ignored',
    options => {
      const accepted = 'an object with usd, per';
      expect(() => checkNames(options, ['usd', 'per'], 'budget')).toThrow(
        expect.objectContaining({ code: 'invalid-value', path: 'budget', accepted }),
      );
    },
  );
});

describe('errorLabel', () => {
  test.each([
    [
      'the whole message of a RouterError',
      new RouterError('deadline-exceeded', 'no verdict within 9 ms'),
      'no verdict within 9 ms',
    ],
    [
      'only the name of an error without a code',
      new SyntaxError('Unexpected token in "Hello Ms Jones"'),
      'SyntaxError',
    ],
    [
      'the name and the HTTP status of a provider error',
      Object.assign(new Error('Incorrect API key: sk-1'), { status: 401 }),
      'Error 401',
    ],
    [
      'the name and the code of a system error',
      Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }),
      'Error ECONNREFUSED',
    ],
    ['only the name where the code may be a provider’s text', Object.assign(new Error('x'), { code: 'sk-1' }), 'Error'],
    ['only the type of a thrown value that is not an error', 'Hello Ms Jones', 'string'],
  ])('an error is logged as %s', (_, error, label) => {
    expect(errorLabel(error)).toBe(label);
  });
});

describe('the error for a wrong value', () => {
  test.each<[unknown, string]>([
    ['mini', '"mini"'],
    [5, '5'],
    [Number.NaN, 'NaN'],
    [10n, '10'],
    [true, 'true'],
    [null, 'null'],
    [undefined, 'undefined'],
    [{}, 'this object'],
    [Object.create(null), 'this object'],
    [() => 'key', 'this function'],
    [Symbol('key'), 'this symbol'],
    [['key'], 'a list'],
  ])('%o is quoted only if it is a single plain value', (value, shown) => {
    expect(invalidValue(value, 'here', 'text').message).toBe(`here: ${shown} is not accepted (accepted: text)`);
  });

  test('a misspelt name gets the nearest accepted one', () => {
    expect(invalidValue('minni', 'here', ['mini', 'premium']).message).toContain('did you mean "mini"?');
  });
});

test.each([undefined, null, '', 5, {}, ['a']])('%o is refused where a text is required', value => {
  expect(() => checkText(value, 'session')).toThrow(
    expect.objectContaining({ code: 'invalid-value', path: 'session' }),
  );
});
