import { Command } from 'commander';
import { expect, test } from 'vitest';
import { rangeOf, requireFeature, withRange } from '../../../src/cli/io/range.ts';
import { memory } from '../../../src/stores/memory.ts';
import { attempted, commitAll, decided, history, NOON } from '../../stores/histories.ts';

const parse = (...args: string[]) => rangeOf(withRange(new Command()).parse(args, { from: 'user' }).opts());

test('days are UTC, and what was not said is absent', () => {
  expect(parse('--from', '2026-11-01', '--to', '2026-12-01T06:00:00Z')).toEqual({
    fromMs: Date.UTC(2026, 10, 1),
    toMs: Date.UTC(2026, 11, 1, 6),
  });
  expect(parse('--feature', 'support.reply')).toEqual({ feature: 'support.reply' });
  expect(parse()).toEqual({});
});

test.each(['2026-11-01', '2026-11-30'])(
  'a range that ends at %s where it begins later or then is no empty result',
  to => {
    expect(() => parse('--from', '2026-11-30', '--to', to)).toThrow(
      `--from, --to: nothing is from 2026-11-30 00:00 on and before ${to} 00:00 UTC`,
    );
  },
);

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
