import { expect, test } from 'vitest';
import { EFFORTS } from '../../../src/core/ledger/effort.ts';
import { ABILITIES } from '../../../src/prices/overlay-data/abilities.ts';

test('the levels of every family are in ascending order, each once', () => {
  for (const [, { efforts = [] }] of ABILITIES)
    expect(efforts).toEqual(EFFORTS.filter(effort => efforts.includes(effort)));
});

test('a model family that only a more specific pattern names comes before the general pattern that would match it', () => {
  const names = [
    'gpt-5.2-pro',
    'gpt-5.1-codex',
    'claude-opus-4-5',
    'claude-opus-4-8',
    'claude-fable-5-1',
    'claude-3-5-sonnet',
  ];
  const lines = names.map(name => ABILITIES.findIndex(([family]) => family.test(name)));
  expect(new Set(lines).size).toBe(names.length);
  expect(lines).not.toContain(-1);
});
