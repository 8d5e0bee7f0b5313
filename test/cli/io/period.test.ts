import { Command } from 'commander';
import { expect, test } from 'vitest';
import { parseDuration, periodOf, withPeriod } from '../../../src/cli/io/period.ts';

const NOW_MS = Date.UTC(2026, 10, 28, 12);
const parse = (...args: string[]) =>
  periodOf(
    withPeriod(new Command())
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parse(args, { from: 'user' })
      .opts(),
    NOW_MS,
  );

test('a month runs from its first moment to the first moment of the next month, also in December', () => {
  expect(parse('--month', '2026-10')).toStrictEqual({ fromMs: Date.UTC(2026, 9, 1), toMs: Date.UTC(2026, 10, 1) });
  expect(parse('--month', '2026-12')).toStrictEqual({ fromMs: Date.UTC(2026, 11, 1), toMs: Date.UTC(2027, 0, 1) });
});

test('--last gives a start and no end, and --since is the same as --last', () => {
  expect(parse('--last', '7d')).toStrictEqual({ fromMs: NOW_MS - 7 * 86_400_000 });
  expect(parse('--since', '7d')).toStrictEqual(parse('--last', '7d'));
});

test.each(['2026-13', '2026-1', 'October', '2026-10-01'])(
  'the month %j is refused with an example of a valid month',
  text => {
    expect(() => parse('--month', text)).toThrow('Not a month such as 2026-10.');
  },
);

test.each([
  [['--month', '2026-10', '--last', '7d'], '--month, --last'],
  [['--from', '2026-10-01', '--month', '2026-10'], '--from, --to, --month'],
  [['--to', '2026-10-01', '--since', '1h'], '--from, --to, --since'],
])('%j names two periods, which is refused', (args, path) => {
  expect(() => parse(...args)).toThrow(expect.objectContaining({ code: 'invalid-value', path }));
});

test.each([
  ['7d', 7 * 86_400_000],
  ['90m', 90 * 60_000],
  ['1500ms', 1_500],
])('the duration %s is read as %d ms', (text, ms) => {
  expect(parseDuration(text, '--last')).toBe(ms);
});

test.each(['soon', '0', '90', '0d', '-1d', ''])(
  'the duration %j is refused with an error that names its option',
  text => {
    expect(() => parseDuration(text, '--older-than')).toThrow(
      expect.objectContaining({ code: 'invalid-value', path: '--older-than' }),
    );
  },
);
