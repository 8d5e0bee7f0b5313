import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIntentId, MAX_ID_LENGTH } from '../../../src/core/ledger/names.ts';
import { isSessionUnit, sessionUnitId } from '../../../src/core/ledger/session-unit.ts';

const session = fc
  .string({
    minLength: 1,
    maxLength: MAX_ID_LENGTH,
    unit: fc.constantFrom('a', 'b', '#', '~', '@', '%', '0', ' ', '\u00A0', '\u3000', 'é', '😀'),
  })
  .filter(text => text.length <= MAX_ID_LENGTH);

test('each session gets an id of its own, which is valid as the id of an intent', () => {
  expect(sessionUnitId('visit-7')).toBe('session:visit-7');
  expect(sessionUnitId('me@home #1%')).toBe('session:me%0040home%0020%00231%0025');
  fc.assert(
    fc.property(session, session, (one, other) => {
      expect(isIntentId(sessionUnitId(one))).toBe(true);
      expect(sessionUnitId(one) === sessionUnitId(other)).toBe(one === other);
    }),
  );
});

test('two long sessions that differ only in their last character have different ids', () => {
  const long = '@'.repeat(MAX_ID_LENGTH - 1);
  expect(sessionUnitId(`${long}a`)).not.toBe(sessionUnitId(`${long}b`));
  expect(isIntentId(sessionUnitId(`${long}a`))).toBe(true);
});

test('an intent whose id is the session’s is the whole session', () => {
  expect(isSessionUnit({ intentId: 'session:a', session: 'a' })).toBe(true);
  expect(isSessionUnit({ intentId: 'session:a', session: 'b' })).toBe(false);
  expect(isSessionUnit({ intentId: 'session:a' })).toBe(false);
});
