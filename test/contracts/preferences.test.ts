import { expect, test } from 'vitest';
import { PREFERENCE_NAMES } from '../../src/contracts/preference-names.ts';
import { PREFERENCES } from '../../src/contracts/preferences.ts';

test('every preference has a reason', () => {
  expect(Object.keys(PREFERENCES)).toEqual(PREFERENCE_NAMES);
  for (const reason of Object.values(PREFERENCES)) expect(reason).not.toBe('');
});
