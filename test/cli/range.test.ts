import { Command } from 'commander';
import { expect, test } from 'vitest';
import { rangeOf, requireFeature, withRange } from '../../src/cli/range.ts';
import { memory } from '../../src/stores/memory.ts';
import { attempted, commitAll, decided, history, NOON } from '../stores/histories.ts';

const parse = (...args: string[]) => rangeOf(withRange(new Command()).parse(args, { from: 'user' }).opts());

test('days are UTC, and what was not said is absent', () => {
  expect(parse('--from', '2026-11-01', '--to', '2026-12-01T06:00:00Z')).toEqual({
    fromMs: Date.UTC(2026, 10, 1),
    toMs: Date.UTC(2026, 11, 1, 6),
  });
  expect(parse('--feature', 'support.reply')).toEqual({ feature: 'support.reply' });
  expect(parse()).toEqual({});
});

test('a feature that the ledger does not know is refused with those it does', async () => {
  const store = memory();
  await commitAll(store, [history('i', 'support', [decided(NOON), attempted(NOON)])]);
  await requireFeature(store, undefined);
  await requireFeature(store, 'support');
  await expect(requireFeature(store, 'suport')).rejects.toMatchObject({
    code: 'unknown-feature',
    accepted: ['support'],
  });
});
