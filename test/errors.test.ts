import { describe, expect, test } from 'vitest';
import { checkNames, errorLabel, RouterError } from '../src/errors.ts';

describe('RouterError', () => {
  test('the message gives the path, the mistake and what would be accepted', () => {
    const { message } = new RouterError('unknown-model', 'no model is named "mino"', {
      path: 'features.f.candidates[0]',
      accepted: ['mini', 'premium'],
    });
    expect(message).toBe('features.f.candidates[0]: no model is named "mino" (accepted: "mini", "premium")');
  });

  test('the message suggests the accepted name that the given one probably stands for', () => {
    const error = (given: string) =>
      new RouterError('unknown-model', `no model is named "${given}"`, { accepted: ['mini', 'premium'], given })
        .message;
    expect(error('premum')).toBe('no model is named "premum", did you mean "premium"? (accepted: "mini", "premium")');
    expect(error('opus')).toBe('no model is named "opus" (accepted: "mini", "premium")');
  });

  test('an empty list is shown as `nothing`, and an error without details has its message only', () => {
    expect(new RouterError('unknown-model', 'no', { accepted: [] }).message).toBe('no (accepted: nothing)');
    expect(new RouterError('unknown-model', 'no').message).toBe('no');
  });

  test('`isInstance` recognises an error of another copy of the package by its marker', () => {
    const copy = Object.assign(new Error('x'), { [Symbol.for('outcome-router.error')]: true });
    expect(RouterError.isInstance(copy)).toBe(true);
    expect(RouterError.isInstance(new RouterError('invalid-value', 'x'))).toBe(true);
    for (const other of [new Error('x'), null, undefined, 'x']) expect(RouterError.isInstance(other)).toBe(false);
  });
});

describe('checkNames', () => {
  test('known names pass, also when their value is undefined', () => {
    expect(() => checkNames({ session: 's', id: undefined }, ['session', 'id'], 'intent')).not.toThrow();
  });

  test('the first unknown name is refused with its path and the name that was meant', () => {
    expect(() => checkNames({ id: 'x', sesion: 's' }, ['session', 'id'], 'intent')).toThrow(
      expect.objectContaining({
        code: 'invalid-value',
        path: 'intent.sesion',
        accepted: ['session', 'id'],
        message: 'intent.sesion: no option is named "sesion", did you mean "session"? (accepted: "session", "id")',
      }),
    );
  });
});

describe('a log line of an error holds', () => {
  test.each([
    ['our own message', new RouterError('deadline-exceeded', 'no verdict within 9 ms'), 'no verdict within 9 ms'],
    ['a name alone', new SyntaxError('Unexpected token in "Hello Ms Jones"'), 'SyntaxError'],
    ['a status', Object.assign(new Error('Incorrect API key: sk-1'), { status: 401 }), 'Error 401'],
    ['a system code', Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }), 'Error ECONNREFUSED'],
    ['no code of a provider, which is its text', Object.assign(new Error('x'), { code: 'sk-1' }), 'Error'],
    ['nothing of what is no error', 'Hello Ms Jones', 'string'],
  ])('%s', (_, error, label) => {
    expect(errorLabel(error)).toBe(label);
  });
});
