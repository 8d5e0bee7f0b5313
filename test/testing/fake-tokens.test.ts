import { expect, test } from 'vitest';
import { FAKE_METERS, tokensWith } from '../../src/testing/fake-tokens.ts';
import { METERS } from '../../src/core/ledger/usage.ts';

test('every meter of the provider has the same name as in the library', () => {
  expect(METERS).toEqual(expect.arrayContaining([...FAKE_METERS]));
});

test('counts that are not set are 0', () => {
  const tokens = tokensWith({ input: 3, reasoning: 2 });
  expect(tokens).toMatchObject({ input: 3, output: 0, webSearch: 0, reasoning: 2 });
  expect(Object.keys(tokens)).toHaveLength(FAKE_METERS.length + 1);
});
