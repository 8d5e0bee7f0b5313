import { Command } from 'commander';
import { expect, test } from 'vitest';
import { rangeOf, requireFeatures, withRange } from '../../../src/cli/io/range.ts';
import { memory } from '../../../src/stores/memory.ts';
import { attempted, commitAll, decided, history, NOON } from '../../stores/histories.ts';

const parse = (...args: string[]) => rangeOf(withRange(new Command()).parse(args, { from: 'user' }).opts());

test('dates are read in UTC, and a missing option sets no bound', () => {
  expect(parse('--from', '2026-11-01', '--to', '2026-12-01T06:00:00Z')).toStrictEqual({
    fromMs: Date.UTC(2026, 10, 1),
    toMs: Date.UTC(2026, 11, 1, 6),
  });
  expect(parse('--feature', 'support.reply')).toStrictEqual({ feature: 'support.reply' });
  expect(parse()).toStrictEqual({});
});

test.each(['2026-11-01', '2026-11-30'])('a range from 2026-11-30 to %s is an error, not an empty result', to => {
  expect(() => parse('--from', '2026-11-30', '--to', to)).toThrow(
    `--from, --to: the range from 2026-11-30 00:00 to ${to} 00:00 UTC is empty`,
  );
});

test('an unknown feature fails with an error that lists the known ones', async () => {
  const store = memory();
  await commitAll(store, [history('i', 'support', [decided(NOON), attempted(NOON)])]);
  await requireFeatures(store);
  await requireFeatures(store, [undefined, 'support']);
  await expect(requireFeatures(store, ['support', 'suport'])).rejects.toMatchObject({
    code: 'unknown-feature',
    accepted: ['support'],
  });
});
